"""What somebody tries who means harm: numbers that no row has, words that are markup, links in disguise, and doing it again and again."""

import datetime as dt
import io

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image

from communities.access.texts import facts_of
from communities.access.things import things
from communities.access.viewer import viewer_for
from communities.activity.actions import deliver_due
from communities.comments.models import Comment, Revision, Thread
from communities.members.actions import grant_rung
from communities.members.guidelines import write_guidelines
from communities.members.models import Member
from communities.people import limits
from communities.people.arrivals import remember_arrival
from communities.people.limits import Limit, TooOften, take
from communities.people.models import Arrival, User
from communities.spaces.models import Community, Rung, Topic
from communities.ui import kept
from communities.ui.markdown import render
from content.posts.models import Post, Tag
from memberships.tiers.forms import DeliveryForm
from tests.conftest import make_member, make_user

pytestmark = pytest.mark.django_db
NO_ROW = 10**30  # fits in no column


@pytest.mark.parametrize("page", ["react/post", "react/comment", "talk/post", "talk/comment", "report/post"])
def test_a_number_that_no_column_holds_is_the_404(demo, member, client_of, page):
    for browser in (Client(), client_of(member)):
        here = f"/c/demo/{page}/{NO_ROW}/"
        for answer in (browser.get(here), browser.post(here, {"body": "x", "emoji": "👏"})):
            assert answer.status_code in (302, 403, 404), (
                page,
                answer.status_code,
            )  # 403: a visitor gets their words back
    assert things("post", [NO_ROW, -NO_ROW], viewer_for(member, demo)) == {}


def test_the_name_of_a_step_is_words_on_the_bell(demo, seen_by, owner, member, client_of):
    Rung.objects.filter(community=demo, level=20).update(name="<form action=//evil.example><b>{what}")
    grant_rung(seen_by(owner), member=Member.objects.get(user=member), level=20, reason="A friend.")
    while deliver_due():
        pass
    page = client_of(member).get("/me/news/").content.decode()
    assert "<form action=//evil" not in page
    assert "&lt;form action=//evil.example&gt;&lt;b&gt;{what}" in page


@pytest.mark.parametrize(
    "address",
    [
        "https://here.example.evil.example/",
        "https://here.example@evil.example/",
        "https://here.example:x@evil.example/",
        "//evil.example/#https://here.example",
        "//evil.example/?https://here.example/",
        "/\\evil.example/",
        "https:\\\\evil.example/",
        "https:/evil.example/",
    ],
)
def test_a_link_that_only_begins_like_the_site_leads_away(settings, address):
    settings.SITE_URL = "https://here.example"
    assert facts_of(f"[x]({address})", f'<p><a href="{address}">x</a></p>').links == 1


@pytest.mark.parametrize(
    "address", ["/\\evil.example", "\\\\evil.example", "HTTPS://evil.example", "https:\\\\evil.example"]
)
def test_what_a_browser_takes_for_another_site_is_no_link_of_ours(address):
    said = render(f'<a href="{address}">x</a>', images={}).html
    assert "<a" not in said or 'rel="nofollow ugc noopener"' in said


def test_links_to_the_site_lead_nowhere_else(settings):
    settings.SITE_URL = "https://here.example"
    for address in (
        "https://here.example",
        "https://HERE.example/c/demo/?a=1",
        "//here.example/",
        "http://here.example#x",
    ):
        assert facts_of(f"see {address}", f'<p><a href="{address}">x</a></p>').links == 0, address


def test_agreeing_to_a_version_of_many_digits_agrees_to_nothing(demo, owner, member, publish, client_of):
    post = publish("Drums")
    write_guidelines(viewer_for(owner, demo), community=demo, source="Be kind.")
    sent = {"emoji": "👏", "agree_to": "9" * 5000}
    answer = client_of(member).post(f"/c/demo/react/post/{post.pk}/", sent)
    assert (answer.status_code, answer["X-Waits-For"]) == (403, "agreement")
    assert Member.objects.get(user=member).agreed == 0


def test_the_team_reads_a_comment_that_was_edited_a_thousand_times(demo, member, moderator, publish, client_of):
    post = publish("Drums")
    thread = Thread.objects.create(community=demo, kind=Post.KIND, object_id=post.pk, last=1, count=1)
    row = Comment.objects.create(
        community=demo, thread=thread, author=member, number=1, root=1, source="The last", html="<p>The last</p>"
    )
    Revision.objects.bulk_create([Revision(comment=row, source=f"Said {number}.") for number in range(300)])
    page = client_of(moderator).get(f"/c/demo/comments/{row.pk}/history/").content.decode()
    assert page.count('<section class="step">') == 100
    assert ("299" in page, "Said 150." in page) == (True, False)


