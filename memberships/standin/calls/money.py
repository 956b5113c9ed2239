"""Invoices, payments, charges, refunds and disputes, as the interface reads them and sends money back."""

from __future__ import annotations

from typing import Any

from memberships.standin.calls.listing import check_metadata, equal, paged
from memberships.standin.faults import Invalid
from memberships.standin.ledger import payments
from memberships.standin.ledger.invoices import subscription_of
from memberships.standin.shapes import opened
from memberships.standin.world import World

Doc = dict[str, Any]


def list_invoices(world: World, params: Doc) -> Doc:
    same, sub = equal(params, "customer", "status", "collection_method"), params.get("subscription")
    keep = lambda it: same(it) and sub in (None, subscription_of(it))  # noqa: E731
    return paged(world, world.all("invoice"), params, "/v1/invoices", keep)


def list_invoice_payments(world: World, params: Doc) -> Doc:
    return paged(
        world, world.all("invoice_payment"), params, "/v1/invoice_payments", equal(params, "invoice", "status")
    )


def create_refund(world: World, params: Doc) -> Doc:
    if "payment_intent" in params:
        intent = world.get("payment_intent", params["payment_intent"], param="payment_intent")
    elif "charge" in params:
        intent = world.get("payment_intent", world.get("charge", params["charge"], param="charge")["payment_intent"])
    else:
        raise Invalid(
            "One of the following params should be provided: payment_intent or charge.", param="payment_intent"
        )
    back = payments.refund(
        world,
        intent,
        params.get("amount"),
        reason=params.get("reason"),
        metadata=check_metadata(params.get("metadata")),
    )
    return opened(world, back, params.get("expand") or [])


def list_refunds(world: World, params: Doc) -> Doc:
    return paged(world, world.all("refund"), params, "/v1/refunds", equal(params, "charge", "payment_intent"))
