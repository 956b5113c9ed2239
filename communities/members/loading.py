"""Turns memberships into Viewers; registered with access when the app is ready."""

from collections.abc import Collection, Mapping
from copy import copy
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from communities.access.rules import Sight
from communities.access.viewer import Found, Viewer
from communities.members.actions import rung_now
from communities.members.models import Member, Role, Standing
from communities.people.models import User
from communities.spaces.models import Community
from communities.ui import kept
from communities.ui.written import written

# Django group -> role of brand staff in every community; the first that fits counts.
BRAND_ROLES = {"manager": "manager", "moderator": "staff", "support": "analyst", "analyst": "analyst"}


def load(user: Any, community: Community | str) -> Found | None:
    """One query for somebody signed in, none for a visitor, where the community is kept; brand staff cost one more."""
    signed_in = user.is_authenticated  # asked first: by its Vary an answer must not tell whether there is such a place
    if isinstance(community, str):
        found = kept.keep(community, "place", partial(_found, community))
        if found is None:
            return None
        community = copy(found)  # what a request does to its community is nobody else's business
    if not signed_in:
        return Found(community, Viewer(community_id=community.pk, standing=_outside(community)))
    member = _seat.first(community.pk, user.pk)
    return Found(community, _viewer(user, community, member), member)


@written
def _seat(community: int, user: int) -> QuerySet[Member]:
    return Member.objects.filter(community=community, user=user)


def _found(slug: str) -> tuple[Community | None, None]:
    return Community.objects.select_related("logo", "cover").filter(slug=slug).first(), None


def _outside(community: Community) -> str:
    return "visitor" if community.listed else "shut"


def viewer_of(member: Member) -> Viewer:
    """How a member stands, from a row with its user and its community loaded."""
    return _viewer(member.user, member.community, member)


def _viewer(user: Any, community: Community, member: Member | None) -> Viewer:
    brand = _brand_role(user)
    if member is not None and member.is_suspended and not brand:
        standing = "suspended" if community.listed else "shut"
        return Viewer(user.pk, community.pk, standing=standing)
    if member is None or member.standing == Standing.LEFT or member.is_suspended:
        return Viewer(user.pk, community.pk, role=brand, standing="visitor" if brand else _outside(community))
    rung = member.rung
    if member.rung_until is not None and member.rung_until <= timezone.now():
        rung, _until = rung_now(member)  # true at the minute; a worker writes it down later
    # A brand manager stays one where they only help; whoever owns a place owns it.
    helps = member.role != Role.MEMBER and (brand != "manager" or member.role == Role.OWNER)
    role = member.role if helps else brand or member.role
    behind = member.agreed < community.guidelines_version
    muted = member.is_muted and not brand
    return Viewer(user.pk, community.pk, role=role, rung=rung, standing="member", must_accept=behind, muted=muted)


def _brand_role(user: Any) -> str:
    if not user.is_staff:
        return ""
    if user.is_superuser:
        return "manager"
    groups = {group.name for group in user.groups.all()}
    return next((role for group, role in BRAND_ROLES.items() if group in groups), "")


def viewers_of(community: Community, user_ids: Collection[int]) -> dict[int, Viewer]:
    """How each of these people stands in this community; whoever may not sign in any more is left out. Three queries."""
    return viewers_among({community: user_ids})[community.pk]


def viewers_among(asking: Mapping[Community, Collection[int]]) -> dict[int, dict[int, Viewer]]:
    """The same for several communities at once, by community and person. Three queries."""
    ids = {pk for some in asking.values() for pk in some}
    rows = User.objects.filter(pk__in=ids, is_active=True, left_at__isnull=True).prefetch_related("groups")
    people = {user.pk: user for user in rows}
    seats = Member.objects.filter(community__in=list(asking), user_id__in=ids)
    by_key = {(seat.community_id, seat.user_id): seat for seat in seats}
    return {
        place.pk: {pk: _viewer(people[pk], place, by_key.get((place.pk, pk))) for pk in some if pk in people}
        for place, some in asking.items()
    }


def viewers_in(user: Any, communities: Collection[Community]) -> dict[int, Viewer]:
    """How one person stands in each of these communities, by community. One query; brand staff cost one each more."""
    seats = {seat.community_id: seat for seat in Member.objects.filter(user_id=user.pk, community__in=communities)}
    return {place.pk: _viewer(user, place, seats.get(place.pk)) for place in communities}


def community_sight(object_id: int, viewer: Viewer) -> Sight:
    """What hangs on a community itself (logo, cover) is open to whoever may know of the community."""
    return Sight.NONE if viewer.standing == "shut" or viewer.community_id != object_id else Sight.READABLE
