"""Invitations: who makes them, what a link shows and to whom, when it opens nothing any more, and who came by it."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.members.actions import join_community
from communities.members.guidelines import write_guidelines
from communities.members.invitations import MOST_LINKS, make_invitation
from communities.members.models import Invitation, JoinRequest, Member, Standing, Visit
from communities.spaces.models import Community
from communities.ui import pagecache
from tests.conftest import make_member, make_user

pytestmark = pytest.mark.django_db
PAGE = "/c/demo/invite/"


def set_to(demo: Community, **fields: Any) -> None:
    Community.objects.filter(pk=demo.pk).update(**fields)
    demo.refresh_from_db()
    pagecache.bump(demo.slug)


@pytest.fixture
def link(demo, member) -> Invitation:
    """A member's, for two people."""
    soon = timezone.now() + dt.timedelta(days=7)
    return make_invitation(viewer_for(member, demo), community=demo, label="Nora", max_uses=2, expires_at=soon)


def address(link: Invitation) -> str:
    return f"/i/{link.token}/"


def told(answer: Any) -> str:
    return answer.content.decode()


def test_a_member_makes_a_link_and_it_brings_somebody_in_whatever_the_door_says(demo, member, outsider, client_of):
    for mode in ("request", "invitation"):
        set_to(demo, join_mode=mode)
        client_of(member).post(PAGE, {"label": "Nora", "max_uses": "1", "days": "7"})
        link = Invitation.objects.latest("pk")
        person = make_user(f"nora-{mode}")
        answer = client_of(person).post(address(link))
        assert answer["Location"] == "/c/demo/"
        seat = Member.objects.get(user=person)
        assert (seat.role, seat.rung, seat.standing, seat.invitation) == ("member", 10, "member", link)
        link.refresh_from_db()
        assert link.used == 1


def test_looking_at_a_link_changes_nothing_and_keeps_it_to_itself(demo, link, client_of, visitor, outsider):
    before = list(Invitation.objects.values()), Member.objects.count(), Activity.objects.count()
    for person in (visitor, outsider):
        answer = client_of(person).get(address(link))
        assert answer.status_code == 200
        assert answer["Referrer-Policy"] == ("same-origin" if person.is_authenticated else "no-referrer")
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Cache-Control"] == "private, no-store"
        assert "Member" in told(answer)
        assert "Demo" in told(answer)
    assert (list(Invitation.objects.values()), Member.objects.count(), Activity.objects.count()) == before


def test_a_visitor_gets_no_form_and_the_way_back_in_both_links(demo, link, client_of, visitor):
    answer = client_of(visitor).get(address(link))
    assert "<form" not in told(answer)
    for door in ("signup", "login"):
        assert f"/accounts/{door}/?next={address(link)}" in told(answer)
    assert client_of(visitor).post(address(link))["Location"] == f"/accounts/login/?next={address(link)}"
    assert not answer.cookies


def test_the_token_is_the_right_to_know_of_a_place_that_is_not_listed(demo, link, client_of, outsider, visitor):
    set_to(demo, listed=False)
    assert client_of(visitor).get("/c/demo/join/").status_code == 404
    assert "Demo" in told(client_of(visitor).get(address(link)))
    set_to(demo, size_cap=1)
    browser = client_of(outsider)
    page = told(browser.post(address(link), follow=True))
    assert "You are number 1 in line" in page
    browser.post(address(link), {"do": "withdraw"})
    assert JoinRequest.objects.get().state == "withdrawn"
    set_to(demo, size_cap=None)
    assert browser.post(address(link))["Location"] == "/c/demo/"
    assert browser.get("/c/demo/").status_code == 200


