"""Changing what is paid for: the preview is the charge, a refused payment changes nothing, downgrades wait."""

from typing import Any

import pytest

from memberships.billing import gateway
from tests.memberships.process import FAILS_LATER, GOOD, StandIn
from tests.memberships.shop import (
    a_customer,
    a_key,
    a_price,
    a_product,
    event_types,
    invoices_of,
    item_of,
    now,
    subscribed,
)


def change(sub: dict[str, Any], price: dict[str, Any], **fields: Any) -> dict[str, Any]:
    items = {"items": [{"id": item_of(sub)["id"], "price": price["id"]}]}
    return gateway.update_subscription(sub["id"], {**items, **fields})


def preview(sub: dict[str, Any], price: dict[str, Any], **details: Any) -> dict[str, Any]:
    items = [{"id": item_of(sub)["id"], "price": price["id"]}]
    wanted = {"items": items, "proration_behavior": "always_invoice", **details}
    return gateway.preview_invoice({"subscription": sub["id"], "subscription_details": wanted})


@pytest.mark.parametrize(
    ("currency", "old", "new", "seconds", "taxed", "percent"),
    [
        ("eur", 900, 1900, 1, False, 0),
        ("eur", 900, 1900, 1_234_567, True, 0),
        ("eur", 999, 2333, 777_777, True, 15),
        ("usd", 1000, 1001, 1_000_000, True, 0),
        ("jpy", 980, 2980, 1_111_111, False, 33),
        ("kwd", 2500, 7770, 999_999, True, 0),
        ("eur", 1900, 900, 1_500_000, True, 0),
    ],
)
def test_the_preview_is_what_is_charged_to_the_last_unit(
    standin: StandIn, currency: str, old: int, new: int, seconds: int, taxed: bool, percent: int
) -> None:
    behaviour = "exclusive" if currency == "usd" else "inclusive"
    first, second = (a_price(amount=amount, currency=currency, tax_behavior=behaviour) for amount in (old, new))
    fields: dict[str, Any] = {}
    if taxed:
        fields |= {"automatic_tax": {"enabled": True}, "customer_update": {"address": "auto"}}
    if percent:
        coupon = gateway.create_coupon({"percent_off": percent, "duration": "forever"}, key=a_key())
        fields |= {"discounts": [{"coupon": coupon["id"]}]}
    sub = subscribed(standin, first, **fields)
    standin.do("advance", seconds=seconds)
    gateway.retrieve_account()
    date = gateway.now()
    said = preview(sub, second, proration_date=date)
    after = change(
        sub, second, proration_behavior="always_invoice", payment_behavior="pending_if_incomplete", proration_date=date
    )
    made = gateway.retrieve_invoice(after["latest_invoice"])
    assert (made["status"], made["billing_reason"]) == ("paid", "subscription_update")
    for field in ("subtotal", "total", "amount_due", "total_excluding_tax"):
        assert made[field] == said[field], field
    assert [it["amount"] for it in made["lines"]["data"]] == [it["amount"] for it in said["lines"]["data"]]
    assert made["amount_paid"] == said["amount_due"]
    assert item_of(after)["price"]["id"] == second["id"]
    assert all(it["parent"]["subscription_item_details"]["proration"] for it in made["lines"]["data"])


def test_up_and_down_again_in_one_second_costs_nothing_in_the_end(standin: StandIn) -> None:
    low, high = a_price(amount=1000), a_price(amount=3000)
    sub = subscribed(standin, low)
    standin.do("advance", days=10)
    gateway.retrieve_account()
    date = gateway.now()
    change(sub, high, proration_behavior="always_invoice", proration_date=date)
    change(sub, low, proration_behavior="always_invoice", proration_date=date)
    up, down = invoices_of(sub)[1], invoices_of(sub)[0]
    assert up["total"] + down["total"] == 0
    assert gateway.retrieve_customer(sub["customer"])["balance"] == down["total"] < 0


