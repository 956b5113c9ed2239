"""Mail: one row a message, from queued to sent; what it said is wiped once it is gone."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Mail(models.Model):
    """`key` makes a message that must go once go once. `message_id` is fixed before the first try, so a double is recognisable.

    ref: what the mail is about, as its kind's guard understands it; the guard is asked once more just before it is sent.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        PARKED = "parked", _("given up after five tries")
        WITHDRAWN = "withdrawn", _("not sent: its reader may not read it any more, or wants none")

    key = models.CharField(max_length=120, unique=True, null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    to = models.EmailField(_("to"))
    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    message_id = models.CharField(max_length=120, unique=True)
    ref = models.CharField(_("about"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name_plural = _("mail")
        indexes = [models.Index(fields=["state", "next_at"], name="mail_due")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"

    @staticmethod
    def new_message_id(host: str) -> str:
        return f"<{uuid.uuid4().hex}@{host}>"


class Suppression(models.Model):
    """An address that takes no list mail any more: it bounced for good, or its owner complained. Account mail still goes."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("its mail server refuses it")
        COMPLAINED = "complained", _("complained")

    email = models.EmailField(_("address"), unique=True)
    reason = models.CharField(_("why"), max_length=10, choices=Reason)
    at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")

    def __str__(self) -> str:
        return f"{self.email} {self.reason}"
