"""What was bought for others follows its money: away with all of it, by refunds or at a bank, and back with it."""

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from memberships.billing import gateway
from memberships.billing.gateway import Object
from memberships.billing.guard import claim_apply, next_fetch
from memberships.billing.models import Dispute, Purchase, Repayment
from memberships.billing.purchases import Kind, Status, purchase_line, ref_of
from memberships.billing.reading_stripe import when
from memberships.tiers.gifts import restore_gift, void_gift
from memberships.tiers.money import part
from memberships.tiers.seats import hand_out, restore_pool, void_pool

FAILED = ("failed", "canceled")  # a refund that did not arrive


def sync_repayments(row: Purchase) -> None:
    """What went back of a purchase, as Stripe lists it, and what follows from it.

    Records purchase.refunded once each, and refund.failed where it did not arrive.
    """
    with transaction.atomic():
        seq = next_fetch(row)
    found = gateway.list_refunds({"payment_intent": row.payment_intent, "limit": 100}).items
    with transaction.atomic():
        if not claim_apply(row, seq, timezone.now()):
            return
        for one in found:
            _keep_repayment(row, one)
        follow_money(row)
    serve_again(row)


def _keep_repayment(row: Purchase, found: Object) -> None:
    status, amount = str(found.get("status") or ""), int(found["amount"])
    net = without_tax(amount, row)
    made = {"purchase": row, "amount": amount, "net": net, "currency": found["currency"]}
    made |= {"status": status, "created_at": when(found["created"])}
    back, _made = Repayment.objects.update_or_create(stripe_id=found["id"], defaults=made)
    if status not in FAILED:
        purchase_line("purchase.refunded", row, amount, net, back.created_at, key=f"purchase.refunded:{back.pk}")
    else:
        key = f"refund.failed:purchase:{back.pk}"
        purchase_line("refund.failed", row, amount, net, when(gateway.now()), key=key)


def follow_money(row: Purchase) -> None:
    """While all of the money is away, by refunds that arrived or at a bank, so is what nobody holds yet, and an opened gift; it
    comes back with the money. Inside the transaction that wrote either; whoever comes second counts what the first one wrote."""
    Purchase.objects.filter(pk=row.pk).update(refunded=F("refunded"))  # holds the row until commit
    refunded = _sum(Repayment.objects.filter(purchase=row).exclude(status__in=FAILED))
    disputed = _sum(Dispute.objects.filter(purchase=row, status__in=Dispute.AWAY))
    if not settings.BILLING_LOST_DISPUTE_ENDS:
        disputed = 0
    whole = refunded + disputed >= row.total > 0
    status = (Status.DISPUTED if disputed else Status.REFUNDED) if whole else Status.PAID
    Purchase.objects.filter(pk=row.pk, paid_at__isnull=False).update(refunded=refunded, status=status)
    if row.kind == Kind.GIFT:
        (void_gift if whole else restore_gift)(ref_of(row))
    else:
        (void_pool if whole else restore_pool)(ref_of(row))


def serve_again(row: Purchase) -> None:
    """Seats that are good again go to whoever waits. Outside of any transaction."""
    if row.kind == Kind.SEATS:
        hand_out(row.price.tier)


def without_tax(amount: int, row: Purchase) -> int:
    return amount - (part(amount, row.tax, row.total) if row.total else 0)


def _sum(rows: QuerySet) -> int:
    return int(rows.aggregate(all=Sum("amount"))["all"] or 0)
