"""Reasons for a rung that upper apps write: a tier that was bought, a gift, an earned step. The rung follows in the same transaction."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from communities.members.actions import settle_rung
from communities.members.models import Member, RungSource


@transaction.atomic
def put_source(
    member: Member,
    *,
    source: str,
    ref: str,
    level: int,
    starts: dt.datetime | None = None,
    ends: dt.datetime | None = None,
    reason: str = "",
    actor_id: int | None = None,
) -> RungSource:
    """Writes or rewrites the reason with this source and ref; the highest running one counts. Records member.rung_changed.

    starts: now where it is left out; a running one keeps its own. ends: None for good.
    """
    known = {"level": level, "ends": ends, "reason": reason, "given_by_id": actor_id}
    row, _made = RungSource.objects.update_or_create(
        member=member,
        source=source,
        ref=ref,
        defaults=known | ({"starts": starts} if starts else {}),
        create_defaults=known | {"starts": starts or timezone.now()},
    )
    settle_rung(member, actor_id=actor_id)
    return row


@transaction.atomic
def end_source(member: Member, *, source: str, ref: str, at: dt.datetime | None = None) -> None:
    """The reason ends at that moment (now where it is left out); one that never began is gone. Records member.rung_changed."""
    at = at or timezone.now()
    rows = RungSource.objects.filter(member=member, source=source, ref=ref)
    rows.filter(starts__gte=at).delete()
    rows.update(ends=at)
    settle_rung(member)
