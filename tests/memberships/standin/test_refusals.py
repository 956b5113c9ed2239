"""What Stripe would refuse is refused, in its words and with its fields; what its interface does not know is written down."""

from typing import Any

import pytest

from memberships.billing import gateway
from tests.memberships.process import KEY, StandIn
from tests.memberships.shop import (
    CANCEL,
    SUCCESS,
    a_customer,
    a_key,
    a_price,
    a_product,
    a_session,
    event_types,
    invoices_of,
    now,
    subscribed,
)

BEARER = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture
def recorded(standin: StandIn) -> Any:
    """What the contract log holds afterwards, which is emptied so that the suite's own stays clean."""
    return lambda: standin.do("contract")["emptied"]


@pytest.mark.parametrize(
    ("fields", "param", "why"),
    [
        ({"ui_mode": "hosted"}, "ui_mode", "must be one of"),
        ({"payment_method_types": ["card"]}, "payment_method_types", "unknown parameter"),
        ({"line_items": [{"price": "price_x", "quantity": "many"}]}, "line_items[0][quantity]", "Invalid integer"),
        ({"line_items": [{"price": "price_x", "amount": 5}]}, "line_items[0][amount]", "unknown parameter"),
        ({"allow_promotion_codes": "yes"}, "allow_promotion_codes", "Invalid boolean"),
    ],
)
def test_what_the_interface_does_not_know_is_refused_and_recorded(
    standin: StandIn, recorded: Any, fields: dict[str, Any], param: str, why: str
) -> None:
    with pytest.raises(gateway.errors.Refused, match=why) as refused:
        gateway.create_session({"mode": "subscription", "success_url": SUCCESS, **fields}, key=a_key())
    assert refused.value.param == param
    assert [(it["path"], it["param"]) for it in recorded()] == [("/v1/checkout/sessions", param)]


def test_an_unknown_address_is_not_found_and_recorded(standin: StandIn, recorded: Any) -> None:
    answer = standin.fetch("/v1/tax_rates", **BEARER)
    assert answer.status == 404
    assert "Unrecognized request URL (GET: /v1/tax_rates)" in answer.text
    assert [it["path"] for it in recorded()] == ["/v1/tax_rates"]


def test_a_missing_field_is_named(standin: StandIn, recorded: Any) -> None:
    with pytest.raises(gateway.errors.Refused, match="Missing required param: name"):
        gateway.create_product({"description": "No name"}, key=a_key())
    assert len(recorded()) == 1


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer sk_test_another"}, {"Authorization": "Bearer sk_live_real"}]
)
def test_without_its_key_nothing_is_answered(standin: StandIn, headers: dict[str, str]) -> None:
    answer = standin.fetch("/v1/account", **headers)
    assert answer.status == 401
    assert "another" not in answer.text


def test_a_wrong_key_is_a_bad_key(standin: StandIn, settings: Any) -> None:
    settings.STRIPE_API_KEY = "sk_test_revoked_long_ago"
    with pytest.raises(gateway.errors.BadKey):
        gateway.retrieve_account()
    settings.STRIPE_API_KEY = ""
    with pytest.raises(gateway.errors.Off):
        gateway.retrieve_account()


def expiry(minutes: int) -> dict[str, Any]:
    return {"expires_at": gateway.now() + minutes * 60}


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        (lambda: expiry(29), "expires_at"),
        (lambda: expiry(24 * 60 + 1), "expires_at"),
        (lambda: {"allow_promotion_codes": True, "discounts": [{"coupon": half()}]}, "discounts"),
        (lambda: {"customer_email": "a@test.example"}, "customer_email"),
        (lambda: {"mode": "payment"}, "line_items"),
        (lambda: {"invoice_creation": {"enabled": True}}, "invoice_creation"),
        (lambda: {"automatic_tax": {"enabled": True}}, "automatic_tax"),
        (lambda: {"subscription_data": {"trial_period_days": 0}}, "subscription_data[trial_period_days]"),
        (lambda: {"line_items": [{"price": archived(), "quantity": 1}]}, "line_items[0][price]"),
        (lambda: {"line_items": [{"price": a_price()["id"], "quantity": 0}]}, "line_items[0][quantity]"),
        (lambda: {"discounts": [{"coupon": dollars_off()}]}, "discounts[0][coupon]"),
        (lambda: {"metadata": {"long": "x" * 501}}, "metadata[long]"),
    ],
)
def test_a_session_that_cannot_be_names_the_field(standin: StandIn, fields: Any, param: str) -> None:
    with pytest.raises(gateway.errors.Refused) as refused:
        a_session(a_price(), a_customer(), **fields())
    assert refused.value.param == param
    assert "checkout.session" not in standin.dump()


