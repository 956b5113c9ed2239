"""Reaction: one sign of one person on one thing."""

from django.conf import settings
from django.db import models
from django.utils import timezone

# The signs that a place offers, in the order they stand; what they mean is said aloud by `names.NAMES`.
EMOJI = ("❤️", "👏", "😄", "🤔", "🙏", "🎉")


class Reaction(models.Model):
    """A person has one on a thing; choosing another sign changes it."""

    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    emoji = models.CharField(max_length=8)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id", "user"], name="reaction_once")]
        # Counting a page's reactions reads this index alone.
        indexes = [models.Index(fields=["kind", "object_id", "emoji", "user"], name="reaction_counts")]

    def __str__(self) -> str:
        return f"{self.emoji} {self.kind} {self.object_id}"
