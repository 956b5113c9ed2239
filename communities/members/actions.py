"""Writes of membership. `settle_rung` is the only writer of Member.rung; whoever writes a RungSource does it here."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.rules import require
from communities.access.viewer import Viewer
from communities.access.words import words_changed
from communities.activity.actions import record
from communities.members.finding import KIND
from communities.members.invitations import give_back
from communities.members.models import (
    MEMBER_LEVEL,
    Invitation,
    JoinRequest,
    Member,
    Role,
    RungSource,
    Standing,
)
from communities.members.seats import Full as Full
from communities.members.seats import join_community as join_community
from communities.members.seats import let_in_waiting, other_owners, take_turn
from communities.spaces.actions import create_community
from communities.spaces.models import Community, Rung
from communities.ui import pagecache


@transaction.atomic
def found_community(user: Any, **fields: Any) -> Community:
    """A new community with this person as its owner."""
    community = create_community(founder_id=user.pk, **fields)
    seat = Member.objects.create(community=community, user=user, role=Role.OWNER)
    words_changed(KIND, [seat.pk])
    return community


@transaction.atomic
def grant_rung(
    viewer: Viewer, *, member: Member, level: int, ends: dt.datetime | None = None, reason: str
) -> RungSource:
    """Puts a member on a step by hand; a second grant replaces the first. level: one of the community's. Records member.rung_changed."""
    require(viewer, "grant", member)
    if not Rung.objects.filter(community_id=member.community_id, level=level).exists():
        raise ValidationError({"level": _("This community has no such step.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say in a few words why: it stays with the grant.")})
    now = timezone.now()
    if ends is not None and ends <= now:
        raise ValidationError({"ends": _("That moment has passed.")})
    _take_turn(member)
    source, _made = RungSource.objects.update_or_create(
        member=member,
        source="hand",
        ref="hand",
        defaults={"level": level, "starts": now, "ends": ends, "reason": reason, "given_by_id": viewer.user_id},
    )
    _settle(member, actor_id=viewer.user_id)
    return source


@transaction.atomic
def end_rung(viewer: Viewer, *, member: Member) -> None:
    """Takes a step that was granted by hand away again, from now on. Records member.rung_changed."""
    require(viewer, "grant", member)
    _take_turn(member)
    now = timezone.now()
    RungSource.objects.filter(member=member, source="hand", starts__lte=now).update(ends=now)
    _settle(member, actor_id=viewer.user_id)


@transaction.atomic
def settle_rung(member: Member, *, actor_id: int | None = None) -> None:
    """Reads the sources again and writes rung and rung_until; for a source that began or ended by the clock."""
    _take_turn(member)
    _settle(member, actor_id=actor_id)


@transaction.atomic
def set_role(viewer: Viewer, *, member: Member, role: str) -> None:
    """Gives a member another role; the last owner keeps theirs. Records member.role_changed."""
    require(viewer, "manage", member)
    if role not in Role.values:
        raise ValidationError({"role": _("There is no such role.")})
    others = other_owners(member.community_id, member.user_id)
    if member.role == Role.OWNER and role != Role.OWNER and not others.exists():
        raise PermissionDenied(_("A community keeps at least one owner."))
    Member.objects.filter(pk=member.pk).update(role=role)
    member.role = role
    record("member.role_changed", community=member.community_id, actor=viewer.user_id, obj=member)
    _look_again(member)


def set_standing(member: Member, standing: str, until: dt.datetime | None = None) -> None:
    """Only for safety's acts, which log it with a reason."""
    Member.objects.filter(pk=member.pk).update(standing=standing, suspended_until=until)
    member.standing, member.suspended_until = standing, until
    _look_again(member)


def set_muted(member: Member, until: dt.datetime | None) -> None:
    """Only for safety's acts, which log it with a reason."""
    Member.objects.filter(pk=member.pk).update(muted_until=until)
    member.muted_until = until
    _look_again(member)


def _look_again(member: Member) -> None:
    """Roles and names that lead to a page stand under everything that somebody wrote."""
    pagecache.bump(Community.objects.values_list("slug", flat=True).get(pk=member.community_id))


def rung_now(member: Member, now: dt.datetime | None = None) -> tuple[int, dt.datetime | None]:
    """The rung that the sources give at this moment, and until when that holds (None: for good)."""
    now = now or timezone.now()
    level, until = MEMBER_LEVEL, None
    for source in RungSource.objects.filter(member=member):
        if source.ends is not None and source.ends <= now:
            continue
        turn = source.starts if source.starts > now else source.ends
        if source.starts <= now:
            level = max(level, source.level)
        if turn is not None:
            until = turn if until is None else min(until, turn)
    return level, until


@transaction.atomic
def give_up_seats(user: Any) -> list[int]:
    """The account closes: no membership runs on, no link lets anybody in, and no words of theirs stand at any door.

    Returns the rows of their memberships, which stay for the counts. Nothing changes where it was done already.
    """
    seats = Member.objects.filter(user=user)
    waits = JoinRequest.objects.filter(user=user, state__in=JoinRequest.OPEN)
    here = Q(members__in=seats.exclude(standing=Standing.LEFT)) | Q(requests__in=waits)
    places = list(Community.objects.filter(here).distinct().order_by("pk"))
    for place in places:
        take_turn(place.pk)
        pagecache.bump(place.slug)
    for seat in seats.exclude(standing=Standing.LEFT):
        record("member.left", community=seat.community_id, actor=user, obj=seat)
    seats.update(standing=Standing.LEFT, role=Role.MEMBER, title="", listed=False)
    Member.topics.through.objects.filter(member__user=user).delete()
    RungSource.objects.filter(member__user=user).update(reason="")
    now = timezone.now()
    Invitation.objects.filter(creator=user).update(label="")
    Invitation.objects.filter(creator=user, revoked_at__isnull=True).update(revoked_at=now)
    for invitation_id in waits.filter(invitation__isnull=False).values_list("invitation_id", flat=True):
        give_back(invitation_id)
    waits.update(state=JoinRequest.State.WITHDRAWN, decided_at=now)
    JoinRequest.objects.filter(user=user).update(answers=[], note="")
    for place in places:
        let_in_waiting(place)
    return list(seats.values_list("pk", flat=True))


def _take_turn(member: Member) -> None:
    """Holds the member's row until commit, on either database, so that two grants at once see each other."""
    Member.objects.filter(pk=member.pk).update(rung=F("rung"))


def _settle(member: Member, *, actor_id: int | None) -> None:
    before = Member.objects.values_list("rung", flat=True).get(pk=member.pk)
    rung, until = rung_now(member)
    Member.objects.filter(pk=member.pk).update(rung=rung, rung_until=until)
    member.rung, member.rung_until = rung, until
    if rung != before:
        record(
            "member.rung_changed",
            community=member.community_id,
            actor=actor_id,
            obj=member,
            before=before,
            after=rung,
        )
