"""Tiers and who holds them in the admin, to look at: a creator writes them in the studio, and what was given there ends there."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin
from memberships.tiers.models import Grant, Tier
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
