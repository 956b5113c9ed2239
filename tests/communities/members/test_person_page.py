"""R5: what somebody shows of themselves is in the bytes for exactly those whom they chose; their page, and who has none."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from communities.access.circles import Circle
from communities.access.models import Block
from communities.members.models import Member, Standing
from communities.people.models import OldHandle, Profile, User
from communities.people.profile import change_profile
from communities.spaces.models import Community, Topic
from content.posts.actions import set_bylines
from tests.conftest import make_member, make_user

pytestmark = pytest.mark.django_db
PAGE = "/c/demo/people/mira/"
FIELDS = ("bio", "pronouns", "work", "place", "website", "topics")
WORDS = {name: f"CANARY-{name}" for name in FIELDS} | {"website": "https://canary.example/CANARY-website"}
# Written by hand: who sees what is meant for which circle.
SEES = {
    Circle.PUBLIC: {"visitor", "outsider", "suspended", "member", "moderator", "owner", "staff", "maker", "mira"},
    Circle.MEMBERS: {"member", "moderator", "owner", "staff", "mira"},
    Circle.TEAM: {"moderator", "owner", "staff", "mira"},
    Circle.ME: {"mira"},
}


@pytest.fixture
def mira(demo) -> User:
    user = make_member(demo, "mira")
    topic = Topic.objects.create(community=demo, kind="challenge", slug="pricing", label=WORDS["topics"])
    Member.objects.get(user=user).topics.add(topic)
    words = {name: WORDS[name] for name in Profile.FIELDS[1:]}
    change_profile(user, words=words, bio=WORDS["bio"])
    return user


@pytest.fixture
def cast(demo, owner, moderator, member, outsider, staff, maker, visitor, mira) -> dict:
    suspended = make_member(demo, "suspended")
    Member.objects.filter(user=suspended).update(standing=Standing.SUSPENDED)
    return {
        "visitor": visitor, "outsider": outsider, "suspended": suspended, "member": member, "moderator": moderator,
        "owner": owner, "staff": staff, "maker": maker, "mira": mira,
    }  # fmt: skip


@pytest.mark.parametrize("circle", Circle.values)
def test_each_field_is_in_the_bytes_for_exactly_its_circle(circle, cast, mira, client_of):
    change_profile(mira, seen_by=dict.fromkeys(FIELDS, circle))
    wrong = []
    for who, person in cast.items():
        answer = client_of(person).get(PAGE)
        assert answer.status_code == 200
        for name in FIELDS:
            if (f"CANARY-{name}" in answer.content.decode()) is not (who in SEES[circle]):
                wrong.append((circle, who, name))
    assert wrong == []


def test_who_chose_nothing_shows_the_bio_to_all_and_the_rest_to_members(cast, mira, client_of):
    Profile.objects.filter(user=mira).update(seen_by={})
    stranger, member = (client_of(cast[who]).get(PAGE).content.decode() for who in ("visitor", "member"))
    assert [name for name in FIELDS if f"CANARY-{name}" in stranger] == ["bio"]
    assert [name for name in FIELDS if f"CANARY-{name}" in member] == list(FIELDS)


def test_a_circle_that_nobody_here_wrote_is_for_nobody_else(cast, mira, client_of):
    Profile.objects.filter(user=mira).update(seen_by=dict.fromkeys(FIELDS, "everyone-and-more"))
    for who, person in cast.items():
        assert ("CANARY" in client_of(person).get(PAGE).content.decode()) is (who == "mira")


def test_everybody_sees_name_handle_role_and_the_month_they_came(demo, visitor, mira, client_of):
    at = dt.datetime(2026, 3, 31, 23, 30, tzinfo=dt.UTC)  # in Lisbon it is April already
    Member.objects.filter(user=mira).update(title="binder", joined_at=at)
    page = client_of(visitor).get(PAGE).content.decode()
    for word in ("Mira", "@mira", "binder", "here since April 2026"):
        assert word in page
    assert "2026-03-31" not in page
    assert "csrf" not in page
    assert "<form" not in page
    assert '<meta name="robots" content="noindex">' in page


def test_a_role_stands_there_where_nobody_gave_a_title_and_the_team_is_indexed(demo, visitor, moderator, client_of):
    page = client_of(visitor).get("/c/demo/people/moderator/").content.decode()
    assert '<span class="badge team" dir="auto">moderator</span>' in page
    assert "noindex" not in page


def test_lately_holds_what_this_viewer_may_read_and_nothing_else(
    publish, demo, owner, insider, member, visitor, client_of
):
    publish("Open words")
    publish("Shut words", rung=20)
    publish("Later words", opens_at=timezone.now() + dt.timedelta(days=1))
    publish("Secret words", space="table", rung=30)
    set_bylines(publish("Lent words"), [("Somebody Else", None)])
    set_bylines(publish("Shared words"), [("Owner", owner.pk), ("Somebody Else", None)])
    titles = ("Open", "Shut", "Later", "Secret", "Lent", "Shared")
    seen = {}
    for who in (visitor, member, insider, owner):
        page = client_of(who).get("/c/demo/people/owner/").content.decode()
        seen[str(who)] = {title for title in titles if f"{title} words" in page}
    assert seen == {
        "AnonymousUser": {"Open", "Shared"},
        "Member": {"Open", "Shared"},
        "Insider": {"Open", "Shared", "Shut"},
        "Owner": {"Open", "Shared", "Shut", "Secret"},
    }


def test_nothing_of_another_community_stands_there(publish, demo, owner, maker, client_of):
    publish("From the demo")
    Member.objects.create(community=Community.objects.get(slug="atelier"), user=owner)
    assert "From the demo" not in client_of(maker).get("/c/atelier/people/owner/").content.decode()


def test_an_old_handle_leads_on_and_never_to_who_has_no_page(demo, mira, visitor, outsider, client_of):
    change_profile(mira, handle="mira-lind")
    answer = client_of(visitor).get("/c/demo/people/mira/")
    assert (answer.status_code, answer["Location"]) == (301, "/c/demo/people/mira-lind/")
    assert client_of(visitor).get("/c/demo/people/Mira-Lind/")["Location"] == "/c/demo/people/mira-lind/"
    assert client_of(visitor).get("/c/demo/people/mira-lind/").status_code == 200
    OldHandle.objects.create(user=outsider, handle="long-gone", shape="longgone")
    assert client_of(visitor).get("/c/demo/people/long-gone/").status_code == 404


@pytest.mark.parametrize("how", ["suspended", "left", "shut out"])
def test_who_is_suspended_gone_or_shut_out_has_a_page_for_the_team_only(how, cast, mira, client_of):
    if how == "shut out":
        User.objects.filter(pk=mira.pk).update(is_active=False)
    else:
        Member.objects.filter(user=mira).update(standing=how)
    nowhere = client_of(cast["member"]).get("/c/demo/people/nobody-at-all/").content
    for who, person in cast.items():
        if who == "mira" and how == "shut out":
            continue
        answer = client_of(person).get(PAGE)
        assert answer.status_code == (200 if who in ("owner", "moderator", "staff") else 404), who
        assert answer.status_code == 200 or answer.content == nowhere


def test_a_suspension_that_is_over_gives_the_page_back_at_the_minute(mira, visitor, client_of):
    until = timezone.now() + dt.timedelta(hours=1)
    Member.objects.filter(user=mira).update(standing=Standing.SUSPENDED, suspended_until=until)
    assert client_of(visitor).get(PAGE).status_code == 404
    with time_machine.travel(until, tick=False):
        assert client_of(visitor).get(PAGE).status_code == 200


def test_a_closed_account_has_no_page_for_anybody(cast, mira, client_of):
    User.objects.filter(pk=mira.pk).update(left_at=timezone.now())
    assert {client_of(person).get(PAGE).status_code for who, person in cast.items() if who != "mira"} == {404}


def test_an_unlisted_community_shows_its_people_to_itself_alone(cast, demo, mira, client_of):
    Community.objects.filter(pk=demo.pk).update(listed=False)
    inside = {"member", "moderator", "owner", "staff", "mira"}
    for address in (PAGE, "/c/demo/people/"):
        found = {who for who, person in cast.items() if client_of(person).get(address).status_code == 200}
        assert found == inside
    assert client_of(cast["visitor"]).get(PAGE).content == client_of(cast["visitor"]).get("/c/none/").content


def test_who_is_blocked_keeps_the_page_but_not_their_words_on_it(publish, demo, member, mira, client_of):
    publish("Words of Mira", author=mira, space="bench")
    assert "Words of Mira" in client_of(member).get(PAGE).content.decode()
    Block.objects.create(user=member, blocked=mira)
    answer = client_of(member).get(PAGE)
    assert (answer.status_code, "Words of Mira" in answer.content.decode()) == (200, False)


def test_no_address_account_fact_or_exact_day_is_in_a_page(cast, mira, client_of):
    """A25: the page is made of named fields, whoever looks."""
    User.objects.filter(pk=mira.pk).update(last_login=timezone.now())
    for person in cast.values():
        page = client_of(person).get(PAGE).content.decode()
        for word in (mira.email, "last_login", "rung", "hand"):
            assert word not in page.lower().replace("handle", "").replace("by hand", "")


def test_a_page_costs_the_same_with_much_on_it(
    publish, mira, member, client_of, django_assert_num_queries, django_assert_max_num_queries
):
    browser = client_of(member)
    publish("One", author=mira, space="bench")
    browser.get(PAGE)
    with django_assert_max_num_queries(10) as few:  # other apps have a word on it too
        browser.get(PAGE)
    count = len(few)
    for number in range(7):
        publish(f"More {number}", author=mira, space="bench")
    browser.get(PAGE)
    with django_assert_num_queries(count):
        assert browser.get(PAGE).content.decode().count("/c/demo/p/") == 8


def test_names_under_posts_and_on_cards_lead_to_pages_and_only_where_there_is_one(
    publish, demo, mira, visitor, client_of
):
    post = publish("Words", author=mira, space="bench")
    link = f'<a class="name" href="{PAGE}">'
    for address in (post.url, "/c/demo/", "/"):
        assert link in client_of(visitor).get(address).content.decode()
    set_bylines(post, [("Somebody Else", None)])
    User.objects.filter(pk=mira.pk).update(left_at=timezone.now())
    for address in (post.url + "?fresh", "/c/demo/?after=&kind="):
        assert link not in client_of(visitor).get(address).content.decode()


def test_hostile_words_are_text_wherever_a_person_is_named(publish, demo, mira, owner, member, visitor, client_of):
    """E01: name, title and every field, for whoever looks."""
    evil = "<img src=x onerror=alert(1)>"
    site = 'https://x.example/"onmouseover="x'
    change_profile(mira, name=evil, bio=evil, words={"pronouns": evil, "work": evil, "place": evil, "website": site})
    change_profile(mira, seen_by=dict.fromkeys(FIELDS, "public"))
    Member.objects.filter(user=mira).update(title=f"{evil[:30]}\"'>")
    Topic.objects.update(label=evil)
    post = publish("Words", author=mira, space="bench")
    addresses = (PAGE, "/c/demo/people/", post.url, "/c/demo/", "/me/", "/c/demo/people/me/")
    for who in (visitor, member, owner, mira):
        for address in addresses:
            page = client_of(who).get(address).content.decode()
            assert "<img src=x" not in page


def test_a_website_is_an_address_of_the_web(mira, client_of):
    for evil in ("javascript:alert(1)", "data:text/html,x", "ftp://x.example", "nowhere at all"):
        page = client_of(mira).post("/me/", {"name": "Mira", "handle": "mira", "website": evil, "pronouns": "she"})
        assert page.status_code == 200
        assert 'class="errors" id="id_website_error"' in page.content.decode()
    assert Profile.objects.get(user=mira).website == WORDS["website"]


def test_a_member_of_two_places_has_a_page_in_each_and_none_elsewhere(demo, maker, mira, member, client_of):
    assert client_of(maker).get("/c/atelier/people/mira/").status_code == 404
    make_user("loner")
    assert client_of(member).get("/c/demo/people/loner/").status_code == 404
