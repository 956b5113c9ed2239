"""Time passes: periods from their anchor, payments that fail, the three ends of dunning, endings that were planned."""

import datetime as dt
from typing import Any

import pytest

from memberships.billing import gateway
from memberships.standin.ledger.periods import add_months, next_after
from tests.memberships.process import ASKS_ALWAYS, FAILS_LATER, GOOD, Mailbox, StandIn
from tests.memberships.shop import DAY, a_price, event_types, invoices_of, item_of, now, subscribed


def at(year: int, month: int, day: int, hour: int = 9) -> int:
    return int(dt.datetime(year, month, day, hour, tzinfo=dt.UTC).timestamp())


def ends_from(anchor: int, interval: str, count: int) -> list[str]:
    ends, moment = [], anchor
    for _period in range(count):
        moment = next_after(anchor, {"interval": interval, "interval_count": 1}, moment)
        ends.append(f"{dt.datetime.fromtimestamp(moment, dt.UTC):%Y-%m-%d %H}")
    return ends


def test_the_31st_comes_back_after_a_short_month() -> None:
    assert ends_from(at(2027, 1, 31), "month", 4) == [
        "2027-02-28 09",
        "2027-03-31 09",
        "2027-04-30 09",
        "2027-05-31 09",
    ]
    assert ends_from(at(2028, 1, 31), "month", 2) == ["2028-02-29 09", "2028-03-31 09"]


def test_a_leap_day_is_the_28th_in_other_years() -> None:
    assert ends_from(at(2028, 2, 29), "year", 4) == ["2029-02-28 09", "2030-02-28 09", "2031-02-28 09", "2032-02-29 09"]
    assert add_months(at(2027, 3, 31), -1) == at(2027, 2, 28)


def test_a_subscription_of_the_31st_follows_its_anchor(standin: StandIn) -> None:
    today = dt.datetime.fromtimestamp(standin.state()["now"], dt.UTC)
    first = dt.datetime(today.year + 1, 1, 31, 9, tzinfo=dt.UTC)
    standin.do("advance", to=int(first.timestamp()))
    gateway.retrieve_account()  # the gateway learns the time
    sub = subscribed(standin)
    ends = []
    for _month in range(3):
        ends.append(item_of(now(sub))["current_period_end"])
        standin.do("advance", to=ends[-1] + 2 * 3600)
    days = [f"{dt.datetime.fromtimestamp(end, dt.UTC):%m-%d}" for end in ends]
    february = "02-29" if (today.year + 1) % 4 == 0 else "02-28"
    assert days == [february, "03-31", "04-30"]
    assert [it["status"] for it in invoices_of(sub)] == ["paid"] * 4


def test_a_renewal_is_drafted_at_the_end_and_asked_for_an_hour_later(standin: StandIn) -> None:
    sub = subscribed(standin)
    end = item_of(sub)["current_period_end"]
    standin.do("advance", to=end + 60)
    renewed = now(sub)
    assert item_of(renewed)["current_period_start"] == end
    assert [it["status"] for it in invoices_of(sub)] == ["draft", "paid"]
    standin.do("advance", hours=1)
    assert [it["status"] for it in invoices_of(sub)] == ["paid", "paid"]
    assert invoices_of(sub)[0]["billing_reason"] == "subscription_cycle"


def test_events_come_in_the_order_of_their_time(standin: StandIn) -> None:
    for _person in range(3):
        subscribed(standin)
    standin.do("advance", months=3)
    times = [event["created"] for event in reversed(list(gateway.each_event({})))]
    assert times == sorted(times)
    assert "invoice.upcoming" in event_types()


def fail_all(standin: StandIn, sub: dict[str, Any]) -> None:
    """Past the renewal and all four tries of it."""
    standin.do("advance", to=item_of(sub)["current_period_end"] + 2 * 3600)


def test_a_failed_renewal_is_past_due_with_its_period_moved_on(standin: StandIn) -> None:
    sub = subscribed(standin, card=FAILS_LATER)
    end = item_of(sub)["current_period_end"]
    fail_all(standin, sub)
    late = now(sub)
    assert (late["status"], item_of(late)["current_period_start"]) == ("past_due", end), "no trap left out"
    owed = invoices_of(sub)[0]
    assert (owed["status"], owed["attempt_count"], owed["period_start"]) == ("open", 1, end)
    assert owed["next_payment_attempt"] == end + 3600 + 3 * DAY
    assert event_types()[-3:] == [
        "payment_intent.payment_failed",
        "invoice.payment_failed",
        "customer.subscription.updated",
    ]


@pytest.mark.parametrize(
    ("way", "status", "reason"),
    [("cancel", "canceled", "payment_failed"), ("unpaid", "unpaid", None), ("past_due", "past_due", None)],
)
def test_after_the_last_try_the_setting_decides(standin: StandIn, way: str, status: str, reason: str | None) -> None:
    standin.do("settings", dunning_end=way)
    sub = subscribed(standin, card=FAILS_LATER)
    fail_all(standin, sub)
    standin.do("advance", days=16)
    over = now(sub)
    assert (over["status"], over["cancellation_details"]["reason"]) == (status, reason)
    owed = invoices_of(sub)[0]
    assert (owed["attempt_count"], owed["next_payment_attempt"]) == (4, None)
    assert ("customer.subscription.deleted" in event_types()) is (way == "cancel")