def half() -> str:
    return str(gateway.create_coupon({"percent_off": 50, "duration": "once"}, key=a_key())["id"])


def dollars_off() -> str:
    return str(gateway.create_coupon({"amount_off": 500, "currency": "usd", "duration": "once"}, key=a_key())["id"])


def archived() -> str:
    price = a_price()
    gateway.update_price(price["id"], {"active": False})
    return str(price["id"])


def test_the_least_that_can_be_charged_is_the_currencys(standin: StandIn) -> None:
    with pytest.raises(gateway.errors.Refused) as refused:
        a_session(a_price(amount=49, interval=""), a_customer(), mode="payment")
    assert refused.value.code == "amount_too_small"
    assert a_session(a_price(amount=50, interval=""), a_customer(), mode="payment")["amount_total"] == 50


def test_a_customer_who_paid_in_one_currency_subscribes_in_no_other(standin: StandIn) -> None:
    sub = subscribed(standin, a_price(currency="usd", tax_behavior="exclusive"))
    with pytest.raises(gateway.errors.Refused, match="cannot combine currencies"):
        a_session(a_price(), {"id": sub["customer"]})


def test_a_customer_who_is_not_there_is_named(standin: StandIn) -> None:
    with pytest.raises(gateway.errors.NotThere) as missing:
        a_session(a_price(), {"id": "cus_from_another_mode"})
    assert (missing.value.param, missing.value.code) == ("customer", "resource_missing")
    with pytest.raises(gateway.errors.NotThere):
        gateway.retrieve_customer("cus_nobody")


def test_a_price_does_not_change_its_amount(standin: StandIn) -> None:
    price = a_price()
    with pytest.raises(gateway.errors.Refused, match="unknown parameter: unit_amount"):
        gateway.update_price(price["id"], {"unit_amount": 1})
    standin.do("contract")
    with pytest.raises(gateway.errors.Refused, match="cannot be changed once it is set"):
        gateway.update_price(price["id"], {"tax_behavior": "exclusive"})
    assert gateway.retrieve_price(price["id"])["unit_amount"] == 900


def test_a_lookup_key_moves_only_when_asked(standin: StandIn) -> None:
    first = a_price(lookup_key="insider_month")
    with pytest.raises(gateway.errors.Conflict):
        a_price(lookup_key="insider_month")
    second = a_price(lookup_key="insider_month", transfer_lookup_key=True)
    assert [it["id"] for it in gateway.list_prices({"lookup_keys": ["insider_month"]}).items] == [second["id"]]
    assert gateway.retrieve_price(first["id"])["lookup_key"] is None


def test_a_product_of_our_own_id_is_made_once(standin: StandIn) -> None:
    product = a_product()
    with pytest.raises(gateway.errors.Conflict):
        gateway.create_product({"id": product["id"], "name": "Again"}, key=a_key())
    assert gateway.update_product(product["id"], {"name": "Again"})["name"] == "Again"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"unit_amount": -1}, "unit_amount"),
        ({"unit_amount": 100_000_000}, "unit_amount"),
        ({"currency": "kwd", "unit_amount": 1001}, "unit_amount"),
        ({"currency": "xyz"}, "currency"),
        ({"recurring": {"interval": "year", "interval_count": 4}}, "recurring[interval_count]"),
        ({"product": {"id": "prod_nobody"}}, "product"),
    ],
)
def test_a_price_that_cannot_be_names_the_field(standin: StandIn, fields: dict[str, Any], param: str) -> None:
    with pytest.raises(gateway.errors.GatewayError) as refused:
        a_price(**fields)
    assert refused.value.param == param


def test_the_same_key_is_the_same_object_and_other_fields_are_a_conflict(standin: StandIn) -> None:
    fields = {"email": "a@test.example", "name": "Ada"}
    first = gateway.create_customer(fields, key="cus:1")
    assert gateway.create_customer(fields, key="cus:1") == first
    assert event_types() == ["customer.created"]
    with pytest.raises(gateway.errors.Conflict):
        gateway.create_customer({**fields, "name": "Eve"}, key="cus:1")
    assert len(standin.dump()["customer"]) == 1


def test_a_refusal_does_not_use_up_its_key(standin: StandIn) -> None:
    key, price = a_key(), a_price()
    wanted = {"mode": "subscription", "line_items": [{"price": price["id"], "quantity": 1}], "success_url": SUCCESS}
    with pytest.raises(gateway.errors.Refused):
        gateway.create_session({**wanted, "expires_at": gateway.now() + 60}, key=key)
    assert gateway.create_session({**wanted, "cancel_url": CANCEL}, key=key)["status"] == "open"


