"""Dates as blogs write them: in front matter, in file names, in addresses."""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from zoneinfo import ZoneInfo

_NUMERIC = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:(?:\s+|\s*[Tt]\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*(Z|z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}|[A-Z]{3,5})?)?"
)
_WORDS = re.compile(r"(?:(\d{1,2})\.?\s+)?([A-Za-z]{3,9})\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_IN_NAME = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[-_. ]|$)")
_IN_PATH = re.compile(r"(?:^|/)(\d{4})/(\d{1,2})(?:/(\d{1,2}))?(?=/|$)")


class NoDate(ValueError):
    """The text is no date."""


def read_date(value: object, zone: ZoneInfo) -> dt.datetime | None:
    """A moment; without a zone of its own it is in `zone`. None for nothing (and for Hugo's zero date); else NoDate."""
    if isinstance(value, dt.datetime):
        moment = value
    elif isinstance(value, dt.date):
        moment = dt.datetime(value.year, value.month, value.day, tzinfo=zone)
    elif isinstance(value, str) and value.strip():
        moment = _from_text(value.strip(), zone)
    elif value is None or value == "":
        return None
    else:
        raise NoDate
    if moment.year == 1:
        return None
    if not 1900 <= moment.year <= 9998:
        raise NoDate
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _from_text(text: str, zone: ZoneInfo) -> dt.datetime:
    match = _NUMERIC.fullmatch(text)
    try:
        if match is not None:
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
            return dt.datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_offset(match[7]))
        words = _WORDS.fullmatch(text)
        if words is not None and words[2][:3].lower() in _MONTHS:
            month = _MONTHS.index(words[2][:3].lower()) + 1
            return dt.datetime(int(words[4]), month, int(words[1] or words[3] or 1), tzinfo=zone)
        return email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError, IndexError) as problem:
        raise NoDate from problem


def _offset(text: str | None) -> dt.tzinfo | None:
    if not text or (text[0] not in "+-" and text.upper() not in ("Z", "UTC", "GMT")):
        return None
    if text[0] not in "+-":
        return dt.UTC
    digits = text[1:].replace(":", "")
    span = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return dt.timezone(span if text[0] == "+" else -span)


def date_in_name(name: str, zone: ZoneInfo) -> tuple[dt.datetime | None, str]:
    """(the day that a name begins with, the rest of the name), as in `2024-03-01-ink` or `2024-3-1_ink`."""
    match = _IN_NAME.match(name)
    if match is None:
        return None, name
    day = _day(match[1], match[2], match[3], zone)
    return (day, name[match.end() :] or name) if day else (None, name)


def date_in_path(path: str, zone: ZoneInfo) -> dt.datetime | None:
    """The day in an address such as /2021/05/01/foo/ (or the first of a month, where no day stands there)."""
    match = _IN_PATH.search(path)
    if match is None:
        day, _rest = date_in_name(path.strip("/").rsplit("/", 1)[-1], zone)
        return day
    return _day(match[1], match[2], match[3] or "1", zone)


def _day(year: str, month: str, day: str, zone: ZoneInfo) -> dt.datetime | None:
    try:
        return dt.datetime(int(year), int(month), int(day), tzinfo=zone) if int(year) >= 1900 else None
    except ValueError:
        return None
