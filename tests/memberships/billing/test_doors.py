"""The paid door of a teaser: the cheapest open tier that opens the post, and the staircase where it is bought."""

import pytest

from memberships.tiers.actions import archive_tier, set_price
from memberships.tiers.offers import way_up

pytestmark = pytest.mark.django_db


def test_a_teaser_shows_the_cheapest_way_in(publish, client_of, member, tier, upper, settings):
    settings.STRIPE_MODE = "standin"
    post = publish("For insiders", rung=20)
    page = client_of(member).get(post.url).content.decode()
    assert "Insider: €6.00 a month" in page
    assert f'href="/c/demo/tiers/#tier-{tier.pk}"' in page
    table = publish("For the table", rung=30)
    assert "Inner Circle: €18.00 a month" in client_of(member).get(table.url).content.decode()


def test_a_higher_tier_counts_where_it_is_cheaper_or_the_only_one(demo, boss, tier, upper):
    assert way_up(demo, 20).words == "Insider: €6.00 a month"
    assert way_up(demo, 25).words == "Inner Circle: €18.00 a month"
    assert way_up(demo, 10) is None and way_up(demo, 40) is None
    set_price(boss, tier=upper, interval="month", currency="eur", amount=500)
    assert way_up(demo, 20).words == "Inner Circle: €5.00 a month"
    archive_tier(boss, tier=upper)
    archive_tier(boss, tier=tier)
    assert way_up(demo, 20) is None


def test_without_a_till_nothing_is_offered(publish, client_of, member, tier, settings):
    settings.STRIPE_MODE = "off"
    page = client_of(member).get(publish("For insiders", rung=20).url).content.decode()
    assert "€6.00" not in page
    assert "checkout.begun" not in client_of(member).get("/c/demo/tiers/").content.decode()
