"""Stripe's objects as facts of ours: what a subscription and an invoice say, read where Stripe may leave things out."""

import datetime as dt
from typing import Any

from memberships.billing.gateway import Object

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


def yearly(item: Object) -> int:
    """What an item brings in a year, in minor units."""
    price = item["price"]
    recurring = price["recurring"]
    return (
        int(price["unit_amount"])
        * int(item.get("quantity") or 1)
        * MONTHS[recurring["interval"]]
        // int(recurring.get("interval_count") or 1)
    )


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
