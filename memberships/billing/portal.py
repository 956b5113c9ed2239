"""Stripe's own page for cards and receipts: its configuration, made once, and the way to it."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.urls import reverse

from memberships.billing import gateway
from memberships.billing.catalogue import site
from memberships.billing.models import Customer

MARK = "hearth"
FEATURES: dict[str, Any] = {
    "payment_method_update": {"enabled": True},
    "invoice_history": {"enabled": True},
    # The address stays ours: who they are is decided here. Ending and changing are pages of ours, in two clicks.
    "customer_update": {"enabled": True, "allowed_updates": ["name", "address", "tax_id"]},
    "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
    "subscription_update": {"enabled": False},
}


def ensure_configuration(*, mend: bool = False) -> str:
    """The configuration of this installation, found by its mark or made. mend: what somebody changed there is changed back."""
    wanted = {"features": FEATURES, "metadata": {"site": site(), "made_by": MARK}}
    for one in gateway.list_portal_configurations({"limit": 100, "active": True}).items:
        if one["metadata"] == wanted["metadata"]:
            if mend:
                gateway.update_portal_configuration(one["id"], {"features": FEATURES})
            return str(one["id"])
    key = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:40]
    return str(gateway.create_portal_configuration(wanted, key=f"portal:{key}")["id"])


def portal_url(customer: Customer, *, flow: str = "") -> str:
    """A fresh way in, good for minutes. flow: "payment_method_update" leads straight to the card."""
    fields: dict[str, Any] = {
        "customer": customer.stripe_id,
        "return_url": settings.SITE_URL + reverse("billing:money"),
        "configuration": ensure_configuration(),
    }
    if flow:
        fields["flow_data"] = {"type": flow}
    return str(gateway.create_portal_session(fields)["url"])
