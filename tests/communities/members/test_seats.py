"""Places in a community under many hands at once: once a person, never past the cap, in the order of the line."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.utils import timezone

from communities.access.viewer import viewer_for
from communities.activity.actions import deliver_due
from communities.activity.models import Activity
from communities.members.door import knock
from communities.members.invitations import Gone, make_invitation
from communities.members.models import Invitation, JoinRequest, Member
from communities.members.seats import Full, join_community, leave_community, place_in_line
from communities.safety.actions import suspend_member
from communities.spaces.actions import change_community
from communities.spaces.models import Community
from tests.conftest import make_member, make_user


def at_once(does: Callable[[Any], Any], things: Iterable[Any]) -> list[Any]:
    """What came of it for each: the result, or the exception."""

    def one(thing: Any) -> Any:
        for attempt in range(10):
            try:
                return does(thing)
            except (Full, Gone, PermissionDenied) as problem:
                return problem
            except OperationalError:  # a database that is busy for too long is a 503: one comes again
                if attempt == 9:
                    raise
            finally:
                connection.close()
        return None

    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(one, things))


def capped(demo: Community, cap: int) -> Community:
    Community.objects.filter(pk=demo.pk).update(size_cap=cap)
    demo.refresh_from_db()
    return demo


@pytest.mark.django_db(transaction=True)
def test_fifty_joins_of_one_person_leave_one_row(demo, outsider):
    at_once(lambda _time: knock(outsider, demo), range(50))
    assert Member.objects.filter(community=demo, user=outsider).count() == 1
    assert Activity.objects.filter(verb="member.joined", actor=outsider).count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_for_a_cap_of_eleven_leave_ten_inside_and_forty_in_line(demo):
    capped(demo, 11)  # the owner has one
    people = [make_user(f"racer{number}") for number in range(50)]
    came = at_once(lambda person: knock(person, demo), people)
    assert sum(isinstance(one, Member) for one in came) == 10
    assert Member.objects.filter(community=demo).count() == 11
    line = [one for one in came if isinstance(one, JoinRequest)]
    assert sorted(place_in_line(row) for row in line) == list(range(1, 41))


@pytest.mark.django_db(transaction=True)
def test_fifty_for_the_last_ten_uses_of_an_invitation_are_ten(demo, owner):
    """F10."""
    link = make_invitation(viewer_for(owner, demo), community=demo, max_uses=12)
    Invitation.objects.filter(pk=link.pk).update(used=2)
    people = [make_user(f"racer{number}") for number in range(50)]
    came = at_once(lambda person: knock(person, demo, invitation=Invitation.objects.get(pk=link.pk)), people)
    assert sum(isinstance(one, Member) for one in came) == 10
    assert sum(isinstance(one, Gone) for one in came) == 40
    link.refresh_from_db()
    assert (link.used, Member.objects.filter(invitation=link).count()) == (12, 10)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["owner", "member"])
def test_ten_times_the_same_form_make_one_link(demo, owner, member, who):
    """F06."""
    viewer, form = viewer_for({"owner": owner, "member": member}[who], demo), uuid.uuid4()
    soon = timezone.now() + dt.timedelta(days=7)
    made = at_once(lambda _n: make_invitation(viewer, community=demo, expires_at=soon, request=form), range(10))
    assert {link.pk for link in made} == {Invitation.objects.get().pk}
    assert Activity.objects.filter(verb="invitation.made").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_person_uses_a_link_once_however_often_they_press(demo, owner, outsider):
    link = make_invitation(viewer_for(owner, demo), community=demo, max_uses=10)
    at_once(lambda _time: knock(outsider, demo, invitation=Invitation.objects.get(pk=link.pk)), range(20))
    link.refresh_from_db()
    assert link.used == 1


@pytest.mark.django_db(transaction=True)
def test_places_given_up_while_people_knock_go_to_the_line_and_never_past_the_cap(demo):
    members = [make_member(demo, f"old{number}") for number in range(9)]
    capped(demo, 10)
    first = [make_user(f"first{number}") for number in range(5)]
    line = [knock(person, demo) for person in first]
    assert [place_in_line(row) for row in line] == [1, 2, 3, 4, 5]
    new = [make_user(f"new{number}") for number in range(20)]

    def stir(pair: tuple[str, Any]) -> Any:
        does, person = pair
        if does == "leave":
            return leave_community(viewer_for(person, demo), community=demo)
        return knock(person, demo)

    mixed = [("leave", person) for person in members] + [("knock", person) for person in new]
    at_once(stir, mixed)
    inside = Member.objects.filter(community=demo).exclude(standing="left")
    assert inside.count() == 10
    assert inside.filter(user__in=first).count() == 5  # who stood there before came in before


@pytest.mark.django_db
def test_who_leaves_makes_room_for_the_first_in_line_and_the_row_says_so(demo, member, insider):
    capped(demo, 3)
    row, other = knock(make_user("first"), demo), knock(make_user("second"), demo)
    leave_community(viewer_for(member, demo), community=demo)
    for one in (row, other):
        one.refresh_from_db()
    assert (row.state, other.state, place_in_line(other)) == ("approved", "queued", 1)
    assert row.decided_at is not None
    assert Member.objects.get(user__handle="first").standing == "member"
    verbs = list(Activity.objects.order_by("pk").values_list("verb", flat=True))[-3:]
    assert verbs == ["member.left", "join.approved", "member.joined"]


@pytest.mark.django_db
def test_when_the_cap_grows_the_line_comes_in_without_anybody_doing_anything(
    demo, owner, django_capture_on_commit_callbacks
):
    capped(demo, 1)
    rows = [knock(make_user(name), demo) for name in ("first", "second", "third")]
    change_community(viewer_for(owner, demo), community=demo, size_cap=3)
    deliver_due()
    assert [JoinRequest.objects.get(pk=row.pk).state for row in rows] == ["approved", "approved", "queued"]
    deliver_due()
    assert Member.objects.filter(community=demo).count() == 3


@pytest.mark.django_db
def test_nobody_overtakes_the_line(demo, owner):
    capped(demo, 1)
    knock(make_user("first"), demo)
    capped(demo, 2)  # past the action: nobody was told
    assert isinstance(knock(make_user("second"), demo), JoinRequest)
    assert Member.objects.get(user__handle="first").standing == "member"


@pytest.mark.django_db
def test_the_last_owner_stays_and_one_of_two_may_go(demo, owner, member):
    boss = viewer_for(owner, demo)
    with pytest.raises(PermissionDenied, match="keeps at least one owner"):
        leave_community(boss, community=demo)
    assert Member.objects.get(user=owner).standing == "member"
    Member.objects.filter(user=member).update(role="owner")
    leave_community(boss, community=demo)
    seat = Member.objects.get(user=owner)
    assert (seat.standing, seat.role) == ("left", "member")


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_leave_one(demo, owner, member):
    Member.objects.filter(user=member).update(role="owner")
    at_once(lambda user: leave_community(viewer_for(user, demo), community=demo), [owner, member])
    assert Member.objects.filter(community=demo, role="owner", standing="member").count() == 1


@pytest.mark.django_db
def test_a_suspension_is_not_shed_by_leaving_and_coming_back(demo, owner, member):
    seat = Member.objects.get(user=member)
    suspend_member(viewer_for(owner, demo), member=seat, reason="Loud.")
    leave_community(viewer_for(member, demo), community=demo)
    assert Member.objects.get(user=member).standing == "left"
    knock(member, demo)
    assert viewer_for(member, demo).standing == "suspended"
    until = timezone.now()
    Member.objects.filter(user=member).update(suspended_until=until)
    leave_community(viewer_for(member, demo), community=demo)
    knock(member, demo)
    assert viewer_for(member, demo).standing == "member"
    assert Activity.objects.filter(verb="member.joined", actor=member).count() == 1


@pytest.mark.django_db
def test_a_role_ends_with_leaving_and_the_links_with_it(demo, moderator, outsider):
    link = make_invitation(viewer_for(moderator, demo), community=demo, max_uses=None)
    leave_community(viewer_for(moderator, demo), community=demo)
    join_community(moderator, demo)
    assert Member.objects.get(user=moderator).role == "member"
    with pytest.raises(Gone, match="taken back"):
        knock(outsider, demo, invitation=Invitation.objects.get(pk=link.pk))
    assert not Member.objects.filter(user=outsider).exists()
