"""Whoever goes pays no more: by leaving, by being suspended for good, by an account that closes.

Leaving asks Stripe at once; the clock asks for everybody who is gone and still pays, so that a Stripe that is away changes nothing
but the minute.
"""

import logging
import time
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from communities.members.models import Member, Standing
from memberships.billing import errors, patience
from memberships.billing.models import Subscription
from memberships.billing.stopping import stop_now, stop_paying
from memberships.tiers.reading import words_of

log = logging.getLogger(__name__)
BUDGET = 15.0  # seconds one look may take; a task ends after 30
OVERDUE = ("past_due", "unpaid", "paused")


def words(member: Member) -> Iterator[str]:
    """What leaving means for what they pay, before they confirm it."""
    for row in _running(member).select_related("price__tier", "community"):
        about = {"tier": row.price.tier.name, "price": words_of(row.price)}
        if row.status in OVERDUE:
            yield (
                _("You pay for %(tier)s (%(price)s). It ends at once, and the payment that failed is not tried again.")
                % about
            )
            continue
        until = row.cancel_at or row.period_end
        about["day"] = date_format(until.astimezone(row.community.zone), "j F Y") if until else "–"
        yield (
            _(
                "You pay for %(tier)s (%(price)s). That ends too: nothing more is taken. Should you come back before %(day)s, it is "
                "still open to you."
            )
            % about
        )


def end(member: Member) -> None:
    with patience.within(patience.ON_THE_WAY_BACK):
        for row in _running(member).filter(cancel_at__isnull=True):
            _try(row)


def end_for_gone() -> int:
    """Everybody who pays and is gone. Returns for how many it ended; who could not be ended now is asked for with the next look."""
    done, until = 0, time.monotonic() + BUDGET
    for row in gone_payers().select_related("user").order_by("pk"):
        if time.monotonic() > until:
            break
        done += _try(row)
    return done


def gone_payers() -> QuerySet[Subscription]:
    """Running ones of people who left, are suspended for good, or whose account is closed or switched off."""
    seats = Member.objects.filter(community=OuterRef("community"), user=OuterRef("user"))
    here = seats.exclude(standing=Standing.LEFT).exclude(standing=Standing.SUSPENDED, suspended_until__isnull=True)
    rows = Subscription.objects.filter(status__in=Subscription.RUNNING)
    away = Q(user__is_active=False) | Q(user__left_at__isnull=False)
    left = Q(cancel_at__isnull=True, started_at__isnull=False) & ~Exists(here)
    return rows.filter(away | left)


def _running(member: Member) -> QuerySet[Subscription]:
    return Subscription.objects.filter(
        user=member.user_id, community=member.community_id, status__in=Subscription.RUNNING
    )


def _try(row: Subscription) -> bool:
    closed = not row.user.is_active or row.user.left_at is not None
    try:
        stop_now(row) if closed else stop_paying(row)
    except errors.GatewayError as problem:
        log.warning("subscription %s of somebody who is gone runs on until the next look: %s", row.stripe_id, problem)
        return False
    return True