def test_a_handle_that_one_cannot_come_across_names_nobody(demo, maker, member, outsider, client_of):
    """Whoever is known in an unlisted place alone is nobody to a stranger who guesses their handle."""
    hidden = Community.objects.get(slug="atelier")
    Community.objects.filter(pk=hidden.pk).update(listed=False)
    User.objects.filter(pk=maker.pk).update(name="CANARY-NAME")
    browser = client_of(outsider)
    assert "CANARY-NAME" not in browser.get("/me/blocks/?person=maker").content.decode()
    for page in ("blocks", "mutes"):
        answer = browser.post(f"/me/{page}/", {"person": "maker"}, follow=True).content.decode()
        assert "CANARY-NAME" not in answer, page
        assert "Nobody here is called that" in answer
    friend = client_of(make_member(hidden, "friend"))
    assert "CANARY-NAME" in friend.get("/me/blocks/?person=maker").content.decode()
    assert "Member" in browser.get("/me/blocks/?person=member").content.decode()


def test_pictures_of_oneself_are_taken_at_a_measure(member, client_of, monkeypatch):
    monkeypatch.setattr(limits, "FACES", Limit("faces", 1, 600))
    browser, picture = client_of(member), io.BytesIO()
    Image.new("RGB", (400, 400), "teal").save(picture, "PNG")
    codes = []
    for _time in range(2):
        picture.seek(0)
        picture.name = "a.png"
        codes.append(browser.post("/me/face/", {"file": picture}).status_code)
    assert codes == [302, 429]
    assert browser.post("/me/face/", {"remove": "1"}).status_code == 302


def test_the_numbers_of_members_name_nobody(demo, member, visitor, insider, client_of):
    """Pages of what takes neither signs nor talk do not exist: counting up finds no people."""
    seat = Member.objects.get(user=member)
    for who in (visitor, insider):
        for page in ("react", "talk"):
            answer = client_of(who).get(f"/c/demo/{page}/member/{seat.pk}/")
            assert (answer.status_code, answer.get("Location")) == (404, None), page
            assert b"Member</" not in answer.content


def test_brand_staff_and_owners_each_get_their_own_front(demo, owner, staff, publish, client_of):
    publish("Drums")
    for first, second in ((staff, owner), (owner, staff)):
        cache.clear()
        kept._entries.clear()
        pages = [client_of(who).get("/c/demo/") for who in (first, second, first)]
        assert [page.status_code for page in pages] == [200] * 3
        assert all("Cards(" not in page.content.decode() and "Drums" in page.content.decode() for page in pages)


def test_whom_one_blocks_is_no_longer_suggested_a_moment_later(demo, member, insider, publish, client_of):
    topic = Topic.objects.create(community=demo, kind="interest", slug="ink", label="Ink")
    seat = Member.objects.get(user=member)
    seat.topics.add(topic)
    Member.objects.filter(pk=seat.pk).update(onboarded_at=timezone.now())
    now = timezone.now()
    old = publish("CANARY-OLD", author=insider, space="bench", opens_at=now - dt.timedelta(days=30))
    old.tags.add(Tag.objects.get_or_create(community=demo, slug="ink", defaults={"name": "Ink"})[0])
    for number in range(25):
        publish(f"Newer {number}", opens_at=now - dt.timedelta(hours=number + 1))
    browser = client_of(member)
    assert "CANARY-OLD" in browser.get("/c/demo/").content.decode()
    browser.post("/me/blocks/", {"person": "insider"})
    assert "CANARY-OLD" not in browser.get("/c/demo/").content.decode()


@pytest.mark.parametrize("link", ["/\\evil.example", "//evil.example", "javascript:x", "\\\\evil.example"])
def test_where_a_delivery_is_said_to_be_is_on_the_web_or_here(link):
    form = DeliveryForm({"on": "2026-01-31", "link": link})
    assert not form.is_valid() and "link" in form.errors


def test_another_address_of_the_same_household_is_the_same_network():
    one = Limit("one", 1, 60)
    take(one, "password", "2001:db8:1:2::1", "ana@test.example")
    with pytest.raises(TooOften):
        take(one, "password", "2001:db8:1:2:ffff::9", "ana@test.example")
    take(one, "password", "2001:db8:1:3::1", "ana@test.example")
    take(one, "password", "198.51.100.1", "ana@test.example")
    with pytest.raises(TooOften):
        take(one, "password", "::ffff:198.51.100.1", "ana@test.example")
    for other in ("198.51.100.2", "::1", "fe80::1%eth0"):
        take(one, "password", other, "ana@test.example")


def test_how_somebody_came_keeps_no_key(outsider):
    """An invitation lets others in as well: it stands in no statistics and in no export."""
    remember_arrival(outsider, {"landing": "/i/SECRET/?a=1"}, next_page="/i/SECRET/")
    assert Arrival.objects.get(user=outsider).landing == "/i/"
    other = make_user("other")
    remember_arrival(other, {}, next_page="/i/SECRET/")
    assert Arrival.objects.get(user=other).landing == "/i/"
