"""Billing in the admin: read only; a message that was given up can be tried again."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin
from communities.access.desk import ActForm, Button, Changes, change_of
from communities.access.viewer import Viewer
from memberships.billing.inbox import retry_event
from memberships.billing.models import Invoice, Leaving, StripeEvent, Subscription


def try_again(_viewer: Viewer, row: StripeEvent, _asked: Mapping[str, Any]) -> Changes:
    retry_event(row)
    return [change_of(gettext("state"), row.get_status_display(), gettext("waiting"))]


@admin.register(StripeEvent)
class StripeEventAdmin(DeskAdmin):
    list_display = ("created", "type", "subject", "status", "attempts", "deliveries", "next_at", "error")
    list_filter = ("status", "type")
    search_fields = ("=event_id", "=subject")
    search_help_text = _("The whole id of a message, or of what it is about")
    ordering = ("-pk",)
    fields = (
        *("event_id", "type", "subject", "created", "received_at", "status", "attempts", "next_at"),
        *("error", "deliveries", "livemode", "account", "api_version"),
    )
    buttons = (
        Button(
            "retry",
            _("Try again"),
            try_again,
            _("Back in the queue"),
            form=ActForm,
            explained=_("What it is about is asked of Stripe anew within seconds. That is safe at any time."),
            bulk=True,
        ),
    )


@admin.register(Subscription)
class SubscriptionAdmin(DeskAdmin):
    list_display = ("stripe_id", "user", "community", "price", "status", "period_end", "cancel_at", "doubled_at")
    list_filter = ("status", "community", ("doubled_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "community", "price__tier")
    search_fields = ("=stripe_id", "=user__email", "=user__handle")
    search_help_text = _("Stripe's whole id, or somebody's whole address or handle")
    ordering = ("-pk",)
    fields = (
        *("stripe_id", "user", "community", "price", "status", "amount", "currency", "worth", "paid_once"),
        *("created_at", "started_at", "period_start", "period_end", "trial_end", "cancel_at", "ended_at"),
        *("end_reason", "why", "unpaid_since", "pending_update", "next_price", "latest_invoice", "doubled_at"),
        *("livemode", "fetch_seq", "applied_seq", "synced_at"),
    )

    @admin.display(description=_("in the payer's words"))
    def why(self, row: Subscription) -> str:
        said = Leaving.objects.filter(subscription=row).first()
        return f"{said.get_why_display()} {said.note}".strip() if said else "–"


@admin.register(Invoice)
class InvoiceAdmin(DeskAdmin):
    list_display = ("number", "subscription", "status", "total", "tax", "paid", "refunded", "currency", "created_at")
    list_filter = ("status", "currency")
    list_select_related = ("subscription",)
    search_fields = ("=number", "=stripe_id", "=payment_intent", "=subscription__user__email")
    search_help_text = _("A whole number of a bill, one of Stripe's ids, or the payer's whole address")
    ordering = ("-pk",)
    fields = (
        *("number", "stripe_id", "subscription", "status", "reason", "total", "tax", "paid", "refunded", "currency"),
        *("payment_intent", "attempts", "next_attempt_at", "created_at", "paid_at", "synced_at"),
    )
