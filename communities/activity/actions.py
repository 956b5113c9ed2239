"""record() writes the ledger inside the caller's transaction; deliver_due() works the outbox off; retry puts a parked row back."""

import datetime as dt
import logging
import time
import uuid
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from communities.activity import nudge
from communities.activity.models import Activity, Delivery
from communities.activity.registry import STEPPERS, SUBSCRIBERS, VERBS, subscribers_of

log = logging.getLogger(__name__)
LEASE = dt.timedelta(seconds=40)
MAX_ATTEMPTS = 5
BUDGET = 15.0  # seconds one look may take; a task ends after 30
STINT = 5.0  # seconds one long delivery may take before the others have their turn


def record(
    verb: str,
    *,
    community: Any = None,
    actor: Any = None,
    obj: models.Model | None = None,
    kind: str = "",
    object_id: int | None = None,
    key: str | None = None,
    occurred_at: dt.datetime | None = None,
    before: int | None = None,
    after: int | None = None,
    amount: int | None = None,
    currency: str = "",
) -> Activity | None:
    """Adds one row to the ledger and one Delivery for each subscriber; None where `key` is in the ledger already.

    actor, community: rows or ids. amount: minor units of `currency`. Call it inside the action's transaction.
    """
    if verb not in VERBS:
        raise ValueError(f"No app declares the verb {verb!r}.")
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs inside the transaction of the action that it records.")
    if obj is not None:
        kind, object_id = getattr(obj, "KIND", obj._meta.model_name or ""), obj.pk
    row = Activity(
        key=key or f"{verb}:{uuid.uuid4().hex}",
        verb=verb,
        community_id=getattr(community, "pk", community),
        actor_id=getattr(actor, "pk", actor),
        kind=kind,
        object_id=object_id,
        occurred_at=occurred_at or timezone.now(),
        before=before,
        after=after,
        amount=amount,
        currency=currency,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if Activity.objects.filter(key=row.key).exists():
            return None
        raise
    names = subscribers_of(verb)
    if names:
        Delivery.objects.bulk_create([Delivery(activity=row, subscriber=name) for name in names])
        transaction.on_commit(nudge.nudge)
    return row


def deliver_due(limit: int = 200) -> int:
    """Hands due deliveries to their subscribers, each in its own transaction with the deletion of its row. Returns how many were done.

    Safe to run anywhere, any number of times at once: a row is claimed by moving its `next_at`. What is left after BUDGET
    seconds, also of one long delivery, is there for the next look.
    """
    done, until = 0, time.monotonic() + BUDGET
    due = Delivery.objects.filter(parked=False, next_at__lte=timezone.now()).select_related("activity")
    for row in due.order_by("next_at", "pk")[:limit]:
        if time.monotonic() > until:
            break
        claimed = Delivery.objects.filter(pk=row.pk, next_at=row.next_at, parked=False).update(
            next_at=timezone.now() + LEASE, attempts=row.attempts + 1
        )
        if claimed:
            done += _deliver(row, until)
    return done


def retry_delivery(row: Delivery) -> None:
    """Puts a parked delivery back in the queue with fresh attempts."""
    Delivery.objects.filter(pk=row.pk).update(parked=False, attempts=0, next_at=timezone.now(), error="")
    nudge.nudge()


def _deliver(row: Delivery, until: float) -> bool:
    until = min(until, time.monotonic() + STINT)
    try:
        while not _step(row):
            if time.monotonic() > until:
                Delivery.objects.filter(pk=row.pk).update(next_at=timezone.now(), attempts=0)
                transaction.on_commit(nudge.nudge)
                return False
    except Exception as problem:
        attempts = row.attempts + 1
        log.exception("delivery %s of %s failed", row.pk, row.subscriber)
        Delivery.objects.filter(pk=row.pk).update(
            attempts=attempts,
            parked=attempts >= MAX_ATTEMPTS,
            next_at=timezone.now() + dt.timedelta(seconds=2**attempts),
            error=f"{type(problem).__name__}: {problem}"[:300],
        )
        return False
    return True


@transaction.atomic
def _step(row: Delivery) -> bool:
    """One go at a delivery; True when the subscriber has heard all of it. A subscriber that a newer release dropped has."""
    rest = ""
    if row.subscriber in STEPPERS:
        rest = SUBSCRIBERS[row.subscriber][1](row.activity, row.rest)
    elif row.subscriber in SUBSCRIBERS:
        SUBSCRIBERS[row.subscriber][1](row.activity)
    if not rest:
        Delivery.objects.filter(pk=row.pk).delete()
        return True
    # It moves on, so it holds its lease anew and has all its tries again.
    Delivery.objects.filter(pk=row.pk).update(rest=rest, next_at=timezone.now() + LEASE, attempts=1)
    row.rest, row.attempts = rest, 0
    return False
