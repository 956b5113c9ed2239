"""A person's customer at Stripe, made when they first buy; found by our row alone, never by their address."""

import hashlib
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from memberships.billing import gateway
from memberships.billing.catalogue import site
from memberships.billing.models import Customer


def ensure_customer(user: Any, currency: str) -> Customer:
    """One in each mode and currency (Stripe bills a customer's subscriptions in one). Asked twice at once it is the same one."""
    mine = Customer.objects.filter(user=user, livemode=settings.STRIPE_MODE == "live", currency=currency)
    before = list(mine)  # one look: the count below belongs to it
    if living := [row for row in before if row.deleted_at is None]:
        return living[0]
    fields = {"email": user.email, "name": str(user), "metadata": {"user": str(user.pk), "site": site()}}
    mark = hashlib.sha256(f"{user.email}\n{user}".encode()).hexdigest()[:12]
    made = gateway.create_customer(fields, key=f"cus:{site()}:{user.pk}:{currency}:{len(before)}:{mark}")
    try:
        with transaction.atomic():
            return Customer.objects.create(
                user=user, livemode=bool(made["livemode"]), currency=currency, stripe_id=made["id"]
            )
    except IntegrityError:
        return mine.get(deleted_at__isnull=True)
