"""What a tier promised and when: due days are worked out from the promise itself, so that nothing has to run for one to be overdue."""

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.rules import require
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.ui import pagecache
from memberships.tiers.models import Benefit, Due

MONTHS = {Benefit.Every.MONTH: 1, Benefit.Every.QUARTER: 3, Benefit.Every.YEAR: 12}
LOOKS_BACK = 24  # due days of a benefit that a page shows at the most


@dataclass(frozen=True, slots=True)
class Promise:
    """One due day of a benefit, and what became of it. state: "delivered", "overdue", "due" (still to come)."""

    benefit: Benefit
    on: dt.date
    state: str
    row: Due | None = None


def due_days(benefit: Benefit, *, until: dt.date) -> list[dt.date]:
    """Every day up to `until` on which the benefit falls due, oldest first; month ends stay month ends (31 Jan, 28 Feb, 31 Mar)."""
    if benefit.since is None or not benefit.every:
        return []
    last = until if benefit.ended_at is None else min(until, benefit.ended_at.date())
    if benefit.every == Benefit.Every.ONCE:
        return [benefit.since] if benefit.since <= last else []
    step, days = MONTHS[Benefit.Every(benefit.every)], []
    for turn in range(2400):
        day = _months_on(benefit.since, turn * step)
        if day > last:
            break
        days.append(day)
    return days


def next_due(benefit: Benefit, *, after: dt.date) -> dt.date | None:
    """The first due day after that one; None where there is none."""
    days = due_days(benefit, until=_months_on(after, 13))
    return next((day for day in days if day > after), None)


def promises(benefits: Iterable[Benefit], *, today: dt.date) -> dict[int, list[Promise]]:
    """By benefit, newest first: what was due up to today, and the next one. One query."""
    known = list(benefits)
    rows: dict[tuple[int, dt.date], Due] = {
        (row.benefit_id, row.on): row for row in Due.objects.filter(benefit__in=known).select_related("delivered_by")
    }
    found: dict[int, list[Promise]] = {}
    for benefit in known:
        days = due_days(benefit, until=today)[-LOOKS_BACK:]
        coming = next_due(benefit, after=today) if benefit.ended_at is None else None
        every = [*days, *([coming] if coming else [])]
        found[benefit.pk] = [_promise(benefit, day, rows.get((benefit.pk, day)), today) for day in reversed(every)]
    return found


def _promise(benefit: Benefit, day: dt.date, row: Due | None, today: dt.date) -> Promise:
    done = row is not None and row.delivered_at is not None
    return Promise(benefit, day, "delivered" if done else "overdue" if day < today else "due", row)


@transaction.atomic
def deliver(viewer: Viewer, *, benefit: Benefit, on: dt.date, note: str = "", link: str = "") -> Due:
    """Ticks a due day, once; said again it takes the new words. Records benefit.delivered once a day."""
    _may_tick(viewer, benefit, on)
    row, _made = Due.objects.get_or_create(benefit=benefit, on=on)
    first = Due.objects.filter(pk=row.pk, delivered_at__isnull=True).update(
        delivered_at=timezone.now(), delivered_by_id=viewer.user_id
    )
    Due.objects.filter(pk=row.pk).update(note=note.strip()[:200], link=link.strip()[:300])
    if first:
        _tell(viewer, "benefit.delivered", benefit)
    return Due.objects.get(pk=row.pk)


@transaction.atomic
def explain_delay(viewer: Viewer, *, benefit: Benefit, on: dt.date, note: str) -> Due:
    """An honest word about what is late; it stays overdue until it is delivered."""
    _may_tick(viewer, benefit, on)
    if not note.strip():
        raise ValidationError({"note": _("Say why it is late, and when it comes.")})
    row, _made = Due.objects.update_or_create(benefit=benefit, on=on, defaults={"note": note.strip()[:200]})
    pagecache.bump(benefit.tier.community.slug)
    return row


@transaction.atomic
def take_delivery_back(viewer: Viewer, *, benefit: Benefit, on: dt.date) -> None:
    """It was ticked by mistake. Records benefit.undelivered."""
    _may_tick(viewer, benefit, on)
    ticked = Due.objects.filter(benefit=benefit, on=on, delivered_at__isnull=False)
    if ticked.update(delivered_at=None, delivered_by=None):
        _tell(viewer, "benefit.undelivered", benefit)


def _may_tick(viewer: Viewer, benefit: Benefit, on: dt.date) -> None:
    require(viewer, "sell", benefit.tier)
    if on not in due_days(benefit, until=on):
        raise ValidationError({"on": _("Nothing was promised for that day.")})


def _tell(viewer: Viewer, verb: str, benefit: Benefit) -> None:
    place = benefit.tier.community
    record(verb, community=place, actor=viewer.user_id, kind="tier", object_id=benefit.tier_id)
    pagecache.bump(place.slug)


def _months_on(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
