"""Buying at the hosted page: what is shown, what each card does, what is true afterwards."""

import pytest

from memberships.billing import gateway
from tests.memberships.process import ASKS_ONCE, DECLINED, POOR, Mailbox, StandIn, alert_in
from tests.memberships.shop import (
    CANCEL,
    DAY,
    SUCCESS,
    a_customer,
    a_key,
    a_price,
    a_product,
    a_session,
    event_types,
    invoices_of,
    item_of,
    now,
    subscribed,
)


def test_paying_makes_a_running_subscription_and_a_paid_invoice(standin: StandIn, letterbox: Mailbox) -> None:
    customer, price = a_customer(), a_price(amount=900)
    fields = {
        "subscription_data": {"metadata": {"tier": "1"}, "billing_mode": {"type": "flexible"}},
        "metadata": {"site": "demo"},
    }
    session = a_session(price, customer, client_reference_id="signed", **fields)
    assert (session["status"], session["payment_status"], session["amount_total"]) == ("open", "unpaid", 900)
    answer = standin.pay(session["url"])
    assert (answer.status, answer.to) == (303, SUCCESS.replace("{CHECKOUT_SESSION_ID}", session["id"]))
    done = gateway.retrieve_session(session["id"], expand=["line_items", "subscription.latest_invoice.payments"])
    assert (done["status"], done["payment_status"], done["client_reference_id"]) == ("complete", "paid", "signed")
    sub = done["subscription"]
    assert (sub["status"], sub["metadata"], sub["customer"]) == ("active", {"tier": "1"}, customer["id"])
    assert sub["latest_invoice"]["payments"]["data"][0]["status"] == "paid"
    invoice = gateway.retrieve_invoice(done["invoice"])
    assert (invoice["status"], invoice["total"], invoice["amount_paid"]) == ("paid", 900, 900)
    assert invoice["parent"]["subscription_details"]["metadata"] == {"tier": "1"}
    assert invoice["lines"]["data"][0]["pricing"]["price_details"]["price"] == price["id"]
    standin.do("wait")
    assert sorted(letterbox.types()) == [
        "checkout.session.completed",
        "customer.subscription.created",
        "customer.subscription.updated",
        "invoice.paid",
    ]


def test_the_page_says_what_it_costs_and_wears_the_bar(standin: StandIn) -> None:
    price = a_price(a_product("Inner <Circle>"), 1900)
    page = standin.fetch(a_session(price, a_customer("ada@test.example"))["url"])
    assert page.status == 200
    for words in ("TEST MODE", "No money moves", "Inner &lt;Circle&gt;", "€19.00 / month", "€19.00 today", CANCEL):
        assert words in page.text
    assert 'value="ada@test.example" readonly' in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("card", "sentence", "reason"),
    [
        (DECLINED, "Your card was declined.", "generic_decline"),
        (POOR, "Your card has insufficient funds.", "insufficient_funds"),
    ],
)
def test_a_declined_card_says_so_and_another_one_still_pays(
    standin: StandIn, card: str, sentence: str, reason: str
) -> None:
    customer = a_customer()
    session = a_session(a_price(), customer)
    answer = standin.pay(session["url"], card)
    assert (answer.status, alert_in(answer)) == (200, sentence)
    waiting = gateway.list_subscriptions({"customer": customer["id"]}).items
    assert [sub["status"] for sub in waiting] == ["incomplete"]
    assert gateway.retrieve_session(session["id"])["status"] == "open"
    payment = gateway.list_invoice_payments(waiting[0]["latest_invoice"]).items[0]["payment"]["payment_intent"]
    assert gateway.retrieve_payment(payment)["last_payment_error"]["decline_code"] == reason
    assert standin.pay(session["url"]).to.endswith(session["id"])
    assert [sub["status"] for sub in gateway.list_subscriptions({"customer": customer["id"]}).items] == ["active"]
    assert [it["status"] for it in invoices_of(waiting[0])] == ["paid"]


def test_a_first_payment_that_never_comes_expires(standin: StandIn, letterbox: Mailbox) -> None:
    customer = a_customer()
    session = a_session(a_price(), customer)
    standin.pay(session["url"], DECLINED)
    standin.do("advance", minutes=32)
    assert gateway.retrieve_session(session["id"])["status"] == "expired"
    sub = gateway.list_subscriptions({"customer": customer["id"], "status": "all"}).items[0]
    assert sub["status"] == "incomplete_expired"
    assert [it["status"] for it in invoices_of(sub)] == ["void"]
    standin.do("wait")
    assert {"checkout.session.expired", "invoice.voided"} <= set(letterbox.types())
    assert "has expired" in standin.fetch(session["url"] or f"/c/pay/{session['id']}").text


