"""Ending what one pays, with the period or at once, and going on after all: asked of Stripe, then our row follows."""

import logging
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from communities.members.models import Member, Standing
from memberships.billing import errors, gateway
from memberships.billing.models import Leaving, Subscription
from memberships.billing.sync import sync_subscription

log = logging.getLogger(__name__)


def end_subscription(user: Any, *, subscription: Subscription, why: str = "", note: str = "") -> None:
    """Nothing is taken any more; the step stays until what was paid for is over, and closes at once where it was not. Twice is once.

    Records subscription.ending or subscription.ended. The reason is kept where one was given. GatewayError where Stripe does not answer.
    """
    if not subscription.is_running:
        raise ValidationError(_("This has ended already."))
    stop_paying(subscription)
    if why or note.strip():
        with transaction.atomic():
            wanted = {"why": why if why in Leaving.Why.values else "", "note": note.strip()[:500]}
            Leaving.objects.update_or_create(subscription=subscription, defaults=wanted)


def resume_subscription(user: Any, *, subscription: Subscription) -> None:
    """It goes on as it was; the reason is forgotten. Records subscription.resumed. ValidationError where it is over."""
    if not subscription.is_running:
        raise ValidationError(_("This has ended already. The staircase is open to you."))
    here = Member.objects.filter(community=subscription.community_id, user=subscription.user_id)
    if not here.exclude(standing=Standing.LEFT).exists():
        raise ValidationError(_("You are no member there any more: come in again first, then it can go on."))
    _plan(subscription, end=False)
    Leaving.objects.filter(subscription=subscription).delete()


def stop_paying(row: Subscription) -> None:
    """What is paid for runs to its end; what is owed is not asked for any more, so it ends at once."""
    if row.status in ("trialing", "active"):
        _plan(row, end=True)
    else:
        stop_now(row)


def stop_now(row: Subscription) -> None:
    """Over this moment, and its access with it. Asked again it does nothing twice. Raises GatewayError."""
    try:
        gateway.cancel_subscription(row.stripe_id, key=f"stop:{row.stripe_id}")
    except (errors.NotThere, errors.Refused):  # it had ended before
        log.info("subscription %s had ended already", row.stripe_id)
    sync_subscription(row.stripe_id)


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
