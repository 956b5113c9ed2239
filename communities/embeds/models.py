"""Preview (what stands below one text about its first link) and Lookup (that link, asked for at most once a day)."""

from django.db import models
from django.utils import timezone


class Facts(models.Model):
    """What a page says about itself, as plain text; title "" : nothing worth showing."""

    title = models.CharField(max_length=160, blank=True)
    about = models.CharField(max_length=300, blank=True)
    site = models.CharField(max_length=80, blank=True)

    class Meta:
        abstract = True


class Preview(Facts):
    """One a text. key: of the link without what stands after its #, which is what is asked for. TAKEN: somebody took it away,
    and for this link it does not come back."""

    class State(models.TextChoices):
        WAITS = "waits"
        SHOWN = "shown"
        NOTHING = "nothing"
        TAKEN = "taken"

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    url = models.CharField(max_length=2000)
    key = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.WAITS)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="preview_once_a_text")]
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(state="waits"), name="preview_waits"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.state}"


class Lookup(Facts):
    """next_at: whoever asks holds the row until then. done_at: there is an answer, if only that there is nothing to show."""

    day = models.DateField()
    key = models.CharField(max_length=64)
    next_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "key"], name="lookup_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.key[:8]}"
