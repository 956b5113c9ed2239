"""The first questions: chosen, skipped, changed; what follows from them; and leaving."""

import re

import pytest

from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.members.models import Member
from communities.members.topics import reasons_for
from communities.spaces.models import Community, Topic
from communities.spaces.topics import Offer, save_topics

pytestmark = pytest.mark.django_db
PAGE = "/c/demo/welcome/"
OFFERS = [
    Offer("interest", "Ink and paper", "ink"),
    Offer("interest", "Zines"),
    Offer("challenge", "Getting it to register", "register"),
]


@pytest.fixture
def offered(demo, owner) -> None:
    save_topics(viewer_for(owner, demo), community=demo, offers=OFFERS)


def test_who_joins_is_asked_once_and_then_meets_the_feed(demo, offered, outsider, client_of):
    browser = client_of(outsider)
    assert browser.post("/c/demo/join/")["Location"] == PAGE
    seat = Member.objects.get(user=outsider)
    browser.get(PAGE)
    seat.refresh_from_db()
    assert seat.onboarded_at is None  # looking changes nothing
    answer = browser.post(PAGE, {"interest": ["ink", "zines"], "challenge": ["register"]})
    assert answer["Location"] == "/c/demo/"
    seat.refresh_from_db()
    assert seat.onboarded_at is not None
    assert reasons_for(seat) == [
        ("ink", "Ink and paper", "interest"),
        ("zines", "Zines", "interest"),
        ("register", "Getting it to register", "challenge"),
    ]


def test_skipping_is_an_answer_and_the_choice_can_be_changed(demo, offered, member, client_of):
    browser = client_of(member)
    browser.post(PAGE, {"do": "skip", "interest": ["ink"]})
    seat = Member.objects.get(user=member)
    assert (seat.onboarded_at is not None, reasons_for(seat)) == (True, [])
    browser.post(PAGE, {"interest": ["ink"]})
    assert [slug for slug, _label, _kind in reasons_for(seat)] == ["ink"]
    assert re.search(r'value="ink"[^>]* checked', browser.get(PAGE).content.decode())
    browser.post(PAGE, {"do": "skip"})
    assert [slug for slug, _label, _kind in reasons_for(seat)] == ["ink"]
    browser.post(PAGE, {})
    assert reasons_for(seat) == []
    assert Activity.objects.filter(verb="member.onboarded").count() == 1


def test_what_is_not_offered_is_not_taken(demo, offered, maker, member, client_of):
    other = Topic.objects.create(
        community=Community.objects.get(slug="atelier"), kind="interest", slug="clay", label="Clay"
    )
    browser = client_of(member)
    answer = browser.post(PAGE, {"interest": ["clay", str(other.pk)]})
    assert answer.status_code == 200
    assert 'class="errors"' in answer.content.decode()
    assert reasons_for(Member.objects.get(user=member)) == []


def test_nobody_else_is_asked(demo, offered, outsider, visitor, client_of):
    assert client_of(outsider).get(PAGE).status_code == 404
    assert client_of(outsider).post(PAGE, {"interest": ["ink"]}).status_code == 404
    assert client_of(visitor).get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"


def test_without_topics_one_goes_straight_to_the_feed(demo, outsider, client_of):
    assert client_of(outsider).post("/c/demo/join/")["Location"] == "/c/demo/"


def test_a_topic_that_stays_keeps_who_picked_it(demo, offered, owner, member, client_of):
    client_of(member).post(PAGE, {"interest": ["ink", "zines"]})
    form = {"interest_0": "Ink", "interest_0_tag": "ink", "challenge_0": "Register", "challenge_0_tag": "register"}
    assert client_of(owner).post("/c/demo/studio/door/topics/", form).status_code == 302
    assert reasons_for(Member.objects.get(user=member)) == [("ink", "Ink", "interest")]
    twice = {"interest_0": "Ink", "interest_0_tag": "ink", "interest_1": "More ink", "interest_1_tag": "ink"}
    answer = client_of(owner).post("/c/demo/studio/door/topics/", twice)
    assert "is there twice" in answer.content.decode()
    assert Topic.objects.filter(community=demo).count() == 2


def test_leaving_is_two_clicks_and_says_what_stays(demo, member, client_of, seen_by):
    browser = client_of(member)
    assert "/c/demo/leave/" in browser.get("/me/").content.decode()
    page = browser.get("/c/demo/leave/").content.decode()
    assert "What you wrote stays under your name" in page
    assert browser.post("/c/demo/leave/")["Location"] == "/me/"
    assert seen_by(member).standing == "visitor"
    assert browser.get("/c/demo/leave/").status_code == 404
    assert Activity.objects.filter(verb="member.left", actor=member).count() == 1


def test_the_last_owner_is_told_what_to_do_first(demo, owner, client_of):
    answer = client_of(owner).post("/c/demo/leave/")
    assert answer.status_code == 403
    assert "Make somebody else one first" in answer.content.decode()
    assert Member.objects.get(user=owner).standing == "member"
