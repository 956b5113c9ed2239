"""Tier and its prices, what it promises (Benefit, Due), where its money goes (Use), how it changed, who holds it (Grant), and what
was paid for others to hold it (Gift, Pool, Ask)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from memberships.tiers.money import percent

CHANGED: dict[str, Promise] = {
    "name": _("name"),
    "why": _("why it exists"),
    "what": _("what you get"),
    "how": _("how it helps"),
    "level": _("the step it opens"),
    "trial_days": _("days to try it"),
    "state": _("state"),
    "price": _("price"),
    "benefit": _("promise"),
}


class Tier(models.Model):
    """What somebody buys or is given; it opens `level`, a rung of its community. Free without prices, paid with them.

    why, what, how: why it exists, what one gets, how it helps the community grow; it cannot open without a why.
    archived: nobody buys it any more, whoever holds it keeps it. product: Stripe's id of it, "" until it was pushed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being written")
        OPEN = "open", _("open")
        ARCHIVED = "archived", _("no longer offered")

    community = models.ForeignKey("spaces.Community", on_delete=models.PROTECT, related_name="tiers")
    level = models.PositiveSmallIntegerField(_("opens the step"))
    slug = models.CharField(_("address"), max_length=48)
    name = models.CharField(_("name"), max_length=60)
    why = models.TextField(_("why it exists"), max_length=1000, blank=True)
    what = models.TextField(_("what you get"), max_length=1000, blank=True)
    how = models.TextField(_("how it helps"), max_length=1000, blank=True)
    trial_days = models.PositiveSmallIntegerField(_("days to try it"), default=0)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    position = models.PositiveSmallIntegerField(default=0)
    product = models.CharField(max_length=80, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["position", "level", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["community", "slug"], name="tier_slug_once"),
            models.CheckConstraint(condition=Q(state="draft") | ~Q(why=""), name="tier_open_says_why"),
        ]

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """amount: minor units of `currency`, tax on top or inside as the installation says. Never changed after it was sold: a new
    amount is a new row, and the old one (active: False) stays for whoever pays it, until they are told: moves_to is the new one, which
    they pay with their first payment after moves_from. once_id: Stripe's price of the same amount that is paid once, for gifts and
    seats."""

    class Interval(models.TextChoices):
        MONTH = "month", _("a month")
        YEAR = "year", _("a year")

    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="prices")
    interval = models.CharField(max_length=5, choices=Interval)
    currency = models.CharField(max_length=3)
    amount = models.PositiveBigIntegerField()
    active = models.BooleanField(default=True)
    stripe_id = models.CharField(max_length=80, unique=True, null=True, blank=True, editable=False)
    once_id = models.CharField(max_length=80, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    moves_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    moves_from = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["currency", "interval", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tier", "interval", "currency"], condition=Q(active=True), name="price_one_active"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="price_is_not_free"),
            models.CheckConstraint(
                condition=Q(moves_to__isnull=True, moves_from__isnull=True)
                | Q(moves_to__isnull=False, moves_from__isnull=False, active=False),
                name="price_moves_when_it_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier_id}: {self.amount} {self.currency} {self.interval}"


class Benefit(models.Model):
    """One thing that a tier promises. every: how often it falls due; "" is simply always there."""

    class Every(models.TextChoices):
        ALWAYS = "", _("always there")
        ONCE = "once", _("once")
        MONTH = "month", _("every month")
        QUARTER = "quarter", _("every quarter")
        YEAR = "year", _("every year")

    tier = models.ForeignKey(Tier, on_delete=models.CASCADE, related_name="benefits")
    text = models.CharField(_("benefit"), max_length=160)
    every = models.CharField(_("how often"), max_length=7, choices=Every, blank=True, default=Every.ALWAYS)
    since = models.DateField(_("first due"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(every="") | Q(since__isnull=False), name="benefit_due_from"),
        ]

    def __str__(self) -> str:
        return self.text


class Due(models.Model):
    """A benefit falls due on a day (the community's); delivered with a word and perhaps a link, or overdue in public."""

    benefit = models.ForeignKey(Benefit, on_delete=models.CASCADE, related_name="dues")
    on = models.DateField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    delivered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.CharField(_("what it was, or why it is late"), max_length=200, blank=True)
    link = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-on", "pk"]
        constraints = [models.UniqueConstraint(fields=["benefit", "on"], name="due_once_a_day")]
        indexes = [models.Index(fields=["on"], name="due_open", condition=Q(delivered_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.benefit_id} on {self.on}"


class Use(models.Model):
    """What a share of the income is for. share: hundredths of a percent; the shares in force at a time add up to 10,000."""

    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="uses")
    label = models.CharField(_("what for"), max_length=80)
    share = models.PositiveIntegerField(_("share"))
    position = models.PositiveSmallIntegerField(default=0)
    starts = models.DateTimeField(default=timezone.now)
    ends = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["community", "starts"], name="use_in_force")]

    def __str__(self) -> str:
        return f"{self.label}: {self.percent} %"

    @property
    def percent(self) -> str:
        """`1250` as `12.5`."""
        return percent(self.share)


class Change(models.Model):
    """One thing about a tier that was otherwise before, for everybody to read: a word, a price, a benefit. Insert-only."""

    tier = models.ForeignKey(Tier, on_delete=models.CASCADE, related_name="changes")
    what = models.CharField(max_length=40)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["tier", "-at"], name="change_of_tier")]

    def __str__(self) -> str:
        return f"{self.what} of {self.tier_id}"

    @property
    def label(self) -> Promise | str:
        """What was changed, in words."""
        return CHANGED.get(self.what, self.what)


