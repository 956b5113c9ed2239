"""Billing in the admin: read only; buttons try a message again, give money back, end a subscription."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin, FormAdmin
from communities.access.desk import ActForm, Button, Changes, MomentInput, change_of
from communities.access.viewer import Viewer
from memberships.billing.brand_share import set_brand_share
from memberships.billing.codes import off_words
from memberships.billing.desk import RefundForm, end_now, give_money_back
from memberships.billing.inbox import retry_event
from memberships.billing.looks_admin import LookAdmin  # noqa: F401  registered there
from memberships.billing.models import (
    BrandShare,
    Coupon,
    Dispute,
    Invoice,
    Leaving,
    Purchase,
    StripeEvent,
    Subscription,
)


def try_again(_viewer: Viewer, row: StripeEvent, _asked: Mapping[str, Any]) -> Changes:
    retry_event(row)
    return [change_of(gettext("state"), row.get_status_display(), gettext("waiting"))]


@admin.register(StripeEvent)
class StripeEventAdmin(DeskAdmin):
    list_display = ("created", "type", "subject", "status", "attempts", "deliveries", "next_at", "error")
    list_filter = ("status", "missed", "type")
    search_fields = ("=event_id", "=subject")
    search_help_text = _("The whole id of a message, or of what it is about")
    ordering = ("-pk",)
    fields = (
        *("event_id", "type", "subject", "created", "received_at", "status", "attempts", "next_at"),
        *("error", "deliveries", "missed", "livemode", "account", "api_version"),
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
    buttons = (
        Button(
            "end",
            _("End it now"),
            end_now,
            _("It is ended."),
            shown=lambda row: row.is_running,
            ability="sell",
            explained=_(
                "Nothing is taken any more and the step closes this moment. What was paid goes back only from its bill."
            ),
            danger=True,
            asks_outside=True,
        ),
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
        *("payment_intent", "held", "attempts", "next_attempt_at", "created_at", "paid_at", "synced_at"),
    )
    buttons = (
        Button(
            "refund",
            _("Give money back"),
            give_money_back,
            _("It is on its way back."),
            shown=lambda row: row.paid > row.refunded,
            ability="sell",
            form=RefundForm,
            explained=_("To the card or account that it came from; that takes the bank some days."),
            danger=True,
            asks_outside=True,
        ),
    )


@admin.register(Dispute)
class DisputeAdmin(DeskAdmin):
    """What payers took to their bank. It is answered in Stripe's dashboard, with evidence, before its day."""

    list_display = ("stripe_id", "invoice", "purchase", "amount", "currency", "status", "reason", "created_at")
    list_filter = (("closed_at", admin.EmptyFieldListFilter), "status", "currency")
    list_select_related = ("invoice", "purchase")
    search_fields = (
        *("=stripe_id", "=invoice__number", "=invoice__subscription__user__email"),
        *("=purchase__number", "=purchase__user__email"),
    )
    search_help_text = _("Stripe's whole id, a whole number of a bill, or the payer's whole address")
    ordering = ("-pk",)
    fields = (
        *("stripe_id", "invoice", "purchase", "amount", "currency", "status", "reason"),
        *("created_at", "closed_at", "synced_at"),
    )


class BrandShareForm(forms.ModelForm):
    percent = forms.DecimalField(
        label=_("Share in percent"), min_value=0, max_value=100, decimal_places=2, localize=False
    )
    starts = forms.DateTimeField(
        label=_("From"), required=False, widget=MomentInput, help_text=_("Empty: from now on. The time is UTC.")
    )

    class Meta:
        model = BrandShare
        fields = ("community", "starts", "reason")


@admin.register(BrandShare)
class BrandShareAdmin(FormAdmin):
    """What was agreed stays; another share is another row."""

    form = BrandShareForm
    list_display = ("community", "percent", "starts", "reason", "set_by")
    list_filter = ("community",)
    list_select_related = ("community", "set_by")
    search_fields = ("community__name", "community__slug")
    autocomplete_fields = ("community",)
    ordering = ("-pk",)
    fields = ("community", "percent", "starts", "reason")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: BrandShare, form: Any, change: bool) -> None:
        asked = form.cleaned_data
        made = set_brand_share(
            self.viewer_of(request, obj),
            community=obj.community,
            share=int(asked["percent"] * 100),
            reason=asked["reason"],
            starts=asked["starts"],
        )
        obj.pk = made.pk
        obj.refresh_from_db()


@admin.register(Coupon)
class CouponAdmin(DeskAdmin):
    list_display = ("code", "community", "what", "uses", "most", "ends_at", "left_only", "archived_at")
    list_filter = ("community", "left_only", ("archived_at", admin.EmptyFieldListFilter))
    list_select_related = ("community",)
    search_fields = ("code", "=promotion_id")
    search_help_text = _("A code, or Stripe's whole id of it")
    ordering = ("-pk",)
    fields = (
        *("code", "community", "what", "for_tiers", "uses", "most", "ends_at", "left_only", "archived_at"),
        *("coupon_id", "promotion_id", "made_by", "created_at"),
    )
    readonly_fields = ("what", "for_tiers")

    @admin.display(description=_("what it does"))
    def what(self, row: Coupon) -> str:
        return off_words(row)

    @admin.display(description=_("for"))
    def for_tiers(self, row: Coupon) -> str:
        return ", ".join(tier.name for tier in row.tiers.all()) or gettext("all tiers")


@admin.register(Purchase)
class PurchaseAdmin(DeskAdmin):
    list_display = ("created_at", "kind", "user", "community", "total", "refunded", "currency", "status", "paid_at")
    list_filter = ("kind", "status", "community")
    list_select_related = ("user", "community")
    search_fields = ("=session_id", "=payment_intent", "=invoice_id", "=user__email", "=user__handle")
    search_help_text = _("One of Stripe's ids, or the payer's whole address or handle")
    ordering = ("-pk",)
    fields = (
        *("kind", "user", "community", "price", "quantity", "months", "seats", "status", "total", "tax", "refunded"),
        *("currency", "created_at", "expires_at", "paid_at", "session_id", "payment_intent", "invoice_id", "livemode"),
    )
