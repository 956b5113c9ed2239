"""Subscriptions and their schedules, as the interface changes them."""

from __future__ import annotations

from typing import Any

from memberships.standin.calls.listing import check_metadata, equal, merge_metadata, paged
from memberships.standin.faults import Invalid, Problem
from memberships.standin.ledger import changes, discounts, schedules, subs, turning
from memberships.standin.ledger.lines import period_lines
from memberships.standin.ledger.periods import next_after
from memberships.standin.shapes import opened
from memberships.standin.world import World

Doc = dict[str, Any]
# What may be sent together with pending_if_incomplete.
PENDING = frozenset({"items", "payment_behavior", "proration_behavior", "proration_date", "billing_cycle_anchor", "trial_end",
                     "trial_from_plan", "expand", "discounts", "off_session"})  # fmt: skip


def retrieve(world: World, params: Doc, name: str) -> Doc:
    return opened(world, world.get("subscription", name, in_path=True), params.get("expand") or [])


def list_all(world: World, params: Doc) -> Doc:
    same, status, price = equal(params, "customer", "collection_method"), params.get("status"), params.get("price")

    def keep(sub: Doc) -> bool:
        if status not in (None, "all", "ended") and sub["status"] != status:
            return False
        if status is None and sub["status"] == "canceled":
            return False
        if status == "ended" and sub["status"] not in ("canceled", "incomplete_expired"):
            return False
        return same(sub) and (price is None or any(item["price"] == price for item in sub["items"]["data"]))

    return paged(world, world.all("subscription"), params, "/v1/subscriptions", keep)


def update(world: World, params: Doc, name: str) -> Doc:
    sub = world.get("subscription", name, in_path=True)
    check_update(world, sub, params)
    behaviour = params.get("proration_behavior", "create_prorations")
    payment = params.get("payment_behavior", "allow_incomplete")
    if payment == "pending_if_incomplete" and set(params) - PENDING:
        odd = sorted(set(params) - PENDING)[0]
        raise Invalid(
            f"`{odd}` is not supported when passing `payment_behavior` as `pending_if_incomplete`.", param=odd
        )
    merge_metadata(sub, params)
    for field in ("description", "default_payment_method", "pause_collection"):
        if field in params:
            sub[field] = params[field] or None
    if "trial_settings" in params:
        sub["trial_settings"] = params["trial_settings"]
    if "discounts" in params:
        set_discounts(world, sub, params["discounts"] or [])
    set_end(world, sub, params)
    if "trial_end" in params:
        set_trial(world, sub, params["trial_end"])
    anchor = (params.get("billing_cycle_anchor") or {}).get("type") == "now"
    if params.get("items") or anchor:
        at = check_date(world, sub, params.get("proration_date"))
        change = changes.plan(world, sub, params.get("items") or [], at=at, reset=anchor)
        changes.carry_out(world, sub, change, behaviour=behaviour, payment=payment)
    world.tell("customer.subscription.updated", sub)
    return opened(world, sub, params.get("expand") or [])


def check_update(world: World, sub: Doc, params: Doc) -> None:
    if sub["status"] in ("canceled", "incomplete_expired"):
        free = {"metadata", "cancellation_details", "expand"}
        if set(params) - free:
            raise Invalid(
                "A canceled subscription can only update its cancellation_details and metadata.",
                param=min(set(params) - free),
            )
    if sub["schedule"] and ("cancel_at_period_end" in params or "cancel_at" in params):
        said = (
            "The subscription is managed by the subscription schedule `{}`, and updating any cancelation behavior directly "
            "is not allowed. Please update the schedule instead."
        )
        raise Invalid(said.format(sub["schedule"]), param="cancel_at_period_end")
    if sub["pending_update"] and params.get("items"):
        raise Invalid("This subscription has a pending update; it must be paid or expire first.", param="items")
    if params.get("items") and sub["status"] == "incomplete":
        raise Invalid("This subscription waits for its first payment and cannot change its items.", param="items")
    if params.get("cancel_at_period_end") and params.get("cancel_at"):
        raise Invalid("You may only specify one of cancel_at and cancel_at_period_end.", param="cancel_at")
    if params.get("default_payment_method"):
        world.get("payment_method", params["default_payment_method"], param="default_payment_method")