def test_an_invitation_makes_no_place_and_keeps_its_use_while_one_waits(demo, link, client_of, outsider):
    set_to(demo, size_cap=2)
    browser = client_of(outsider)
    browser.post(address(link))
    link.refresh_from_db()
    assert (link.used, JoinRequest.objects.get().state) == (1, "queued")
    browser.post(address(link), {"do": "withdraw"})
    link.refresh_from_db()
    assert link.used == 0


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"used": 2}, "used up"),
        ({"expires_at": timezone.now() - dt.timedelta(minutes=1)}, "has run out"),
        ({"revoked_at": timezone.now()}, "was taken back"),
    ],
)
def test_a_link_that_opens_nothing_says_so_kindly(demo, link, client_of, outsider, visitor, how, sentence):
    """C14."""
    Invitation.objects.filter(pk=link.pk).update(**how)
    for person in (visitor, outsider):
        answer = client_of(person).get(address(link))
        assert answer.status_code == 200
        assert sentence in told(answer)
    answer = client_of(outsider).post(address(link))
    assert answer.status_code == 200
    assert sentence in told(answer)
    assert not Member.objects.filter(user=outsider).exists()
    assert not Activity.objects.filter(actor=outsider).exists()


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.LEFT])
def test_nobody_comes_in_by_somebody_who_is_suspended_or_gone(demo, link, member, client_of, outsider, standing):
    Member.objects.filter(user=member).update(standing=standing)
    assert "was taken back" in told(client_of(outsider).post(address(link)))
    assert not Member.objects.filter(user=outsider).exists()


def test_a_link_opens_its_own_place_only_and_nothing_higher(demo, link, maker, client_of, outsider):
    """C14: the token says where, and never as what."""
    atelier = Community.objects.get(slug="atelier")
    Community.objects.filter(pk=atelier.pk).update(join_mode="invitation")
    browser = client_of(outsider)
    browser.post("/c/atelier/join/", {"door": "1", "invitation": link.token, "token": link.token})
    assert not Member.objects.filter(user=outsider).exists()
    browser.post(address(link), {"role": "owner", "rung": "30", "level": "30", "community": "atelier", "max_uses": "9"})
    seat = Member.objects.get(user=outsider)
    assert (seat.community, seat.role, seat.rung) == (demo, "member", 10)
    assert browser.get("/i/" + "x" * 22 + "/").status_code == 404


def test_who_comes_invited_agrees_to_the_guidelines_like_everybody(demo, link, owner, client_of, outsider):
    write_guidelines(viewer_for(owner, demo), community=demo, source="Be kind.")
    browser = client_of(outsider)
    browser.post(address(link), {"door": "1", "version": "1"})
    link.refresh_from_db()
    assert (link.used, Member.objects.filter(user=outsider).exists()) == (0, False)
    browser.post(address(link), {"door": "1", "version": "1", "agreed": "on"})
    assert Member.objects.get(user=outsider).agreed == 1


def test_who_is_in_already_uses_nothing_up(demo, link, client_of, insider):
    assert client_of(insider).post(address(link))["Location"] == "/c/demo/"
    link.refresh_from_db()
    assert link.used == 0


def test_a_suspended_person_gains_nothing_by_a_link(demo, link, client_of, insider):
    Member.objects.filter(user=insider).update(standing="suspended")
    browser = client_of(insider)
    assert "You are suspended here" in told(browser.get(address(link)))
    browser.post(address(link))
    link.refresh_from_db()
    assert (Member.objects.get(user=insider).standing, link.used) == ("suspended", 0)


def test_the_page_tells_who_came_when_and_whether_they_took_part(demo, link, member, client_of, publish):
    """R4: wrote something, or came on two days."""
    writer, comer, silent = make_user("writer"), make_user("comer"), make_user("silent")
    Invitation.objects.filter(pk=link.pk).update(max_uses=9)
    for person in (writer, comer, silent):
        client_of(person).post(address(link))
    publish("Hello", author=writer, space="bench")
    seat = Member.objects.get(user=comer)
    Visit.objects.bulk_create([Visit(member=seat, day=dt.date(2026, 5, day)) for day in (1, 2)])
    answer = client_of(member).get(PAGE)
    row = answer.context["own"].rows[0]
    assert [(one.member.user, one.active) for one in row.came] == [(silent, False), (comer, True), (writer, True)]
    assert row.url.endswith(address(link))
    assert "came on two different days" in told(answer)


