"""Activity, the insert-only ledger, and Delivery, one row for each subscriber that has not heard of it yet."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone


class LedgerQuerySet(models.QuerySet):
    """Rows are read and added, never changed."""

    def update(self, **_kwargs: Any) -> NoReturn:
        raise TypeError("The ledger is insert-only.")

    def delete(self) -> NoReturn:
        raise TypeError("The ledger is insert-only.")


class Activity(models.Model):
    """One thing that happened. No text: what was written lives with its object, so erasing a person never touches the ledger.

    amount: minor units of `currency`. before, after: integers of what changed (a rung, a price in minor units).
    occurred_at: when it took effect; recorded_at: when the row was written.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=120, unique=True)
    verb = models.CharField(max_length=40)
    community = models.ForeignKey("spaces.Community", null=True, on_delete=models.DO_NOTHING, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, related_name="+")
    kind = models.CharField(max_length=20, blank=True)
    object_id = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    before = models.BigIntegerField(null=True)
    after = models.BigIntegerField(null=True)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "activities"
        indexes = [
            models.Index(fields=["community", "occurred_at"], name="activity_by_day"),
            models.Index(fields=["kind", "object_id"], name="activity_by_object"),
            models.Index(fields=["actor", "occurred_at"], name="activity_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.kind} {self.object_id or ''}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The ledger is insert-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The ledger is insert-only.")


class Delivery(models.Model):
    """The outbox: this subscriber is still to hear this activity. Deleted when done, parked after five failures.

    rest: where a subscriber that works in steps goes on.
    """

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=40)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    parked = models.BooleanField(default=False)
    error = models.CharField(max_length=300, blank=True)
    rest = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["activity", "subscriber"], name="delivery_once_a_subscriber"),
        ]
        indexes = [models.Index(fields=["parked", "next_at"], name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.subscriber} ← {self.activity_id}"