def check_date(world: World, sub: Doc, date: int | None) -> int:
    """The second that a change counts from: within this period, and not far off."""
    if date is None:
        return world.now()
    if not sub["items"]["data"][0]["current_period_start"] <= date <= subs.period_end(sub):
        raise Invalid("The proration date must be within the current billing period.", param="proration_date")
    return date


def set_end(world: World, sub: Doc, params: Doc) -> None:
    if (details := params.get("cancellation_details")) is not None:
        sub["cancellation_details"] |= {key: it or None for key, it in (details or {}).items()}
    if "cancel_at_period_end" in params:
        keep = dict(sub["cancellation_details"])
        subs.plan_end(world, sub, subs.period_end(sub) if params["cancel_at_period_end"] else None, period=True)
        if params["cancel_at_period_end"]:
            sub["cancellation_details"] |= {"comment": keep["comment"], "feedback": keep["feedback"]}
    elif "cancel_at" in params:
        at = params["cancel_at"] or None
        if at in ("min_period_end", "max_period_end"):
            at = subs.period_end(sub)
        if at and at <= world.now():
            raise Invalid("cancel_at must be in the future.", param="cancel_at")
        subs.plan_end(world, sub, at, period=False)


def set_trial(world: World, sub: Doc, end: Any) -> None:
    now = world.now()
    end = now if end == "now" else int(end)
    if end < now:
        raise Invalid("Invalid timestamp: must be an integer Unix timestamp in the future.", param="trial_end")
    if sub["status"] not in ("trialing", "active", "past_due"):
        raise Invalid("This subscription cannot go on trial.", param="trial_end")
    sub |= {
        "trial_end": end,
        "trial_start": sub["trial_start"] or now,
        "billing_cycle_anchor": end,
        "status": "trialing",
    }
    for item in sub["items"]["data"]:
        item["current_period_end"] = end
    sub["_"].pop("warned", None)
    if end == now:
        turning.renew(world, sub)
        turning.close_draft(world, world.get("invoice", sub["latest_invoice"]))


def set_discounts(world: World, sub: Doc, wanted: list[Doc]) -> None:
    found = []
    for number, row in enumerate(wanted):
        where = f"discounts[{number}]"
        if row.get("discount"):
            if row["discount"] not in sub["discounts"]:
                raise Invalid(
                    f"No such discount: '{row['discount']}'", param=f"{where}[discount]", code="resource_missing"
                )
            found.append(row["discount"])
            continue
        code = None
        if row.get("promotion_code"):
            promotion = world.get("promotion_code", row["promotion_code"], param=f"{where}[promotion_code]")
            code = promotion["id"]
            subtotal = sum(line["amount"] for line in period_lines(world, sub["items"]["data"], 0, 1))
            coupon = discounts.check_code(
                world, promotion, customer=sub["customer"], currency=sub["currency"], subtotal=subtotal, param=where
            )
        else:
            coupon = world.live("coupon", row.get("coupon", ""), param=f"{where}[coupon]")
            discounts.check_coupon(world, coupon, sub["currency"], param=f"{where}[coupon]")
        made = discounts.redeem(world, coupon=coupon["id"], code=code, customer=sub["customer"], subscription=sub["id"])
        found.append(made["id"])
    sub["discounts"] = found


def cancel(world: World, params: Doc, name: str) -> Doc:
    sub = world.get("subscription", name, in_path=True)
    if sub["status"] in ("canceled", "incomplete_expired"):
        raise gone(name)
    if details := params.get("cancellation_details"):
        sub["cancellation_details"] |= {key: it or None for key, it in details.items()}
    if sub["status"] == "incomplete":
        subs.expire(world, sub)
    else:
        subs.end(
            world,
            sub,
            reason="cancellation_requested",
            prorate=params.get("prorate", False),
            invoice_now=params.get("invoice_now", False),
        )
    return opened(world, sub, params.get("expand") or [])


def gone(name: str) -> Problem:
    problem = Invalid(f"No such subscription: {name}", param="id", code="resource_missing")
    problem.status = 404
    return problem


def resume(world: World, params: Doc, name: str) -> Doc:
    sub = world.get("subscription", name, in_path=True)
    if sub["status"] != "paused":
        raise Invalid("Only a paused subscription can be resumed.", param="subscription")
    subs.resume(world, sub)
    return opened(world, sub, params.get("expand") or [])


# --- schedules ---------------------------------------------------------------------------------------------------------


