"""Who may buy where: the door that tiers show, what is sold, and for whom a trial is left."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from communities.access.viewer import Viewer
from memberships.tiers.models import Price


def is_on() -> bool:
    """Is there a till?"""
    return bool(settings.STRIPE_MODE != "off")


def door(viewer: Viewer, price: Price) -> str:
    """Where the form of this price goes; "" for whom the till is shut."""
    if viewer.standing == "suspended":
        return ""
    return reverse("billing:checkout", args=[price.tier.community.slug])


def is_sold(price: Price) -> bool:
    return price.active and price.tier.state == price.tier.State.OPEN


def trial_of(user: Any, price: Price) -> int:
    """Days to try it: once a person and community."""
    if not price.tier.trial_days:
        return 0
    return 0 if has_tried(user, price.tier.community_id) else price.tier.trial_days


def has_tried(user: Any, community_id: int) -> bool:
    """Was anything paid or tried here before, at whatever step? Then it begins with the payment."""
    return bool(user.subscriptions.filter(community=community_id).exclude(status="incomplete_expired").exists())
