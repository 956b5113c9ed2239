"""Customers: made, changed, read; gone ones are a name and nothing else."""

from __future__ import annotations

from typing import Any

from memberships.standin.calls.listing import check_metadata, merge_metadata
from memberships.standin.faults import Invalid
from memberships.standin.ledger import subs
from memberships.standin.shapes import blank, opened
from memberships.standin.world import World

Doc = dict[str, Any]
ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def make(world: World, params: Doc) -> Doc:
    check_email(params)
    customer = blank(
        "customer",
        id=world.id("cus", 14),
        object="customer",
        address=address(params.get("address")),
        balance=0,
        created=world.now(),
        delinquent=False,
        description=params.get("description"),
        email=params.get("email"),
        invoice_prefix=world.id("", 8)[1:].upper(),
        invoice_settings=dict.fromkeys(("custom_fields", "default_payment_method", "footer", "rendering_options")),
        livemode=False,
        metadata=check_metadata(params.get("metadata")),
        name=params.get("name"),
        next_invoice_sequence=1,
        preferred_locales=params.get("preferred_locales", []),
        tax_exempt="none",
    )
    world.add("customer", customer)
    world.tell("customer.created", customer)
    return customer


def check_email(params: Doc) -> None:
    email = params.get("email")
    if email and ("@" not in email or " " in email or len(email) > 512):
        raise Invalid(f"Invalid email address: {email}", param="email", code="email_invalid")


def address(given: Any) -> Doc | None:
    return {name: given.get(name) for name in ADDRESS} if given else None


def retrieve(world: World, params: Doc, name: str) -> Doc:
    customer = world.get("customer", name, in_path=True)
    if customer.get("deleted"):
        return {"id": name, "object": "customer", "deleted": True}
    return opened(world, customer, params.get("expand") or [])


def update(world: World, params: Doc, name: str) -> Doc:
    customer = world.live("customer", name, in_path=True)
    check_email(params)
    merge_metadata(customer, params)
    for field in ("name", "email", "description", "preferred_locales"):
        if field in params:
            customer[field] = params[field] if params[field] != "" else None
    if "address" in params:
        customer["address"] = address(params["address"])
    if settings := params.get("invoice_settings"):
        if method := settings.get("default_payment_method"):
            world.get("payment_method", method, param="invoice_settings[default_payment_method]")
        customer["invoice_settings"] |= {key: it or None for key, it in settings.items()}
    world.tell("customer.updated", customer)
    return customer


def delete(world: World, name: str) -> None:
    """What somebody does in the dashboard: their subscriptions end at once."""
    customer = world.live("customer", name)
    for sub in world.mine("subscription", customer=name):
        if sub["status"] in (*subs.LIVE, "incomplete"):
            subs.end(world, sub, reason="cancellation_requested")
    world.tell("customer.deleted", customer)
    customer["deleted"] = True
