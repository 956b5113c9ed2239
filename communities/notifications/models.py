"""Notification: one thing that one person is told, once; Preference: what they do not want to be told, and where."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Notification(models.Model):
    """kind: a slug of `kinds.KINDS`. No words are kept: the sentence is made when it is read, and access is asked again then.

    kind, object_id of the thing stand in about_kind, about_id. key makes it the same news, once a person.
    topic: "post:12", what it belongs to; news of one kind and topic share a line and, until somebody looks, one mail.
    rings: it stands on the bell; else it is here for the mail alone. seen_at: the look that took it in, the same for all of
    one look. mailed_at: when its mail was written.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    community = models.ForeignKey("spaces.Community", null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    about_kind = models.CharField(max_length=20, blank=True)
    about_id = models.BigIntegerField(null=True)
    topic = models.CharField(max_length=60)
    rings = models.BooleanField(default=True)
    at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notification_once"),
            models.UniqueConstraint(
                fields=["user", "kind", "topic"],
                condition=models.Q(seen_at__isnull=True, mailed_at__isnull=False),
                name="notification_one_mail_until_seen",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_bell", condition=models.Q(rings=True)),
            models.Index(fields=["user", "kind", "topic", "seen_at", "id"], name="notification_line"),
            models.Index(fields=["user"], name="notification_unseen", condition=models.Q(seen_at__isnull=True)),
            models.Index(fields=["at"], name="notification_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class Preference(models.Model):
    """What somebody said about a kind ("" for all kinds) on a channel; without a row the kind's own default holds."""

    class Channel(models.TextChoices):
        BELL = "bell"
        MAIL = "mail"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30, blank=True)
    channel = models.CharField(max_length=4, choices=Channel)
    on = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "channel"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.kind or 'everything'} by {self.channel}: {'on' if self.on else 'off'}"
