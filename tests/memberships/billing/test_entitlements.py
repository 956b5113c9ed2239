"""The table of what a subscription opens, written by hand."""

import datetime as dt

import pytest

from memberships.billing.entitlements import Facts, decide, lapse

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
GRACE = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)
NOTHING = (None, None)
ALL = ("tier", None)


@pytest.mark.parametrize(
    ("status", "more", "expected"),
    [
        ("incomplete", {}, NOTHING),
        ("incomplete_expired", {}, NOTHING),
        ("trialing", {}, ALL),
        ("trialing", {"cancel_at": NOW + DAY}, ("tier", NOW + DAY)),
        ("active", {}, ALL),
        ("active", {"paid_once": False}, NOTHING),
        ("trialing", {"paid_once": False}, NOTHING),
        ("active", {"cancel_at": NOW + 3 * DAY}, ("tier", NOW + 3 * DAY)),
        ("active", {"cancel_at": NOW}, NOTHING),
        ("past_due", {"unpaid_since": NOW - 2 * DAY}, ("tier", NOW + 5 * DAY)),
        ("past_due", {"unpaid_since": NOW - 7 * DAY}, NOTHING),
        ("past_due", {"unpaid_since": NOW - 2 * DAY, "cancel_at": NOW + DAY}, ("tier", NOW + DAY)),
        ("past_due", {"unpaid_since": NOW - 2 * DAY, "cancel_at": NOW + 20 * DAY}, ("tier", NOW + 5 * DAY)),
        ("past_due", {}, ("tier", NOW + 7 * DAY)),
        ("past_due", {"paid_once": False}, NOTHING),
        ("unpaid", {}, NOTHING),
        ("paused", {}, NOTHING),
        ("canceled", {}, NOTHING),
        ("something_new", {}, NOTHING),
    ],
)
def test_each_state_opens_what_the_table_says(status, more, expected):
    assert decide(Facts("tier", status, **{"paid_once": True, **more}), NOW, GRACE) == expected


def test_what_was_not_paid_closes_when_the_grace_is_over_or_stripe_gave_up():
    def at(status, since, **more):
        return lapse(Facts("tier", status, more.get("paid_once", True), unpaid_since=since), NOW, GRACE)

    assert at("active", None) is None
    assert at("past_due", NOW - 8 * DAY, paid_once=False) is None
    assert at("past_due", NOW - 2 * DAY) is None
    assert at("past_due", NOW - 8 * DAY) == NOW - DAY
    assert at("unpaid", NOW - 2 * DAY) == NOW
    assert at("unpaid", NOW - 8 * DAY) == NOW - DAY
