"""Subscriptions: how one begins, which state a payment puts it in, how it ends."""

from __future__ import annotations

from typing import Any

from memberships.standin.ledger import invoices
from memberships.standin.ledger.discounts import live_discounts, wear_off
from memberships.standin.ledger.lines import credit_line, period_lines
from memberships.standin.ledger.periods import next_after
from memberships.standin.shapes import as_list, blank
from memberships.standin.world import World

Doc = dict[str, Any]
DAY = 86_400
FIRST_PAYMENT_WITHIN = 23 * 3600
LIVE = ("trialing", "active", "past_due", "unpaid", "paused")


def begin(
    world: World,
    *,
    customer: Doc,
    lines: list[Doc],
    method: str | None,
    trial_end: int | None,
    discounts: list[str],
    taxed: bool,
    data: Doc,
) -> Doc:
    """A new subscription, waiting for its first payment (`incomplete`) unless it is on trial."""
    now = world.now()
    name = world.id("sub", 24)
    first = world.get("price", lines[0]["price"])
    end = trial_end or next_after(now, first["recurring"], now)
    sub = blank(
        "subscription",
        id=name,
        object="subscription",
        automatic_tax={"disabled_reason": None, "enabled": taxed, "liability": {"type": "self"} if taxed else None},
        billing_cycle_anchor=trial_end or now,
        billing_mode=billing_mode(data),
        billing_schedules=[],
        cancel_at_period_end=False,
        cancellation_details={"comment": None, "feedback": None, "reason": None},
        collection_method="charge_automatically",
        created=now,
        currency=first["currency"],
        customer=customer["id"],
        default_payment_method=method,
        default_tax_rates=[],
        description=data.get("description"),
        discounts=discounts,
        invoice_settings={"account_tax_ids": None, "issuer": {"type": "self"}},
        livemode=False,
        metadata=dict(data.get("metadata") or {}),
        payment_settings={
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        start_date=now,
        status="trialing" if trial_end else "incomplete",
        trial_start=now if trial_end else None,
        trial_end=trial_end,
        trial_settings=data.get("trial_settings") or {"end_behavior": {"missing_payment_method": "create_invoice"}},
        _={},
    )
    made = [new_item(world, name, line["price"], line["quantity"], now, end) for line in lines]
    sub["items"] = as_list(made, f"/v1/subscription_items?subscription={name}")
    for discount in discounts:
        world.get("discount", discount)["subscription"] = name
    world.add("subscription", sub)
    customer["currency"] = customer["currency"] or sub["currency"]
    world.tell("customer.subscription.created", sub)
    bill(world, sub, made, now, end, reason="subscription_create", free=bool(trial_end))
    return sub


def billing_mode(data: Doc) -> Doc:
    kind = (data.get("billing_mode") or {}).get("type", "flexible")
    return {"flexible": {"proration_discounts": "included"} if kind == "flexible" else None, "type": kind}


def new_item(world: World, sub: str, price: str, quantity: int, start: int, end: int) -> Doc:
    return {
        "id": world.id("si", 14),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": world.now(),
        "current_period_start": start,
        "current_period_end": end,
        "discounts": [],
        "metadata": {},
        "price": price,
        "quantity": quantity,
        "subscription": sub,
        "tax_rates": [],
        "_": {},
    }


def bill(world: World, sub: Doc, items: list[Doc], start: int, end: int, *, reason: str, free: bool = False) -> Doc:
    """The invoice for a whole period, with what was put aside for it; a draft at a renewal, final at once otherwise."""
    lines = [*sub["_"].pop("aside", []), *period_lines(world, items, start, end, free=free)]
    return issue(world, sub, lines, reason=reason, wait=reason == "subscription_cycle")


def issue(
    world: World, sub: Doc, lines: list[Doc], *, reason: str, wait: bool = False, change: Doc | None = None
) -> Doc:
    customer = world.get("customer", sub["customer"])
    invoice = invoices.draft(
        world, customer=customer, currency=sub["currency"], lines=lines, reason=reason, sub=sub,
        coupons=live_discounts(world, sub), taxed=sub["automatic_tax"]["enabled"], change=change,
    )  # fmt: skip
    sub["latest_invoice"] = invoice["id"]
    wear_off(world, sub, invoice)
    if wait:
        invoice["automatically_finalizes_at"] = world.now() + 3600
    else:
        invoices.finalize(world, invoice)
    return invoice


def changed(world: World, sub: Doc, name: str = "customer.subscription.updated") -> None:
    world.tell(name, sub)


def period_end(sub: Doc) -> int:
    return int(min(item["current_period_end"] for item in sub["items"]["data"]))


# --- what a payment does -----------------------------------------------------------------------------------------------


def invoice_was_paid(world: World, sub: Doc, invoice: Doc) -> None:
    """Every road to a paid invoice ends here."""
    was = sub["status"]
    if invoice["_"]["change"] and sub["pending_update"]:
        from memberships.standin.ledger.changes import apply

        apply(world, sub, invoice["_"]["change"])
        invoices.remember_billed(world, invoice)
        sub["pending_update"] = None
        changed(world, sub, "customer.subscription.pending_update_applied")
    if was == "incomplete":
        sub["status"] = "trialing" if sub["trial_end"] and sub["trial_end"] > world.now() else "active"
    elif was in ("past_due", "unpaid"):
        owed = [
            one
            for one in world.all("invoice")
            if invoices.subscription_of(one) == sub["id"] and one["status"] == "open"
        ]
        if not owed:
            sub["status"] = "active"
    changed(world, sub)


def payment_failed(world: World, sub: Doc) -> None:
    if sub["status"] in ("active", "trialing"):
        sub["status"] = "past_due"
    changed(world, sub)


# --- the end -----------------------------------------------------------------------------------------------------------


def end(world: World, sub: Doc, *, reason: str, prorate: bool = False, invoice_now: bool = False) -> None:
    """Over now. Its open invoices are not asked for any more."""
    at = world.now()
    if prorate and sub["status"] != "trialing":
        lines = [line for item in sub["items"]["data"] if (line := credit_line(world, item, at))]
        sub["_"]["aside"] = [*sub["_"].get("aside", []), *lines]
    if invoice_now and sub["_"].get("aside"):
        issue(world, sub, sub["_"].pop("aside"), reason="manual")
    sub |= {"status": "canceled", "ended_at": at, "canceled_at": sub["canceled_at"] or at, "pending_update": None}
    sub["cancellation_details"]["reason"] = reason
    if sub["cancel_at"] and sub["cancel_at"] > at:
        sub["cancel_at"] = None
    for invoice in open_invoices(world, sub):
        invoice |= {"auto_advance": False, "next_payment_attempt": None, "automatically_finalizes_at": None}
    if sub["schedule"]:
        schedule = world.get("subscription_schedule", sub["schedule"])
        schedule |= {"status": "canceled", "canceled_at": at, "current_phase": None}
        sub["schedule"] = None
        world.tell("subscription_schedule.canceled", schedule)
    changed(world, sub, "customer.subscription.deleted")


def expire(world: World, sub: Doc) -> None:
    """The first payment did not come in time."""
    sub |= {"status": "incomplete_expired", "ended_at": world.now()}
    for invoice in open_invoices(world, sub):
        invoices.void(world, invoice)
    changed(world, sub)


def open_invoices(world: World, sub: Doc) -> list[Doc]:
    mine = [one["id"] for one in world.all("invoice") if invoices.subscription_of(one) == sub["id"]]
    return [one for name in mine if (one := world.get("invoice", name))["status"] in ("open", "draft")]


def plan_end(world: World, sub: Doc, at: int | None, *, period: bool) -> None:
    """Put an end in the calendar, or take it out."""
    sub["cancel_at"], sub["cancel_at_period_end"] = at, period and at is not None
    sub["canceled_at"] = (sub["canceled_at"] or world.now()) if at else None
    sub["cancellation_details"]["reason"] = "cancellation_requested" if at else None
    if not at:
        sub["cancellation_details"] |= {"comment": None, "feedback": None}


def pause(world: World, sub: Doc, why: str) -> None:
    """No bills and no access until it is resumed; it says why."""
    details = {"subscription": {"type": why}, "transitioned_at": world.now(), "type": "subscription"}
    sub |= {"status": "paused", "status_details": {"paused": details}}
    changed(world, sub, "customer.subscription.paused")
    changed(world, sub)


def resume(world: World, sub: Doc) -> None:
    """A paused one goes on: a new period from now, billed at once."""
    from memberships.standin.ledger.settling import collect

    now = world.now()
    sub |= {"status": "active", "status_details": None, "billing_cycle_anchor": now}
    for item in sub["items"]["data"]:
        price = world.get("price", item["price"])
        item |= {"current_period_start": now, "current_period_end": next_after(now, price["recurring"], now)}
    invoice = bill(world, sub, sub["items"]["data"], now, period_end(sub), reason="subscription_update")
    changed(world, sub, "customer.subscription.resumed")
    collect(world, invoice, present=False)
