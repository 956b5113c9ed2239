"""Checkout sessions: everything that is refused before there is one, and the one."""

from __future__ import annotations

from typing import Any

from memberships.standin.calls.listing import check_metadata
from memberships.standin.faults import Invalid
from memberships.standin.ledger import checkout, discounts
from memberships.standin.ledger.amounts import MOST
from memberships.standin.ledger.subs import DAY
from memberships.standin.shapes import opened
from memberships.standin.world import World

Doc = dict[str, Any]
SOONEST, LATEST = 30 * 60, DAY


def create(world: World, params: Doc) -> Doc:
    mode = params.get("mode")
    if mode not in ("payment", "subscription"):
        raise Invalid(
            "You must pass mode; the stand-in knows payment and subscription.", param="mode", code="parameter_missing"
        )
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise Invalid("The stand-in has hosted pages only.", param="ui_mode")
    if not params.get("success_url"):
        raise Invalid("Missing required param: success_url.", param="success_url", code="parameter_missing")
    if params.get("expires_at") is not None:
        check_expiry(world, params["expires_at"])
    currency = check_lines(world, params, mode)
    customer = check_customer(world, params, currency)
    check_mode(params, mode)
    used = check_discount(world, params, customer, currency)
    session = checkout.open_session(
        world, currency=currency, mode=mode, **shown(world, params, mode, customer), _=kept(params, used)
    )
    checkout.check_least(session)
    world.add("checkout.session", session)
    return opened(world, session, params.get("expand") or [])


def shown(world: World, params: Doc, mode: str, customer: Doc | None) -> Doc:
    """What was asked for, as the session shows it."""
    taxed = bool((params.get("automatic_tax") or {}).get("enabled"))
    known = "complete" if customer and customer["address"] else "requires_location_inputs"
    as_asked = (
        "allow_promotion_codes", "billing_address_collection", "cancel_url", "client_reference_id", "customer", "customer_email",
        "integration_identifier", "locale", "submit_type", "success_url",
    )  # fmt: skip
    return {
        **{name: params.get(name) for name in as_asked},
        "automatic_tax": {
            "enabled": taxed,
            "liability": {"type": "self"} if taxed else None,
            "provider": "stripe" if taxed else None,
            "status": known if taxed else None,
        },
        "customer_creation": None if params.get("customer") or mode == "subscription" else "if_required",
        "discounts": [
            {"coupon": it.get("coupon"), "promotion_code": it.get("promotion_code")}
            for it in params.get("discounts") or []
        ],
        "expires_at": params.get("expires_at") or world.now() + LATEST,
        "invoice_creation": receipt(params, mode),
        "metadata": check_metadata(params.get("metadata")),
        "payment_method_collection": params.get("payment_method_collection", "always")
        if mode == "subscription"
        else None,
        "tax_id_collection": {
            "enabled": bool((params.get("tax_id_collection") or {}).get("enabled")),
            "required": "never",
        },
        "ui_mode": "hosted_page",
    }


def kept(params: Doc, used: Doc | None) -> Doc:
    """What only the page needs."""
    data = params.get("subscription_data") or {}
    return {
        "lines": [{"price": it["price"], "quantity": it.get("quantity", 1)} for it in params["line_items"]],
        "sub": None,
        "sub_data": {**data, "metadata": check_metadata(data.get("metadata"))},
        "pi_data": {**(params.get("payment_intent_data") or {})},
        "trial_days": data.get("trial_period_days"),
        "trial_end": data.get("trial_end"),
        "discount": used,
        "customer_update": params.get("customer_update") or {},
    }


def receipt(params: Doc, mode: str) -> Doc | None:
    if mode != "payment":
        return None
    asked = params.get("invoice_creation") or {}
    data = asked.get("invoice_data") or {}
    keys = ("account_tax_ids", "custom_fields", "description", "footer", "issuer", "metadata", "rendering_options")
    return {"enabled": asked.get("enabled", False), "invoice_data": {key: data.get(key) for key in keys}}


def check_expiry(world: World, at: int) -> None:
    ahead = at - world.now()
    if ahead < SOONEST - 1:
        raise Invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", param="expires_at"
        )
    if ahead > LATEST:
        raise Invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", param="expires_at"
        )


