"""Local times: a skipped hour is refused, an hour that comes twice is its first, and what comes out goes back in."""

import datetime as dt
import zoneinfo

import pytest
from django.core.exceptions import ValidationError

from communities.spaces.clock import moment_of, typed_of

LISBON = zoneinfo.ZoneInfo("Europe/Lisbon")


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2026-11-24T18:00", "2026-11-24T18:00"),
        ("2026-07-24T18:00", "2026-07-24T17:00"),
        ("2026-07-24 18:00:30", "2026-07-24T17:00:30"),
        ("2026-03-29T00:59", "2026-03-29T00:59"),
        ("2026-03-29T02:00", "2026-03-29T01:00"),
        ("2026-10-25T01:30", "2026-10-25T00:30"),  # comes twice; the first one
        ("2026-10-25T02:00", "2026-10-25T02:00"),
        ("2026-07-24T18:00+00:00", "2026-07-24T18:00"),
    ],
)
def test_a_wall_clock_names_one_moment(typed, utc):
    assert moment_of(typed, LISBON) == dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize("typed", ["2026-03-29T01:00", "2026-03-29T01:59:59"])
def test_an_hour_that_the_clocks_skip_is_refused(typed):
    with pytest.raises(ValidationError, match=r"the clocks in Europe/Lisbon jump over 01:"):
        moment_of(typed, LISBON)


@pytest.mark.parametrize(
    "typed", ["", "soon", "2026-02-30T10:00", "10:00", "2026-11-24", "0001-01-01T00:00", "9999-12-31T23:59"]
)
def test_what_is_no_day_and_time_is_refused(typed):
    with pytest.raises(ValidationError, match="Write day and time"):
        moment_of(typed, LISBON)


def test_what_a_field_shows_is_what_it_takes():
    moment = dt.datetime(2026, 7, 24, 17, tzinfo=dt.UTC)
    assert typed_of(moment, LISBON) == "2026-07-24T18:00"
    assert moment_of(typed_of(moment, LISBON), LISBON) == moment
    assert typed_of(None, LISBON) == ""
