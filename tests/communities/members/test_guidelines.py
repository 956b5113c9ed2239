"""Guidelines: versions that only grow, agreeing once a version, and nobody writing before they agreed."""

import pytest
from django.core.exceptions import ValidationError

from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.members.guidelines import must_accept, write_guidelines
from communities.members.models import Acceptance, Member
from communities.reactions.models import EMOJI, Reaction
from communities.safety.models import Report
from communities.spaces.models import Guidelines
from content.posts.models import Post
from tests.conftest import make_member

pytestmark = pytest.mark.django_db
PAGE = "/c/demo/guidelines/"
DESK = "/c/demo/studio/door/guidelines/"


@pytest.fixture
def first(demo, owner, member) -> Guidelines:
    return write_guidelines(viewer_for(owner, demo), community=demo, source="Be *kind*.")


def told(answer) -> str:
    return answer.content.decode()


def test_a_new_text_is_a_new_version_and_the_same_text_is_none(demo, owner, client_of):
    browser = client_of(owner)
    for text in ("Be kind.", "Be kind.", "Be kind.\r\n\r\nAnd brief."):
        assert browser.post(DESK, {"source": text}).status_code == 302
    rows = Guidelines.objects.filter(community=demo).order_by("version")
    assert list(rows.values_list("version", "source")) == [(1, "Be kind."), (2, "Be kind.\n\nAnd brief.")]
    demo.refresh_from_db()
    assert demo.guidelines_version == 2
    assert Activity.objects.filter(verb="guidelines.written").count() == 2
    assert Acceptance.objects.filter(user=owner).count() == 2  # who writes them agrees to them


def test_nothing_at_all_is_no_guideline(demo, owner, client_of):
    assert 'class="errors"' in told(client_of(owner).post(DESK, {"source": "   "}))
    with pytest.raises(ValidationError):
        write_guidelines(viewer_for(owner, demo), community=demo, source=" ")
    assert not Guidelines.objects.exists()


def test_everybody_reads_them_and_only_members_are_asked(demo, first, member, outsider, visitor, client_of):
    for person in (visitor, outsider, member):
        answer = client_of(person).get(PAGE)
        assert "Be <em>kind</em>." in told(answer)
        assert ('data-verb="guidelines.accepted"' in told(answer)) == (person == member)
    assert client_of(outsider).post(PAGE, {"agree_to": "1"}).status_code == 403
    assert client_of(visitor).post(PAGE, {"agree_to": "1"}).status_code == 403
    assert Acceptance.objects.exclude(user__handle="owner").count() == 0


def test_a_member_reads_on_with_a_banner_and_agrees_once(demo, first, member, client_of, publish):
    post = publish("A post")
    browser = client_of(member)
    assert must_accept(viewer_for(member, demo))
    for address in ("/c/demo/", post.url):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert f"{PAGE}?next={address}" in told(answer)
    assert "There are new guidelines" not in told(browser.get(PAGE))  # it is them
    refused = browser.post(PAGE, {})
    assert "Please read the guidelines and tick this" in told(refused)
    answer = browser.post(PAGE, {"agree_to": "1", "next": post.url})
    assert answer["Location"] == post.url
    assert not must_accept(viewer_for(member, demo))
    assert "new guidelines" not in told(browser.get("/c/demo/"))
    assert browser.post(PAGE, {"agree_to": "1"}).status_code == 403
    assert Acceptance.objects.filter(user=member).count() == 1
    assert Activity.objects.filter(verb="guidelines.accepted", actor=member).count() == 1


def test_agreeing_leads_nowhere_else(demo, first, member, client_of):
    for hostile in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        Member.objects.filter(user=member).update(agreed=0)
        answer = client_of(member).post(PAGE, {"agree_to": "1", "next": hostile})
        assert answer["Location"] == "/c/demo/"


def test_nobody_writes_before_they_agreed_and_no_word_is_lost(demo, first, member, client_of):
    browser = client_of(member)
    assert browser.get("/c/demo/write/")["Location"] == f"{PAGE}?next=/c/demo/write/"
    form = {
        "title": "Hello",
        "body": "My long text.",
        "kind": "hello",
        "space": "bench",
        "audience": "public",
        "rev": "0",
    }
    form |= {"request": "0b7c2b1e-6f0e-4a53-9ad5-0d6f9d1f0c11", "do": "publish"}
    held = browser.post("/c/demo/write/", form)
    assert held.status_code == 403
    assert "My long text.</textarea>" in told(held)
    assert 'name="title" value="Hello"' in told(held)
    assert not Post.objects.exists()
    again = browser.post("/c/demo/write/", {**form, "agree_to": "9"})
    assert (again.status_code, Post.objects.exists()) == (403, False)
    assert "changed while you were reading" in told(again)
    assert browser.post("/c/demo/write/", {**form, "agree_to": "1"}).status_code == 302
    assert Post.objects.get().source == "My long text."
    assert not must_accept(viewer_for(member, demo))


def test_the_beacon_a_report_and_leaving_wait_for_nothing(demo, first, member, client_of, publish):
    browser, post = client_of(member), publish("Loud")
    browser.post(f"/c/demo/report/post/{post.pk}/", {"reason": "rude"})
    assert Report.objects.get().reporter == member
    held = browser.post(f"/c/demo/react/post/{post.pk}/", {"emoji": EMOJI[0]})
    assert (held.status_code, held["X-Waits-For"]) == (403, "agreement")
    assert not Reaction.objects.exists()
    assert browser.post("/c/demo/seen/", {"seen": "post:1"}).status_code == 204
    assert browser.post("/c/demo/leave/").status_code == 302
    assert Member.objects.get(user=member).standing == "left"


def test_the_team_keeps_order_before_it_agreed(demo, first, moderator, client_of, member):
    Member.objects.filter(user=moderator).update(agreed=0)
    assert must_accept(viewer_for(moderator, demo))
    assert client_of(moderator).post("/c/demo/studio/requests/1/", {"answer": "approve"}).status_code == 404


def test_a_page_costs_no_question_more_for_it(
    demo, owner, member, client_of, django_assert_num_queries, django_assert_max_num_queries
):
    browser = client_of(member)
    browser.get("/c/demo/")
    with django_assert_max_num_queries(30) as few:
        browser.get("/c/demo/")
    count = len(few)
    write_guidelines(viewer_for(owner, demo), community=demo, source="Be kind.")
    browser.get("/c/demo/")
    with django_assert_num_queries(count):
        assert "new guidelines" in told(browser.get("/c/demo/"))


def test_who_joins_later_agreed_at_the_door(demo, first, owner):
    late = make_member(demo, "late")
    assert must_accept(viewer_for(late, demo))  # a seat that was given without the door is asked like any other
    assert not must_accept(viewer_for(owner, demo))
