"""From a payment to what it pays for: the invoice and its subscription, or the checkout session."""

from __future__ import annotations

from typing import Any

from memberships.standin.ledger import invoices, payments, subs
from memberships.standin.world import World

Doc = dict[str, Any]
RETRIES = (3, 5, 7)  # days after each failure; then the account's setting decides


def method_of(world: World, invoice: Doc) -> Doc | None:
    """The subscription's own payment method, else the customer's."""
    sub_id = invoices.subscription_of(invoice)
    sub = world.get("subscription", sub_id) if sub_id else None
    customer = world.get("customer", invoice["customer"])
    name = (sub or {}).get("default_payment_method") or customer["invoice_settings"]["default_payment_method"]
    return world.store.find("payment_method", name) if name else None


def collect(world: World, invoice: Doc, *, present: bool, method: Doc | None = None) -> str:
    """Try to be paid: the invoice's `paid`, or the state of its payment."""
    if invoice["status"] == "paid":
        return "paid"
    method = method or method_of(world, invoice)
    invoice["attempt_count"] += 1
    invoice["attempted"] = True
    if method is None:
        missed(world, invoice, present=present)
        return "requires_payment_method"
    intent = world.get("payment_intent", invoice["_"]["pi"])
    payments.ask(world, intent, method, present=present)
    return after(world, intent, present=present)


def after(world: World, intent: Doc, *, present: bool) -> str:
    """What the new state of a payment means for what it pays."""
    status = str(intent["status"])
    if intent["_"].get("invoice"):
        invoice = world.get("invoice", intent["_"]["invoice"])
        sub_id = invoices.subscription_of(invoice)
        if status == "succeeded":
            invoices.paid(world, invoice)
            if sub_id:
                subs.invoice_was_paid(world, world.get("subscription", sub_id), invoice)
            status = "paid"
        elif status == "processing":
            if sub_id and (sub := world.get("subscription", sub_id))["status"] == "incomplete":
                sub["status"] = "active"
                subs.changed(world, sub)
        else:
            missed(world, invoice, present=present)
    if intent["_"].get("session"):
        from memberships.standin.ledger import checkout

        checkout.payment_moved(world, world.get("checkout.session", intent["_"]["session"]), intent)
    return status


def missed(world: World, invoice: Doc, *, present: bool) -> None:
    """Not paid this time. Without somebody at the page the next try is planned, and after the last one the setting acts."""
    intent = world.store.find("payment_intent", invoice["_"]["pi"] or "")
    asks = bool(intent and (intent["status"] == "requires_action" or error_code(intent) == "authentication_required"))
    sub_id = invoices.subscription_of(invoice)
    sub = world.get("subscription", sub_id) if sub_id else None
    begun = (
        sub is not None and sub["status"] != "incomplete"
    )  # also by a first debit, which is trusted until it bounces
    dunned = not present and begun and not invoice["_"]["change"]
    if dunned:
        tries = invoice["attempt_count"]
        last = tries > len(RETRIES)
        invoice["next_payment_attempt"] = None if last else world.now() + RETRIES[tries - 1] * subs.DAY
    if not (present and intent and intent["status"] == "requires_action"):
        world.tell("invoice.payment_failed", invoice)
    if asks:
        world.tell("invoice.payment_action_required", invoice)
    if sub is not None and dunned:
        subs.payment_failed(world, sub)
        if invoice["next_payment_attempt"] is None:
            give_up(world, sub, invoice)


def error_code(intent: Doc) -> str:
    return str((intent["last_payment_error"] or {}).get("code", ""))


def give_up(world: World, sub: Doc, invoice: Doc) -> None:
    """All tries are used up."""
    invoice["auto_advance"] = False
    way = world.setting("dunning_end")
    if way == "cancel":
        subs.end(world, sub, reason="payment_failed")
    elif way == "unpaid":
        sub["status"] = "unpaid"
        subs.changed(world, sub)


def authenticate(world: World, intent: Doc, *, passed: bool) -> str:
    """The bank's own page was answered."""
    if intent["status"] != "requires_action":
        return str(intent["status"])
    if passed:
        world.get("payment_method", intent["payment_method"])["_"]["asked"] = True
        payments.succeed(world, intent)
    else:
        payments.fail(world, intent, "not_authenticated")
    return after(world, intent, present=True)


def settle(world: World, intent: Doc) -> None:
    """A debit arrives, or bounces."""
    from memberships.standin.ledger.bank import CARDS

    number = world.get("payment_method", intent["payment_method"])["_"]["number"]
    bounces = CARDS[number].after == "bounce"
    if bounces:
        payments.fail(world, intent, "bounced")
    else:
        payments.succeed(world, intent)
    after(world, intent, present=not bounces)