def test_three_d_secure_passed_pays_and_stopped_does_not(standin: StandIn) -> None:
    customer = a_customer()
    session = a_session(a_price(), customer)
    step = standin.pay(session["url"], ASKS_ONCE)
    assert step.to.startswith(f"http://localhost:{standin.port}/3ds/pi_")
    assert "Your bank asks" in standin.fetch(step.to).text
    stopped = standin.fetch(step.to, {"do": "fail"})
    assert "unable to authenticate" in alert_in(standin.fetch(stopped.to))
    assert gateway.retrieve_session(session["id"])["payment_status"] == "unpaid"
    again = standin.pay(session["url"], ASKS_ONCE)
    assert standin.fetch(again.to, {"do": "pass"}).to.endswith(session["id"])
    sub = gateway.list_subscriptions({"customer": customer["id"]}).items[0]
    assert sub["status"] == "active"
    standin.do("advance", days=32)
    assert [it["status"] for it in invoices_of(sub)] == ["paid", "paid"], "asked once, renewed without asking"


def test_two_sends_of_the_form_pay_once(standin: StandIn) -> None:
    customer = a_customer()
    session = a_session(a_price(), customer)
    first, second = standin.pay(session["url"]), standin.pay(session["url"])
    assert first.to == second.to
    assert len(gateway.list_subscriptions({"customer": customer["id"]}).items) == 1


@pytest.mark.parametrize(
    ("behaviour", "total", "tax", "net"), [("inclusive", 900, 150, 750), ("exclusive", 1080, 180, 900)]
)
def test_tax_has_one_rate_inside_or_beside_the_price(
    standin: StandIn, behaviour: str, total: int, tax: int, net: int
) -> None:
    price = a_price(tax_behavior=behaviour)
    fields = {"automatic_tax": {"enabled": True}, "customer_update": {"address": "auto"}}
    session = a_session(price, a_customer(), **fields)
    assert (session["amount_total"], session["total_details"]["amount_tax"]) == (total, tax)
    assert "Tax 20 %" in standin.fetch(session["url"]).text
    assert standin.pay(session["url"]).status == 303
    invoice = gateway.retrieve_invoice(gateway.retrieve_session(session["id"])["invoice"])
    assert (invoice["total"], invoice["total_excluding_tax"], invoice["amount_paid"]) == (total, net, total)
    assert [row["amount"] for row in invoice["total_taxes"]] == [tax]
    assert gateway.retrieve_customer(invoice["customer"])["address"]["country"] == "DE"


def test_a_trial_costs_nothing_today_and_the_price_afterwards(standin: StandIn, letterbox: Mailbox) -> None:
    session = a_session(a_price(), a_customer(), subscription_data={"trial_period_days": 14})
    assert (session["amount_total"], session["payment_status"]) == (0, "unpaid")
    assert "Free until" in standin.fetch(session["url"]).text
    standin.pay(session["url"])
    done = gateway.retrieve_session(session["id"])
    sub = now(done["subscription"])
    assert (done["payment_status"], sub["status"]) == ("no_payment_required", "trialing")
    assert sub["trial_end"] == item_of(sub)["current_period_end"] == sub["trial_start"] + 14 * DAY
    standin.do("advance", days=11, minutes=1)
    standin.do("wait")
    assert "customer.subscription.trial_will_end" in letterbox.types()
    standin.do("advance", days=4)
    assert now(sub)["status"] == "active"
    assert [it["total"] for it in invoices_of(sub)] == [900, 0]


@pytest.mark.parametrize(
    ("way", "status", "event"),
    [
        ("cancel", "canceled", "customer.subscription.deleted"),
        ("pause", "paused", "customer.subscription.paused"),
        ("create_invoice", "past_due", "invoice.payment_failed"),
    ],
)
def test_a_trial_without_a_card_ends_as_it_was_told(standin: StandIn, way: str, status: str, event: str) -> None:
    data = {"trial_period_days": 7, "trial_settings": {"end_behavior": {"missing_payment_method": way}}}
    session = a_session(a_price(), a_customer(), subscription_data=data, payment_method_collection="if_required")
    assert "No card is needed" in standin.fetch(session["url"]).text
    standin.pay(session["url"], "")
    sub = now(gateway.retrieve_session(session["id"])["subscription"])
    assert (sub["status"], sub["default_payment_method"]) == ("trialing", None)
    standin.do("advance", days=7, hours=2)
    assert now(sub)["status"] == status
    assert event in event_types()


