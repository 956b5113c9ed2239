"""Invoices and refunds as Stripe tells them, and what a payment was for; the ledger gets each movement of money once."""

from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from communities.activity.actions import record
from memberships.billing import gateway
from memberships.billing.brand_share import share_at
from memberships.billing.gateway import Object
from memberships.billing.guard import claim_apply, next_fetch
from memberships.billing.models import Customer, Invoice, Purchase, Refund, Subscription
from memberships.billing.money_away import FAILED, sync_repayments
from memberships.billing.reading_stripe import (
    id_of,
    moment,
    open_payment_of,
    payment_of,
    subscription_of,
    tax_of,
    when,
)
from memberships.billing.sync import number_of, sync_session, sync_subscription
from memberships.tiers.money import part


def sync_invoice(stripe_id: str) -> Invoice | None:
    """The bill as Stripe says it, and its subscription with it; None where it is not of a subscription of ours."""
    row = Invoice.objects.filter(stripe_id=stripe_id).first()
    if row is None:
        found = gateway.retrieve_invoice(stripe_id)
        name = subscription_of(found)
        owner = sync_subscription(name) if name else None
        if owner is None:
            return None
        made = {"subscription": owner, "currency": found["currency"], "created_at": when(found["created"])}
        row, _made = Invoice.objects.get_or_create(stripe_id=stripe_id, defaults=made)
    else:
        sync_subscription(row.subscription.stripe_id)
    with transaction.atomic():
        seq = next_fetch(row)
    found = gateway.retrieve_invoice(stripe_id, expand=["payments"])
    held = _is_held(found)
    with transaction.atomic():
        if claim_apply(row, seq, timezone.now()):
            _apply_invoice(Invoice.objects.select_related("subscription").get(pk=row.pk), found, held)
    return Invoice.objects.get(pk=row.pk)


def _is_held(found: Object) -> bool:
    """Does the payer's bank want to be asked? Only the payment itself knows."""
    intent = open_payment_of(found) if found["status"] == "open" and found.get("attempt_count") else ""
    if not intent:
        return False
    payment = gateway.retrieve_payment(intent)
    code = str((payment.get("last_payment_error") or {}).get("code") or "")
    return payment["status"] == "requires_action" or code == "authentication_required"


def _apply_invoice(row: Invoice, found: Object, held: bool) -> None:
    was, tried, was_held = row.status, row.attempts, row.held
    row.held = held
    row.number, row.status = str(found.get("number") or ""), str(found["status"])
    row.reason, row.currency = str(found.get("billing_reason") or ""), found["currency"]
    row.total, row.tax, row.paid = found["total"], tax_of(found), found["amount_paid"]
    row.payment_intent = payment_of(found) or row.payment_intent
    row.attempts, row.next_attempt_at = int(found.get("attempt_count") or 0), moment(found.get("next_payment_attempt"))
    row.net = without_tax(row.paid, row)
    row.paid_at = moment((found.get("status_transitions") or {}).get("paid_at"))
    if row.paid_at is not None and row.status == "paid" != was:
        row.brand_share = share_at(row.subscription.community_id, row.paid_at)
    row.save()
    if row.status == "paid" != was and row.paid:
        invoice_line("invoice.paid", row, row.paid, row.paid_at, key=f"invoice.paid:{row.pk}")
    if row.status == "open" and row.attempts > tried:
        invoice_line(
            "invoice.failed", row, row.total, when(gateway.now()), key=f"invoice.failed:{row.pk}:{row.attempts}"
        )
    if held and not was_held and row.subscription.started_at is not None:
        invoice_line("payment.held", row, row.total, when(gateway.now()), key=f"payment.held:{row.pk}")


def sync_refund(stripe_id: str) -> Refund | Purchase | None:
    """Money that went back to a payer of ours; access to what is paid again and again does not end by it. None: of something else."""
    found = gateway.retrieve_refund(stripe_id)
    invoice = paid_with(id_of(found.get("payment_intent")))
    if isinstance(invoice, Purchase):
        sync_repayments(invoice)
    if invoice is None or isinstance(invoice, Purchase):
        return invoice
    made = {"invoice": invoice, "currency": found["currency"], "created_at": when(found["created"])}
    row, _made = Refund.objects.get_or_create(stripe_id=stripe_id, defaults=made)
    with transaction.atomic():
        seq = next_fetch(row)
    found = gateway.retrieve_refund(stripe_id)
    with transaction.atomic():
        if claim_apply(row, seq, timezone.now()):
            row.amount, row.status = found["amount"], str(found.get("status") or "")
            net = without_tax(row.amount, invoice)
            Refund.objects.filter(pk=row.pk).update(amount=row.amount, net=net, status=row.status)
            _count_refunds(invoice)
            if row.status not in FAILED:
                invoice_line("invoice.refunded", invoice, row.amount, row.created_at, key=f"invoice.refunded:{row.pk}")
            else:
                invoice_line("refund.failed", invoice, row.amount, when(gateway.now()), key=f"refund.failed:{row.pk}")
    return row


def _count_refunds(invoice: Invoice) -> None:
    back = Refund.objects.filter(invoice=invoice).exclude(status__in=FAILED)
    Invoice.objects.filter(pk=invoice.pk).update(refunded=back.aggregate(all=Sum("amount"))["all"] or 0)


def paid_with(intent: str) -> Invoice | Purchase | None:
    """The bill or the purchase of ours that this payment settled; where we have not heard of it yet, what the payment says of itself
    and its payer's newest bills are read first."""
    if not intent or (known := _known(intent)) is not None:
        return known if intent else None
    payment = gateway.retrieve_payment(intent)
    bought = Purchase.objects.filter(uuid=number_of((payment.get("metadata") or {}).get("purchase"))).first()
    if bought is not None and bought.session_id:
        sync_session(bought.session_id)
    elif Customer.objects.filter(stripe_id=id_of(payment.get("customer"))).exists():
        for found in gateway.list_invoices({"customer": id_of(payment["customer"]), "limit": 10}).items:
            sync_invoice(found["id"])
    return _known(intent)


def _known(intent: str) -> Invoice | Purchase | None:
    bought = Purchase.objects.filter(payment_intent=intent).select_related("price__tier").first()
    return bought or Invoice.objects.filter(payment_intent=intent).select_related("subscription").first()


def without_tax(amount: int, bill: Invoice) -> int:
    """What of this much money of a bill is no tax, in the proportion that the bill has."""
    return amount - (part(amount, bill.tax, bill.total) if bill.total else 0)


def invoice_line(verb: str, invoice: Invoice, amount: int, at: Any, *, key: str) -> None:
    """amount with tax; after: without it, the tax in the same proportion as on the bill."""
    sub: Subscription = invoice.subscription
    net = without_tax(amount, invoice)
    about: dict[str, Any] = {"kind": "subscription", "object_id": sub.pk, "currency": invoice.currency}
    about |= {"amount": amount, "before": 0, "after": net, "occurred_at": at}
    record(verb, community=sub.community_id, actor=sub.user_id, key=key, **about)
