"""Member (a person in a community), the sources of their rung, and the two daily facts that cannot be recovered later: Visit and Seen."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.access.models import NOBODY
from communities.files.models import new_token

MEMBER_LEVEL = 10


class Role(models.TextChoices):
    OWNER = "owner", _("owner")
    CREATOR = "creator", _("creator")
    MODERATOR = "moderator", _("moderator")
    MEMBER = "member", _("member")


class Reach(models.TextChoices):
    EVERYBODY = "everybody", _("everybody here")
    WROTE = "wrote", _("only people I wrote to first")
    NOBODY = "nobody", _("nobody")


class Standing(models.TextChoices):
    MEMBER = "member", _("in good standing")
    SUSPENDED = "suspended", _("suspended")
    LEFT = "left", _("has left")


class Member(models.Model):
    """`rung` caches the highest running source (never below a member's 10) and holds until `rung_until`, then it is settled anew.

    agreed: the version of the guidelines that they accepted last. was_suspended: they left while suspended; the suspension
    goes on (until `suspended_until`) when they come back. invitation: by which link they came. onboarded_at: when they
    answered or skipped the questions of the first visit. settled_at: when they put the list of first steps away.
    caught_up_at: the date of the newest post on the feed that they had seen; until the first time it is the moment of joining.
    muted_until: they read rooms and do not write in them; it goes on when they leave and come back.
    owes_until: a payment did not come, and until then they keep what it was for (upper apps say so by `owing.py`).
    """

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
    muted_until = models.DateTimeField(null=True, blank=True)
    was_suspended = models.BooleanField(default=False)
    agreed = models.PositiveIntegerField(_("guidelines accepted"), default=0)
    listed = models.BooleanField(_("shown among the people here"), default=True)
    reach = models.CharField(_("who may write to you"), max_length=9, choices=Reach, default=Reach.EVERYBODY)
    invitation = models.ForeignKey(
        "members.Invitation", null=True, blank=True, on_delete=models.SET_NULL, related_name="members"
    )
    onboarded_at = models.DateTimeField(null=True, blank=True)
    suggestions = models.BooleanField(_("suggestions on the feed"), default=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    caught_up_at = models.DateTimeField(null=True, blank=True)
    owes_until = models.DateTimeField(null=True, blank=True)
    topics = models.ManyToManyField("spaces.Topic", related_name="+", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "user"], name="member_once")]
        indexes = [models.Index(fields=["community", "standing", "joined_at"], name="member_list")]

    def __str__(self) -> str:
        return f"{self.user} · {self.community}"

    @property
    def keeps_what_it_owes(self) -> bool:
        return self.owes_until is not None and self.owes_until > timezone.now()

    @property
    def is_suspended(self) -> bool:
        """True at the minute: a suspension with an end is over when it is over, with no worker running."""
        running = self.suspended_until is None or self.suspended_until > timezone.now()
        return self.standing == Standing.SUSPENDED and running

    @property
    def is_muted(self) -> bool:
        return self.muted_until is not None and self.muted_until > timezone.now()


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
            models.CheckConstraint(condition=Q(level__lt=NOBODY), name="rung_source_below_nobody"),
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


class Invitation(models.Model):
    """A link that lets people in, whatever the join mode. `used` never exceeds `max_uses` (None: no limit). request: the form
    that it came from, so that a form sent twice is one link."""

    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="invitations")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=32, unique=True, default=new_token)
    request = models.UUIDField(default=uuid.uuid4, editable=False)
    label = models.CharField(_("for whom"), max_length=80, blank=True)
    max_uses = models.PositiveIntegerField(_("most uses"), null=True, blank=True)
    used = models.PositiveIntegerField(_("used"), default=0)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(used__lte=models.F("max_uses")),
                name="invitation_within_its_uses",
            ),
            models.UniqueConstraint(fields=["creator", "request"], name="invitation_once"),
        ]
        indexes = [models.Index(fields=["creator", "community"], name="invitation_by_creator")]

    def __str__(self) -> str:
        return self.label or self.token[:6]


class JoinQuestion(models.Model):
    """What a community asks of somebody who wants to join. A retired one is no longer asked; old answers keep its words."""

    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(_("question"), max_length=200)
    required = models.BooleanField(_("must be answered"), default=True)
    position = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


class JoinRequest(models.Model):
    """Somebody waits at the door: for the team's word ("asked"), or for a place to become free ("queued", since `queued_at`).

    answers: [[question, answer], ...] in the words they were asked in.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("waits for an answer")
        QUEUED = "queued", _("waits for a place")
        APPROVED = "approved", _("let in")
        DECLINED = "declined", _("turned down")
        WITHDRAWN = "withdrawn", _("withdrawn")

    OPEN = (State.ASKED, State.QUEUED)

    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="requests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ASKED)
    answers = models.JSONField(default=list, blank=True)
    invitation = models.ForeignKey(Invitation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(_("asked"), default=timezone.now)
    queued_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.CharField(_("a word to them"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "user"], condition=Q(state__in=["asked", "queued"]), name="join_request_open_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="queued") | Q(queued_at__isnull=False), name="join_request_stands_somewhere_in_line"
            ),
        ]
        indexes = [models.Index(fields=["community", "state", "created_at"], name="join_request_queue")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.community_id}: {self.state}"


class Acceptance(models.Model):
    """This person agreed to that version of a community's guidelines."""

    guidelines = models.ForeignKey("spaces.Guidelines", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["guidelines", "user"], name="acceptance_once")]

    def __str__(self) -> str:
        return f"{self.user_id} agreed to {self.guidelines_id}"
