"""Act: the append-only log of what staff did to keep a place good, each with its reason and what undoes it."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Act(models.Model):
    """verb: hidden, restored, suspended, reinstated. `undoes` points at the act that this one takes back."""

    class Verb(models.TextChoices):
        HIDE = "hidden", _("hidden")
        RESTORE = "restored", _("restored")
        SUSPEND = "suspended", _("suspended")
        REINSTATE = "reinstated", _("restored to good standing")

    community = models.ForeignKey("spaces.Community", on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Acts are added, never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Acts are added, never deleted.")
