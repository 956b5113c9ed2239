"""Ending what one pays, with the period, and going on after all: asked of Stripe, then our row follows."""

from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from memberships.billing import errors, gateway
from memberships.billing.models import Leaving, Subscription
from memberships.billing.sync import sync_subscription


def end_subscription(user: Any, *, subscription: Subscription, why: str = "", note: str = "") -> None:
    """Nothing is taken any more; the step stays until what was paid for is over. Twice is once.

    Records subscription.ending. The reason is kept where one was given. GatewayError where Stripe does not answer.
    """
    if not subscription.is_running:
        raise ValidationError(_("This has ended already."))
    if subscription.status in ("trialing", "active") or subscription.paid_once:
        _plan(subscription, end=True)
    if why or note.strip():
        with transaction.atomic():
            wanted = {"why": why if why in Leaving.Why.values else "", "note": note.strip()[:500]}
            Leaving.objects.update_or_create(subscription=subscription, defaults=wanted)


def resume_subscription(user: Any, *, subscription: Subscription) -> None:
    """It goes on as it was; the reason is forgotten. Records subscription.resumed. ValidationError where it is over."""
    if not subscription.is_running:
        raise ValidationError(_("This has ended already. The staircase is open to you."))
    _plan(subscription, end=False)
    Leaving.objects.filter(subscription=subscription).delete()


def _plan(row: Subscription, *, end: bool) -> None:
    """A change that waits for the end of the period is dropped first: Stripe refuses both at once."""
    if row.schedule_id:
        with suppress(errors.Refused):  # released already
            gateway.release_schedule(row.schedule_id)
    try:
        gateway.update_subscription(row.stripe_id, {"cancel_at_period_end": end})
    except errors.GatewayError:
        found = sync_subscription(row.stripe_id)
        if found is None or (found.cancel_at is not None) != end:  # the answer got lost, but it was done
            raise
    else:
        sync_subscription(row.stripe_id)
