"""Who pays an old price: told of the new one by whoever sells, and moved to it with the first payment after a month's notice.

Nobody is moved who was not told, and whoever ends it or chooses something else meanwhile has it as they chose.
"""

import datetime as dt
import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from communities.access.rules import require
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.activity.models import Activity
from communities.spaces.models import Community
from memberships.billing import errors
from memberships.billing.changing import plan_change
from memberships.billing.models import Subscription
from memberships.billing.selling import is_on
from memberships.billing.transitions import stripes_now
from memberships.tiers.models import Price, Tier

log = logging.getLogger(__name__)
NOTICE = dt.timedelta(days=30)  # before anybody pays more; less is theirs with the next payment
_GOES_ON = Q(subscriptions__status__in=Subscription.RUNNING) & Q(
    subscriptions__paid_once=True, subscriptions__cancel_at=None
)


def old_prices(place: Community, **only: int) -> list[Price]:
    """Prices that are not sold any more, each with how many go on paying it (`payers`) and what it costs `new` (or None). Two queries.

    only: narrows it down, as filter() does.
    """
    rows = Price.objects.filter(tier__community=place, active=False).select_related("tier", "moves_to")
    counted = rows.annotate(payers=Count("subscriptions", filter=_GOES_ON))
    found: list[Price] = list(counted.filter(**only).order_by("tier__level", "pk"))
    sold = Price.objects.filter(tier__in={one.tier_id for one in found}, active=True, tier__state=Tier.State.OPEN)
    by = {(one.tier_id, one.interval, one.currency): one for one in sold}
    for one in found:
        one.__dict__["new"] = by.get((one.tier_id, one.interval, one.currency))
    return found


@transaction.atomic
def tell_new_price(viewer: Viewer, *, price: Price, new: Price) -> int:
    """Tells everybody who pays `price` that it will be `new`; returns how many they are. Told of the same one they are once.

    Raises ValidationError where there is nothing to tell. Records prices.told, and price.told for each of them.
    """
    require(viewer, "sell", price.tier)
    same = (new.tier_id, new.interval, new.currency) == (price.tier_id, price.interval, price.currency)
    if not same or price.active or not new.active:
        raise ValidationError(_("This is not the price of today any more. Have a look at what is."))
    rows = list(_payers(price))
    if not rows:
        raise ValidationError(_("Nobody pays this any more."))
    begins = stripes_now() + (NOTICE if new.amount > price.amount else dt.timedelta())
    fresh = Price.objects.filter(pk=price.pk, active=False).exclude(moves_to=new)
    if not fresh.update(moves_to=new, moves_from=begins):
        raise ValidationError(_("They were told already."))
    said: dict[str, Any] = {
        "community": price.tier.community_id,
        "before": price.amount,
        "after": new.amount,
        "currency": new.currency,
    }
    for row in rows:
        record("price.told", actor=row.user_id, obj=row, amount=new.amount, key=_told(row, new), **said)
    record("prices.told", actor=viewer.user_id, kind="tier", object_id=price.tier_id, **said)
    return len(rows)


def _told(row: Subscription, new: Price) -> str:
    return f"price.told:{row.pk}:{new.pk}"


def _payers(price: Price) -> QuerySet[Subscription]:
    return Subscription.objects.filter(
        price=price, status__in=Subscription.RUNNING, paid_once=True, cancel_at__isnull=True
    ).order_by("pk")


def carry_prices() -> int:
    """Whoever was told moves with the end of a period after the notice: planned at Stripe, an hour into that period. Returns how
    many were planned. What they planned themselves stands, and where Stripe does not answer the next hour does."""
    if not is_on():
        return 0
    told = Subscription.objects.filter(price__moves_to__active=True, period_end__gte=F("price__moves_from"))
    rows = told.filter(
        status="active",
        paid_once=True,
        cancel_at__isnull=True,
        next_price__isnull=True,
        schedule_id="",
        pending_update=False,
    )
    done = 0
    for row in rows.select_related("price__tier", "price__moves_to__tier"):
        assert row.price.moves_to is not None  # asked for above
        if not Activity.objects.filter(key=_told(row, row.price.moves_to)).exists():
            continue  # was ending when the others were told, or came to pay the old price later
        try:
            plan_change(row, row.price.moves_to)
            done += 1
        except errors.GatewayError as problem:
            log.warning("subscription %s does not move to its new price yet: %s", row.pk, problem)
    return done