def test_the_page_costs_the_same_for_many_links(
    demo, link, member, client_of, django_assert_num_queries, django_assert_max_num_queries
):
    browser = client_of(member)
    make_member(demo, "guest")
    Member.objects.filter(user__handle="guest").update(invitation=link)
    browser.get(PAGE)
    with django_assert_max_num_queries(40) as few:
        browser.get(PAGE)
    count = len(few)
    for number in range(8):
        other = Invitation.objects.create(community=demo, creator=member, label=f"{number}")
        make_member(demo, f"guest{number}")
        Member.objects.filter(user__handle=f"guest{number}").update(invitation=other)
    with django_assert_num_queries(count):
        browser.get(PAGE)


def test_links_and_who_came_by_them_stand_on_pages(demo, owner, moderator, client_of, django_assert_max_num_queries):
    """By keyset, one's own and those of others apart, at the same cost for any number of links and people."""
    mine, theirs = viewer_for(owner, demo), viewer_for(moderator, demo)
    popular = make_invitation(mine, community=demo, label="Popular", max_uses=None)
    for at in range(15):
        join_community(make_user(f"guest{at}"), demo, invitation=popular)

    def costs(address: str) -> int:
        browser.get(address)
        with django_assert_max_num_queries(60) as counted:
            assert browser.get(address).status_code == 200
        return len(counted)

    make_invitation(theirs, community=demo, label="Theirs 0")
    browser = client_of(owner)
    few = costs(PAGE)
    for at in range(1, 25):
        make_invitation(mine, community=demo, label=f"Mine {at}")
        make_invitation(theirs, community=demo, label=f"Theirs {at}")
    assert costs(PAGE) <= few
    first = browser.get(PAGE).context
    assert [len(first[name].rows) for name in ("own", "others")] == [20, 20]
    rest = browser.get(f"{PAGE}?before={first['own'].next}").context["own"]
    assert [row.link.label for row in rest.rows] == [*(f"Mine {at}" for at in (4, 3, 2, 1)), "Popular"]
    assert (len(rest.rows[-1].came), rest.rows[-1].more, rest.next) == (12, 3, "")
    assert "and 3 more before them" in told(browser.get(f"{PAGE}?before={first['own'].next}"))
    assert len(browser.get(f"{PAGE}?others={first['others'].next}").context["others"].rows) == 5
    assert [browser.get(f"{PAGE}?{bad}").status_code for bad in ("before=x", "others=" + "9" * 30)] == [404, 404]


def test_a_member_is_kept_within_bounds_and_the_team_is_not(demo, member, owner, client_of):
    browser = client_of(member)
    for wrong in ({"max_uses": "", "days": "7"}, {"max_uses": "26", "days": "7"}, {"max_uses": "1", "days": ""}):
        assert told(browser.post(PAGE, {"label": "x", **wrong})).count('class="errors"') == 1
    assert not Invitation.objects.exists()
    client_of(owner).post(PAGE, {"label": "Poster", "max_uses": "", "days": ""})
    poster = Invitation.objects.get()
    assert (poster.max_uses, poster.expires_at) == (None, None)
    for _time in range(MOST_LINKS + 2):
        answer = browser.post(PAGE, {"label": "x", "max_uses": "1", "days": "7"})
    assert Invitation.objects.filter(creator=member).count() == MOST_LINKS
    assert "Take one back first." in told(answer)


def test_one_takes_back_ones_own_and_the_team_anybodys(demo, link, member, insider, owner, client_of):
    where = f"{PAGE}{link.pk}/revoke/"
    assert client_of(insider).post(where).status_code == 404
    link.refresh_from_db()
    assert link.revoked_at is None
    assert "Links of others" in told(client_of(owner).get(PAGE))
    assert "Links of others" not in told(client_of(insider).get(PAGE))
    assert link.token not in told(client_of(owner).get(PAGE))
    assert client_of(owner).post(where).status_code == 302
    link.refresh_from_db()
    assert link.revoked_at is not None
    assert Activity.objects.filter(verb="invitation.revoked").count() == 1