def test_a_bank_that_asks_at_renewals_says_so(standin: StandIn, letterbox: Mailbox) -> None:
    session_sub = None
    from tests.memberships.shop import a_customer, a_session

    customer = a_customer()
    session = a_session(a_price(), customer)
    step = standin.pay(session["url"], ASKS_ALWAYS)
    standin.fetch(step.to, {"do": "pass"})
    session_sub = gateway.list_subscriptions({"customer": customer["id"]}).items[0]
    fail_all(standin, session_sub)
    assert now(session_sub)["status"] == "past_due"
    standin.do("wait")
    assert {"invoice.payment_failed", "invoice.payment_action_required"} <= set(letterbox.types())
    owed = invoices_of(session_sub)[0]
    paying = standin.fetch(f"/i/{owed['id']}", {"card": ASKS_ALWAYS})
    standin.fetch(paying.to, {"do": "pass"})
    assert now(session_sub)["status"] == "active"


def test_what_is_owed_is_paid_on_its_own_page(standin: StandIn) -> None:
    sub = subscribed(standin, card=FAILS_LATER)
    fail_all(standin, sub)
    owed = invoices_of(sub)[0]
    assert "Pay €9.00" in standin.fetch(owed["hosted_invoice_url"]).text
    standin.fetch(owed["hosted_invoice_url"], {"card": GOOD})
    assert now(sub)["status"] == "active"
    assert "Paid on" in standin.fetch(owed["hosted_invoice_url"]).text


def test_an_end_of_the_period_is_planned_taken_back_and_reached(standin: StandIn) -> None:
    sub = subscribed(standin)
    end = item_of(sub)["current_period_end"]
    planned = gateway.update_subscription(
        sub["id"],
        {"cancel_at_period_end": True, "cancellation_details": {"feedback": "too_expensive", "comment": "No time."}},
    )
    assert (planned["cancel_at_period_end"], planned["cancel_at"], planned["status"]) == (True, end, "active")
    assert planned["cancellation_details"]["feedback"] == "too_expensive"
    again = gateway.update_subscription(sub["id"], {"cancel_at_period_end": True})
    assert again["cancel_at"] == end, "twice is once"
    back = gateway.update_subscription(sub["id"], {"cancel_at_period_end": False})
    assert (back["cancel_at_period_end"], back["cancel_at"], back["canceled_at"]) == (False, None, None)
    gateway.update_subscription(sub["id"], {"cancel_at_period_end": True})
    standin.do("advance", to=end + 1)
    over = now(sub)
    assert (over["status"], over["ended_at"]) == ("canceled", end)
    assert [it["status"] for it in invoices_of(sub)] == ["paid"]


def test_a_trial_that_is_canceled_ends_without_a_charge(standin: StandIn) -> None:
    sub = subscribed(standin, subscription_data={"trial_period_days": 7})
    planned = gateway.update_subscription(sub["id"], {"cancel_at_period_end": True})
    assert planned["cancel_at"] == sub["trial_end"]
    standin.do("advance", days=8)
    assert now(sub)["status"] == "canceled"
    assert [it["total"] for it in invoices_of(sub)] == [0]


def test_an_end_at_once_gives_back_what_is_unused_as_credit(standin: StandIn) -> None:
    sub = subscribed(standin, a_price(amount=3000))
    half = (item_of(sub)["current_period_start"] + item_of(sub)["current_period_end"]) // 2
    standin.do("advance", to=half)
    over = gateway.cancel_subscription(sub["id"], {"prorate": True, "invoice_now": True})
    assert over["status"] == "canceled"
    assert gateway.retrieve_customer(sub["customer"])["balance"] in range(-1502, -1497)
    with pytest.raises(gateway.errors.NotThere):
        gateway.cancel_subscription(sub["id"])


def test_credit_pays_the_next_invoice_first(standin: StandIn) -> None:
    sub = subscribed(standin, a_price(amount=3000))
    gateway.cancel_subscription(sub["id"], {"prorate": True, "invoice_now": True})
    customer = gateway.retrieve_customer(sub["customer"])
    assert -3000 <= customer["balance"] <= -2998
    second = subscribed(standin, a_price(amount=5000), customer=customer)
    invoice = invoices_of(second)[0]
    assert (invoice["total"], invoice["starting_balance"], invoice["ending_balance"]) == (5000, customer["balance"], 0)
    assert invoice["amount_paid"] == 5000 + customer["balance"]


@pytest.mark.parametrize("what", ["delete_customer", "cancel_subscription"])
def test_the_dashboard_ends_things_too(standin: StandIn, letterbox: Mailbox, what: str) -> None:
    sub = subscribed(standin)
    standin.do("act", what=what, id=sub["customer"] if what == "delete_customer" else sub["id"])
    assert now(sub)["status"] == "canceled"
    standin.do("wait")
    assert "customer.subscription.deleted" in letterbox.types()
    if what == "delete_customer":
        assert gateway.retrieve_customer(sub["customer"]) == {
            "id": sub["customer"],
            "object": "customer",
            "deleted": True,
        }
        assert "customer.deleted" in letterbox.types()
