"""Who pays (Customer, Attempt, Subscription, Purchase), for how much less (Coupon), what was paid (Invoice, Refund, Dispute), and
what Stripe told us (StripeEvent)."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from memberships.billing.guard import Guarded
from memberships.billing.purchase import Purchase as Purchase
from memberships.billing.purchase import Repayment as Repayment
from memberships.tiers.money import percent


class Customer(models.Model):
    """A person as Stripe knows them: one in each mode and currency, found by this row alone and never by their address.

    deleted_at: somebody deleted it at Stripe; the next purchase makes another.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="customers")
    livemode = models.BooleanField()
    currency = models.CharField(max_length=3)
    stripe_id = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "livemode", "currency"],
                condition=Q(deleted_at__isnull=True),
                name="customer_once_a_currency",
            )
        ]

    def __str__(self) -> str:
        return self.stripe_id


class Coupon(models.Model):
    """An offer: whoever has its code pays less for a while. It never changes; it is put away and another one made.

    percent, or amount in minor units of `currency`. tiers: which it is for, none means all. uses: held by open attempts or used by
    complete ones, never more than `most` (None: as many as like). left_only: for whom paid here once and has left.
    """

    class Lasts(models.TextChoices):
        ONCE = "once", _("the first payment")
        MONTHS = "repeating", _("some months")
        FOREVER = "forever", _("for good")

    community = models.ForeignKey("spaces.Community", on_delete=models.PROTECT, related_name="coupons")
    code = models.CharField(_("code"), max_length=24)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    amount = models.PositiveBigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    lasts = models.CharField(max_length=9, choices=Lasts, default=Lasts.ONCE)
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    tiers = models.ManyToManyField("tiers.Tier", blank=True, related_name="+")
    most = models.PositiveIntegerField(null=True, blank=True)
    uses = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(null=True, blank=True)
    left_only = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    coupon_id = models.CharField(max_length=120, blank=True, editable=False)
    promotion_id = models.CharField(max_length=120, blank=True, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["community", "code"], name="coupon_code_once"),
            models.CheckConstraint(
                condition=Q(percent__isnull=False, amount__isnull=True, percent__gte=1, percent__lte=100)
                | Q(percent__isnull=True, amount__gt=0),
                name="coupon_percent_or_amount",
            ),
            models.CheckConstraint(condition=Q(most__isnull=True) | Q(uses__lte=F("most")), name="coupon_uses_at_most"),
        ]

    def __str__(self) -> str:
        return self.code


