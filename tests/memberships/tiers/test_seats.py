"""Seats without their money: one pool a payment, an ask that is taken back, and a seat that goes between the look and the hand."""

import pytest
from django.core.exceptions import ValidationError

from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.members.models import Member
from memberships.tiers.actions import archive_tier
from memberships.tiers.models import Ask, Pool
from memberships.tiers.seats import ask_for_seat, hand_out_all, make_pool, restore_pool, void_pool, withdraw_ask
from tests.memberships.conftest import meanwhile

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat(member, demo):
    return Member.objects.select_related("community").get(user=member, community=demo)


def pool_of(tier, owner, seats: int = 1, ref: str = "test:1") -> Pool:
    return make_pool(tier_id=tier.pk, months=1, seats=seats, giver_id=owner.pk, ref=ref)


def test_what_was_paid_for_once_is_one_pool(tier, owner):
    assert pool_of(tier, owner) == pool_of(tier, owner, seats=9)
    assert (Pool.objects.get().seats, Activity.objects.filter(verb="seats.funded").count()) == (1, 1)


def test_seats_go_and_come_with_their_money_once_each_however_often_it_is_said(tier, owner, seat):
    pool = pool_of(tier, owner, seats=3)
    for follow in (restore_pool, void_pool, void_pool, restore_pool, restore_pool):
        follow(pool.ref)
    lines = Activity.objects.filter(verb__startswith="seats.").order_by("pk")
    told = list(lines.values_list("verb", "object_id", "after"))
    assert told == [(verb, pool.pk, 3) for verb in ("seats.funded", "seats.voided", "seats.restored")]
    assert (ask_for_seat(seat, tier=tier).state, Pool.objects.get().taken) == ("served", 1)


def test_only_a_member_asks_and_only_for_what_is_offered_there(tier, boss, maker, seat):
    stranger = Member.objects.select_related("community").get(user=maker)
    with pytest.raises(ValidationError, match="not given out here"):
        ask_for_seat(stranger, tier=tier)
    archive_tier(boss, tier=tier)
    with pytest.raises(ValidationError, match="not given out here"):
        ask_for_seat(seat, tier=tier)
    assert Ask.objects.count() == 0


def test_out_of_the_row_once_and_not_where_a_seat_was_quicker(tier, owner, seat):
    ask = ask_for_seat(seat, tier=tier)
    assert (withdraw_ask(ask), withdraw_ask(ask)) == (True, False)
    again = ask_for_seat(seat, tier=tier)
    pool_of(tier, owner)
    hand_out_all()
    assert withdraw_ask(again) is False
    assert list(Ask.objects.values_list("state", flat=True)) == ["withdrawn", "served"]
    assert Activity.objects.filter(verb="seat.withdrawn").count() == 1


@pytest.mark.parametrize("rival", ["money goes back", "ask is taken back"])
def test_what_happens_between_the_look_and_the_hand_leaves_nothing_half(tier, owner, demo, member, seat, rival):
    ask = ask_for_seat(seat, tier=tier)
    pool = pool_of(tier, owner)
    acts = {
        "money goes back": lambda: void_pool(pool.ref),
        "ask is taken back": lambda: withdraw_ask(ask),
    }
    with meanwhile('SELECT "tiers_pool"', acts[rival]):
        assert hand_out_all() == 0
    ask.refresh_from_db()
    pool.refresh_from_db()
    assert (ask.state, ask.pool, pool.taken) == ("waiting" if "money" in rival else "withdrawn", None, 0)
    assert viewer_for(member, demo).rung == 10
