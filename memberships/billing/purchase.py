"""Purchase: something bought once, for others. And what of it went back (Repayment).

Their tables belong to billing; `models.py` hands them on.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from memberships.billing.guard import Guard


class Purchase(Guard):
    """Something bought once, for others: a gift, or seats. uuid is the idempotency key of its session.

    form: the form it was sent with, so that one form is one purchase however often it is sent. quantity: how many times the price.
    total: with tax, net: without, in minor units. paid_at: when it was handed over, which happens once. invoice_id, number: Stripe's
    bill of it. brand_share: in hundredths of a percent, as it was when it was paid. The guard is about what went back.
    """

    class Kind(models.TextChoices):
        GIFT = "gift", _("a gift")
        SEATS = "seats", _("seats for others")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        PAID = "paid", _("paid")
        EXPIRED = "expired", _("expired")
        REFUNDED = "refunded", _("paid back")
        DISPUTED = "disputed", _("taken back by the bank")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    form = models.CharField(max_length=80)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="purchases")
    community = models.ForeignKey("spaces.Community", on_delete=models.PROTECT, related_name="purchases")
    price = models.ForeignKey("tiers.Price", on_delete=models.PROTECT, related_name="purchases")
    kind = models.CharField(max_length=5, choices=Kind)
    quantity = models.PositiveIntegerField()
    months = models.PositiveSmallIntegerField()
    seats = models.PositiveSmallIntegerField(default=1)
    message = models.CharField(max_length=400, blank=True)
    opens_on = models.DateField(null=True, blank=True)
    session_id = models.CharField(max_length=120, unique=True, null=True, blank=True)
    payment_intent = models.CharField(max_length=80, blank=True, db_index=True)
    invoice_id = models.CharField(max_length=80, blank=True)
    number = models.CharField(max_length=60, blank=True)
    brand_share = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    net = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    livemode = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "form"], condition=~Q(status="expired"), name="purchase_once_a_form"
            )
        ]
        indexes = [models.Index(fields=["community", "paid_at"], name="purchase_income")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} ({self.status})"


class Repayment(models.Model):
    """Money of a purchase that went back; net is without the tax in it."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="repayments")
    stripe_id = models.CharField(max_length=80, unique=True)
    amount = models.BigIntegerField(default=0)
    net = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.stripe_id
