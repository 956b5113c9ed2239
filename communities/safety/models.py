"""Act: the append-only log of what staff did to keep a place good, each with its reason and what undoes it."""

import datetime as dt
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Act(models.Model):
    """actor None: the house did it by itself, because several people reported the thing. `undoes`: the act that this one
    takes back. A warning's reason is what the person reads; of a dismissal (reports found to be fine), what reporters read.
    """

    class Verb(models.TextChoices):
        HIDE = "hidden", _("hidden")
        RESTORE = "restored", _("restored")
        SUSPEND = "suspended", _("suspended")
        REINSTATE = "reinstated", _("restored to good standing")
        WARN = "warned", _("warned")
        UNWARN = "unwarned", _("warning taken back")
        MUTE = "muted", _("muted in rooms")
        UNMUTE = "unmuted", _("may write in rooms again")
        DISMISS = "dismissed", _("found to be fine")

    community = models.ForeignKey("spaces.Community", on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=12, choices=Verb)
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "object_id"], name="act_by_object")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.get_verb_display()}"

    @property
    def until(self) -> dt.datetime | None:
        """Of a suspension or a mute: when it ends by itself."""
        moment = self.after.get("until")
        return dt.datetime.fromisoformat(moment) if moment else None

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Acts are added, never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Acts are added, never deleted.")


class Report(models.Model):
    """A member says that something is wrong with a thing; the team answers, and the reporter hears the outcome.

    weight: 1 where the reporter's word counts towards hiding by itself, 0 for newcomers and for people who were often wrong.
    words: what the thing said then, "" where another open report keeps the same (`words.py`).
    """

    class Reason(models.TextChoices):
        SPAM = "spam", _("advertising or spam")
        RUDE = "rude", _("unkind or hateful")
        PRIVATE = "private", _("shows something private")
        OFF_TOPIC = "off-topic", _("does not belong here")
        OTHER = "other", _("something else")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        UPHELD = "upheld", _("acted on")
        DISMISSED = "dismissed", _("found to be fine")

    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=9, choices=Reason)
    note = models.CharField(_("in your words"), max_length=500, blank=True)
    words = models.TextField(blank=True, default="", editable=False)
    weight = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("answer to the reporter"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reporter", "kind", "object_id"], condition=models.Q(state="open"), name="report_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["community", "state", "created_at"], name="report_queue"),
            models.Index(fields=["kind", "object_id"], name="report_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.reason}"


class Mute(models.Model):
    """Nothing about this reaches the person's bell or mail any more: a thread ("thread" 12) or somebody ("user" 7)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mutes")
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "object_id"], name="mute_once")]
        indexes = [models.Index(fields=["kind", "object_id"], name="mute_by_object")]

    def __str__(self) -> str:
        return f"{self.user_id} mutes {self.kind} {self.object_id}"
