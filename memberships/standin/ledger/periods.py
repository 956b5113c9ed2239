"""Where periods begin and end: counted from the anchor, so that the 31st comes back after a short month."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

DAY = 86_400


def moment(at: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(at, dt.UTC)


def add_months(anchor: int, months: int) -> int:
    """The anchor's day in another month, or that month's last where it has no such day."""
    start = moment(anchor)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())


def boundary(anchor: int, interval: str, count: int, number: int) -> int:
    """The end of the period with this number, counted from the anchor."""
    if interval in ("day", "week"):
        return anchor + number * count * DAY * (7 if interval == "week" else 1)
    return add_months(anchor, number * count * (12 if interval == "year" else 1))


def next_after(anchor: int, recurring: dict[str, Any], at: int) -> int:
    """The first boundary later than this moment."""
    interval, count = recurring["interval"], recurring["interval_count"]
    length = {"day": DAY, "week": 7 * DAY, "month": 31 * DAY, "year": 366 * DAY}[interval] * count
    number = (at - anchor) // length - 1
    while (found := boundary(anchor, interval, count, number)) <= at:
        number += 1
    return found


def longer(one: dict[str, Any], other: dict[str, Any]) -> int:
    """How the lengths of two intervals compare: 1, 0 or -1."""
    days = {"day": 1, "week": 7, "month": 30, "year": 365}
    first, second = (days[it["interval"]] * it["interval_count"] for it in (one, other))
    return (first > second) - (first < second)
