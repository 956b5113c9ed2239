"""A small shop at the stand-in, made through the gateway: two tiers with three prices, and people who subscribe."""

from __future__ import annotations

import uuid
from typing import Any

from memberships.billing import gateway
from tests.memberships.process import GOOD, StandIn

Doc = dict[str, Any]
SUCCESS, CANCEL = "http://localhost:8000/me/paid/?s={CHECKOUT_SESSION_ID}", "http://localhost:8000/c/demo/tiers/"
DAY = 86_400


def a_key() -> str:
    return uuid.uuid4().hex


def a_product(name: str = "Insider") -> Doc:
    return gateway.create_product({"id": f"tier_{a_key()[:12]}", "name": name}, key=a_key())


def a_price(product: Doc | None = None, amount: int = 900, *, interval: str = "month", **fields: Any) -> Doc:
    """Recurring in euros with the tax inside, unless it is said otherwise."""
    recurring = {"recurring": {"interval": interval}} if interval else {}
    wanted = {"currency": "eur", "unit_amount": amount, "tax_behavior": "inclusive", **recurring, **fields}
    return gateway.create_price({"product": (product or a_product())["id"], **wanted}, key=a_key())


def a_customer(email: str = "ada@test.example", **fields: Any) -> Doc:
    return gateway.create_customer({"email": email, "name": "Ada", **fields}, key=a_key())


def a_session(price: Doc, customer: Doc | None = None, **fields: Any) -> Doc:
    """For a subscription; `mode="payment"` for a thing."""
    wanted: Doc = {
        "mode": "subscription",
        "ui_mode": "hosted_page",
        "line_items": [{"price": price["id"], "quantity": 1}],
        "success_url": SUCCESS,
        "cancel_url": CANCEL,
        "expires_at": gateway.now() + 31 * 60,
    }
    if customer:
        wanted["customer"] = customer["id"]
    return gateway.create_session({**wanted, **fields}, key=a_key())


def subscribed(
    standin: StandIn, price: Doc | None = None, card: str = GOOD, *, customer: Doc | None = None, **fields: Any
) -> Doc:
    """A running subscription of somebody who went through the checkout."""
    session = a_session(price or a_price(), customer or a_customer(), **fields)
    answer = standin.pay(session["url"], card)
    assert answer.to == SUCCESS.replace("{CHECKOUT_SESSION_ID}", session["id"]), answer.text
    return now(gateway.retrieve_session(session["id"])["subscription"])


def now(sub: str | Doc) -> Doc:
    """As it stands at this moment."""
    return gateway.retrieve_subscription(sub if isinstance(sub, str) else sub["id"])


def item_of(sub: Doc) -> Doc:
    return dict(sub["items"]["data"][0])


def invoices_of(sub: Doc) -> list[Doc]:
    """Newest first."""
    return list(gateway.list_invoices({"subscription": sub["id"], "limit": 100}).items)


def event_types() -> list[str]:
    """Oldest first."""
    return [event["type"] for event in reversed(list(gateway.each_event({})))]
