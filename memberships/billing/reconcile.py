"""What we were not told: messages that got lost (hourly), and subscriptions that stand otherwise at Stripe than here (nightly)."""

import datetime as dt
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from memberships.billing import errors, gateway
from memberships.billing.gateway import Object
from memberships.billing.inbox import take_in
from memberships.billing.models import Attempt, Customer, Look, Purchase, StripeEvent, Subscription
from memberships.billing.money_moved import sync_invoice
from memberships.billing.offering import close_attempt
from memberships.billing.purchases import expire_purchase
from memberships.billing.reading_stripe import ends_at, id_of, price_id_of
from memberships.billing.selling import is_on
from memberships.billing.sync import sync_session, sync_subscription
from memberships.tiers.seats import hand_out_all

log = logging.getLogger(__name__)
OVERLAP, DAY = dt.timedelta(minutes=10), dt.timedelta(days=1)
MEMORY = dt.timedelta(days=29)  # Stripe keeps events readable for thirty
KEPT = dt.timedelta(days=45)
BUDGET = 25.0  # seconds a scheduled look may take; what is left is there for the next


def hourly() -> int:
    """Takes in every message since the last one that we know of and did not get; returns how many there were."""
    if not is_on():
        return 0
    close_overdue()
    hand_out_all()
    since = _heard_until() - OVERLAP
    with noted(Look.Kind.MESSAGES) as look:
        for event in gateway.each_event({"created": {"gte": int(since.timestamp())}}):
            look.seen += 1
            if not StripeEvent.objects.filter(event_id=event["id"]).exists():
                look.wrong += take_in(event, missed=True)
    if look.wrong:
        log.warning("%s messages of Stripe had not come; they are in the inbox now", look.wrong)
    return look.wrong


def _heard_until() -> dt.datetime:
    """Up to when we surely know all: the newest message, but a day back at least, and back to the last look that came to its end. One
    that came late hides older ones that did not come."""
    now, oldest = timezone.now(), timezone.now() - MEMORY
    newest = StripeEvent.objects.order_by("-created").values_list("created", flat=True).first()
    looks = Look.objects.filter(kind=Look.Kind.MESSAGES, ended_at__isnull=False, error="")
    looked = looks.order_by("-began_at").values_list("began_at", flat=True).first()
    since = min(newest or oldest, dt.datetime.fromtimestamp(gateway.now(), dt.UTC) - DAY)
    return max(oldest, since if looked is not None and looked > now - DAY else min(since, looked or oldest))


def close_overdue() -> None:
    """Visits to the till whose time is over although nobody told us: what they held comes back."""
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
    for one in Purchase.objects.filter(status=Purchase.Status.OPEN, expires_at__lt=over)[:200]:
        try:
            if one.session_id is not None:
                sync_session(one.session_id)
            else:
                expire_purchase(one)
        except errors.NotThere:
            expire_purchase(one)
        except errors.GatewayError as problem:
            log.warning("a purchase stays open, no answer: %s", problem)


def nightly(*, budget: float | None = BUDGET) -> int:
    """Every subscription of ours compared with Stripe; what differs is read anew. Returns how many differed. Old messages go."""
    if not is_on():
        return 0
    StripeEvent.objects.filter(received_at__lt=timezone.now() - KEPT, status__in=["done", "ignored"]).delete()
    Look.objects.filter(began_at__lt=timezone.now() - KEPT).delete()
    until = time.monotonic() + (budget or 10**6)
    with noted(Look.Kind.SUBSCRIPTIONS) as look:
        for found in gateway.each_subscription({"status": "all"}):
            if time.monotonic() > until:
                look.error = "It ran out of time: manage.py stripe_reconcile has all of it."
                break
            look.seen += 1
            if said := difference(found):
                look.wrong += 1
                look.found += f"{said}\n"
                log.warning(said)
                bill = id_of(found.get("latest_invoice"))
                sync_invoice(bill) if bill else sync_subscription(found["id"])
    return look.wrong


@contextmanager
def noted(kind: str) -> Iterator[Look]:
    """A row for the admin, whatever comes of the look; Stripe's silence ends it."""
    look = Look.objects.create(kind=kind)
    try:
        yield look
    except errors.GatewayError as problem:
        look.error = f"Stripe gave no answer: {problem}"[:300]
    if look.error:
        log.warning("a look for %s: %s", kind, look.error)
    look.ended_at = timezone.now()
    look.save()


def differs(found: Object) -> bool:
    return bool(difference(found))


def difference(found: Object) -> str:
    """What our row says otherwise, in a line; "" where nothing, and for one of a customer that is not ours."""
    row = Subscription.objects.filter(stripe_id=found["id"]).select_related("price").first()
    if row is None:
        ours = Customer.objects.filter(stripe_id=id_of(found["customer"])).exists()
        return f"{found['id']}: {found['status']} at Stripe, unknown here" if ours else ""
    both = {
        "status": (row.status, found["status"]),
        "end": (row.cancel_at, ends_at(found)),
        "bill": (row.latest_invoice, id_of(found.get("latest_invoice"))),
        "price": (row.price.stripe_id, price_id_of(found)),
    }
    said = [
        f"{name} {here or '–'} here, {there or '–'} at Stripe" for name, (here, there) in both.items() if here != there
    ]
    return f"{row.stripe_id}: {'; '.join(said)}" if said else ""
