"""Paying something else: more at once, for exactly what was shown before; less when the period is over."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from memberships.billing import errors, gateway
from memberships.billing.catalogue import push_price
from memberships.billing.models import Subscription
from memberships.billing.sync import sync_subscription
from memberships.tiers.models import Price, Tier

HOLDS_FOR = 15 * 60  # seconds a shown amount may be agreed to
ROUNDING = 5  # seconds by which Stripe's clock, as we know it from its answers, may step back meanwhile


@dataclass(frozen=True, slots=True)
class Quote:
    """waits: it begins when the period ends, and nothing is due now. due: minor units, tax included. date: what it was counted to."""

    price: Price
    waits: bool
    due: int = 0
    date: int = 0


def choices(row: Subscription) -> list[Price]:
    """What they may move to: what is sold in their currency, lowest step first. One query."""
    sold = Price.objects.filter(tier__community=row.community_id, tier__state=Tier.State.OPEN, active=True)
    found = sold.filter(currency=row.currency).exclude(pk=row.price_id).select_related("tier")
    return sorted(found, key=lambda one: (one.tier.level, one.interval, one.amount))


def waits(old: Price, new: Price) -> bool:
    """Is it less? A lower step, a shorter interval, or the same one for less: what was paid for is had to its end."""
    if old.tier.level != new.tier.level:
        return new.tier.level < old.tier.level
    if old.interval != new.interval:
        return new.interval == Price.Interval.MONTH
    return new.amount < old.amount


def quote(row: Subscription, price: Price) -> Quote:
    """What the change costs this moment, as Stripe counts it. GatewayError where it does not answer."""
    _may(row, price)
    if waits(row.price, price):
        return Quote(price, waits=True)
    gateway.retrieve_subscription(row.stripe_id)  # compares the clocks
    date = gateway.now()
    details = {"items": _items(row, price), "proration_behavior": "always_invoice", "proration_date": date}
    found = gateway.preview_invoice({"subscription": row.stripe_id, "subscription_details": details})
    return Quote(price, waits=False, due=int(found["amount_due"]), date=date)


def change_subscription(row: Subscription, *, price: Price, date: int = 0) -> bool:
    """Moves it; True where the new step is theirs now, False where it waits: for the period's end, or for a payment.

    date: of the quote they agreed to; the charge is exactly that. While a payment is missing, the old step stays.
    Records subscription.changed when it takes effect.
    """
    _may(row, price)
    if waits(row.price, price):
        plan_change(row, price)
        return False
    if not -ROUNDING <= gateway.now() - date <= HOLDS_FOR:
        raise ValidationError(_("The amount was counted a while ago. Here it is anew."))
    _drop_plan(row)
    fields = {
        "items": _items(row, price),
        "proration_behavior": "always_invoice",
        "payment_behavior": "pending_if_incomplete",
        "proration_date": date,
    }
    try:
        gateway.update_subscription(row.stripe_id, fields, key=f"change:{row.stripe_id}:{price.pk}:{date}")
    finally:
        found = sync_subscription(row.stripe_id)
    return found is not None and found.price_id == price.pk


def _may(row: Subscription, price: Price) -> None:
    if row.status not in ("active", "trialing") or not row.paid_once:
        raise ValidationError(_("First the payment that is open; then it can be changed."))
    if row.cancel_at is not None:
        raise ValidationError(_("It is to end. Say first that it goes on, then change it."))
    if price.pk not in {one.pk for one in choices(row)}:
        raise ValidationError(_("This is not offered any more. Have a look at what is."))


def _items(row: Subscription, price: Price) -> list[dict[str, Any]]:
    """With the item's own id: without it Stripe would bill both."""
    return [{"id": row.item_id, "price": push_price(price)}]


def _drop_plan(row: Subscription) -> None:
    if row.schedule_id:
        with suppress(errors.Refused):  # released already
            gateway.release_schedule(row.schedule_id)


def plan_change(row: Subscription, price: Price) -> None:
    """A schedule of two phases: as it is until the period ends, then the other."""
    _drop_plan(row)
    key = f"plan:{row.stripe_id}:{price.pk}:{gateway.now() // 60}"
    schedule = gateway.create_schedule({"from_subscription": row.stripe_id}, key=key)
    first = schedule["phases"][0]
    old = [{"price": one["price"], "quantity": one["quantity"]} for one in first["items"]]
    phases = [
        {"items": old, "start_date": first["start_date"], "end_date": first["end_date"]},
        {"items": [{"price": push_price(price), "quantity": 1}]},
    ]
    gateway.update_schedule(schedule["id"], {"end_behavior": "release", "phases": phases})
    sync_subscription(row.stripe_id)
    Subscription.objects.filter(pk=row.pk).exclude(schedule_id="").update(next_price=price)
