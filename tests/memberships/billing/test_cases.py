"""Cases that have no better place: what a silent, slow or forbidding Stripe does to people, calendars, and a house that loses its parts."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from memberships.billing import errors, gateway
from memberships.billing.actions import Pays, begin_checkout
from memberships.billing.catalogue import push_price
from memberships.billing.inbox import work_inbox
from memberships.billing.models import Attempt, Invoice, StripeEvent, Subscription
from memberships.billing.sync import sync_subscription
from memberships.tiers.actions import archive_tier
from memberships.tiers.models import Grant
from tests.memberships.billing.conftest import later, rung_of
from tests.memberships.process import ASKS_ONCE, FAILS_LATER
from tests.memberships.shop import item_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("status", "when"), [(400, "before"), (429, "before"), (500, "before"), (0, "before"), (500, "after"), (0, "after")]
)
def test_whatever_stripe_does_while_a_till_is_opened_there_is_one_session(till, price, member, client_of, status, when):
    till.do("fail", next=1, status=status, when=when, path="/v1/checkout/sessions")
    browser = client_of(member)
    answer = browser.post("/c/demo/checkout/", {"price": price.pk})
    if answer.status_code == 503:  # not asked again by itself
        answer = browser.post("/c/demo/checkout/", {"price": price.pk})
    assert answer["Location"].startswith("http://localhost")
    assert (Attempt.objects.count(), len(till.dump()["checkout.session"])) == (1, 1)


def test_a_key_that_was_revoked_takes_nobodys_access_and_loses_no_message(till, post, buys, price, member, insider):
    buys(member, price)
    till.pay(begin_checkout(insider, price=price).url)
    post(work=False)
    till.do("fail", next=40, status=401)
    assert work_inbox() == 0
    assert rung_of(member) == 20
    waiting = StripeEvent.objects.filter(status="failed")
    assert waiting.count() > 0 and all(one.error.startswith("BadKey") for one in waiting)
    till.do("heal")
    StripeEvent.objects.filter(status="failed").update(next_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    while work_inbox():
        pass
    assert Subscription.objects.filter(user=insider).get().status == "active"
    assert not StripeEvent.objects.filter(status="failed").exists()


def test_a_tier_that_is_put_away_while_somebody_pays_is_honoured(till, post, price, tier, boss, member, insider):
    open_page = begin_checkout(member, price=price).url
    archive_tier(boss, tier=tier)
    assert till.pay(open_page).status == 303
    post()
    assert (rung_of(member), Subscription.objects.get().status) == (20, "active")
    price.refresh_from_db()
    with pytest.raises(ValidationError):
        begin_checkout(insider, price=price)


def test_who_owes_something_is_led_to_their_money_and_sold_nothing_beside(
    till, post, buys, price, upper, member, client_of
):
    buys(member, price, FAILS_LATER)
    till.do("advance", days=31, hours=3)
    post()
    assert Subscription.objects.get().status == "past_due"
    dear = upper.prices.get(interval="month")
    with pytest.raises(Pays):
        begin_checkout(member, price=dear)
    assert client_of(member).post("/c/demo/checkout/", {"price": dear.pk})["Location"] == "/me/money/"
    assert Attempt.objects.count() == 1


def test_a_bank_that_asks_first_opens_nothing_until_it_is_answered(till, post, price, member):
    answer = till.pay(begin_checkout(member, price=price).url, ASKS_ONCE)
    post()
    assert (rung_of(member), Invoice.objects.filter(status="paid").count()) == (10, 0)
    path = answer.to.removeprefix(till.base)
    till.fetch(path, {"do": "pass"})
    post()
    assert (rung_of(member), Subscription.objects.get().status) == (20, "active")


def test_from_the_month_to_the_year_at_once_and_back_with_the_period(till, post, buys, price, tier, member, client_of):
    sub = buys(member, price)
    year, browser = tier.prices.get(interval="year"), client_of(member)

    def move(to):
        page = browser.get(f"/me/money/{sub.pk}/change/?price={to.pk}").content.decode()
        date = page.split('name="date" value="')[1].split('"')[0]
        browser.post(f"/me/money/{sub.pk}/change/", {"price": to.pk, "date": date})
        post()
        sub.refresh_from_db()

    move(year)
    assert (sub.price, sub.worth, sub.next_price) == (year, 6000, None)
    assert Invoice.objects.latest("created_at", "pk").total == 6000 - 600
    move(price)
    assert (sub.price, sub.next_price, rung_of(member)) == (year, price, 20)
    later(till, post, days=366)
    sub.refresh_from_db()
    assert (sub.price, sub.worth, rung_of(member)) == (price, 7200, 20)


def test_ended_resumed_and_ended_in_the_dashboard_the_last_word_counts(till, post, buys, price, member):
    sub = buys(member, price)
    for end in (True, False, True):
        gateway.update_subscription(sub.stripe_id, {"cancel_at_period_end": end})
    post(order=lambda letters: letters[::-1], times=2)
    sub.refresh_from_db()
    assert Grant.objects.get().ends == sub.cancel_at == sub.period_end
    gateway.cancel_subscription(sub.stripe_id)
    post()
    assert rung_of(member) == 10


def test_a_product_that_was_put_away_in_the_dashboard_changes_nothing_for_who_pays(
    till, post, buys, price, tier, member, insider
):
    sub = buys(member, price)
    tier.refresh_from_db()
    gateway.update_product(tier.product, {"active": False})
    gateway.update_price(push_price(price), {"active": False})
    post()
    later(till, post, days=32)
    sub.refresh_from_db()
    assert (sub.status, rung_of(member)) == ("active", 20)


def test_a_price_that_is_not_of_its_community_leaves_the_step_as_it_was(till, post, buys, price, member):
    from tests.memberships.shop import a_price

    sub = buys(member, price)
    items = [{"id": item_of(gateway.retrieve_subscription(sub.stripe_id))["id"], "price": a_price(amount=100)["id"]}]
    gateway.update_subscription(sub.stripe_id, {"items": items, "proration_behavior": "none"})
    post()
    sub.refresh_from_db()
    assert (sub.price, rung_of(member)) == (price, 20)


def test_what_stripe_does_not_know_any_more_is_an_error_and_no_ending(till, post, buys, price, member, monkeypatch):
    sub = buys(member, price)
    till.do("reset")
    with pytest.raises(errors.NotThere):
        sync_subscription(sub.stripe_id)
    assert rung_of(member) == 20