def check_lines(world: World, params: Doc, mode: str) -> str:
    lines = params.get("line_items") or []
    if not lines:
        raise Invalid("Missing required param: line_items.", param="line_items", code="parameter_missing")
    if len(lines) > (20 if mode == "subscription" else 100):
        raise Invalid("Too many line items.", param="line_items")
    prices = []
    for number, line in enumerate(lines):
        where = f"line_items[{number}]"
        if "price" not in line:
            raise Invalid("The stand-in sells prices only; price_data is not used by Hearth.", param=f"{where}[price]")
        price = world.get("price", line["price"], param=f"{where}[price]")
        if not price["active"]:
            raise Invalid(
                "The price specified is inactive. This field only accepts active prices.", param=f"{where}[price]"
            )
        if not world.get("product", price["product"])["active"]:
            raise Invalid(f"The product {price['product']} is marked as inactive.", param=f"{where}[price]")
        if line.get("quantity", 1) < 1:
            raise Invalid("Invalid positive integer", param=f"{where}[quantity]", code="parameter_invalid_integer")
        if price["unit_amount"] * line.get("quantity", 1) > MOST:
            raise Invalid("The amount is too large.", param=f"{where}[quantity]", code="amount_too_large")
        prices.append(price)
    recurring = [price["recurring"] for price in prices if price["recurring"]]
    if mode == "payment" and recurring:
        raise Invalid("You specified `payment` mode but passed a recurring price.", param="line_items")
    if mode == "subscription" and len(recurring) < len(prices):
        raise Invalid("The stand-in's subscriptions hold recurring prices only.", param="line_items")
    if len({price["currency"] for price in prices}) > 1:
        raise Invalid("All prices on a Checkout Session must be in the same currency.", param="line_items")
    if len({(it["interval"], it["interval_count"]) for it in recurring}) > 1:
        raise Invalid("All recurring prices must have the same interval.", param="line_items")
    return str(prices[0]["currency"])


def check_customer(world: World, params: Doc, currency: str) -> Doc | None:
    if "customer" not in params:
        if params.get("customer_update"):
            raise Invalid("`customer_update` can only be used with `customer`.", param="customer_update")
        return None
    if "customer_email" in params:
        raise Invalid("You may only specify one of these parameters: customer, customer_email.", param="customer_email")
    customer = world.live("customer", params["customer"], param="customer")
    if customer["currency"] and customer["currency"] != currency and params["mode"] == "subscription":
        said = f"You cannot combine currencies on a single customer. This customer has had a subscription in {customer['currency']}."
        raise Invalid(said, param="customer")
    taxed = (params.get("automatic_tax") or {}).get("enabled")
    if taxed and not customer["address"] and (params.get("customer_update") or {}).get("address") != "auto":
        said = (
            "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the "
            "Customer or set `customer_update[address]` to 'auto'."
        )
        raise Invalid(said, param="automatic_tax", code="customer_tax_location_invalid")
    return customer


def check_mode(params: Doc, mode: str) -> None:
    other = {
        "payment": ("subscription_data", "payment_method_collection"),
        "subscription": ("payment_intent_data", "invoice_creation", "submit_type"),
    }
    for name in other[mode]:
        if params.get(name) and not (name == "submit_type" and params[name] == "subscribe"):
            raise Invalid(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    data = params.get("subscription_data") or {}
    if "trial_end" in data and "trial_period_days" in data:
        raise Invalid(
            "You may only specify one of trial_end and trial_period_days.", param="subscription_data[trial_end]"
        )
    if data.get("trial_period_days", 1) < 1 or data.get("trial_period_days", 1) > 730:
        raise Invalid("The trial is 1 day at least and 730 at most.", param="subscription_data[trial_period_days]")
    trial = data.get("trial_end") or data.get("trial_period_days")
    if data.get("trial_settings") and not trial:
        raise Invalid("trial_settings needs a trial.", param="subscription_data[trial_settings]")


def check_discount(world: World, params: Doc, customer: Doc | None, currency: str) -> Doc | None:
    given = params.get("discounts") or []
    if given and params.get("allow_promotion_codes") is not None:
        raise Invalid(
            "You may only specify one of these parameters: allow_promotion_codes, discounts.", param="discounts"
        )
    if len(given) > 1:
        raise Invalid("Checkout takes one discount.", param="discounts")
    if not given:
        return None
    if "promotion_code" in given[0]:
        where = "discounts[0][promotion_code]"
        code = world.get("promotion_code", given[0]["promotion_code"], param=where)
        name = customer["id"] if customer else None
        subtotal = sum(
            world.get("price", it["price"])["unit_amount"] * it.get("quantity", 1) for it in params["line_items"]
        )
        coupon = discounts.check_code(world, code, customer=name, currency=currency, subtotal=subtotal, param=where)
        return {"coupon": coupon["id"], "code": code["id"]}
    coupon = world.live("coupon", given[0].get("coupon", ""), param="discounts[0][coupon]")
    discounts.check_coupon(world, coupon, currency, param="discounts[0][coupon]")
    return {"coupon": coupon["id"], "code": None}


def retrieve(world: World, params: Doc, name: str) -> Doc:
    return opened(world, world.get("checkout.session", name, in_path=True), params.get("expand") or [])


def expire(world: World, params: Doc, name: str) -> Doc:
    session = world.get("checkout.session", name, in_path=True)
    if session["status"] != "open":
        raise Invalid('Only Checkout Sessions with a status in ["open"] can be expired.', param="session")
    checkout.expire(world, session)
    return opened(world, session, params.get("expand") or [])
