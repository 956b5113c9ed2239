"""Who holds a tier: the only writes of Grant. Each has one RungSource in members, written in the same transaction."""

import datetime as dt
import uuid
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.rules import require
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.members.models import Member, Standing
from communities.members.sources import end_source, put_source
from memberships.tiers.models import Grant, Tier

SOURCE = "tier"
_followers: list[Callable[[Member], None]] = []


@transaction.atomic
def put_grant(
    *,
    member: Member,
    tier: Tier,
    source: str,
    ref: str,
    ends: dt.datetime | None,
    starts: dt.datetime | None = None,
    reason: str = "",
    actor_id: int | None = None,
) -> Grant:
    """Writes or rewrites the grant with this source and ref; asked again with the same it changes nothing.

    ends: None until somebody ends it. Records tier.granted (again where it had ended), member.rung_changed where the step moves.
    """
    now = timezone.now()
    row, made = Grant.objects.get_or_create(
        source=source,
        ref=ref,
        defaults={
            "member": member,
            "tier": tier,
            "starts": starts or now,
            "ends": ends,
            "reason": reason,
            "given_by_id": actor_id,
        },
    )
    again = not made and row.ends is not None and row.ends <= now and (ends is None or ends > now)
    if not made and (row.tier_id, row.ends) != (tier.pk, ends):
        ends = None if ends is None else max(ends, row.starts)
        Grant.objects.filter(pk=row.pk).update(tier=tier, ends=ends)
        row.tier, row.ends = tier, ends
    put_source(
        member,
        source=SOURCE,
        ref=_ref(row),
        level=tier.level,
        starts=row.starts if made else None,
        ends=row.ends,
        reason=reason or tier.name,
        actor_id=actor_id,
    )
    if made or again:
        record(
            "tier.granted",
            community=tier.community_id,
            actor=member.user_id,
            kind="tier",
            object_id=tier.pk,
            after=tier.level,
            key=None if again else f"tier.granted:{row.pk}",
        )
    _told(row)
    return row


@transaction.atomic
def end_grant(grant: Grant, *, at: dt.datetime | None = None) -> None:
    """The grant ends now, or at that moment; whatever else the member holds stays. Records tier.ended, once an end.

    One whose time had run out before keeps that moment.
    """
    at = max(at or timezone.now(), grant.starts)
    if grant.ends is not None:
        at = min(at, grant.ends)
    Grant.objects.filter(pk=grant.pk).update(ends=at)
    grant.ends = at
    end_source(grant.member, source=SOURCE, ref=_ref(grant), at=at)
    record(
        "tier.ended",
        community=grant.tier.community_id,
        actor=grant.member.user_id,
        kind="tier",
        object_id=grant.tier_id,
        before=grant.tier.level,
        occurred_at=at,
        key=f"tier.ended:{grant.pk}:{int(at.timestamp())}",
    )
    _told(grant)


@transaction.atomic
def move_grant(grant: Grant, *, starts: dt.datetime, ends: dt.datetime) -> None:
    """One that has not begun begins at another moment."""
    Grant.objects.filter(pk=grant.pk).update(starts=starts, ends=ends)
    grant.starts, grant.ends = starts, ends
    reason, level = grant.reason or grant.tier.name, grant.tier.level
    put_source(grant.member, source=SOURCE, ref=_ref(grant), level=level, starts=starts, ends=ends, reason=reason)


@transaction.atomic
def drop_grant(grant: Grant) -> None:
    """One that has not begun is no more; nothing was held, so nothing ends."""
    end_source(grant.member, source=SOURCE, ref=_ref(grant))
    Grant.objects.filter(pk=grant.pk).delete()


@transaction.atomic
def retire_grant(grant: Grant) -> None:
    """One that is over stays as what was held, and leaves its ref to one that begins for the same reason."""
    Grant.objects.filter(pk=grant.pk).update(ref=f"{grant.ref}:{grant.pk}")


def register_follower(follow: Callable[[Member], None]) -> None:
    """follow(member): called in the same transaction after what they hold changed, but for gifts, which follow."""
    _followers.append(follow)


def _told(grant: Grant) -> None:
    if grant.source != Grant.Source.GIFT:
        for follow in _followers:
            follow(grant.member)


@transaction.atomic
def give_tier(viewer: Viewer, *, member: Member, tier: Tier, ends: dt.datetime | None, reason: str) -> Grant:
    """By the team and without money, with a reason that stays. A second one beside a running one goes on beside it."""
    require(viewer, "grant", member)
    if tier.community_id != member.community_id or tier.state == Tier.State.DRAFT:
        raise ValidationError({"tier": _("This tier is not open here.")})
    if member.standing == Standing.LEFT:
        raise ValidationError(_("This person has left the community."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say in a few words why: it stays with the gift.")})
    if ends is not None and ends <= timezone.now():
        raise ValidationError({"ends": _("That moment has passed.")})
    return put_grant(
        member=member,
        tier=tier,
        source=Grant.Source.COMP,
        ref=f"comp:{uuid.uuid4().hex}",
        ends=ends,
        reason=reason.strip(),
        actor_id=viewer.user_id,
    )


@transaction.atomic
def take_tier_back(viewer: Viewer, *, grant: Grant) -> None:
    """Only what the team gave; what was paid for ends with its payment."""
    require(viewer, "grant", grant.member)
    if grant.source != Grant.Source.COMP:
        raise ValidationError(_("This was paid for: it ends where the money does."))
    end_grant(grant)


def _ref(grant: Grant) -> str:
    return f"grant:{grant.pk}"
