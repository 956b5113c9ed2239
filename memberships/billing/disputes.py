"""Payments that a bank questions, of bills and of what was bought for others, as Stripe tells them."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from memberships.billing import gateway
from memberships.billing.gateway import Object
from memberships.billing.guard import claim_apply, next_fetch
from memberships.billing.models import Dispute, Invoice, Purchase, Subscription
from memberships.billing.money_away import follow_money, serve_again
from memberships.billing.money_away import without_tax as purchase_net
from memberships.billing.money_moved import invoice_line, paid_with, without_tax
from memberships.billing.purchases import purchase_line
from memberships.billing.reading_stripe import id_of, when
from memberships.billing.stopping import stop_now


def sync_dispute(stripe_id: str) -> Dispute | None:
    """None where it is about nothing of ours. What is paid again and again stays while it is open, and ends when it is lost, if the
    house says so; what was bought for others goes with its money and comes back with it."""
    found = gateway.retrieve_dispute(stripe_id)
    paid = paid_with(id_of(found.get("payment_intent")))
    if paid is None:
        return None
    bought = isinstance(paid, Purchase)
    made = {
        ("purchase" if bought else "invoice"): paid,
        "currency": found["currency"],
        "created_at": when(found["created"]),
    }
    row, _made = Dispute.objects.get_or_create(stripe_id=stripe_id, defaults=made)
    with transaction.atomic():
        seq = next_fetch(row)
    found = gateway.retrieve_dispute(stripe_id)
    with transaction.atomic():
        if claim_apply(row, seq, timezone.now()):
            _apply(Dispute.objects.select_related("purchase", "invoice__subscription").get(pk=row.pk), found)
    if isinstance(paid, Purchase):
        serve_again(paid)
    elif settings.BILLING_LOST_DISPUTE_ENDS and Dispute.objects.filter(pk=row.pk, status="lost").exists():
        _end(paid)
    return Dispute.objects.get(pk=row.pk)


def _apply(row: Dispute, found: Object) -> None:
    now = when(gateway.now())
    row.amount, row.status, row.reason = found["amount"], str(found["status"]), str(found.get("reason") or "")
    row.net = _net(row)
    if row.status in Dispute.CLOSED and row.closed_at is None:
        row.closed_at = now
    row.save()
    _line("dispute.opened", row)
    if row.status in ("won", "lost"):
        _line(f"dispute.{row.status}", row)
    if row.purchase is not None:
        follow_money(row.purchase)


def _net(row: Dispute) -> int:
    if row.purchase is not None:
        return purchase_net(row.amount, row.purchase)
    assert row.invoice is not None
    return without_tax(row.amount, row.invoice)


def _line(verb: str, row: Dispute) -> None:
    at = row.created_at if verb == "dispute.opened" else row.closed_at or row.created_at
    if row.purchase is not None:
        purchase_line(verb, row.purchase, row.amount, row.net, at, key=f"{verb}:{row.pk}")
        return
    assert row.invoice is not None
    invoice_line(verb, row.invoice, row.amount, at, key=f"{verb}:{row.pk}")


def _end(invoice: Invoice) -> None:
    sub = Subscription.objects.get(pk=invoice.subscription_id)
    if sub.is_running:
        stop_now(sub)