def test_a_paused_one_is_resumed_and_billed_from_then_on(standin: StandIn) -> None:
    data = {"trial_period_days": 7, "trial_settings": {"end_behavior": {"missing_payment_method": "pause"}}}
    session = a_session(a_price(), a_customer(), subscription_data=data)
    standin.pay(session["url"])
    sub = now(gateway.retrieve_session(session["id"])["subscription"])
    standin.do("act", what="pause_subscription", id=sub["id"])
    assert now(sub)["status_details"]["paused"]["subscription"]["type"] == "pause_requested"
    resumed = gateway.resume_subscription(sub["id"])
    assert resumed["status"] == "active"
    assert invoices_of(sub)[0]["status"] == "paid"


def test_a_whole_discount_needs_no_payment_and_no_card(standin: StandIn) -> None:
    coupon = gateway.create_coupon({"percent_off": 100, "duration": "forever"}, key=a_key())
    fields = {"discounts": [{"coupon": coupon["id"]}], "payment_method_collection": "if_required"}
    session = a_session(a_price(), a_customer(), **fields)
    assert session["amount_total"] == 0
    standin.pay(session["url"], "")
    done = gateway.retrieve_session(session["id"])
    assert done["payment_status"] == "no_payment_required"
    sub = now(done["subscription"])
    assert sub["status"] == "active"
    assert [it["total"] for it in invoices_of(sub)] == [0]
    standin.do("advance", days=32)
    assert [it["status"] for it in invoices_of(sub)] == ["paid", "paid"]


def test_a_thing_is_bought_once_with_a_receipt(standin: StandIn) -> None:
    price = a_price(a_product("Print"), 2500, interval="")
    session = a_session(
        price, a_customer(), mode="payment", invoice_creation={"enabled": True},
        payment_intent_data={"metadata": {"order": "7"}}, line_items=[{"price": price["id"], "quantity": 2}],
    )  # fmt: skip
    standin.pay(session["url"])
    done = gateway.retrieve_session(session["id"], expand=["payment_intent.latest_charge", "invoice"])
    payment = done["payment_intent"]
    assert (done["payment_status"], payment["amount_received"], payment["metadata"]) == ("paid", 5000, {"order": "7"})
    assert "€50.00 paid" in standin.fetch(payment["latest_charge"]["receipt_url"]).text
    assert (done["invoice"]["status"], done["invoice"]["total"], done["subscription"]) == ("paid", 5000, None)
    refund = gateway.create_refund({"payment_intent": payment["id"]}, key=a_key())
    assert refund["amount"] == 5000


@pytest.mark.parametrize(
    ("card", "event", "payment"),
    [
        ("debit", "checkout.session.async_payment_succeeded", "paid"),
        ("debit_fails", "checkout.session.async_payment_failed", "unpaid"),
    ],
)
def test_a_debit_arrives_or_bounces_days_later(standin: StandIn, card: str, event: str, payment: str) -> None:
    session = a_session(a_price(interval="", amount=1500), a_customer(), mode="payment")
    standin.pay(session["url"], card)
    done = gateway.retrieve_session(session["id"])
    assert (done["status"], done["payment_status"]) == ("complete", "unpaid")
    assert event not in event_types()
    standin.do("advance", days=4)
    assert gateway.retrieve_session(session["id"])["payment_status"] == payment
    assert event in event_types()


def test_a_debit_for_a_subscription_runs_until_it_bounces(standin: StandIn) -> None:
    sub = subscribed(standin, card="debit_fails")
    assert sub["status"] == "active"
    standin.do("advance", days=4)
    assert now(sub)["status"] == "past_due"
    assert "checkout.session.async_payment_failed" in event_types()


def test_who_is_not_known_yet_types_an_address_and_becomes_a_customer(standin: StandIn) -> None:
    session = a_session(a_price(interval="", amount=500), mode="payment")
    assert alert_in(standin.pay(session["url"], email="nobody")) == "Enter your email address."
    standin.pay(session["url"], email="eve@test.example")
    customer = gateway.retrieve_customer(gateway.retrieve_session(session["id"])["customer"])
    assert customer["email"] == "eve@test.example"


def test_a_session_is_closed_from_our_side_once(standin: StandIn) -> None:
    session = a_session(a_price(), a_customer())
    assert gateway.expire_session(session["id"])["status"] == "expired"
    with pytest.raises(gateway.errors.Refused):
        gateway.expire_session(session["id"])
    assert event_types()[-1] == "checkout.session.expired"