def create_schedule(world: World, params: Doc) -> Doc:
    if not params.get("from_subscription"):
        raise Invalid("The stand-in makes schedules from subscriptions only.", param="from_subscription")
    if params.get("phases") or params.get("end_behavior"):
        raise Invalid(
            "You cannot set phases or end_behavior together with from_subscription.", param="from_subscription"
        )
    sub = world.get("subscription", params["from_subscription"], param="from_subscription")
    return schedules.begin(world, sub, check_metadata(params.get("metadata")))


def retrieve_schedule(world: World, params: Doc, name: str) -> Doc:
    return opened(world, world.get("subscription_schedule", name, in_path=True), params.get("expand") or [])


def update_schedule(world: World, params: Doc, name: str) -> Doc:
    schedule = world.get("subscription_schedule", name, in_path=True)
    check_active(schedule)
    merge_metadata(schedule, params)
    schedule["end_behavior"] = params.get("end_behavior", schedule["end_behavior"])
    if "phases" in params:
        schedules.set_phases(world, schedule, params["phases"])
    world.tell("subscription_schedule.updated", schedule)
    return schedule


def release_schedule(world: World, _params: Doc, name: str) -> Doc:
    schedule = world.get("subscription_schedule", name, in_path=True)
    check_active(schedule)
    schedules.release(world, schedule)
    return schedule


def check_active(schedule: Doc) -> None:
    if schedule["status"] not in ("active", "not_started"):
        raise Invalid(f"This schedule is {schedule['status']} and cannot change any more.", param="schedule")


# --- previews ----------------------------------------------------------------------------------------------------------


def preview(world: World, params: Doc) -> Doc:
    """The invoice that a change, or the next period, would make. With the same date the change then costs just that."""
    details = params.get("subscription_details") or {}
    if "subscription" not in params:
        return preview_new(world, params, details)
    sub = world.get("subscription", params["subscription"], param="subscription")
    if sub["status"] in ("canceled", "incomplete_expired"):
        raise Invalid("No upcoming invoices for customer", param="subscription", code="invoice_upcoming_none")
    if details.get("cancel_at_period_end") or (
        sub["cancel_at"] and not details.get("items") and not sub["_"].get("aside")
    ):
        raise Invalid("No upcoming invoices for customer", param="subscription", code="invoice_upcoming_none")
    if not details.get("items"):
        return opened(world, turning.upcoming(world, sub), params.get("expand") or [])
    behaviour = details.get("proration_behavior", "create_prorations")
    at = check_date(world, sub, details.get("proration_date"))
    change = changes.plan(world, sub, details["items"], at=at)
    lines = changes.due_now(change, behaviour)
    if not lines:
        aside = [*sub["_"].get("aside", []), *(change["lines"] if behaviour == "create_prorations" else [])]
        return opened(
            world, turning.upcoming(world, sub, items=change["items"], aside=aside), params.get("expand") or []
        )
    from memberships.standin.ledger.invoices import draft

    invoice = draft(
        world, customer=world.get("customer", sub["customer"]), currency=sub["currency"], lines=lines, reason="upcoming", sub=sub,
        coupons=discounts.live_discounts(world, sub), taxed=sub["automatic_tax"]["enabled"], preview=True,
    )  # fmt: skip
    invoice["parent"]["subscription_details"]["subscription_proration_date"] = at
    return opened(world, invoice, params.get("expand") or [])


def preview_new(world: World, params: Doc, details: Doc) -> Doc:
    if "customer" not in params or not details.get("items"):
        raise Invalid(
            "You must pass a subscription, or a customer and items.", param="customer", code="parameter_missing"
        )
    customer, now = world.live("customer", params["customer"], param="customer"), world.now()
    from memberships.standin.ledger.invoices import draft

    prices = [world.get("price", it["price"], param="subscription_details[items]") for it in details["items"]]
    items = [
        subs.new_item(
            world, "sub_new", price["id"], it.get("quantity", 1), now, next_after(now, price["recurring"], now)
        )
        for price, it in zip(prices, details["items"], strict=True)
    ]
    lines = period_lines(world, items, now, items[0]["current_period_end"])
    taxed = bool((params.get("automatic_tax") or {}).get("enabled"))
    invoice = draft(
        world,
        customer=customer,
        currency=prices[0]["currency"],
        lines=lines,
        reason="upcoming",
        taxed=taxed,
        preview=True,
    )
    return opened(world, invoice, params.get("expand") or [])
