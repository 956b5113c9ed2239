"""Our rows follow Stripe's objects: asked anew each time, written only where nothing newer stands. Nothing here trusts a message."""

import logging
import uuid
from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from memberships.billing import errors, gateway
from memberships.billing.doubles import resolve_doubles
from memberships.billing.gateway import Object
from memberships.billing.guard import claim_apply, next_fetch
from memberships.billing.models import Attempt, Customer, Purchase, Subscription
from memberships.billing.offering import close_attempt, fail_attempt
from memberships.billing.purchases import settle_purchase
from memberships.billing.reading_stripe import (
    discount_on,
    ends_at,
    first_is_paid,
    id_of,
    interval_amount,
    item_of,
    moment,
    price_id_of,
    when,
    yearly,
)
from memberships.billing.transitions import follow, lapsed_at
from memberships.tiers.models import Price

log = logging.getLogger(__name__)
OVER = ("canceled", "incomplete_expired")


def sync_subscription(stripe_id: str) -> Subscription | None:
    """Our row as Stripe says it this moment, with access and ledger; None where it is not ours (another customer, another price).

    Any number at once, in any order: the end is the same. Raises GatewayError where Stripe cannot be asked.
    """
    row = Subscription.objects.filter(stripe_id=stripe_id).first() or _first_sight(stripe_id)
    if row is None:
        return None
    with transaction.atomic():
        seq = next_fetch(row)
    found = gateway.retrieve_subscription(stripe_id, expand=["latest_invoice", "discounts.source.coupon"])
    with transaction.atomic():
        if claim_apply(row, seq, timezone.now()):
            _apply(Subscription.objects.select_related("price__tier", "user", "community").get(pk=row.pk), found)
    resolve_doubles(row.user_id, row.community_id)
    return Subscription.objects.select_related("price__tier").get(pk=row.pk)


def _first_sight(stripe_id: str) -> Subscription | None:
    """A row for one that we did not know, empty yet: its question is asked again under its guard."""
    found = gateway.retrieve_subscription(stripe_id)
    customer = Customer.objects.filter(stripe_id=id_of(found["customer"])).first()
    price = Price.objects.filter(stripe_id=price_id_of(found)).select_related("tier").first()
    if customer is None or price is None:
        log.warning("subscription %s is not of a customer and a price of ours: left alone", stripe_id)
        return None
    row, _made = Subscription.objects.get_or_create(
        stripe_id=stripe_id,
        defaults={
            "customer": customer,
            "user_id": customer.user_id,
            "community_id": price.tier.community_id,
            "price": price,
            "currency": price.currency,
            "livemode": found["livemode"],
            "created_at": when(found["created"]),
        },
    )
    return row


def _apply(row: Subscription, found: Object) -> None:
    """Writes the facts and what follows from what changed. Inside a transaction that holds the row."""
    before = Subscription.objects.select_related("price__tier").get(pk=row.pk)
    item, status = item_of(found), str(found["status"])
    price = Price.objects.filter(stripe_id=price_id_of(found)).select_related("tier").first()
    if price is None or price.tier.community_id != row.community_id:
        log.error("subscription %s moved to a price that is not of its community: its tier stays", row.stripe_id)
    else:
        row.price = price
    row.paid_once = row.paid_once or first_is_paid(found)
    row.item_id, row.status = item["id"], status
    row.amount = interval_amount(item)
    off, row.discount_ends = discount_on(found, row.amount, gateway.now())
    row.charged = row.amount - off
    row.period_start, row.period_end = moment(item["current_period_start"]), moment(item["current_period_end"])
    row.trial_end, row.cancel_at, row.ended_at = (
        moment(found.get("trial_end")),
        ends_at(found),
        moment(found.get("ended_at")),
    )
    row.pending_update, row.schedule_id = bool(found.get("pending_update")), id_of(found.get("schedule"))
    if not row.schedule_id or row.next_price_id == row.price_id:
        row.next_price = None
    row.latest_invoice = id_of(found.get("latest_invoice"))
    row.end_reason = str((found.get("cancellation_details") or {}).get("reason") or "")
    row.unpaid_since = (row.unpaid_since or row.period_start) if status in ("past_due", "unpaid") else None
    row.lapsed_at = lapsed_at(row)
    earns = row.paid_once and (status == "active" or (status == "past_due" and row.lapsed_at is None))
    row.worth = yearly(found, row.charged) if earns else 0
    row.save()
    if status in OVER and not row.paid_once:
        fail_attempt(number_of((found.get("metadata") or {}).get("attempt")))
    follow(before, row, _effect(before, row, found))


def _effect(before: Subscription, row: Subscription, found: Object) -> Any:
    """When what is new took effect: an invoice that came with it knows, else it is this moment."""
    invoice = found.get("latest_invoice")
    if isinstance(invoice, dict) and row.latest_invoice != before.latest_invoice:
        return when(invoice["created"])
    return when(gateway.now())


def sync_session(session_id: str) -> Attempt | Purchase | None:
    """What a checkout session belongs to, as it stands: an attempt, whose subscription comes along once it is complete, or a purchase.

    None: not ours.
    """
    session = gateway.retrieve_session(session_id)
    attempt = Attempt.objects.filter(session_id=session_id).first() or _by_reference(session)
    if attempt is None:
        number = number_of(session.get("client_reference_id"))
        bought = Purchase.objects.filter(uuid=number).select_related("price__tier", "community").first()
        if bought is not None:
            settle_purchase(bought, session)
        return bought
    settle_attempt(attempt, session)
    if session["status"] == "complete" and session.get("subscription"):
        sync_subscription(id_of(session["subscription"]))
    return Attempt.objects.get(pk=attempt.pk)


def settle_attempt(attempt: Attempt, session: Object) -> None:
    """What Stripe says of the session, on our row."""
    rows = Attempt.objects.filter(pk=attempt.pk)
    rows.filter(session_id__isnull=True).update(session_id=session["id"])
    if session["status"] == "complete":
        close_attempt(attempt, Attempt.Status.COMPLETE)
        with suppress(IntegrityError), transaction.atomic():  # paid although we had left it
            rows.exclude(status=Attempt.Status.FAILED).update(status=Attempt.Status.COMPLETE)
    elif session["status"] == "expired":
        close_attempt(attempt, Attempt.Status.EXPIRED)


def _by_reference(session: Object) -> Attempt | None:
    """Where we never got the answer that made it, it still carries the attempt's own number."""
    return Attempt.objects.filter(uuid=number_of(session.get("client_reference_id"))).first()


def number_of(said: Any) -> uuid.UUID:
    """The number that an attempt or a purchase of ours went to Stripe with; of anybody else's it is none that we know."""
    try:
        return uuid.UUID(str(said))
    except ValueError:
        return uuid.UUID(int=0)


def forget_customer(stripe_id: str) -> None:
    """Somebody may have deleted them at Stripe: asked, and noted, so that the next purchase makes another one."""
    try:
        gone = bool(gateway.retrieve_customer(stripe_id).get("deleted"))
    except errors.NotThere:
        gone = True
    if gone:
        Customer.objects.filter(stripe_id=stripe_id, deleted_at__isnull=True).update(deleted_at=timezone.now())
