"""Invoices: drafting, previewing, finalizing against the customer's balance, paying, voiding."""

from __future__ import annotations

from typing import Any

from memberships.standin.ledger import payments
from memberships.standin.ledger.amounts import least
from memberships.standin.ledger.lines import price_lines, shown_line, tax_row, totals
from memberships.standin.shapes import as_list, blank
from memberships.standin.world import World

Doc = dict[str, Any]
SELF = {"type": "self"}


def draft(
    world: World,
    *,
    customer: Doc,
    currency: str,
    lines: list[Doc],
    reason: str,
    sub: Doc | None = None,
    coupons: list[tuple[str, Doc]] | None = None,
    taxed: bool = False,
    metadata: Doc | None = None,
    preview: bool = False,
    **mine: Any,
) -> Doc:
    """An invoice of these lines; a preview is told to nobody and kept nowhere."""
    price_lines(world, lines, coupons or [], taxed=taxed)
    name = f"upcoming_{world.id('in', 24)}" if preview else world.id("in", 24)
    about = sub["metadata"] if sub else {}
    subs = sub["id"] if sub else None
    shown = [
        shown_line(world, line, invoice=name, currency=currency, sub=subs, taxed=taxed, metadata=dict(about))
        for line in lines
    ]
    invoice = blank("invoice", id=name, object="invoice", **frame(world, customer, currency, reason, sub, taxed))
    invoice |= sums(lines, taxed=taxed)
    invoice["lines"] = as_list(shown, f"/v1/invoices/{name}/lines")
    invoice["discounts"] = [each for each, _coupon in coupons or []]
    invoice["metadata"] = dict(metadata or {})
    invoice["period_start"] = min((line["start"] for line in lines), default=world.now())
    invoice["period_end"] = max((line["end"] for line in lines), default=world.now())
    invoice["_"] = {"pi": None, "change": None, **mine}
    settle_balance(invoice, customer)
    if preview:
        return invoice
    world.add("invoice", invoice)
    world.tell("invoice.created", invoice)
    return invoice


def frame(world: World, customer: Doc, currency: str, reason: str, sub: Doc | None, taxed: bool) -> Doc:
    """Everything about an invoice that is no amount."""
    details = {"metadata": dict(sub["metadata"]), "subscription": sub["id"]} if sub else None
    status = "complete" if taxed else None
    return {
        "account_country": "DE",
        "account_name": "Hearth's stand-in",
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": taxed,
            "liability": SELF if taxed else None,
            "provider": "stripe" if taxed else None,
            "status": status,
        },
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "created": world.now(),
        "currency": currency,
        "customer": customer["id"],
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_tax_rates": [],
        "issuer": SELF,
        "livemode": False,
        "parent": {"type": "subscription_details", "quote_details": None, "subscription_details": details}
        if sub
        else None,
        "payment_settings": dict.fromkeys(("default_mandate", "payment_method_options", "payment_method_types")),
        "status": "draft",
        "status_transitions": dict.fromkeys(("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")),
    }


def sums(lines: list[Doc], *, taxed: bool) -> Doc:
    it = totals(lines)
    rows = []
    if taxed:
        for behaviour in ("exclusive", "inclusive"):
            mine = [line for line in lines if line["behaviour"] == behaviour]
            if mine:
                rows.append(tax_row(sum(line["tax"] for line in mine), behaviour, sum(line["net"] for line in mine)))
    return {
        "subtotal": it["subtotal"],
        "subtotal_excluding_tax": it["subtotal"] - sum(
            line["tax"] for line in lines if line["behaviour"] == "inclusive" and not line["off"]
        ),
        "total": it["total"],
        "total_excluding_tax": it["without_tax"],
        "total_discount_amounts": [{"amount": amount, "discount": name} for name, amount in it["off"].items()],
        "total_pretax_credit_amounts": [],
        "total_taxes": rows,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_paid_off_stripe": 0,
        "amount_shipping": 0,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
    }  # fmt: skip


def settle_balance(invoice: Doc, customer: Doc) -> int:
    """What is due after credit and debts; what the balance will be then. Too little to charge waits on the balance."""
    before, total = customer["balance"], invoice["total"]
    due = max(0, total + before)
    if 0 < due < least(invoice["currency"]):
        due = 0
    after = before + total - due
    invoice |= {"starting_balance": before, "amount_due": due, "amount_remaining": due}
    return int(after)


