"""R72: whoever is warned, suspended or had something hidden reads until when and why; what they send is not lost. E01, canaries."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from communities.members.models import Member
from communities.safety.actions import hide, restore, suspend_member, warn_member
from communities.safety.deciding import decide
from communities.safety.models import Report
from content.posts.models import Post
from tests.conftest import make_member

pytestmark = pytest.mark.django_db
XSS = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture
def shut_out(demo, insider, seen_by, moderator):
    """The insider is suspended for two days."""
    until = timezone.now() + dt.timedelta(days=2)
    seat = Member.objects.get(user=insider)
    suspend_member(seen_by(moderator), member=seat, reason="Three warnings in a week.", until=until)
    return until


def test_a_suspended_member_reads_until_when_and_why_on_every_page(shut_out, publish, insider, client_of) -> None:
    post = publish("Open")
    browser = client_of(insider)
    for address in ("/c/demo/", post.url):
        page = browser.get(address).content.decode()
        assert "You are suspended in Demo until" in page and "Three warnings in a week." in page
        assert f'datetime="{shut_out:%Y-%m-%dT%H:%M}' in page
    assert "Three warnings" not in browser.get("/").content.decode()
    with time_machine.travel(shut_out + dt.timedelta(seconds=1), tick=False):
        assert "suspended" not in browser.get("/c/demo/").content.decode()


def test_what_they_send_is_refused_with_that_sentence_and_shown_to_them(shut_out, insider, client_of) -> None:
    browser, before = client_of(insider), Post.objects.count()
    for address in ("/c/demo/write/", "/c/demo/report/post/1/", "/c/demo/join/", "/c/demo/write/save/"):
        answer = browser.post(address, {"title": "My say", "body": "A long & careful text."})
        assert answer.status_code == 403, address
        page = answer.content.decode()
        assert "Three warnings in a week." in page and "A long &amp; careful text." in page and "My say" in page
    assert (Post.objects.count(), Report.objects.count()) == (before, 0)


def test_a_suspension_for_good_says_so_and_the_page_of_ones_own_always_opens(demo, insider, seen_by, owner, client_of):
    suspend_member(seen_by(owner), member=Member.objects.get(user=insider), reason="Sold others' work.")
    type(demo).objects.filter(pk=demo.pk).update(listed=False)
    browser = client_of(insider)
    assert browser.get("/c/demo/").status_code == 404
    page = browser.get("/me/standing/").content.decode()
    assert "You are suspended in Demo." in page and "Sold others&#x27; work." in page


def test_ones_own_page_says_until_when_in_words(shut_out, insider, client_of) -> None:
    page = client_of(insider).get("/me/standing/").content.decode()
    assert page.count(f'datetime="{shut_out:%Y-%m-%dT%H:%M}') == 2 and f"{shut_out:%Y-%m-%dT%H:%M}</" not in page


def test_ones_own_page_holds_everything_that_concerns_one_and_nothing_else(
    demo, member, insider, seen_by, moderator, publish, client_of
) -> None:
    viewer, seat = seen_by(moderator), Member.objects.get(user=member)
    mine, other = publish("Mine", author=member, space="bench"), publish("Other", author=insider, space="bench")
    warn_member(viewer, member=seat, words="CANARY-warning")
    hide(viewer, obj=mine, reason="CANARY-hidden")
    restore(viewer, obj=Post.objects.get(pk=mine.pk), reason="CANARY-restored")
    hide(viewer, obj=other, reason="OTHER-hidden")
    warn_member(viewer, member=Member.objects.get(user=insider), words="OTHER-warning")
    page = client_of(member).get("/me/standing/").content.decode()
    for word in ("CANARY-warning", "CANARY-hidden", "CANARY-restored", "The team of Demo", "A warning"):
        assert word in page
    assert "OTHER" not in page and "Moderator" not in page
    assert "CANARY" not in client_of(insider).get("/me/standing/").content.decode()
    assert client_of(member).get("/me/standing/?before=x").status_code == 404


def test_a_reporters_words_reach_the_team_and_nobody_else(
    demo, member, insider, circle, outsider, moderator, maker, publish, tell, seen_by, client_of, visitor
) -> None:
    post = publish("Loud", author=member, space="bench")
    tell(insider, post, note="CANARY-note")
    decide(
        seen_by(moderator), kind="post", object_id=post.pk, decision="warn", reason="Please.", answer="CANARY-answer"
    )
    ways = ["/c/demo/", post.url, "/me/", "/me/standing/", "/me/reports/", "/me/blocks/", "/c/demo/studio/reports/"]
    ways += [f"/c/demo/report/post/{post.pk}/", f"/c/demo/studio/reports/post/{post.pk}/", "/c/demo/studio/log/"]
    for person in (member, circle, outsider, maker, visitor):
        browser = client_of(person)
        for way in ways:
            assert "CANARY" not in browser.get(way).content.decode(), (person, way)
    assert "CANARY-answer" in client_of(insider).get("/me/reports/").content.decode()
    assert "CANARY-note" in client_of(moderator).get(ways[-2]).content.decode()


def test_words_of_people_are_inert_on_every_page(
    demo, member, insider, tell, seen_by, moderator, publish, client_of
) -> None:
    """E01: in notes, reasons, answers, titles and names."""
    member.name = insider.name = XSS[:80]
    member.save()
    insider.save()
    post = publish(XSS, author=member, space="bench", source=XSS)
    tell(insider, post, note=XSS)
    desk = client_of(moderator)
    pages = [desk.get(way) for way in ("/c/demo/studio/reports/", f"/c/demo/studio/reports/post/{post.pk}/")]
    decide(seen_by(moderator), kind="post", object_id=post.pk, decision="hide", reason=XSS, answer=XSS)
    suspend_member(seen_by(moderator), member=Member.objects.get(user=member), reason=XSS)
    pages += [desk.get("/c/demo/studio/log/"), desk.get(f"/c/demo/studio/reports/post/{post.pk}/")]
    pages += [client_of(insider).get(way) for way in ("/me/reports/", "/me/blocks/?person=member")]
    pages += [client_of(member).get("/me/standing/"), client_of(member).get("/c/demo/")]
    pages += [client_of(member).post("/c/demo/write/", {"body": XSS})]
    for page in pages:
        assert page.status_code in (200, 403)
        assert "<script>alert" not in page.content.decode() and "<img src=x" not in page.content.decode()


def test_leaving_and_coming_back_sheds_no_suspension(shut_out, demo, insider, client_of) -> None:
    client_of(insider).post("/c/demo/join/")
    seat = Member.objects.get(user=insider)
    assert (seat.standing, seat.suspended_until) == ("suspended", shut_out)
    assert make_member(demo, "fresh").memberships.get().standing == "member"