def test_more_than_was_paid_does_not_come_back(standin: StandIn) -> None:
    sub = subscribed(standin, a_price(amount=1000))
    payment = gateway.list_invoice_payments(sub["latest_invoice"]).items[0]["payment"]["payment_intent"]
    part = gateway.create_refund({"payment_intent": payment, "amount": 400}, key="r1")
    assert gateway.create_refund({"payment_intent": payment, "amount": 400}, key="r1")["id"] == part["id"]
    with pytest.raises(gateway.errors.Refused, match=r"Refund amount \(€7\.00\) is greater"):
        gateway.create_refund({"payment_intent": payment, "amount": 700}, key="r2")
    assert gateway.create_refund({"payment_intent": payment}, key="r3")["amount"] == 600
    with pytest.raises(gateway.errors.Refused) as refused:
        gateway.create_refund({"payment_intent": payment}, key="r4")
    assert refused.value.code == "charge_already_refunded"
    charge = gateway.retrieve_payment(payment, expand=["latest_charge"])["latest_charge"]
    assert (charge["refunded"], charge["amount_refunded"]) == (True, 1000)
    assert [it["amount"] for it in gateway.list_refunds({"payment_intent": payment}).items] == [600, 400]
    assert now(sub)["status"] == "active", "money back is no end"


def test_a_refund_that_fails_later_is_money_kept(standin: StandIn) -> None:
    sub = subscribed(standin, a_price(amount=1000), "4000000000005126")
    payment = gateway.list_invoice_payments(sub["latest_invoice"]).items[0]["payment"]["payment_intent"]
    back = gateway.create_refund({"payment_intent": payment}, key=a_key())
    standin.do("advance", days=3)
    assert gateway.retrieve_refund(back["id"])["status"] == "failed"
    assert event_types()[-1] == "refund.failed"


@pytest.mark.parametrize(("way", "status"), [("lose_dispute", "lost"), ("win_dispute", "won")])
def test_a_dispute_takes_the_money_and_is_lost_or_won(standin: StandIn, way: str, status: str) -> None:
    sub = subscribed(standin, a_price(amount=1000), "4000000000000259")
    dispute = standin.dump()["dispute"][0]
    payment = gateway.list_invoice_payments(sub["latest_invoice"]).items[0]["payment"]["payment_intent"]
    with pytest.raises(gateway.errors.Refused, match="charged back"):
        gateway.create_refund({"payment_intent": payment}, key=a_key())
    assert gateway.retrieve_dispute(dispute["id"])["status"] == "needs_response"
    standin.do("act", what=way, id=dispute["id"])
    assert gateway.retrieve_dispute(dispute["id"])["status"] == status
    assert event_types()[-1] == "charge.dispute.closed"


def test_codes_run_out_expire_and_are_for_some(standin: StandIn) -> None:
    coupon = gateway.create_coupon({"percent_off": 25, "duration": "once", "max_redemptions": 1}, key=a_key())
    code = gateway.create_promotion_code(
        {"promotion": {"type": "coupon", "coupon": coupon["id"]}, "code": "SPRING"}, key=a_key()
    )
    price = a_price(amount=1000)
    first, second = (a_session(price, a_customer(), allow_promotion_codes=True) for _person in range(2))
    for session in (first, second):
        standin.fetch(session["url"], {"do": "code", "code": "spring"})
    assert "Discount" in standin.fetch(second["url"]).text
    assert gateway.retrieve_session(second["id"])["amount_total"] == 750
    assert standin.pay(first["url"]).status == 303
    assert "not valid" in standin.pay(second["url"]).text
    sub = now(gateway.retrieve_session(first["id"])["subscription"])
    standin.do("advance", days=32)
    assert [it["total"] for it in invoices_of(sub)] == [1000, 750], "once is once"
    assert gateway.retrieve_coupon(coupon["id"])["times_redeemed"] == 1
    assert gateway.list_promotion_codes({"code": "SPRING"}).items[0]["id"] == code["id"]
    assert (
        "not valid"
        in standin.fetch(a_session(price, allow_promotion_codes=True)["url"], {"do": "code", "code": "NONE"}).text
    )


def test_lists_come_by_pages_newest_first(standin: StandIn) -> None:
    made = [a_price(a_product(), amount)["id"] for amount in range(100, 1300, 100)]
    page = gateway.list_prices({"limit": 5})
    assert ([it["id"] for it in page.items], page.more) == (made[::-1][:5], True)
    rest = gateway.list_prices({"limit": 100, "starting_after": page.items[-1]["id"]})
    assert ([it["id"] for it in rest.items], rest.more) == (made[::-1][5:], False)
    assert len(list(gateway.each_event({"types": ["price.created"]}))) == 12
