"""The inbox of Stripe's messages: taken in once, worked off, tried again with longer and longer waits, given up in sight of staff."""

import datetime as dt
import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from communities.activity import nudge
from memberships.billing import errors
from memberships.billing.disputes import sync_dispute
from memberships.billing.gateway import Object
from memberships.billing.models import StripeEvent
from memberships.billing.money_moved import sync_invoice, sync_refund
from memberships.billing.reading_stripe import id_of, moment
from memberships.billing.sync import forget_customer, sync_session, sync_subscription

log = logging.getLogger(__name__)
Status = StripeEvent.Status
LEASE = dt.timedelta(seconds=90)
MOST_TRIES = 12
LONGEST_WAIT = 60 * 60  # seconds
BUDGET = 20.0  # seconds one look may take; a task ends after 30

# What the endpoint subscribes to, and what is asked anew when it comes.
HEARD: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys((f"checkout.session.{what}" for what in ("completed", "expired")), sync_session),
    **dict.fromkeys((f"checkout.session.async_payment_{what}" for what in ("succeeded", "failed")), sync_session),
    **dict.fromkeys(
        (
            f"customer.subscription.{what}"
            for what in (
                *("created", "updated", "deleted", "paused", "resumed"),
                *("trial_will_end", "pending_update_applied", "pending_update_expired"),
            )
        ),
        sync_subscription,
    ),
    **dict.fromkeys(
        (
            f"invoice.{what}"
            for what in (
                *("paid", "payment_failed", "payment_action_required", "finalization_failed"),
                *("voided", "marked_uncollectible"),
            )
        ),
        sync_invoice,
    ),
    **dict.fromkeys(("charge.dispute.created", "charge.dispute.closed"), sync_dispute),
    **dict.fromkeys(("refund.created", "refund.updated", "refund.failed"), sync_refund),
    "customer.deleted": forget_customer,
}


def take_in(event: Object, *, missed: bool = False) -> bool:
    """Keeps a verified message, once; True where it is new. One of the other mode, of another account or of no use is kept as ignored.

    missed: a look found it at Stripe, it did not come.
    """
    ours = bool(event.get("livemode")) == (settings.STRIPE_MODE == "live") and not event.get("account")
    subject = id_of(event["data"].get("object")) if isinstance(event["data"].get("object"), dict) else ""
    row = StripeEvent(
        event_id=event["id"],
        type=str(event.get("type"))[:80],
        subject=subject[:120],
        created=moment(event.get("created")) or timezone.now(),
        livemode=bool(event.get("livemode")),
        account=str(event.get("account") or "")[:80],
        api_version=str(event.get("api_version") or "")[:40],
        status=Status.NEW if ours and subject and event.get("type") in HEARD else Status.IGNORED,
        missed=missed,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        StripeEvent.objects.filter(event_id=row.event_id).update(deliveries=F("deliveries") + 1)
        return False
    transaction.on_commit(lambda: nudge.nudge("billing.inbox"))
    return True


def work_inbox(limit: int = 100) -> int:
    """Works off what is due; returns how many messages are done. Safe to run anywhere, any number of times at once.

    Messages about one object that wait together are one question to Stripe.
    """
    done, until = 0, time.monotonic() + BUDGET
    due = StripeEvent.objects.filter(status__in=StripeEvent.OPEN, next_at__lte=timezone.now())
    for row in due.order_by("next_at", "pk")[:limit]:
        if time.monotonic() > until:
            break
        mine = StripeEvent.objects.filter(pk=row.pk, next_at=row.next_at, status__in=StripeEvent.OPEN)
        if mine.update(next_at=timezone.now() + LEASE, attempts=F("attempts") + 1):
            done += _work(row)
    return done


def _work(row: StripeEvent) -> int:
    """One message and those about the same object that had come by now: what is asked after this answers them all."""
    same = StripeEvent.objects.filter(subject=row.subject, status__in=StripeEvent.OPEN)
    ask = HEARD[row.type]
    ids = [pk for pk, kind in same.values_list("pk", "type") if HEARD.get(kind) is ask]
    try:
        ours = ask(row.subject) is not None or ask is forget_customer
    except errors.NotThere as problem:
        ours, note = False, str(problem)
    except Exception as problem:
        _put_back(row, problem)
        return 0
    else:
        note = ""
    return StripeEvent.objects.filter(pk__in=ids, status__in=StripeEvent.OPEN).update(
        status=Status.DONE if ours else Status.IGNORED, error=note[:300]
    )


def _put_back(row: StripeEvent, problem: Exception) -> None:
    tries = row.attempts + 1
    log.warning(
        "event %s (%s) failed: %s",
        row.event_id,
        row.type,
        problem,
        exc_info=not isinstance(problem, errors.GatewayError),
    )
    StripeEvent.objects.filter(pk=row.pk).update(
        status=Status.DEAD if tries >= MOST_TRIES else Status.FAILED,
        next_at=timezone.now() + dt.timedelta(seconds=min(2**tries, LONGEST_WAIT)),
        error=f"{type(problem).__name__}: {problem}"[:300],
    )


def retry_event(row: StripeEvent) -> None:
    """Back in the queue with fresh tries, whatever became of it; what is about nothing of ours stays ignored."""
    if row.type not in HEARD or not row.subject or row.livemode != (settings.STRIPE_MODE == "live"):
        return
    StripeEvent.objects.filter(pk=row.pk).update(status=Status.NEW, attempts=0, next_at=timezone.now(), error="")
    transaction.on_commit(lambda: nudge.nudge("billing.inbox"))
