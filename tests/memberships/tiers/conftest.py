"""A tier of the community `demo`: open, on the insiders' step, with two prices and a promise."""

import datetime as dt

import pytest

from memberships.tiers.actions import open_tier, save_benefit, save_tier, set_price
from memberships.tiers.models import Tier


@pytest.fixture
def boss(owner, seen_by):
    return seen_by(owner)


@pytest.fixture
def tier(demo, boss) -> Tier:
    words = {"why": "So that the drums stay ours.", "what": "Recipes and the books.", "how": "It pays the rent."}
    row = save_tier(boss, community=demo, name="Insider", level=20, trial_days=0, **words)
    set_price(boss, tier=row, interval="month", currency="eur", amount=600)
    set_price(boss, tier=row, interval="year", currency="eur", amount=6000)
    save_benefit(boss, tier=row, text="A recipe", every="month", since=dt.date(2026, 1, 31))
    open_tier(boss, tier=row)
    return row