class Grant(models.Model):
    """A member holds a tier from `starts` until `ends` (None: until somebody ends it), for one reason.

    source: "stripe" (ref: the subscription), "comp" (given by the team), "gift" (ref: the purchase), "seat" (sponsored).
    Every grant has one RungSource ("tier", ref "grant:<pk>") in members, written by the same action.
    """

    class Source(models.TextChoices):
        STRIPE = "stripe", _("paid")
        COMP = "comp", _("given by the team")
        GIFT = "gift", _("a gift")
        SEAT = "seat", _("a sponsored seat")

    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="grants")
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="grants")
    source = models.CharField(max_length=6, choices=Source)
    ref = models.CharField(max_length=80)
    starts = models.DateTimeField(default=timezone.now)
    ends = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "ref"], name="grant_once_a_ref"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="grant_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["tier", "ends"], name="grant_holders")]

    def __str__(self) -> str:
        return f"{self.member_id} holds {self.tier_id} ({self.source})"


class Gift(models.Model):
    """Some months of a tier, paid by `giver` for whoever holds the link. ref: what paid for it. opens_on: not before that day.

    taken_by: who opened it, once; from then on the grant "gift:<pk>" is theirs, or waits until what they hold already is over.
    voided_at: its money is away. left: how much of it was left when that happened; should the money come back, it lasts so long.
    """

    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="gifts")
    months = models.PositiveSmallIntegerField()
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="gifts")
    ref = models.CharField(max_length=80, unique=True)
    token = models.CharField(max_length=32, unique=True)
    message = models.CharField(max_length=400, blank=True)
    opens_on = models.DateField(null=True, blank=True)
    taken_by = models.ForeignKey(
        "members.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="gifts"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    left = models.DurationField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.months} months of {self.tier_id}"


class Pool(models.Model):
    """Seats of a tier that `giver` paid for: whoever asks first gets one. taken never passes seats."""

    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="pools")
    months = models.PositiveSmallIntegerField()
    seats = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ref = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(taken__lte=F("seats")), name="pool_no_more_than_seats")]
        indexes = [models.Index(fields=["tier"], name="pool_open", condition=Q(taken__lt=F("seats")))]

    def __str__(self) -> str:
        return f"{self.taken} of {self.seats} seats of {self.tier_id}"


class Ask(models.Model):
    """Somebody would like a seat. Served in the order of asking; the words are for the team alone."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SERVED = "served", _("has a seat")
        WITHDRAWN = "withdrawn", _("taken back")
        PASSED = "passed", _("needs none any more")

    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="asks")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="asks")
    words = models.CharField(_("a few words"), max_length=300, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    pool = models.ForeignKey(Pool, null=True, blank=True, on_delete=models.PROTECT, related_name="asks")
    asked_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["tier", "member"], condition=Q(state="waiting"), name="ask_one_waiting")
        ]
        indexes = [models.Index(fields=["tier", "state"], name="ask_queue")]

    def __str__(self) -> str:
        return f"{self.member_id} for {self.tier_id} ({self.state})"
