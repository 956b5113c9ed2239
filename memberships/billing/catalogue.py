"""Our tiers as Stripe's products and prices: we are the master, Stripe holds a copy. Asked again it makes nothing twice."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from memberships.billing import errors, gateway
from memberships.tiers.models import Price, Tier


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
