"""Promises fall due by the calendar alone, are ticked once, and are late in public."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from communities.activity.models import Activity
from memberships.tiers.actions import save_benefit
from memberships.tiers.models import Benefit, Due
from memberships.tiers.promises import deliver, due_days, explain_delay, next_due, promises, take_delivery_back

pytestmark = pytest.mark.django_db
D = dt.date


def benefit(every: str, since: D | None, **more) -> Benefit:
    return Benefit(text="x", every=every, since=since, **more)


@pytest.mark.parametrize(
    ("every", "since", "until", "days"),
    [
        ("month", D(2026, 1, 31), D(2026, 4, 30), [D(2026, 1, 31), D(2026, 2, 28), D(2026, 3, 31), D(2026, 4, 30)]),
        ("month", D(2028, 1, 30), D(2028, 2, 29), [D(2028, 1, 30), D(2028, 2, 29)]),
        ("quarter", D(2025, 11, 30), D(2026, 6, 1), [D(2025, 11, 30), D(2026, 2, 28), D(2026, 5, 30)]),
        ("year", D(2024, 2, 29), D(2026, 3, 1), [D(2024, 2, 29), D(2025, 2, 28), D(2026, 2, 28)]),
        ("once", D(2026, 1, 5), D(2026, 1, 5), [D(2026, 1, 5)]),
        ("once", D(2026, 1, 6), D(2026, 1, 5), []),
        ("", None, D(2026, 1, 5), []),
    ],
)
def test_due_days_keep_the_end_of_the_month(every, since, until, days):
    assert due_days(benefit(every, since), until=until) == days


def test_what_is_promised_no_longer_falls_due_no_more():
    ended = benefit("month", D(2026, 1, 1), ended_at=dt.datetime(2026, 3, 15, tzinfo=dt.UTC))
    assert due_days(ended, until=D(2026, 12, 31)) == [D(2026, 1, 1), D(2026, 2, 1), D(2026, 3, 1)]
    assert next_due(benefit("year", D(2026, 1, 1)), after=D(2026, 1, 1)) == D(2027, 1, 1)
    assert next_due(benefit("once", D(2026, 1, 1)), after=D(2026, 1, 1)) is None


def states(row: Benefit, today: D) -> list[tuple[D, str]]:
    return [(day.on, day.state) for day in promises([row], today=today)[row.pk]]


def test_a_day_is_to_come_then_late_then_delivered(boss, tier):
    row = Benefit.objects.get()
    row.tier = tier
    assert states(row, D(2026, 2, 28)) == [
        (D(2026, 3, 31), "due"),
        (D(2026, 2, 28), "due"),
        (D(2026, 1, 31), "overdue"),
    ]
    explain_delay(boss, benefit=row, on=D(2026, 1, 31), note="The drum broke.")
    assert states(row, D(2026, 2, 1))[-1] == (D(2026, 1, 31), "overdue")
    deliver(boss, benefit=row, on=D(2026, 1, 31), note="Teal.", link="/c/demo/")
    deliver(boss, benefit=row, on=D(2026, 1, 31), note="Teal, in full.")
    assert states(row, D(2026, 2, 1))[-1] == (D(2026, 1, 31), "delivered")
    assert (Due.objects.get().note, Due.objects.get().delivered_by_id) == ("Teal, in full.", boss.user_id)
    assert Activity.objects.filter(verb="benefit.delivered").count() == 1
    take_delivery_back(boss, benefit=row, on=D(2026, 1, 31))
    take_delivery_back(boss, benefit=row, on=D(2026, 1, 31))
    assert states(row, D(2026, 2, 1))[-1] == (D(2026, 1, 31), "overdue")
    assert Activity.objects.filter(verb="benefit.undelivered").count() == 1


def test_nothing_is_ticked_that_was_not_promised_for_that_day(boss, tier):
    row = Benefit.objects.get()
    row.tier = tier
    for day in (D(2026, 2, 1), D(2025, 12, 31)):
        with pytest.raises(ValidationError):
            deliver(boss, benefit=row, on=day)
    with pytest.raises(ValidationError):
        explain_delay(boss, benefit=row, on=D(2026, 1, 31), note=" ")
    assert not Due.objects.exists()


def test_a_promise_with_a_rhythm_says_from_when_on(boss, tier):
    with pytest.raises(ValidationError) as refused:
        save_benefit(boss, tier=tier, text="A print", every="year")
    assert list(refused.value.message_dict) == ["since"]


def test_members_tick_nothing(tier, insider, seen_by):
    row = Benefit.objects.get()
    row.tier = tier
    with pytest.raises(PermissionDenied):
        deliver(seen_by(insider), benefit=row, on=D(2026, 1, 31))
    assert not Due.objects.exists()


def test_no_promise_is_followed_for_more_than_two_hundred_years(tier):
    assert len(due_days(tier.benefits.get(), until=dt.date(9000, 1, 1))) == 2400