def test_a_declined_upgrade_keeps_the_old_tier_until_it_is_paid(standin: StandIn) -> None:
    low, high = a_price(amount=900), a_price(amount=2900)
    sub = subscribed(standin, low, FAILS_LATER)
    standin.do("advance", days=5)
    waiting = change(sub, high, proration_behavior="always_invoice", payment_behavior="pending_if_incomplete")
    assert (waiting["status"], item_of(waiting)["price"]["id"]) == ("active", low["id"])
    assert waiting["pending_update"]["subscription_items"][0]["price"]["id"] == high["id"]
    assert waiting["pending_update"]["expires_at"] > gateway.now()
    owed = gateway.retrieve_invoice(waiting["latest_invoice"])
    standin.fetch(owed["hosted_invoice_url"], {"card": GOOD})
    paid = now(sub)
    assert (paid["pending_update"], item_of(paid)["price"]["id"]) == (None, high["id"])
    assert "customer.subscription.pending_update_applied" in event_types()


def test_an_upgrade_that_nobody_pays_is_forgotten_after_a_day(standin: StandIn) -> None:
    low, high = a_price(amount=900), a_price(amount=2900)
    sub = subscribed(standin, low, FAILS_LATER)
    change(sub, high, proration_behavior="always_invoice", payment_behavior="pending_if_incomplete")
    with pytest.raises(gateway.errors.Refused, match="pending update"):
        change(sub, high)
    standin.do("advance", days=1)
    after = now(sub)
    assert (after["status"], after["pending_update"], item_of(after)["price"]["id"]) == ("active", None, low["id"])
    assert invoices_of(sub)[0]["status"] == "void"
    assert event_types()[-1] == "customer.subscription.pending_update_expired"


def test_an_upgrade_that_must_be_paid_at_once_raises_and_changes_nothing(standin: StandIn) -> None:
    low, high = a_price(amount=900), a_price(amount=2900)
    sub = subscribed(standin, low, FAILS_LATER)
    before = now(sub)
    with pytest.raises(gateway.errors.Declined) as declined:
        change(sub, high, proration_behavior="always_invoice", payment_behavior="error_if_incomplete")
    assert declined.value.reason == "generic_decline"
    assert now(sub) == before


def test_monthly_to_yearly_begins_a_year_today_and_back_gives_credit(standin: StandIn) -> None:
    product = a_product()
    month, year = a_price(product, 1000), a_price(product, 10000, interval="year")
    sub = subscribed(standin, month)
    standin.do("advance", days=3)
    gateway.retrieve_account()
    date = gateway.now()
    said = preview(sub, year, proration_date=date)
    yearly = change(sub, year, proration_behavior="always_invoice", proration_date=date)
    made = gateway.retrieve_invoice(yearly["latest_invoice"])
    assert made["total"] == said["total"]
    assert [it["amount"] > 0 for it in made["lines"]["data"]] == [False, True]
    assert made["lines"]["data"][1]["amount"] == 10000
    assert (yearly["billing_cycle_anchor"], item_of(yearly)["current_period_start"]) == (date, date)
    assert item_of(yearly)["current_period_end"] - date in (365 * 86400, 366 * 86400)
    back = change(yearly, month, proration_behavior="always_invoice")
    assert gateway.retrieve_customer(sub["customer"])["balance"] < -8000
    assert item_of(back)["price"]["id"] == month["id"]


def test_prorations_that_wait_are_on_the_next_invoice(standin: StandIn) -> None:
    low, high = a_price(amount=1000), a_price(amount=2000)
    sub = subscribed(standin, low)
    half = (item_of(sub)["current_period_start"] + item_of(sub)["current_period_end"]) // 2
    standin.do("advance", to=half)
    change(sub, high)
    assert len(invoices_of(sub)) == 1
    said = gateway.preview_invoice({"subscription": sub["id"]})
    standin.do("advance", to=item_of(sub)["current_period_end"] + 2 * 3600)
    made = invoices_of(sub)[0]
    assert (made["status"], made["total"]) == ("paid", said["total"])
    assert made["total"] in range(2498, 2503)


