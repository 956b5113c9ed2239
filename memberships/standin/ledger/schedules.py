"""Subscription schedules: phases one after the other, and what is left when the last one is over."""

from __future__ import annotations

from typing import Any

from memberships.standin.faults import Invalid
from memberships.standin.ledger import subs
from memberships.standin.ledger.changes import apply, carry_out, check_intervals, check_price, plan
from memberships.standin.ledger.periods import boundary
from memberships.standin.shapes import blank
from memberships.standin.world import World

Doc = dict[str, Any]


def begin(world: World, sub: Doc, metadata: Doc) -> Doc:
    """The subscription as it is, from now on under a schedule: one phase, this period."""
    if sub["schedule"]:
        raise Invalid(f"Subscription {sub['id']} is already attached to a schedule.", param="from_subscription")
    if sub["status"] not in ("active", "trialing", "past_due"):
        raise Invalid("You cannot migrate a subscription in this state.", param="from_subscription")
    if sub["cancel_at"]:
        raise Invalid("You cannot migrate a subscription that is set to cancel.", param="from_subscription")
    start, end = sub["items"]["data"][0]["current_period_start"], subs.period_end(sub)
    phase = make_phase(
        sub, [{"price": it["price"], "quantity": it["quantity"]} for it in sub["items"]["data"]], start, end, {}
    )
    schedule = blank(
        "subscription_schedule",
        id=world.id("sub_sched", 24),
        object="subscription_schedule",
        billing_mode=sub["billing_mode"],
        created=world.now(),
        current_phase={"start_date": start, "end_date": end},
        customer=sub["customer"],
        default_settings={
            "application_fee_percent": None,
            "automatic_tax": {"disabled_reason": None, "enabled": sub["automatic_tax"]["enabled"], "liability": None},
            "billing_cycle_anchor": "automatic",
            "billing_thresholds": None,
            "collection_method": "charge_automatically",
            "default_payment_method": sub["default_payment_method"],
            "description": None,
            "invoice_settings": {"account_tax_ids": None, "days_until_due": None, "issuer": {"type": "self"}},
            "on_behalf_of": None,
            "transfer_data": None,
        },
        end_behavior="release",
        livemode=False,
        metadata=metadata,
        phases=[phase],
        status="active",
        subscription=sub["id"],
        _={},
    )
    sub["schedule"] = schedule["id"]
    world.add("subscription_schedule", schedule)
    world.tell("subscription_schedule.created", schedule)
    subs.changed(world, sub)
    return schedule


def make_phase(sub: Doc, items: list[Doc], start: int, end: int, more: Doc) -> Doc:
    rows = [
        {
            "billing_thresholds": None,
            "discounts": [],
            "metadata": {},
            "price": it["price"],
            "quantity": it["quantity"],
            "tax_rates": [],
        }
        for it in items
    ]
    return blank(
        "phase",
        add_invoice_items=[],
        currency=sub["currency"],
        discounts=[],
        end_date=end,
        items=rows,
        metadata=dict(more.get("metadata") or {}),
        proration_behavior=more.get("proration_behavior", "create_prorations"),
        start_date=start,
    )


def set_phases(world: World, schedule: Doc, wanted: list[Doc]) -> None:
    """Phases follow one another without a gap, and the one that runs begins where it began."""
    sub = world.get("subscription", schedule["subscription"])
    current = schedule["current_phase"]
    at = current["start_date"] if current else world.now()
    phases = []
    for number, row in enumerate(wanted):
        where = f"phases[{number}]"
        start = row.get("start_date", at)
        start = world.now() if start == "now" else start
        if start != at:
            raise Invalid("A phase must begin where the one before it ends, and the current one where it began.",
                          param=f"{where}[start_date]")  # fmt: skip
        items = [{"price": it["price"], "quantity": it.get("quantity", 1)} for it in row["items"]]
        for place, item in enumerate(items):
            held = any(item["price"] == one["price"] for one in sub["items"]["data"])
            if not held:
                check_price(world, sub, item["price"], f"{where}[items][{place}][price]")
        check_intervals(world, items)
        end = phase_end(world, row, items, start)
        if end <= max(start, world.now()):
            raise Invalid("A phase must end after it begins, and in the future.", param=f"{where}[end_date]")
        phases.append(make_phase(sub, items, start, end, row))
        at = end
    schedule["phases"] = phases
    schedule["current_phase"] = {"start_date": phases[0]["start_date"], "end_date": phases[0]["end_date"]}


def phase_end(world: World, row: Doc, items: list[Doc], start: int) -> int:
    every = world.get("price", items[0]["price"])["recurring"]
    if isinstance(row.get("end_date"), int):
        return int(row["end_date"])
    length = row.get("duration") or {"interval": every["interval"], "interval_count": every["interval_count"]}
    return boundary(start, length["interval"], length.get("interval_count", 1), 1)


def next_step(world: World, sub: Doc) -> int | None:
    schedule = world.get("subscription_schedule", sub["schedule"])
    return int(schedule["current_phase"]["end_date"]) if schedule["current_phase"] else None


def step(world: World, sub: Doc) -> None:
    """The current phase is over: on to the next, or out."""
    schedule = world.get("subscription_schedule", sub["schedule"])
    now = schedule["current_phase"]["end_date"]
    later = [phase for phase in schedule["phases"] if phase["start_date"] >= now]
    if not later:
        if schedule["end_behavior"] == "cancel":
            schedule |= {"status": "completed", "completed_at": world.now(), "current_phase": None}
            world.tell("subscription_schedule.completed", schedule)
            sub["schedule"] = None
            subs.end(world, sub, reason="cancellation_requested")
            return
        release(world, schedule)
        return
    phase = later[0]
    schedule["current_phase"] = {"start_date": phase["start_date"], "end_date": phase["end_date"]}
    change = plan(world, sub, rows_for(sub, phase), at=now)
    if now >= subs.period_end(sub):
        # The old period is over as well: the renewal, which comes next, bills the new price alone.
        change |= {"lines": [], "cycle_lines": []}
        ends = subs.period_end(sub)
        for item in change["items"]:
            item |= {"current_period_end": ends}
        apply(world, sub, change)
    else:
        carry_out(world, sub, change, behaviour=phase["proration_behavior"], payment="allow_incomplete")
    sub["metadata"] |= phase["metadata"]
    world.tell("subscription_schedule.updated", schedule)
    subs.changed(world, sub)


def rows_for(sub: Doc, phase: Doc) -> list[Doc]:
    """The phase's items over the subscription's: in place as far as they go, the rest added or taken away."""
    held = sub["items"]["data"]
    rows = [
        {"price": it["price"], "quantity": it["quantity"]} | ({"id": held[at]["id"]} if at < len(held) else {})
        for at, it in enumerate(phase["items"])
    ]
    return rows + [{"id": item["id"], "deleted": True} for item in held[len(rows) :]]


def release(world: World, schedule: Doc) -> None:
    """The subscription goes on by itself."""
    sub = world.get("subscription", schedule["subscription"])
    schedule |= {
        "status": "released",
        "released_at": world.now(),
        "released_subscription": sub["id"],
        "subscription": None,
    }
    schedule["current_phase"] = None
    sub["schedule"] = None
    world.tell("subscription_schedule.released", schedule)
    subs.changed(world, sub)