class Attempt(models.Model):
    """Somebody went to the till: at most one open at a time for a person and a community, whatever they click and wherever.

    uuid is the idempotency key of the session, so asking again can make no second one. session_id "" : Stripe has not
    answered yet. coupon: one use of it is held while this is open, used once it is complete, and given back otherwise. A debit can
    be complete for days and come to nothing: then it has failed.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        COMPLETE = "complete", _("complete")
        EXPIRED = "expired", _("expired")
        ABANDONED = "abandoned", _("left for another")
        FAILED = "failed", _("the payment never came")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attempts")
    community = models.ForeignKey("spaces.Community", on_delete=models.PROTECT, related_name="+")
    price = models.ForeignKey("tiers.Price", on_delete=models.PROTECT, related_name="attempts")
    coupon = models.ForeignKey(Coupon, null=True, blank=True, on_delete=models.PROTECT, related_name="attempts")
    trial_days = models.PositiveSmallIntegerField(default=0)
    session_id = models.CharField(max_length=120, unique=True, null=True, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "community"], condition=Q(status="open"), name="attempt_one_open_a_community"
            ),
            models.UniqueConstraint(
                fields=["user", "coupon"],
                condition=Q(status__in=["open", "complete"]),
                name="attempt_coupon_once_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.price_id} ({self.status})"


class Subscription(Guarded):
    """What somebody pays again and again. It gives a tier by one Grant (source "stripe", ref: its id).

    amount: minor units of `currency` an `interval`. charged: the same after discounts, and discount_ends when it is the full
    amount again. worth: what it brings in a year as it stands, without tax, 0 on trial and where nothing is paid. paid_once: the
    first invoice was paid, or asked for nothing; before that there is no access. unpaid_since: the start of the oldest period that
    was not paid. lapsed_at: when its grace ended without the payment. next_price: what it moves to when the period ends.
    doubled_at: beside another one of the same person that could not be undone by itself: staff must look.
    """

    RUNNING = ("trialing", "active", "past_due", "unpaid", "paused")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="subscriptions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="subscriptions")
    community = models.ForeignKey("spaces.Community", on_delete=models.PROTECT, related_name="subscriptions")
    price = models.ForeignKey("tiers.Price", on_delete=models.PROTECT, related_name="subscriptions")
    item_id = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=20, blank=True)
    currency = models.CharField(max_length=3)
    amount = models.PositiveBigIntegerField(default=0)
    charged = models.PositiveBigIntegerField(default=0)
    discount_ends = models.DateTimeField(null=True, blank=True)
    worth = models.PositiveBigIntegerField(default=0)
    paid_once = models.BooleanField(default=False)
    period_start = models.DateTimeField(null=True, blank=True)
    period_end = models.DateTimeField(null=True, blank=True)
    trial_end = models.DateTimeField(null=True, blank=True)
    cancel_at = models.DateTimeField(null=True, blank=True)
    unpaid_since = models.DateTimeField(null=True, blank=True)
    lapsed_at = models.DateTimeField(null=True, blank=True)
    pending_update = models.BooleanField(default=False)
    schedule_id = models.CharField(max_length=80, blank=True)
    next_price = models.ForeignKey("tiers.Price", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    latest_invoice = models.CharField(max_length=80, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)
    livemode = models.BooleanField()
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    doubled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "community"], name="subscription_of"),
            models.Index(fields=["community", "status"], name="subscription_running"),
        ]

    def __str__(self) -> str:
        return f"{self.stripe_id} ({self.status})"

    @property
    def is_running(self) -> bool:
        return self.status in self.RUNNING


class Invoice(Guarded):
    """One bill. Amounts in minor units of `currency`: total with tax, tax of it, paid, refunded; net: what of paid is no tax.

    held: the payer's bank wants to be asked before it pays.
    brand_share: the brand's share of it in hundredths of a percent, as it was in force when it was paid; it never changes after.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="invoices")
    number = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    net = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    brand_share = models.PositiveSmallIntegerField(default=0)
    payment_intent = models.CharField(max_length=80, blank=True, db_index=True)
    held = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["subscription", "-created_at"], name="invoice_of"),
            models.Index(fields=["paid_at"], name="invoice_paid_at", condition=Q(paid_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number or self.stripe_id

    @property
    def community(self) -> Any:
        return self.subscription.community


class Refund(Guarded):
    """Money that went back. net: without the tax in it. failed: it did not arrive, and is ours again."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField(default=0)
    net = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.stripe_id


class Dispute(Guarded):
    """Somebody told their bank that they did not want this payment: of a bill, or of a purchase for others. net: without tax.

    closed_at: when it came to an end. While its money is AWAY, so is what was bought with it for others.
    """

    CLOSED = ("won", "lost", "warning_closed", "prevented")
    AWAY = ("needs_response", "under_review", "lost")

    invoice = models.ForeignKey(Invoice, null=True, blank=True, on_delete=models.PROTECT, related_name="disputes")
    purchase = models.ForeignKey(Purchase, null=True, blank=True, on_delete=models.PROTECT, related_name="disputes")
    amount = models.BigIntegerField(default=0)
    net = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=30, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, purchase__isnull=True)
                | Q(invoice__isnull=True, purchase__isnull=False),
                name="dispute_of_one_payment",
            )
        ]

    def __str__(self) -> str:
        return self.stripe_id

    @property
    def community(self) -> Any:
        paid: Any = self.invoice or self.purchase
        return paid.community


class BrandShare(models.Model):
    """What the brand keeps of a community's income from `starts` on, in hundredths of a percent, until the next row. Insert-only."""

    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="brand_shares")
    share = models.PositiveSmallIntegerField(_("share"))
    starts = models.DateTimeField(_("from"), default=timezone.now)
    reason = models.CharField(_("reason"), max_length=300)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-starts", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(share__lte=10_000), name="brand_share_of_the_whole")]
        indexes = [models.Index(fields=["community", "-starts"], name="brand_share_in_force")]

    def __str__(self) -> str:
        return f"{self.percent} %"

    @property
    def percent(self) -> str:
        """`1250` as `12.5`."""
        return percent(self.share)


class Leaving(models.Model):
    """Why somebody ended what they pay, where they cared to say so."""

    class Why(models.TextChoices):
        PRICE = "price", _("It costs too much for me")
        TIME = "time", _("I have no time for it")
        EXPECTED = "expected", _("I expected something else")
        DONE = "done", _("I got what I came for")
        OTHER = "other", _("Something else")

    subscription = models.OneToOneField(Subscription, on_delete=models.CASCADE, related_name="leaving")
    why = models.CharField(max_length=10, choices=Why, blank=True)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.why or self.note[:40]


class StripeEvent(models.Model):
    """The inbox: one message of Stripe, once, worked off by the worker.

    subject: the object it is about, which is asked for anew; what the message says of it is not kept.
    missed: it never came, and a look found it.
    """

    class Status(models.TextChoices):
        NEW = "new", _("waiting")
        FAILED = "failed", _("tried, to be tried again")
        DONE = "done", _("done")
        IGNORED = "ignored", _("not ours")
        DEAD = "dead", _("given up")

    OPEN = (Status.NEW, Status.FAILED)

    event_id = models.CharField(max_length=80, unique=True)
    type = models.CharField(max_length=80)
    subject = models.CharField(max_length=120, blank=True)
    created = models.DateTimeField()
    livemode = models.BooleanField()
    account = models.CharField(max_length=80, blank=True)
    api_version = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=7, choices=Status, default=Status.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=300, blank=True)
    deliveries = models.PositiveIntegerField(default=1)
    missed = models.BooleanField(default=False)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="event_due", condition=Q(status__in=["new", "failed"])),
            models.Index(fields=["subject"], name="event_subject", condition=Q(status__in=["new", "failed"])),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class Look(models.Model):
    """One look for what we were not told: how many messages had not come, and which subscriptions stood otherwise at Stripe.

    found: a line for each of those. error: why it came to no end.
    """

    class Kind(models.TextChoices):
        MESSAGES = "messages", _("lost messages")
        SUBSCRIPTIONS = "subscriptions", _("subscriptions compared")

    kind = models.CharField(max_length=13, choices=Kind)
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    seen = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    found = models.TextField(blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("look at Stripe")
        verbose_name_plural = _("looks at Stripe")
        indexes = [models.Index(fields=["kind", "-began_at"], name="look_of_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.began_at:%Y-%m-%d %H:%M}"
