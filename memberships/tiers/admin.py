"""Tiers, who holds them and what was given for others in the admin, to look at: a creator writes them in the studio, and what was
given there ends there."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin
from memberships.tiers.models import Ask, Gift, Grant, Pool, Tier
from memberships.tiers.reading import words_of


@admin.register(Tier)
class TierAdmin(DeskAdmin):
    list_display = ("name", "community", "level", "state", "created_at")
    list_filter = ("state", "community")
    list_select_related = ("community",)
    search_fields = ("name", "slug")
    ordering = ("-pk",)
    fields = (
        "name",
        "community",
        "level",
        "state",
        "why",
        "what",
        "how",
        "prices",
        "promises",
        "trial_days",
        "created_at",
    )
    readonly_fields = ("prices", "promises")

    @admin.display(description=_("prices"))
    def prices(self, tier: Tier) -> str:
        """Ended ones too: somebody may still pay them."""
        rows = tier.prices.order_by("-active", "-created_at")
        return "\n".join(f"{words_of(row)}{'' if row.active else ' –'}" for row in rows) or "–"

    @admin.display(description=_("promises"))
    def promises(self, tier: Tier) -> str:
        return "\n".join(str(row) for row in tier.benefits.filter(ended_at__isnull=True)) or "–"


@admin.register(Grant)
class GrantAdmin(DeskAdmin):
    list_display = ("member", "tier", "source", "starts", "ends", "given_by")
    list_filter = ("source", "tier__community")
    list_select_related = ("member__user", "member__community", "tier", "given_by")
    search_fields = ("=ref", "member__user__name", "member__user__email", "member__user__handle")
    search_help_text = _("A name, a handle, an address, or what it comes from")
    also_asked = ("member", "tier")
    ordering = ("-pk",)
    fields = ("member", "tier", "source", "ref", "starts", "ends", "reason", "given_by")


@admin.register(Gift)
class GiftAdmin(DeskAdmin):
    """Without its link, which is the gift, and without its words."""

    list_display = ("created_at", "tier", "months", "giver", "taken_by", "taken_at", "voided_at")
    list_filter = ("tier__community", ("taken_at", admin.EmptyFieldListFilter))
    list_select_related = ("tier", "giver", "taken_by__user", "taken_by__community")
    search_fields = ("=ref", "=giver__email", "=giver__handle")
    search_help_text = _("The giver's whole address or handle, or what it comes from")
    ordering = ("-pk",)
    fields = ("tier", "months", "giver", "ref", "opens_on", "created_at", "taken_by", "taken_at", "voided_at")


@admin.register(Pool)
class PoolAdmin(DeskAdmin):
    list_display = ("created_at", "tier", "months", "seats", "taken", "giver", "voided_at")
    list_filter = ("tier__community",)
    list_select_related = ("tier", "giver")
    search_fields = ("=ref", "=giver__email", "=giver__handle")
    search_help_text = _("The giver's whole address or handle, or what it comes from")
    ordering = ("-pk",)
    fields = ("tier", "months", "seats", "taken", "giver", "ref", "created_at", "voided_at")


@admin.register(Ask)
class AskAdmin(DeskAdmin):
    """Without the words: they are for the team of that community."""

    list_display = ("asked_at", "tier", "member", "state", "settled_at")
    list_filter = ("state", "tier__community")
    list_select_related = ("tier", "member__user", "member__community")
    search_fields = ("=member__user__email", "=member__user__handle")
    search_help_text = _("Somebody's whole address or handle")
    ordering = ("-pk",)
    fields = ("tier", "member", "state", "asked_at", "settled_at")
