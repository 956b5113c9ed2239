"""Places in a community: who takes one, who gives one up, and who of those that wait gets the next.

Everything here holds the community's row until commit (`take_turn`), on either database, so that no two see the same free place.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.members.models import Acceptance, Invitation, JoinRequest, Member, Role, Standing
from communities.spaces.models import Community
from communities.ui import pagecache


class Full(Exception):
    """The community has as many members as it wants to have."""


def take_turn(community_id: int) -> None:
    """Whoever writes about places in this community waits here for whoever does so already."""
    Community.objects.filter(pk=community_id).update(size_cap=F("size_cap"))


def has_room(community_id: int) -> bool:
    """Is a place free? Suspended people keep theirs. Only true until commit, and only after take_turn."""
    cap = Community.objects.values_list("size_cap", flat=True).get(pk=community_id)
    return cap is None or Member.objects.filter(community=community_id).exclude(standing=Standing.LEFT).count() < cap


@transaction.atomic
def join_community(user: Any, community: Community, *, invitation: Invitation | None = None) -> Member:
    """Makes the person a member, once; who left comes back on the old row. Records member.joined once a person, then member.returned.

    Always as a plain member on the first step, by whatever way they come. Raises Full where no place is free or others
    wait for it.
    """
    take_turn(community.pk)
    member = Member.objects.filter(community=community, user=user).first()
    if member is not None and member.standing != Standing.LEFT:
        return member
    waiting = JoinRequest.objects.filter(community=community, state=JoinRequest.State.QUEUED).exclude(user=user)
    if waiting.exists() or not has_room(community.pk):
        raise Full
    return _seat(user, community, invitation)


def free_places(community_id: int) -> int | None:
    """How many more may come in, those who wait for a place counted in; None: as many as like. Only true until commit."""
    cap = Community.objects.values_list("size_cap", flat=True).get(pk=community_id)
    if cap is None:
        return None
    living = Member.objects.filter(community=community_id).exclude(standing=Standing.LEFT).count()
    return max(0, cap - living - line_of(community_id).count())


@transaction.atomic
def seat_payer(user: Any, community: Community) -> Member:
    """Whoever paid for a way in has a place, also where the last one went to somebody else meanwhile. Records like join_community."""
    take_turn(community.pk)
    member = Member.objects.filter(community=community, user=user).exclude(standing=Standing.LEFT).first()
    if member is not None:
        return member
    waiting = JoinRequest.objects.filter(community=community, user=user, state__in=JoinRequest.OPEN)
    waiting.update(state=JoinRequest.State.APPROVED, decided_at=timezone.now())
    return _seat(user, community, None)


def _seat(user: Any, community: Community, invitation: Invitation | None) -> Member:
    """The row itself; a suspension that was running when they left goes on. Records member.joined or member.returned."""
    agreed = Acceptance.objects.filter(user=user, guidelines__community=community)
    fresh: dict[str, Any] = {"agreed": agreed.aggregate(newest=Max("guidelines__version"))["newest"] or 0}
    if invitation is not None:
        fresh["invitation"] = invitation
    member, new = Member.objects.get_or_create(community=community, user=user, defaults=fresh)
    if not new:
        over = member.suspended_until is not None and member.suspended_until <= timezone.now()
        standing = Standing.SUSPENDED if member.was_suspended and not over else Standing.MEMBER
        Member.objects.filter(pk=member.pk).update(standing=standing, was_suspended=False, **fresh)
        member.refresh_from_db()
        record("member.returned", community=community, actor=user, obj=member)
        return member
    key = f"member.joined:{member.pk}"
    record("member.joined", community=community, actor=user, obj=member, occurred_at=member.joined_at, key=key)
    return member


def other_owners(community_id: int, user: Any) -> QuerySet[Member]:
    """Who else owns it and can sign in. Holds all owners' rows until commit: two who leave, or one who leaves and one who
    steps down, take turns."""
    owners = Member.objects.filter(community=community_id, role=Role.OWNER, standing=Standing.MEMBER)
    owners.update(role=F("role"))
    return owners.filter(user__is_active=True).exclude(user=user)


@transaction.atomic
def leave_community(viewer: Viewer, *, community: Community) -> None:
    """Gives the place up, and the role with it; what they wrote stays. Records member.left; the first in line comes in.

    PermissionDenied for the last owner. Nothing happens for whoever is no member.
    """
    take_turn(community.pk)
    member = (
        Member.objects.filter(community=community, user_id=viewer.user_id or 0).exclude(standing=Standing.LEFT).first()
    )
    if member is None:
        return
    others = other_owners(community.pk, member.user_id)
    if member.role == Role.OWNER and not others.exists():
        raise PermissionDenied(_("A community keeps at least one owner. Make somebody else one first, then leave."))
    gone = {"standing": Standing.LEFT, "was_suspended": member.is_suspended, "role": Role.MEMBER, "title": ""}
    Member.objects.filter(pk=member.pk).update(**gone)
    now = timezone.now()
    links = Invitation.objects.filter(community=community, creator_id=viewer.user_id, revoked_at__isnull=True)
    links.update(revoked_at=now)
    record("member.left", community=community, actor=viewer.user_id, obj=member)
    let_in_waiting(community)
    pagecache.bump(community.slug)


@transaction.atomic
def let_in_waiting(community: Community) -> int:
    """Whoever waits for a place gets one while there is room, first come first. Records join.approved and member.joined.

    Returns how many came in. Safe to call any number of times.
    """
    take_turn(community.pk)
    done = 0
    waiting = line_of(community.pk).filter(user__is_active=True).select_related("user", "invitation")
    for row in waiting:
        if not has_room(community.pk):
            break
        JoinRequest.objects.filter(pk=row.pk).update(state=JoinRequest.State.APPROVED, decided_at=timezone.now())
        record("join.approved", community=community, actor=row.decided_by_id, obj=row, key=f"join.approved:{row.pk}")
        _seat(row.user, community, row.invitation)
        done += 1
    return done


def line_of(community_id: int) -> QuerySet[JoinRequest]:
    """Who waits for a place, the next one first."""
    rows = JoinRequest.objects.filter(community=community_id, state=JoinRequest.State.QUEUED)
    return rows.order_by("queued_at", "pk")


def place_in_line(row: JoinRequest) -> int:
    """1 for whoever comes in next."""
    before = Q(queued_at__lt=row.queued_at) | Q(queued_at=row.queued_at, pk__lt=row.pk)
    return line_of(row.community_id).filter(before).count() + 1
