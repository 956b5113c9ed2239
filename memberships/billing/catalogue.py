"""Our tiers and offers as Stripe's products, prices, coupons and promotion codes: we are the master, Stripe holds a copy. Asked again
it makes nothing twice."""

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from memberships.billing import errors, gateway
from memberships.billing.models import Coupon
from memberships.tiers.models import Price, Tier

log = logging.getLogger(__name__)


def site() -> str:
    """How this installation signs what it makes in a Stripe account that others may use as well."""
    return re.sub(r"[^a-z0-9]+", "-", urlsplit(settings.SITE_URL).netloc.lower()).strip("-")


def push_tier(tier: Tier) -> str:
    """The product of a tier, made or brought up to date; its id."""
    name = f"{site()}_tier_{tier.pk}"
    fields = {
        "name": f"{tier.community.name}: {tier.name}",
        "description": tier.what[:500] or tier.name,
        "metadata": {"site": site(), "tier": str(tier.pk), "community": tier.community.slug},
    }
    try:
        gateway.create_product({"id": name, **fields}, key=_key("product", {"id": name, **fields}))
    except errors.Conflict:
        gateway.update_product(name, {**fields, "active": True})
    Tier.objects.filter(pk=tier.pk).exclude(product=name).update(product=name)
    tier.product = name
    return name


def push_price(price: Price, *, anew: bool = False) -> str:
    """Stripe's id of a price; its product comes along. anew: the one that we know is gone or belongs to another mode."""
    if price.stripe_id and not anew:
        return price.stripe_id
    fields = {
        "product": push_tier(price.tier),
        "currency": price.currency,
        "unit_amount": price.amount,
        "recurring": {"interval": price.interval},
        "tax_behavior": settings.BILLING_TAX_BEHAVIOR,
        "metadata": {"site": site(), "price": str(price.pk)},
    }
    lost = price.stripe_id or ""
    made = gateway.create_price(fields, key=_key("price", {**fields, "lost": lost}))
    Price.objects.filter(pk=price.pk).update(stripe_id=made["id"])
    price.stripe_id = made["id"]
    return price.stripe_id


def revive_price(price: Price) -> None:
    """What is sold here is on sale there, whatever somebody put away in the dashboard."""
    gateway.update_product(push_tier(price.tier), {"active": True})
    gateway.update_price(push_price(price), {"active": True})


def push_once(price: Price, *, anew: bool = False) -> str:
    """Stripe's id of the same amount paid once, for gifts and seats."""
    if price.once_id and not anew:
        return price.once_id
    fields = {
        "product": push_tier(price.tier),
        "currency": price.currency,
        "unit_amount": price.amount,
        "tax_behavior": settings.BILLING_TAX_BEHAVIOR,
        "metadata": {"site": site(), "price": str(price.pk), "paid": "once"},
    }
    made = gateway.create_price(fields, key=_key("once", {**fields, "lost": price.once_id}))
    Price.objects.filter(pk=price.pk).update(once_id=made["id"])
    price.once_id = made["id"]
    return price.once_id


def push_coupon(coupon: Coupon, *, anew: bool = False) -> str:
    """Stripe's id of the promotion code of an offer; its coupon comes along. How often and until when is counted by us."""
    if coupon.promotion_id and not anew:
        return coupon.promotion_id
    lost = coupon.promotion_id
    off = (
        {"percent_off": coupon.percent}
        if coupon.percent
        else {"amount_off": coupon.amount, "currency": coupon.currency}
    )
    fields: dict[str, Any] = {
        "id": f"{site()}_offer_{coupon.pk}",
        "name": coupon.code,
        "duration": coupon.lasts,
        "metadata": {"site": site(), "offer": str(coupon.pk)},
        **off,
    }
    if coupon.lasts == Coupon.Lasts.MONTHS:
        fields["duration_in_months"] = coupon.months
    if tiers := list(coupon.tiers.select_related("community")):
        fields["applies_to"] = {"products": [push_tier(tier) for tier in tiers]}
    with suppress(errors.Conflict):  # there already
        gateway.create_coupon(fields, key=_key("coupon", {**fields, "lost": lost}))
    # The code is ours to check; at Stripe it only has to be unlike every other one of the account.
    code = {
        "promotion": {"type": "coupon", "coupon": fields["id"]},
        "code": f"{coupon.code}-{site()}-{coupon.pk}" + ("-again" if lost else ""),
        "metadata": {"site": site(), "offer": str(coupon.pk)},
    }
    made = gateway.create_promotion_code(code, key=_key("promotion", {**code, "lost": lost}))
    Coupon.objects.filter(pk=coupon.pk).update(coupon_id=fields["id"], promotion_id=made["id"])
    coupon.coupon_id, coupon.promotion_id = fields["id"], made["id"]
    return coupon.promotion_id


def pull_coupon(coupon: Coupon) -> None:
    """Nobody can begin with it at Stripe any more; whoever has it keeps it. Suffers a Stripe that is away: we no longer offer it."""
    if coupon.promotion_id:
        try:
            gateway.update_promotion_code(coupon.promotion_id, {"active": False})
        except errors.GatewayError as problem:
            log.warning("the code of offer %s stays open at Stripe: %s", coupon.pk, problem)


def push_all() -> int:
    """Every open tier with every price that is sold, anew where Stripe lost it; how many prices."""
    prices = Price.objects.filter(active=True, tier__state=Tier.State.OPEN).select_related("tier__community")
    for price in prices:
        push_tier(price.tier)
        push_price(price, anew=bool(price.stripe_id) and not _is_there(price))
    return len(prices)


def _is_there(price: Price) -> bool:
    try:
        return bool(gateway.retrieve_price(price.stripe_id or "")["active"])
    except errors.NotThere:
        return False


def _key(kind: str, fields: Mapping[str, Any]) -> str:
    """The same fields are the same object, other fields another key."""
    return f"{kind}:{hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:40]}"
