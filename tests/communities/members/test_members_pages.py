"""The studio's members: who sees them, finding one, a step by hand, roles, and founding a community."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from communities.activity.models import Activity
from communities.members.models import Member, RungSource
from communities.spaces.models import Community
from tests.conftest import make_member, make_user

pytestmark = pytest.mark.django_db


def page_of(user) -> str:
    return f"/c/demo/studio/members/{Member.objects.get(user=user, community__slug='demo').pk}/"


def test_no_address_is_ever_shown(demo, owner, member, client_of):
    browser = client_of(owner)
    for page in ("/c/demo/studio/members/", page_of(member), "/c/demo/studio/"):
        text = browser.get(page).content.decode()
        assert "Member" in text
        assert "@test.example" not in text


def test_members_are_found_by_name_handle_step_and_role(demo, owner, insider, circle, moderator, client_of):
    def found(query: str) -> set[str]:
        rows = client_of(owner).get(f"/c/demo/studio/members/?{query}").context["rows"]
        return {row.user.handle for row in rows}

    assert found("q=insi") == {"insider"}
    assert found("q=%40CIRC") == {"circle"}
    assert found("rung=30") == {"circle"}
    assert found("role=moderator") == {"moderator"}
    assert found("q=nobody+at+all") == set()
    assert found("") == {"owner", "insider", "circle", "moderator"}
    assert client_of(owner).get("/c/demo/studio/members/?rung=abc").status_code == 404
    assert client_of(owner).get("/c/demo/studio/members/?after=!!").status_code == 404


def test_a_long_list_goes_on_by_keyset_and_costs_the_same(
    demo, owner, client_of, django_assert_num_queries, django_assert_max_num_queries
):
    browser = client_of(owner)
    make_member(demo, "first")
    browser.get("/c/demo/studio/members/")
    with django_assert_max_num_queries(20) as few:
        browser.get("/c/demo/studio/members/")
    count = len(few)
    for number in range(60):
        make_member(demo, f"guest{number}")
    with django_assert_num_queries(count):
        first = browser.get("/c/demo/studio/members/")
    second = browser.get(first.context["next_url"])
    seen = [row.pk for page in (first, second) for row in page.context["rows"]]
    assert len(seen) == len(set(seen)) == 62
    assert second.context["next_url"] == ""


def test_a_step_is_given_by_hand_for_a_while_and_runs_out(demo, owner, member, client_of, seen_by):
    with time_machine.travel("2026-11-23T10:00:00Z", tick=False):
        answer = client_of(owner).post(
            page_of(member) + "grant/", {"level": "20", "reason": "Shared five tutorials", "ends": "2026-12-01T09:00"}
        )
        assert answer.status_code == 302
        assert seen_by(member).rung == 20
        assert "Shared five tutorials" in client_of(owner).get(page_of(member)).content.decode()
    with time_machine.travel("2026-12-01T09:00:00Z", tick=False):
        assert seen_by(member).rung == 10
    assert RungSource.objects.get().given_by == owner


def test_a_step_is_taken_back(demo, owner, insider, client_of, seen_by):
    client_of(owner).post(page_of(insider) + "end/")
    assert seen_by(insider).rung == 10
    assert Activity.objects.filter(verb="member.rung_changed", actor=owner, before=20, after=10).count() == 1


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"level": "20", "reason": ""}, "This field is required."),
        ({"level": "25", "reason": "why"}, "Select a valid choice."),
        ({"level": "20", "reason": "why", "ends": "2001-01-01T10:00"}, "That moment has passed."),
        ({"level": "20", "reason": "why", "ends": "2027-03-28T01:30"}, "jump over"),
    ],
)
def test_a_grant_that_cannot_be_says_why_and_keeps_what_was_typed(demo, owner, member, client_of, sent, sentence):
    answer = client_of(owner).post(page_of(member) + "grant/", sent)
    page = answer.content.decode()
    assert sentence in page
    assert sent["reason"] in page
    assert not RungSource.objects.exists()


def test_the_owner_gives_a_role_and_the_last_owner_stays(demo, owner, member, client_of, seen_by):
    browser = client_of(owner)
    browser.post(page_of(member) + "role/", {"role": "creator"})
    assert seen_by(member).role == "creator"
    answer = browser.post(page_of(owner) + "role/", {"role": "member"})
    assert "A community keeps at least one owner." in answer.content.decode()
    assert seen_by(owner).role == "owner"
    browser.post(page_of(member) + "role/", {"role": "owner"})
    browser.post(page_of(owner) + "role/", {"role": "member"})
    assert seen_by(owner).role == "member"


@pytest.mark.parametrize(
    ("who", "look", "change"),
    [
        ("moderator", 200, 404),
        ("staff", 200, 404),
        ("circle", 404, 404),
        ("outsider", 404, 404),
        ("maker", 404, 404),
        ("visitor", 302, 302),
    ],
)
def test_who_may_look_and_who_may_change(request, demo, member, client_of, who, look, change):
    browser = client_of(request.getfixturevalue(who))
    page = page_of(member)
    assert browser.get("/c/demo/studio/members/").status_code == look
    assert browser.get(page).status_code == look
    for address, sent in (("grant/", {"level": "30", "reason": "x"}), ("end/", {}), ("role/", {"role": "owner"})):
        assert browser.post(page + address, sent).status_code == change
    row = Member.objects.get(user=member)
    assert (row.rung, row.role, RungSource.objects.filter(member=row).count()) == (10, "member", 0)


def test_a_creator_sees_members_and_moves_nobody(demo, member, client_of):
    creator = make_member(demo, "creator", role="creator")
    page = client_of(creator).get(page_of(member)).content.decode()
    assert "Give it" not in page
    assert client_of(creator).post(page_of(member) + "grant/", {"level": "30", "reason": "x"}).status_code == 404


def test_another_communitys_member_is_not_there(demo, owner, maker, client_of):
    theirs = Member.objects.get(user=maker)
    browser = client_of(owner)
    for place in ("demo", "atelier"):
        page = f"/c/{place}/studio/members/{theirs.pk}/"
        assert browser.get(page).status_code == 404
        assert browser.post(page + "role/", {"role": "member"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.role == "owner"


def test_standing_is_shown_and_not_changed_here(demo, owner, member, client_of):
    until = timezone.now() + dt.timedelta(days=3)
    Member.objects.filter(user=member).update(standing="suspended", suspended_until=until)
    page = client_of(owner).get(page_of(member)).content.decode()
    assert "suspended" in page


FOUND = {"name": "Boathouse", "slug": "boathouse", "timezone": "Europe/Lisbon"}


def test_an_owner_founds_another_community_and_lands_on_its_look(demo, owner, client_of):
    answer = client_of(owner).post("/new/", FOUND | {"listed": "", "look_version": "7", "role": "x"})
    assert answer["Location"] == "/c/boathouse/studio/look/"
    place = Community.objects.get(slug="boathouse")
    assert (place.name, place.timezone, place.listed, place.look_version) == ("Boathouse", "Europe/Lisbon", True, 1)
    assert Member.objects.get(community=place).role == "owner"
    assert client_of(owner).get("/c/boathouse/studio/").status_code == 200


def test_the_first_person_of_an_empty_house_may_found_and_the_next_may_not(db, client_of):
    first, second = make_user("first"), make_user("second")
    assert client_of(first).post("/new/", FOUND).status_code == 302
    assert client_of(second).get("/new/").status_code == 404
    assert client_of(second).post("/new/", FOUND | {"slug": "other"}).status_code == 404
    assert Community.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "status"), [("member", 404), ("moderator", 404), ("outsider", 404), ("visitor", 302), ("staff", 404)]
)
def test_nobody_else_founds(request, demo, client_of, who, status):
    browser = client_of(request.getfixturevalue(who))
    assert browser.get("/new/").status_code == status
    assert browser.post("/new/", FOUND).status_code == status
    assert Community.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"slug": "demo"}, "is taken. Choose another address."),
        ({"slug": "Big House"}, "Small letters, digits and hyphens, up to 48."),
        ({"slug": "admin"}, "is kept for the site itself."),
        ({"name": ""}, "This field is required."),
        ({"timezone": "Lisbon"}, "is not a time zone such as Europe/Lisbon."),
    ],
)
def test_founding_says_what_does_not_fit(demo, owner, client_of, change, sentence):
    page = client_of(owner).post("/new/", FOUND | change).content.decode()
    assert sentence in page
    assert Community.objects.count() == 1
