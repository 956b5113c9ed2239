"""Who may know a person at all, and finding somebody's page in a community by their handle."""

from dataclasses import dataclass

from django.http import Http404

from communities.access.rules import Sight
from communities.access.viewer import Viewer
from communities.members.models import JoinRequest, Member, Role
from communities.members.named import gone, present_q
from communities.people.handles import find_by_handle
from communities.people.models import User
from communities.spaces.models import Community
from communities.ui import pagecache


def person_sight(user_id: int, viewer: Viewer) -> Sight:
    """What hangs on a person (their face) is open to whoever can come across them: to everybody where a listed community knows
    them, else to its own members, to the team of a door that they wait at, to brand staff, and to themselves.

    Somebody who left or was suspended is still come across: under what they wrote.
    """
    seats = Member.objects.filter(user_id=user_id)
    if seats.filter(community__listed=True).exists():
        return Sight.READABLE
    if viewer.user_id is None:
        return Sight.NONE
    mine = Member.objects.filter(present_q(), user_id=viewer.user_id)
    led = mine.exclude(role=Role.MEMBER).values("community_id")
    waits = JoinRequest.objects.filter(user_id=user_id, state__in=JoinRequest.OPEN, community_id__in=led)
    known = (
        viewer.user_id == user_id
        or seats.filter(community_id__in=mine.values("community_id")).exists()
        or waits.exists()
        or User.objects.filter(pk=viewer.user_id, is_staff=True).exists()
    )
    return Sight.READABLE if known else Sight.NONE


@dataclass(frozen=True, slots=True)
class Found:
    """member: with user, profile and community loaded. present: False where only the team still finds the page."""

    member: Member
    present: bool


def find_person(handle: str, community: Community, viewer: Viewer) -> Found:
    """Whose page this address is; `member.user.handle` is the handle that it should have. Http404 where there is none for them.

    Who left or is suspended has a page for the team only, and who closed their account has none.
    """
    user, _was_old = find_by_handle(handle)
    if user is None or gone(user):
        raise Http404
    seats = Member.objects.filter(user=user, community=community).select_related("user__profile")
    member = seats.first()
    if member is None:
        raise Http404
    here = seats.filter(present_q()).exists()
    if not here and not viewer.is_team:
        raise Http404
    member.community = community
    return Found(member, here)


def look_again(user: User) -> None:
    """Every page of the places where this person is come across shows them anew."""
    for slug in Member.objects.filter(user=user).values_list("community__slug", flat=True):
        pagecache.bump(slug)
