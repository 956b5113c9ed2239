"""What happens when time passes: the next moment of everything there is, and what happens then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from memberships.standin.ledger import changes, checkout, invoices, payments, schedules, settling, subs
from memberships.standin.ledger.discounts import live_discounts
from memberships.standin.ledger.lines import period_lines
from memberships.standin.ledger.periods import next_after
from memberships.standin.world import World

Doc = dict[str, Any]
Happening = tuple[int, int, str, Callable[[], None]]
TRIAL_WARNING, UPCOMING_WARNING = 3 * subs.DAY, 7 * subs.DAY


def happenings(world: World) -> Iterator[Happening]:
    """When, in which order at the same moment, to whom, and what."""
    for sub in world.all("subscription"):
        yield from of_subscription(world, sub)
    for invoice in world.all("invoice"):
        if invoice["status"] == "draft" and invoice["automatically_finalizes_at"]:
            yield invoice["automatically_finalizes_at"], 5, invoice["id"], go(world, "invoice", invoice, close_draft)
        if invoice["status"] == "open" and invoice["next_payment_attempt"]:
            yield invoice["next_payment_attempt"], 6, invoice["id"], go(world, "invoice", invoice, retry)
    for session in world.all("checkout.session"):
        if session["status"] == "open":
            yield session["expires_at"], 2, session["id"], go(world, "checkout.session", session, checkout.expire)
    for intent in world.all("payment_intent"):
        if intent["status"] == "processing":
            yield intent["_"]["settles"], 4, intent["id"], go(world, "payment_intent", intent, settling.settle)
    for back in world.all("refund"):
        if back["_"].get("fails"):
            yield back["_"]["fails"], 4, back["id"], go(world, "refund", back, payments.fail_refund)


def go(world: World, kind: str, doc: Doc, what: Callable[[World, Doc], Any]) -> Callable[[], None]:
    name = doc["id"]
    return lambda: what(world, world.get(kind, name)) and None


def of_subscription(world: World, sub: Doc) -> Iterator[Happening]:
    name, status = sub["id"], sub["status"]
    if status == "incomplete":
        yield sub["created"] + subs.FIRST_PAYMENT_WITHIN, 1, name, go(world, "subscription", sub, subs.expire)
    if status not in ("trialing", "active", "past_due", "unpaid"):
        return
    end = subs.period_end(sub)
    if sub["pending_update"]:
        yield sub["pending_update"]["expires_at"], 0, name, go(world, "subscription", sub, changes.drop_pending)
    if sub["cancel_at"]:
        yield sub["cancel_at"], 1, name, go(world, "subscription", sub, run_out)
    if sub["schedule"] and (at := schedules.next_step(world, sub)):
        yield at, 2, name, go(world, "subscription", sub, schedules.step)
    if status == "trialing" and not sub["_"].get("warned"):
        yield (
            max(sub["trial_end"] - TRIAL_WARNING, sub["created"]),
            3,
            name,
            go(world, "subscription", sub, warn_of_trial),
        )
    if status == "active" and sub["_"].get("upcoming") != end and not sub["cancel_at"]:
        yield max(end - UPCOMING_WARNING, sub["created"] + 1), 3, name, go(world, "subscription", sub, warn_of_renewal)
    yield end, 4, name, go(world, "subscription", sub, renew)


def pass_time(world: World, until: int) -> int:
    """Everything that is due up to this moment, in the order of its time; how many things happened."""
    count = 0
    while True:
        due = min(happenings(world), key=lambda it: it[:3], default=None)
        if due is None or due[0] > until:
            return count
        # What was due while nobody ran happens when it is found, never before what happened already.
        world.frozen = max(due[0], int(world.store.note("seen", 0)))
        try:
            with world.turn():
                world.request = {"id": None, "idempotency_key": None}
                world.store.keep("seen", world.frozen)
                due[3]()
        finally:
            world.frozen = None
        count += 1


def advance(world: World, seconds: int) -> int:
    """Put the clock forward through everything that lies between."""
    with world.lock:
        until = world.now() + seconds
        count = pass_time(world, until)
        with world.turn():
            world.store.keep("offset", int(world.store.note("offset", 0)) + seconds)
        return count


# --- subscriptions -----------------------------------------------------------------------------------------------------


def run_out(world: World, sub: Doc) -> None:
    subs.end(world, sub, reason=sub["cancellation_details"]["reason"] or "cancellation_requested")


def warn_of_trial(world: World, sub: Doc) -> None:
    sub["_"]["warned"] = True
    world.tell("customer.subscription.trial_will_end", sub)


def warn_of_renewal(world: World, sub: Doc) -> None:
    sub["_"]["upcoming"] = subs.period_end(sub)
    world.tell("invoice.upcoming", upcoming(world, sub))


def upcoming(world: World, sub: Doc, *, items: list[Doc] | None = None, aside: list[Doc] | None = None) -> Doc:
    """The invoice that comes next, if nothing changes."""
    items = items or sub["items"]["data"]
    start = subs.period_end(sub)
    anchor = sub["billing_cycle_anchor"]
    end = next_after(anchor, world.get("price", items[0]["price"])["recurring"], start)
    lines = [*(aside if aside is not None else sub["_"].get("aside", [])), *period_lines(world, items, start, end)]
    return invoices.draft(
        world, customer=world.get("customer", sub["customer"]), currency=sub["currency"], lines=lines, reason="upcoming", sub=sub,
        coupons=live_discounts(world, sub), taxed=sub["automatic_tax"]["enabled"], preview=True,
    )  # fmt: skip


def renew(world: World, sub: Doc) -> None:
    """A new period begins; a trial ends. The bill is drafted now and asked for an hour later."""
    trial = sub["status"] == "trialing"
    method = (
        sub["default_payment_method"]
        or world.get("customer", sub["customer"])["invoice_settings"]["default_payment_method"]
    )
    if trial and not method:
        way = sub["trial_settings"]["end_behavior"]["missing_payment_method"]
        if way == "cancel":
            subs.end(world, sub, reason="payment_failed")
            return
        if way == "pause":
            subs.pause(world, sub, "trial_end_without_payment_method")
            return
    start = subs.period_end(sub)
    for item in sub["items"]["data"]:
        every = world.get("price", item["price"])["recurring"]
        item |= {
            "current_period_start": start,
            "current_period_end": next_after(sub["billing_cycle_anchor"], every, start),
        }
    if trial:
        sub["status"] = "active"
    if sub["cancel_at_period_end"]:
        sub["cancel_at"] = subs.period_end(sub)
    if sub["pause_collection"] and sub["pause_collection"]["behavior"] != "keep_as_draft":
        subs.changed(world, sub)
        return
    invoice = subs.bill(world, sub, sub["items"]["data"], start, subs.period_end(sub), reason="subscription_cycle")
    if sub["status"] == "unpaid":
        invoice |= {"auto_advance": False, "automatically_finalizes_at": None}
    subs.changed(world, sub)


# --- invoices ----------------------------------------------------------------------------------------------------------


def close_draft(world: World, invoice: Doc) -> None:
    invoices.finalize(world, invoice)
    if invoice["status"] == "open":
        settling.collect(world, invoice, present=False)
    elif sub_id := invoices.subscription_of(invoice):
        subs.invoice_was_paid(world, world.get("subscription", sub_id), invoice)


def retry(world: World, invoice: Doc) -> None:
    invoice["next_payment_attempt"] = None
    settling.collect(world, invoice, present=False)
