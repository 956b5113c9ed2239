"""R6: members find those who want to be found, by what each shows to them; visitors meet the team (R10)."""

import datetime as dt

import pytest
from django.utils import timezone

from communities.access.models import Block
from communities.activity.models import Activity
from communities.members.models import Member, Standing
from communities.people import recent
from communities.people.models import Profile, User
from communities.people.profile import change_profile
from communities.spaces.models import Community, Topic
from tests.conftest import make_member

pytestmark = pytest.mark.django_db
PEOPLE = "/c/demo/people/"


def topic(demo: Community, slug: str, kind: str = "challenge") -> Topic:
    return Topic.objects.get_or_create(community=demo, kind=kind, slug=slug, defaults={"label": slug.title()})[0]


def make(demo: Community, name: str, *, place: str = "", seen_by: str = "members", picks: tuple = (), **seat) -> User:
    user = make_member(demo, name)
    change_profile(user, words={"place": place}, seen_by={"place": seen_by, "topics": seen_by})
    row = Member.objects.get(user=user, community=demo)
    row.topics.set(picks)
    Member.objects.filter(pk=row.pk).update(**seat)
    return user


@pytest.fixture
def finds(demo, client_of):
    def who(person, query: str = "") -> set[str]:
        page = client_of(person).get(f"{PEOPLE}?{query}")
        handles = {row.user.handle for row in page.context["rows"]}
        assert page.context["count"] == len(handles)
        assert all(f'id="person-{row.user_id}"' in page.content.decode() for row in page.context["rows"])
        return handles

    return who


def test_the_challenge_pricing_finds_exactly_who_has_it_and_consents(demo, member, finds):
    pricing, fish = topic(demo, "pricing"), topic(demo, "fishing")
    make(demo, "ada", picks=(pricing,))
    make(demo, "bo", picks=(pricing, fish))
    make(demo, "cy", picks=(fish,))
    make(demo, "opted", picks=(pricing,), listed=False)
    make(demo, "hides", picks=(pricing,), seen_by="me")
    make(demo, "team-only", picks=(pricing,), seen_by="team")
    make(demo, "gone", picks=(pricing,), standing=Standing.LEFT)
    make(demo, "barred", picks=(pricing,), standing=Standing.SUSPENDED)
    topic(demo, "pricing", "interest")
    assert finds(member, "challenge=pricing") == {"ada", "bo"}
    assert finds(member, "interest=pricing") == set()
    assert finds(member, "challenge=no-such-thing") == set()
    assert finds(member, "challenge=pricing&interest=pricing") == set()


def test_a_row_names_the_topics_of_those_who_show_them(demo, member, owner, client_of):
    pricing = topic(demo, "pricing")
    for name, circle in (("ada", "members"), ("bo", "team"), ("cy", "me")):
        make(demo, name, picks=(pricing,), seen_by=circle)
    shown = {}
    for who in (member, owner):
        page = client_of(who).get(f"{PEOPLE}?q=")
        shown[who.handle] = {row.user.handle for row in page.context["rows"] if row.picks}
        assert page.content.decode().count('href="/c/demo/people/?challenge=pricing"') == len(shown[who.handle])
    assert shown == {"member": {"ada"}, "owner": {"ada", "bo"}}


def test_nobody_is_found_by_a_place_that_they_keep_from_who_asks(demo, owner, member, finds):
    make(demo, "ada", place="Lisbon, by the river", seen_by="public")
    make(demo, "bo", place="lisbon")
    make(demo, "cy", place="Lisbon", seen_by="team")
    dee = make(demo, "dee", place="Lisbon", seen_by="me")
    make(demo, "eve", place="Porto")
    assert finds(member, "place=LISBON") == {"ada", "bo"}
    assert finds(owner, "place=Lisbon") == {"ada", "bo", "cy"}
    assert finds(dee, "place=Lisbon") == {"ada", "bo", "dee"}
    Profile.objects.update(seen_by={})
    assert finds(member, "place=Lisbon") == {"ada", "bo", "cy", "dee"}


def test_who_never_wrote_a_profile_is_found_by_topics_as_by_default(demo, member, finds):
    user = make_member(demo, "plain")
    Member.objects.get(user=user).topics.add(topic(demo, "pricing"))
    assert not Profile.objects.filter(user=user).exists()
    assert finds(member, "challenge=pricing") == {"plain"}


def test_name_handle_and_role_narrow_it_down(demo, owner, moderator, member, insider, finds):
    assert finds(member) == {"owner", "moderator", "member", "insider"}
    assert finds(member, "q=INSI") == {"insider"}
    assert finds(member, "q=%40moder") == {"moderator"}
    assert finds(member, "role=moderator") == {"moderator"}
    assert finds(member, "role=king") == set()
    assert finds(member, "q=o+n") == {"owner"}
    assert finds(member, "q=%25") == set()


def test_who_opted_out_is_in_no_list_of_people_at_all(demo, owner, moderator, member, visitor, client_of, finds):
    Member.objects.filter(user__in=(moderator, member)).update(listed=False)
    assert finds(owner) == {"owner"}
    for who in (visitor, owner, member):
        page = client_of(who).get(PEOPLE).content.decode()
        assert "/people/moderator/" not in page
        assert "/c/demo/people/owner/" in page
    assert client_of(owner).get("/c/demo/people/member/").status_code == 200


def test_a_blocked_person_is_left_out_for_the_blocker_alone(demo, owner, member, insider, finds, client_of):
    Block.objects.create(user=member, blocked=insider)
    Block.objects.create(user=member, blocked=owner)
    assert finds(member) == {"member"}
    assert "/people/owner/" not in client_of(member).get(PEOPLE).content.decode()
    assert finds(insider) == {"owner", "member", "insider"}
    assert finds(owner) == {"owner", "member", "insider"}


