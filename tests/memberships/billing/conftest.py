"""A tier that is sold, somebody at the till, and the postman who carries the stand-in's letters to our door."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from communities.people.models import User
from memberships.billing import gateway
from memberships.billing.actions import begin_checkout
from memberships.billing.inbox import work_inbox
from memberships.billing.models import Purchase, Subscription
from memberships.billing.purchases import begin_purchase
from memberships.tiers.actions import open_tier, save_tier, set_price
from memberships.tiers.models import Gift, Price, Tier
from tests.communities.notifications.conftest import confirmed as confirmed
from tests.memberships.process import GOOD, Mailbox, StandIn

WORDS = {"why": "So that the drums stay ours.", "what": "Recipes and the books.", "how": "It pays the rent."}


@pytest.fixture
def boss(owner, seen_by):
    return seen_by(owner)


def offer(boss: Any, demo: Any, name: str, level: int, month: int, **fields: Any) -> Tier:
    row = save_tier(boss, community=demo, name=name, level=level, **WORDS, **fields)
    set_price(boss, tier=row, interval="month", currency="eur", amount=month)
    set_price(boss, tier=row, interval="year", currency="eur", amount=month * 10)
    open_tier(boss, tier=row)
    return row


@pytest.fixture
def tier(demo, boss) -> Tier:
    return offer(boss, demo, "Insider", 20, 600)


@pytest.fixture
def upper(demo, boss) -> Tier:
    return offer(boss, demo, "Inner Circle", 30, 1800)


@pytest.fixture
def price(tier) -> Price:
    """6 euros a month."""
    return tier.prices.get(interval="month")


@pytest.fixture
def till(standin, settings) -> StandIn:
    """The stand-in, with the till open."""
    settings.BILLING_AUTOMATIC_TAX = False
    gateway.Http.ahead = 0
    return standin


@pytest.fixture
def post(till: StandIn, letterbox: Mailbox) -> Callable[..., int]:
    """Carries what came since the last time to our door, in this order and so many times, and works the inbox off."""
    carried = [0]

    def carry(*, order: Callable[[list], list] = list, times: int = 1, work: bool = True) -> int:
        till.do("wait")
        letters = letterbox.letters[carried[0] :]
        carried[0] = len(letterbox.letters)
        for letter in order(letters):
            for _time in range(times):
                assert hand_over(letter).status_code == 200
        if work:
            while work_inbox():
                pass
        return len(letters)

    return carry


def hand_over(letter: dict[str, Any]) -> Any:
    headers = {"Stripe-Signature": letter["header"]} if letter["header"] else {}
    return Client().post("/stripe/webhook/", letter["body"], content_type="application/json", headers=headers)


@pytest.fixture
def buys(till: StandIn, post: Any) -> Callable[..., Subscription]:
    """buys(user, price): through the checkout with a card, and our row once the letters are read."""

    def buy(user: User, price: Price, card: str = GOOD) -> Subscription:
        answer = till.pay(begin_checkout(user, price=price).url, card)
        assert answer.status == 303, answer.text
        post()
        return Subscription.objects.filter(user=user).latest("pk")

    return buy


@pytest.fixture
def gives(till: StandIn, post: Any) -> Callable[..., Gift]:
    """gives(user, price, months): bought and paid, as somebody would; the gift."""

    def give(user: User, price: Price, months: int = 3, card: str = GOOD, **what: Any) -> Gift:
        about = {"months": months, "message": "For your drums.", "opens_on": None, **what}
        form = f"form{Purchase.objects.count()}"
        url = begin_purchase(user, price=price, quantity=months, kind="gift", form=form, **about)
        assert till.pay(url, card).status == 303
        post()
        return Gift.objects.latest("pk")

    return give


def later(till: StandIn, post: Any, **by: int) -> None:
    till.do("advance", **by)
    post()


def rung_of(user: User) -> int:
    from communities.access.viewer import viewer_for
    from communities.spaces.models import Community

    return viewer_for(user, Community.objects.get(slug="demo")).rung


def seconds(count: int) -> dt.timedelta:
    return dt.timedelta(seconds=count)
