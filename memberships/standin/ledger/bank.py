"""The test cards: what each does when it is charged, with somebody at the page or without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from memberships.standin.shapes import blank
from memberships.standin.world import World

Doc = dict[str, Any]
SETTLES_AFTER = 3 * 86_400


@dataclass(frozen=True, slots=True)
class Card:
    """`now` is what happens with somebody at the page, `later` without; `ok`, `ask` (3-D Secure), or the bank's no."""

    number: str
    label: str
    now: str = "ok"
    later: str = "ok"
    brand: str = "visa"
    after: str = ""


CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242", "Works"),
        Card("4000000000000002", "Declined", now="generic_decline", later="generic_decline"),
        Card(
            "4000000000009995",
            "Declined: not enough on the account",
            now="insufficient_funds",
            later="insufficient_funds",
        ),
        Card("4000002500003155", "3-D Secure is asked for, once", now="ask"),
        Card("4000002760003184", "3-D Secure is asked for at every renewal", now="ask", later="ask"),
        Card("4000000000000341", "Works today, is declined from the first renewal on", later="generic_decline"),
        Card("4000000000000259", "Works, and is disputed right after", after="dispute"),
        Card("4000000000005126", "Works; a refund to it fails later", after="refund_fails"),
        Card("debit", "Bank debit that arrives in three days", now="wait", later="wait", brand="sepa"),
        Card(
            "debit_fails",
            "Bank debit that bounces in three days",
            now="wait",
            later="wait",
            brand="sepa",
            after="bounce",
        ),
    )
}
SENTENCES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
    "not_authenticated": "We are unable to authenticate your payment method. Please choose a different payment method and "
    "try again.",
    "bounced": "The bank sent the debit back.",
}


def save_card(world: World, number: str, *, customer: Doc, name: str | None, country: str) -> Doc:
    """A payment method of this customer."""
    card = CARDS[number]
    details = {
        "address": dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")) | {"country": country},
        "email": customer["email"],
        "name": name,
        "phone": None,
        "tax_id": None,
    }
    method = blank(
        "payment_method",
        id=world.id("pm", 24),
        object="payment_method",
        allow_redisplay="limited",
        billing_details=details,
        created=world.now(),
        customer=customer["id"],
        livemode=False,
        metadata={},
        type="sepa_debit" if card.brand == "sepa" else "card",
        _={"number": number, "asked": False},
    )
    method[method["type"]] = face(world, card)
    world.add("payment_method", method)
    world.tell("payment_method.attached", method)
    return method


def face(world: World, card: Card) -> Doc:
    if card.brand == "sepa":
        keys = dict.fromkeys(("bank_code", "branch_code", "generated_from"))
        return {**keys, "country": "DE", "fingerprint": "standin", "last4": "3000"}
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": "pass", "cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 2040,
        "fingerprint": "standin",
        "funding": "credit",
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def ask_bank(method: Doc, *, present: bool) -> str:
    """`ok`, `ask`, `wait`, or why not."""
    card = CARDS[method["_"]["number"]]
    if present:
        known = method["_"]["asked"] and card.later != "ask"
        return "ok" if card.now == "ask" and known else card.now
    return "authentication_required" if card.later == "ask" else card.later


def label_of(method: Doc) -> str:
    details = method[method["type"]]
    return f"{details.get('brand', 'bank account').title()} •••• {details['last4']}"
