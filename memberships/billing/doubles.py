"""One person, one community, two running subscriptions: the higher one stays, of two alike the older; a fresh one goes back."""

import datetime as dt
import logging

from django.utils import timezone

from memberships.billing import errors, gateway
from memberships.billing.models import Subscription
from memberships.billing.reading_stripe import payment_of

log = logging.getLogger(__name__)
FRESH = dt.timedelta(hours=24)


def resolve_doubles(user_id: int, community_id: int) -> None:
    """Ends and pays back at Stripe what is too much, where it is younger than a day; older ones are marked for staff.

    Asked again it does nothing twice. What it did comes back as events. Raises GatewayError where Stripe cannot be asked.
    """
    mine = Subscription.objects.filter(user=user_id, community=community_id, status__in=Subscription.RUNNING)
    rows = sorted(mine.select_related("price__tier"), key=lambda row: (-row.price.tier.level, row.created_at, row.pk))
    for row in rows[1:]:
        if row.doubled_at is None and gateway.now() - row.created_at.timestamp() < FRESH.total_seconds():
            _take_back(row)
        else:
            Subscription.objects.filter(pk=row.pk, doubled_at__isnull=True).update(doubled_at=timezone.now())


def _take_back(row: Subscription) -> None:
    log.warning("subscription %s is a second one: ended and paid back", row.stripe_id)
    asked = {"subscription": row.stripe_id, "status": "paid", "limit": 100, "expand": ["data.payments"]}
    for intent in filter(None, map(payment_of, gateway.list_invoices(asked).items)):
        _pay_back(row, intent)
    try:
        gateway.cancel_subscription(row.stripe_id, key=f"double:{row.stripe_id}")
    except (errors.NotThere, errors.Refused):
        log.info("subscription %s had ended already", row.stripe_id)


def _pay_back(row: Subscription, intent: str) -> None:
    wanted = {"payment_intent": intent, "reason": "duplicate", "metadata": {"subscription": row.stripe_id}}
    try:
        gateway.create_refund(wanted, key=f"double-refund:{intent}")
    except errors.Refused as refusal:
        log.info("the payment of %s went back already: %s", row.stripe_id, refusal)
