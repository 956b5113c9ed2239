"""Gifts without their money: when one begins, moves up or is dropped, what is said before, and who may open one."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.members.guidelines import write_guidelines
from communities.members.models import Member
from memberships.tiers.gifts import (
    come_in_by,
    make_gift,
    months_later,
    open_gift,
    plan_for,
    plan_words,
    ref_of,
    void_gift,
)
from memberships.tiers.grants import give_tier
from memberships.tiers.models import Gift, Grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat(member, demo):
    return Member.objects.select_related("community").get(user=member, community=demo)


def gift_of(tier, owner, months: int = 1, ref: str = "test:1") -> Gift:
    return make_gift(tier_id=tier.pk, months=months, giver_id=owner.pk, ref=ref)


def grant_of(gift) -> Grant | None:
    return Grant.objects.filter(source="gift", ref=ref_of(gift)).first()


def test_what_was_paid_for_once_is_one_gift(tier, owner):
    assert gift_of(tier, owner) == gift_of(tier, owner, months=6)
    assert (Gift.objects.get().months, Activity.objects.filter(verb="gift.made").count()) == (1, 1)


def test_a_row_of_gifts_moves_up_where_one_goes_back(tier, owner, demo, member, seat):
    first, second, third = (gift_of(tier, owner, months, f"test:{months}") for months in (3, 1, 2))
    for gift in (first, second, third):
        open_gift(seat, gift)
    assert grant_of(second).starts == grant_of(first).ends and grant_of(third).starts == grant_of(second).ends
    void_gift(third.ref)
    assert grant_of(third) is None
    void_gift(first.ref)
    moved = grant_of(second)
    assert grant_of(first).ends <= moved.starts <= timezone.now()
    assert 28 <= (moved.ends - moved.starts).days <= 31
    assert viewer_for(member, demo).rung == 20
    with time_machine.travel(moved.ends + dt.timedelta(days=1), tick=True):
        for ref in (second.ref, second.ref, "test:unknown"):
            void_gift(ref)
        assert grant_of(second).ends == moved.ends  # it was had to its end
        assert viewer_for(member, demo).rung == 10
    assert Activity.objects.filter(verb="gift.voided").count() == 3


@pytest.mark.parametrize(
    ("begins", "months", "ends"),
    [
        ((2027, 1, 31, 9), 1, (2027, 2, 28, 9)),  # no 31st
        ((2027, 1, 31, 9), 2, (2027, 3, 31, 8)),  # summer began meanwhile: the same hour on the wall
        ((2028, 2, 29, 9), 12, (2029, 2, 28, 9)),
        ((2027, 9, 30, 23), 1, (2027, 11, 1, 0)),  # the first of October there, and midnight stays midnight
        ((2027, 2, 28, 1), 1, (2027, 3, 28, 1)),  # an hour that this night does not have: the next one
    ],
)
def test_months_are_those_of_the_wall_with_its_short_months_leap_days_and_summers(demo, begins, months, ends):
    assert demo.timezone == "Europe/Lisbon"
    at = dt.datetime(*begins, tzinfo=dt.UTC)
    assert months_later(at, months, demo) == dt.datetime(*ends, tzinfo=dt.UTC)


def test_whom_it_is_not_for_opens_nothing(tier, owner, demo, maker, seat):
    gift = gift_of(tier, owner)
    Member.objects.filter(pk=seat.pk).update(standing="left")
    seat.refresh_from_db()
    for one in (Member.objects.select_related("community").get(user=maker), seat):
        with pytest.raises(ValidationError, match="This gift is for members of Demo"):
            open_gift(one, gift)
    assert (Gift.objects.get().taken_at, Grant.objects.count()) == (None, 0)


def test_nobody_comes_in_by_a_gift_before_the_guidelines(tier, boss, owner, demo, outsider):
    write_guidelines(boss, community=demo, source="Be kind.")
    with pytest.raises(ValidationError, match="First the guidelines"):
        come_in_by(outsider, gift_of(tier, owner))
    assert (Gift.objects.get().taken_at, Member.objects.filter(user=outsider).count()) == (None, 0)


def test_what_is_held_already_is_said_before_it_is_opened(tier, boss, owner, seat):
    gift = gift_of(tier, owner)
    comp = give_tier(boss, member=seat, tier=tier, ends=dt.datetime(2099, 3, 1, 12, tzinfo=dt.UTC), reason="Thanks.")
    assert plan_words(plan_for(gift, seat), gift) == (
        "You hold this step until 1 March 2099 already. The gift begins then and lasts until 1 April 2099."
    )
    Grant.objects.filter(pk=comp.pk).update(ends=None)
    assert plan_words(plan_for(gift, seat), gift) == (
        "You hold this step already. The gift waits for you and begins the day that this is over."
    )
