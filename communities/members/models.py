"""Member (a person in a community), the sources of their rung, and the two daily facts that cannot be recovered later: Visit and Seen."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MEMBER_LEVEL = 10


class Role(models.TextChoices):
    OWNER = "owner", _("owner")
    CREATOR = "creator", _("creator")
    MODERATOR = "moderator", _("moderator")
    MEMBER = "member", _("member")


class Standing(models.TextChoices):
    MEMBER = "member", _("in good standing")
    SUSPENDED = "suspended", _("suspended")
    LEFT = "left", _("has left")


class Member(models.Model):
    """`rung` caches the highest running source (never below a member's 10) and holds until `rung_until`, then it is settled anew."""

    community = models.ForeignKey("spaces.Community", on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    standing = models.CharField(_("standing"), max_length=10, choices=Standing, default=Standing.MEMBER)
    title = models.CharField(
        _("title"), max_length=40, blank=True, help_text=_("Shown beside the name: founder, printer.")
    )
    rung = models.PositiveSmallIntegerField(_("rung"), default=MEMBER_LEVEL)
    rung_until = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)
    suspended_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "user"], name="member_once")]
        indexes = [models.Index(fields=["community", "standing", "joined_at"], name="member_list")]

    def __str__(self) -> str:
        return f"{self.user} · {self.community}"

    @property
    def is_suspended(self) -> bool:
        """True at the minute: a suspension with an end is over when it is over, with no worker running."""
        running = self.suspended_until is None or self.suspended_until > timezone.now()
        return self.standing == Standing.SUSPENDED and running


class RungSource(models.Model):
    """One reason why a member stands on a rung: a grant by hand, later a tier, a gift, an earned step. Sources add; the highest counts."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="sources")
    source = models.CharField(max_length=20)
    ref = models.CharField(max_length=60)
    level = models.PositiveSmallIntegerField()
    starts = models.DateTimeField(default=timezone.now)
    ends = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "source", "ref"], name="rung_source_once"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=models.F("starts")), name="rung_source_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.level}"


class Visit(models.Model):
    """This member was here on that day (the community's day)."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "member"], name="visit_once_a_day")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.day}"


class Seen(models.Model):
    """This member had that thing on screen for a second, first on that day."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    day = models.DateField()

    class Meta:
        verbose_name_plural = "seen"
        constraints = [models.UniqueConstraint(fields=["kind", "object_id", "member"], name="seen_once")]

    def __str__(self) -> str:
        return f"{self.member_id} saw {self.kind} {self.object_id}"