def finalize(world: World, invoice: Doc) -> None:
    """From here on it does not change: numbered, against the balance, to be paid."""
    customer = world.get("customer", invoice["customer"])
    customer["balance"] = invoice["ending_balance"] = settle_balance(invoice, customer)
    invoice["number"] = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    customer["next_invoice_sequence"] += 1
    invoice |= {"status": "open", "effective_at": world.now(), "automatically_finalizes_at": None}
    invoice["status_transitions"]["finalized_at"] = world.now()
    invoice["hosted_invoice_url"] = f"{world.base}/i/{invoice['id']}"
    invoice["invoice_pdf"] = f"{world.base}/i/{invoice['id']}/receipt"
    world.tell("invoice.finalized", invoice)
    if invoice["amount_due"] == 0:
        paid(world, invoice)
        return
    intent = payments.open_intent(
        world, amount=invoice["amount_due"], currency=invoice["currency"], customer=customer["id"], metadata={},
        invoice=invoice["id"],
    )  # fmt: skip
    intent["description"] = "Subscription creation" if invoice["billing_reason"] == "subscription_create" else "Invoice"
    invoice["_"]["pi"] = intent["id"]
    pay_row(world, invoice, intent)


def pay_row(world: World, invoice: Doc, intent: Doc) -> None:
    world.add(
        "invoice_payment",
        {
            "id": world.id("inpay", 24),
            "object": "invoice_payment",
            "amount_paid": None,
            "amount_requested": invoice["amount_due"],
            "created": world.now(),
            "currency": invoice["currency"],
            "invoice": invoice["id"],
            "is_default": True,
            "livemode": False,
            "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
            "status": "open",
            "status_transitions": {"canceled_at": None, "paid_at": None},
        },
    )


def paid(world: World, invoice: Doc) -> None:
    invoice |= {
        "status": "paid",
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "next_payment_attempt": None,
    }
    invoice |= {"attempted": True, "auto_advance": False}
    invoice["status_transitions"]["paid_at"] = world.now()
    for row in world.mine("invoice_payment", invoice=invoice["id"]):
        row |= {"status": "paid", "amount_paid": invoice["amount_due"]}
        row["status_transitions"]["paid_at"] = world.now()
        world.tell("invoice_payment.paid", row)
    remember_billed(world, invoice)
    world.tell("invoice.paid", invoice)
    world.tell("invoice.payment_succeeded", invoice)


def remember_billed(world: World, invoice: Doc) -> None:
    """On each item, which line was charged for which time: what a change gives back is a part of that."""
    sub_id = subscription_of(invoice)
    sub = world.store.find("subscription", sub_id) if sub_id else None
    if sub is None:
        return
    by_id = {item["id"]: item for item in sub["items"]["data"]}
    for line in invoice["lines"]["data"]:
        details = line["parent"]["subscription_item_details"]
        item = by_id.get(details["subscription_item"])
        if item is None or line["amount"] < 0:
            continue
        net = line["amount"] - sum(row["amount"] for row in line["discount_amounts"])
        item["_"]["billed"] = {**line["period"], "amount": net, "invoice": invoice["id"], "line": line["id"]}


def void(world: World, invoice: Doc) -> None:
    if invoice["status"] not in ("open", "draft"):
        return
    customer = world.get("customer", invoice["customer"])
    if invoice["ending_balance"] is not None:
        customer["balance"] -= invoice["ending_balance"] - invoice["starting_balance"]
    invoice |= {"status": "void", "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["voided_at"] = world.now()
    if invoice["_"]["pi"]:
        intent = world.get("payment_intent", invoice["_"]["pi"])
        intent |= {"status": "canceled", "canceled_at": world.now(), "cancellation_reason": "void_invoice"}
        world.tell("payment_intent.canceled", intent)
    world.tell("invoice.voided", invoice)


def subscription_of(invoice: Doc) -> str | None:
    parent = invoice["parent"]
    return str(parent["subscription_details"]["subscription"]) if parent else None