def test_without_the_id_of_the_item_both_tiers_are_billed(standin: StandIn) -> None:
    sub = subscribed(standin, a_price(amount=900))
    both = gateway.update_subscription(sub["id"], {"items": [{"price": a_price(amount=1900)["id"]}]})
    assert len(both["items"]["data"]) == 2


def test_a_change_on_trial_is_free(standin: StandIn) -> None:
    high = a_price(amount=2900)
    sub = subscribed(standin, a_price(amount=900), subscription_data={"trial_period_days": 7})
    changed = change(sub, high, proration_behavior="always_invoice")
    assert (changed["status"], len(invoices_of(sub))) == ("trialing", 1)
    standin.do("advance", days=8)
    assert invoices_of(sub)[0]["total"] == 2900


def scheduled(sub: dict[str, Any], price: dict[str, Any]) -> dict[str, Any]:
    schedule = gateway.create_schedule({"from_subscription": sub["id"]}, key=a_key())
    first = schedule["phases"][0]
    old = [{"price": it["price"], "quantity": it["quantity"]} for it in first["items"]]
    phases = [
        {"items": old, "start_date": first["start_date"], "end_date": first["end_date"]},
        {"items": [{"price": price["id"], "quantity": 1}]},
    ]
    return gateway.update_schedule(schedule["id"], {"end_behavior": "release", "phases": phases})


@pytest.mark.parametrize("interval", ["month", "year"])
def test_a_downgrade_waits_for_the_end_of_the_period(standin: StandIn, interval: str) -> None:
    product = a_product()
    low, high = a_price(product, 500), a_price(product, 1900 if interval == "month" else 19000, interval=interval)
    sub = subscribed(standin, high)
    end = item_of(sub)["current_period_end"]
    schedule = scheduled(sub, low)
    held = now(sub)
    assert (held["schedule"], item_of(held)["price"]["id"]) == (schedule["id"], high["id"])
    with pytest.raises(gateway.errors.Refused, match="subscription schedule"):
        gateway.update_subscription(sub["id"], {"cancel_at_period_end": True})
    standin.do("advance", to=end + 2 * 3600)
    lower = now(sub)
    assert (item_of(lower)["price"]["id"], item_of(lower)["current_period_start"]) == (low["id"], end)
    assert [it["total"] for it in invoices_of(sub)] == [500, high["unit_amount"]]
    assert gateway.retrieve_customer(sub["customer"])["balance"] == 0
    standin.do("advance", months=1, hours=2)
    assert now(sub)["schedule"] is None
    assert gateway.retrieve_schedule(schedule["id"])["status"] == "released"
    assert invoices_of(sub)[0]["total"] == 500


def test_a_planned_downgrade_is_taken_back(standin: StandIn) -> None:
    product = a_product()
    low, high = a_price(product, 500), a_price(product, 1900)
    sub = subscribed(standin, high)
    schedule = scheduled(sub, low)
    released = gateway.release_schedule(schedule["id"])
    assert (released["status"], released["released_subscription"]) == ("released", sub["id"])
    assert gateway.update_subscription(sub["id"], {"cancel_at_period_end": True})["cancel_at_period_end"] is True
    with pytest.raises(gateway.errors.Refused):
        gateway.release_schedule(schedule["id"])


def test_a_new_subscription_can_be_priced_before_anybody_pays(standin: StandIn) -> None:
    price = a_price(amount=900, tax_behavior="exclusive")
    said = gateway.preview_invoice(
        {
            "customer": a_customer()["id"],
            "automatic_tax": {"enabled": True},
            "subscription_details": {"items": [{"price": price["id"]}]},
        }
    )
    assert (said["subtotal"], said["total"]) == (900, 1080)
