"""Time zones by their names. The system's list costs some milliseconds to read, so a process reads it once."""

import zoneinfo
from functools import cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


@cache
def zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@cache
def suggested_zones() -> tuple[str, ...]:
    """Places, not abbreviations; UTC first."""
    return ("UTC", *sorted(zone for zone in zone_names() if "/" in zone and "Etc" not in zone))


def known_timezone(value: str) -> None:
    if value not in zone_names():
        raise ValidationError(_("“%(value)s” is not a time zone such as Europe/Lisbon."), params={"value": value})