def test_a_long_directory_goes_on_by_keyset_keeps_its_filters_and_costs_the_same(
    demo, member, client_of, django_assert_num_queries, django_assert_max_num_queries
):
    pricing = topic(demo, "pricing")
    browser = client_of(member)
    make(demo, "first", picks=(pricing,), place="Lisbon")
    address = f"{PEOPLE}?challenge=pricing&place=Lisbon"
    browser.get(address)
    with django_assert_max_num_queries(9) as few:
        browser.get(address)
    count = len(few)
    for number in range(60):
        make(demo, f"guest{number}", picks=(pricing,), place="Lisbon")
    browser.get(address)
    with django_assert_num_queries(count):
        first = browser.get(address)
    assert first.context["count"] == 61
    second = browser.get(first.context["next_url"])
    seen = [row.user.handle for page in (first, second) for row in page.context["rows"]]
    assert len(seen) == len(set(seen)) == 61
    assert "member" not in seen
    assert second.context["next_url"] == ""
    assert browser.get(f"{PEOPLE}?after=nonsense").status_code == 404


def test_a_visitor_an_outsider_and_a_suspended_member_meet_the_team_and_nobody_else(
    demo, owner, moderator, insider, visitor, outsider, client_of
):
    barred = make(demo, "barred", standing=Standing.SUSPENDED)
    make(demo, "binder", title="binder")
    change_profile(owner, bio="I own this.", words={"place": "CANARY-place"})
    for who in (visitor, outsider, barred):
        page = client_of(who).get(f"{PEOPLE}?place=CANARY").content.decode()
        for name in ("owner", "moderator", "binder"):
            assert f'href="/c/demo/people/{name}/"' in page
        assert '<span class="badge team" dir="auto">owner</span>' in page
        assert "I own this." in page
        assert "/people/insider/" not in page
        assert "CANARY" not in page.replace("?place=CANARY", "")
    page = client_of(visitor).get(PEOPLE)
    assert "noindex" not in page.content.decode()
    assert "csrf" not in page.content.decode()
    assert page["Cache-Control"] == "public, max-age=60"
    member_page = client_of(insider).get(PEOPLE)
    assert '<meta name="robots" content="noindex">' in member_page.content.decode()
    assert "private" in member_page["Cache-Control"]


def test_the_teams_page_is_as_things_are_at_once(
    demo, owner, moderator, visitor, client_of, seen_by, django_capture_on_commit_callbacks
):
    from communities.safety.actions import suspend_member

    assert "/people/moderator/" in client_of(visitor).get(PEOPLE).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        change_profile(owner, name="Ines Vidal")
    assert "Ines Vidal" in client_of(visitor).get(PEOPLE).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        suspend_member(seen_by(owner), member=Member.objects.get(user=moderator), reason="A test.")
    assert "/people/moderator/" not in client_of(visitor).get(PEOPLE).content.decode()


def test_the_date_of_the_last_reply_stands_where_somebody_knows_it(
    demo, owner, moderator, visitor, client_of, monkeypatch
):
    assert "last reply" not in client_of(visitor).get(PEOPLE).content.decode()
    at = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    asked = []

    def provider(user_ids, community_id):
        asked.append((set(user_ids), community_id))
        return {owner.pk: at}

    monkeypatch.setitem(recent._last_words, "test", provider)
    monkeypatch.setitem(recent._last_words, "older", lambda _ids, _place: {owner.pk: at - dt.timedelta(days=9)})
    page = client_of(owner).get(PEOPLE).content.decode()
    assert page.count("last reply") == 1
    assert "20 November 2026" in page
    assert asked == [({owner.pk, moderator.pk}, demo.pk)]


def test_one_says_how_one_appears_and_only_for_oneself(demo, member, visitor, outsider, maker, client_of, finds):
    pricing, fish = topic(demo, "pricing"), topic(demo, "fishing", "interest")
    foreign = Topic.objects.create(
        community=Community.objects.get(slug="atelier"), kind="interest", slug="clay", label="Clay"
    )
    browser = client_of(member)
    assert "Pricing" in browser.get(f"{PEOPLE}me/").content.decode()
    answer = browser.post(f"{PEOPLE}me/", {"interest": [fish.pk], "challenge": [pricing.pk]})
    assert (answer.status_code, answer["Location"]) == (302, f"{PEOPLE}member/")
    row = Member.objects.get(user=member)
    assert (row.listed, set(row.topics.all())) == (False, {pricing, fish})
    assert Activity.objects.filter(verb="member.appearance_changed", actor=member).count() == 1
    assert "You are not shown here" in browser.get(PEOPLE).content.decode()
    refused = browser.post(f"{PEOPLE}me/", {"listed": "on", "interest": [foreign.pk]})
    assert "Select a valid choice" in refused.content.decode()
    row.refresh_from_db()
    assert (row.listed, set(row.topics.all())) == (False, {pricing, fish})
    for who, status in ((visitor, 302), (outsider, 404), (maker, 404)):
        assert client_of(who).get(f"{PEOPLE}me/").status_code == status
        assert client_of(who).post(f"{PEOPLE}me/", {"listed": "on"}).status_code == status


def test_the_rail_leads_there_for_everybody(demo, visitor, outsider, member, owner, client_of):
    for who in (visitor, outsider, member, owner):
        page = client_of(who).get("/c/demo/").content.decode()
        assert f'<a href="{PEOPLE}">' in page


def test_an_expired_suspension_is_over_here_too(demo, member, finds):
    make(demo, "back", standing=Standing.SUSPENDED, suspended_until=timezone.now() - dt.timedelta(minutes=1))
    assert "back" in finds(member)
