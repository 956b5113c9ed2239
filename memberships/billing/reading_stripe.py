"""Stripe's objects as facts of ours: what a subscription and an invoice say, read where Stripe may leave things out."""

import datetime as dt
from decimal import Decimal
from typing import Any

from memberships.billing.gateway import Object
from memberships.tiers.money import part

MONTHS = {"month": 12, "year": 1}


def moment(stamp: int | None) -> dt.datetime | None:
    return dt.datetime.fromtimestamp(stamp, dt.UTC) if stamp else None


def when(stamp: int) -> dt.datetime:
    """A moment that Stripe always tells."""
    return dt.datetime.fromtimestamp(stamp, dt.UTC)


def id_of(thing: Any) -> str:
    """An object, its id, or nothing."""
    return str(thing["id"] if isinstance(thing, dict) else thing or "")


def item_of(sub: Object) -> Object:
    """The one thing that a subscription of ours holds."""
    return dict(sub["items"]["data"][0])


def price_id_of(sub: Object) -> str:
    return id_of(item_of(sub)["price"])


def interval_amount(item: Object) -> int:
    """The full price of an item's interval, in minor units."""
    return int(item["price"]["unit_amount"]) * int(item.get("quantity") or 1)


def discount_on(sub: Object, full: int, now: int) -> tuple[int, dt.datetime | None]:
    """What is off the price of the running period, and when it is the full price again (None: not by itself).

    Asked with `discounts.source.coupon` expanded. One for the first payment is gone from the subscription once that is paid: the bill
    of the running period still says it.
    """
    running = [one for one in sub.get("discounts") or [] if isinstance(one, dict) and (one.get("end") or 1 << 40) > now]
    left, ends = full, []
    for one in running:
        coupon = one["source"]["coupon"]
        percent, amount = coupon.get("percent_off"), int(coupon.get("amount_off") or 0)
        left -= part(left, int(Decimal(str(percent)) * 100), 10_000) if percent else min(left, amount)
        ends.append(item_of(sub)["current_period_end"] if coupon["duration"] == "once" else one.get("end"))
    if left < full:
        return full - left, moment(min((end for end in ends if end), default=None))
    bill = sub.get("latest_invoice")
    if isinstance(bill, dict) and bill.get("billing_reason") in ("subscription_create", "subscription_cycle"):
        felt = sum(int(row["amount"]) for row in bill.get("total_discount_amounts") or [])
        if felt and int(bill["subtotal"]) == full:
            return min(felt, full), moment(item_of(sub)["current_period_end"])
    return 0, None


def yearly(sub: Object, charged: int) -> int:
    """What a subscription brings in a year where so much is charged an interval: without the tax that its bill has inside."""
    bill, recurring = sub.get("latest_invoice"), item_of(sub)["price"]["recurring"]
    if isinstance(bill, dict) and int(bill.get("total") or 0) > 0:
        rows = bill.get("total_taxes") or []
        inside = sum(int(row["amount"]) for row in rows if row.get("tax_behavior") == "inclusive")
        beside = sum(int(row["amount"]) for row in rows) - inside
        charged -= part(charged, inside, int(bill["total"]) - beside)
    return charged * MONTHS[recurring["interval"]] // int(recurring.get("interval_count") or 1)


def ends_at(sub: Object) -> dt.datetime | None:
    """The planned end. Stripe says it in either of two fields."""
    if sub.get("cancel_at"):
        return moment(sub["cancel_at"])
    return moment(item_of(sub)["current_period_end"]) if sub.get("cancel_at_period_end") else None


def first_is_paid(sub: Object) -> bool:
    """Is the newest invoice paid? Of a subscription that never was, it is the first. Asked with `latest_invoice` expanded."""
    invoice = sub.get("latest_invoice")
    return isinstance(invoice, dict) and invoice.get("status") == "paid"


def subscription_of(invoice: Object) -> str:
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    return id_of(details.get("subscription"))


def tax_of(invoice: Object) -> int:
    return sum(int(row["amount"]) for row in invoice.get("total_taxes") or [])


def payment_of(invoice: Object) -> str:
    """The payment that settled it; asked with `payments` expanded."""
    return _payment(invoice, "paid")


def open_payment_of(invoice: Object) -> str:
    """The payment that is still tried."""
    return _payment(invoice, "open")


def _payment(invoice: Object, status: str) -> str:
    for row in (invoice.get("payments") or {}).get("data") or []:
        if row.get("status") == status and (row.get("payment") or {}).get("payment_intent"):
            return id_of(row["payment"]["payment_intent"])
    return ""
