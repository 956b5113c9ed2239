"""Local dates and times as people type them, in a community's time zone; and back."""

import datetime as dt
import zoneinfo

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _


def moment_of(text: str, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """The moment that a wall clock of `zone` shows as "2026-11-24T18:00".

    The rule for the two nights a year when clocks change: a time that the clocks skip is refused, a time that they show
    twice is the first of the two. Raises ValidationError with a sentence.
    """
    try:
        typed = parse_datetime(text.strip())
    except ValueError:
        typed = None
    if typed is None or ":" not in text or not 1970 <= typed.year <= 2200:
        raise ValidationError(_("Write day and time like 2026-11-24 18:00."))
    if typed.tzinfo is not None:
        return typed
    moment = typed.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != typed:
        raise ValidationError(
            _("That night the clocks in %(zone)s jump over %(time)s. Choose a time before or after."),
            params={"zone": zone.key, "time": f"{typed:%H:%M}"},
        )
    return moment


def typed_of(moment: dt.datetime | None, zone: zoneinfo.ZoneInfo) -> str:
    """What a field for local date and time shows for this moment; "" for none."""
    return f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}" if moment else ""
