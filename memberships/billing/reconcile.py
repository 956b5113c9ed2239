"""What we were not told: messages that got lost (hourly), and subscriptions that stand otherwise at Stripe than here (nightly)."""

import datetime as dt
import logging
import time

from django.utils import timezone

from memberships.billing import errors, gateway
from memberships.billing.gateway import Object
from memberships.billing.inbox import take_in
from memberships.billing.models import Attempt, Customer, StripeEvent, Subscription
from memberships.billing.money_moved import sync_invoice
from memberships.billing.offering import close_attempt
from memberships.billing.reading_stripe import ends_at, id_of, price_id_of
from memberships.billing.selling import is_on
from memberships.billing.sync import sync_session, sync_subscription

log = logging.getLogger(__name__)
OVERLAP = dt.timedelta(minutes=10)
MEMORY = dt.timedelta(days=29)  # Stripe keeps events readable for thirty
KEPT = dt.timedelta(days=45)
BUDGET = 25.0  # seconds a scheduled look may take; what is left is there for the next


def hourly() -> int:
    """Takes in every message since the last one that we know of and did not get; returns how many there were."""
    if not is_on():
        return 0
    close_overdue()
    newest = StripeEvent.objects.order_by("-created").values_list("created", flat=True).first()
    since = max(newest or timezone.now() - MEMORY, timezone.now() - MEMORY) - OVERLAP
    # A message that came late hides older ones that did not come: a day back is always looked through.
    since = min(since, dt.datetime.fromtimestamp(gateway.now(), dt.UTC) - dt.timedelta(days=1))
    missed = 0
    try:
        for event in gateway.each_event({"created": {"gte": int(since.timestamp())}}):
            if not StripeEvent.objects.filter(event_id=event["id"]).exists():
                missed += take_in(event)
    except errors.GatewayError as problem:
        log.warning("the hourly look got no answer: %s", problem)
    if missed:
        log.warning("%s messages of Stripe had not come; they are in the inbox now", missed)
    return missed


def close_overdue() -> None:
    """Attempts whose time at the till is over although nobody told us: what they held comes back."""
    over = timezone.now() - dt.timedelta(minutes=5)
    for row in Attempt.objects.filter(status=Attempt.Status.OPEN, expires_at__lt=over)[:200]:
        try:
            if row.session_id is not None:
                sync_session(row.session_id)
            else:  # nobody ever had an address to pay at
                close_attempt(row, Attempt.Status.EXPIRED)
        except errors.NotThere:
            close_attempt(row, Attempt.Status.ABANDONED)
        except errors.GatewayError as problem:
            log.warning("an attempt stays open, no answer: %s", problem)
            return


def nightly(*, budget: float | None = BUDGET) -> int:
    """Every subscription of ours compared with Stripe; what differs is read anew. Returns how many differed. Old messages go."""
    if not is_on():
        return 0
    StripeEvent.objects.filter(received_at__lt=timezone.now() - KEPT, status__in=["done", "ignored"]).delete()
    until, drift = time.monotonic() + (budget or 10**6), 0
    try:
        for found in gateway.each_subscription({"status": "all"}):
            if time.monotonic() > until:
                log.warning("the nightly look ran out of time: manage.py stripe_reconcile has all of it")
                break
            if differs(found):
                drift += 1
                log.warning("subscription %s stood otherwise at Stripe", found["id"])
                sync_subscription(found["id"])
                if found.get("latest_invoice"):
                    sync_invoice(id_of(found["latest_invoice"]))
    except errors.GatewayError as problem:
        log.warning("the nightly look got no answer: %s", problem)
    return drift


def differs(found: Object) -> bool:
    """Does our row say something else? One of a customer that is not ours never does."""
    row = Subscription.objects.filter(stripe_id=found["id"]).select_related("price").first()
    if row is None:
        return Customer.objects.filter(stripe_id=id_of(found["customer"])).exists()
    there = (found["status"], ends_at(found), id_of(found.get("latest_invoice")), price_id_of(found))
    return there != (row.status, row.cancel_at, row.latest_invoice, row.price.stripe_id)
