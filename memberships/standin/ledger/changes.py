"""Changing a subscription's items: what the new ones are, what that costs now, and doing it. The preview asks the same."""

from __future__ import annotations

from typing import Any

from memberships.standin.faults import CardProblem, Invalid
from memberships.standin.ledger import subs
from memberships.standin.ledger.lines import credit_line, period_lines, remaining_line
from memberships.standin.ledger.periods import next_after
from memberships.standin.ledger.settling import collect
from memberships.standin.world import World

Doc = dict[str, Any]


def plan(world: World, sub: Doc, wanted: list[Doc], *, at: int, reset: bool = False) -> Doc:
    """What would be: the items afterwards, the lines that undo and add, whether a new cycle begins."""
    old = {item["id"]: item for item in sub["items"]["data"]}
    items = {name: dict(item) for name, item in old.items()}
    touched: list[str] = []
    for number, row in enumerate(wanted):
        name = row.get("id")
        if name and name not in items:
            raise Invalid(f"No such subscription item: '{name}'", param=f"items[{number}][id]", code="resource_missing")
        if name and row.get("deleted"):
            del items[name]
            touched.append(name)
            continue
        fresh = check_price(world, sub, row["price"], f"items[{number}][price]") if row.get("price") else None
        if name:
            before = (items[name]["price"], items[name]["quantity"])
            items[name]["price"] = fresh or items[name]["price"]
            items[name]["quantity"] = row.get("quantity", items[name]["quantity"])
            if (items[name]["price"], items[name]["quantity"]) != before:
                touched.append(name)
        else:
            if not fresh:
                raise Invalid("You must pass a price for a new item.", param=f"items[{number}][price]")
            if fresh in [item["price"] for item in items.values()]:
                raise Invalid(f"Cannot add multiple subscription items with the same plan: {fresh}", param="items")
            made = subs.new_item(world, sub["id"], fresh, row.get("quantity", 1), at, subs.period_end(sub))
            items[made["id"]] = made
            touched.append(made["id"])
    if not items:
        raise Invalid("A subscription must have at least one active plan.", param="items")
    check_intervals(world, list(items.values()))
    cycle = reset or any(
        interval(world, old[name]) != interval(world, items[name]) for name in touched if name in old and name in items
    )
    return {**price_change(world, sub, old, items, touched, at=at, cycle=cycle), "cycle": cycle, "at": at}


def interval(world: World, item: Doc) -> tuple[str, int]:
    every = world.get("price", item["price"])["recurring"]
    return every["interval"], every["interval_count"]


def check_price(world: World, sub: Doc, name: str, param: str) -> str:
    price = world.get("price", name, param=param)
    if not price["active"]:
        raise Invalid("The price specified is inactive. This field only accepts active prices.", param=param)
    if price["type"] != "recurring":
        raise Invalid("The price specified is one-time; a subscription needs a recurring one.", param=param)
    if price["currency"] != sub["currency"]:
        raise Invalid("You cannot combine currencies on a single subscription.", param=param)
    return name


def check_intervals(world: World, items: list[Doc]) -> None:
    if len({interval(world, item) for item in items}) > 1:
        raise Invalid("All prices on a subscription must have the same interval; otherwise use several.", param="items")


def price_change(
    world: World, sub: Doc, old: dict[str, Doc], items: dict[str, Doc], touched: list[str], *, at: int, cycle: bool
) -> Doc:
    """The lines of a change at a moment. On trial nothing is due; a new cycle begins with a whole new period."""
    if sub["status"] == "trialing":
        return {"items": list(items.values()), "lines": [], "cycle_lines": []}
    names = list(items) if cycle else [name for name in touched if name in items]
    gone = list(old) if cycle else [name for name in touched if name in old]
    lines = [line for name in gone if (line := credit_line(world, old[name], at))]
    if cycle:
        end = next_after(at, world.get("price", next(iter(items.values()))["price"])["recurring"], at)
        for item in items.values():
            item |= {"current_period_start": at, "current_period_end": end}
        return {
            "items": list(items.values()),
            "lines": lines,
            "cycle_lines": period_lines(world, list(items.values()), at, end),
        }
    lines += [
        remaining_line(world, items[name], at, sub["items"]["data"][0]["current_period_start"], subs.period_end(sub))
        for name in names
    ]
    return {"items": list(items.values()), "lines": lines, "cycle_lines": []}


def due_now(change: Doc, behaviour: str) -> list[Doc]:
    """The lines of the invoice that a change makes at once."""
    prorated = change["lines"] if behaviour != "none" else []
    if change["cycle"]:
        return [*prorated, *change["cycle_lines"]]
    return list(prorated) if behaviour == "always_invoice" else []


def apply(world: World, sub: Doc, change: Doc) -> None:
    """The items as planned; what they were billed for stays known."""
    sub["items"]["data"] = change["items"]
    if change["cycle"] and sub["status"] != "trialing":
        sub["billing_cycle_anchor"] = change["at"]
        sub["_"].pop("upcoming", None)
    if sub["cancel_at_period_end"]:
        sub["cancel_at"] = subs.period_end(sub)


def carry_out(world: World, sub: Doc, change: Doc, *, behaviour: str, payment: str) -> None:
    """Do it, and be paid for it; `payment` says what happens where that fails."""
    lines = due_now(change, behaviour)
    if not lines:
        if behaviour == "create_prorations" and change["lines"]:
            sub["_"]["aside"] = [*sub["_"].get("aside", []), *change["lines"]]
        apply(world, sub, change)
        return
    if payment == "pending_if_incomplete":
        invoice = wait_for_payment(world, sub, change, lines)
        if invoice["status"] != "paid":
            collect(world, invoice, present=False)
        return
    apply(world, sub, change)
    invoice = subs.issue(world, sub, lines, reason="subscription_update")
    if invoice["status"] == "paid":
        remember(world, sub, invoice)
    elif (
        payment != "default_incomplete"
        and collect(world, invoice, present=False) != "paid"
        and payment == "error_if_incomplete"
    ):
        raise CardProblem("Your card was declined.", code="card_declined", decline_code="generic_decline")


def wait_for_payment(world: World, sub: Doc, change: Doc, lines: list[Doc]) -> Doc:
    """The invoice of a change that is done when it is paid, and not before."""
    invoice = subs.issue(world, sub, lines, reason="subscription_update", change=change)
    if invoice["status"] == "paid":
        apply(world, sub, change)
        remember(world, sub, invoice)
        return invoice
    sub["pending_update"] = {
        "billing_cycle_anchor": None,
        "discounts": None,
        "expires_at": min(world.now() + subs.FIRST_PAYMENT_WITHIN, subs.period_end(sub)),
        "metadata": None,
        "subscription_items": change["items"],
        "trial_end": None,
        "trial_from_plan": None,
    }
    return invoice


def remember(world: World, sub: Doc, invoice: Doc) -> None:
    from memberships.standin.ledger.invoices import remember_billed

    remember_billed(world, invoice)


def drop_pending(world: World, sub: Doc) -> None:
    """Nobody paid in time: everything stays as it was."""
    sub["pending_update"] = None
    for invoice in subs.open_invoices(world, sub):
        if invoice["_"]["change"]:
            from memberships.standin.ledger.invoices import void

            void(world, invoice)
    subs.changed(world, sub, "customer.subscription.pending_update_expired")
