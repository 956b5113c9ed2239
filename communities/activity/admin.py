"""The ledger and its outbox in the admin: read only; a parked delivery can be tried again."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin
from communities.access.desk import ActForm, Button, Changes, change_of
from communities.access.viewer import Viewer
from communities.activity.actions import retry_delivery
from communities.activity.models import Activity, Delivery
from communities.activity.registry import VERBS


class VerbFilter(admin.SimpleListFilter):
    """The declared verbs, not the verbs that a look through the whole ledger would find."""

    title = _("verb")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in sorted(VERBS)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(verb=self.value()) if self.value() else queryset


@admin.register(Activity)
class ActivityAdmin(DeskAdmin):
    list_display = ("occurred_at", "verb", "actor", "community", "kind", "object_id", "before", "after", "amount")
    list_filter = (VerbFilter, "community")
    list_select_related = ("actor", "community")
    search_fields = ("=object_id", "=actor__email", "=actor__handle", "=key")
    search_help_text = _("The number of a thing, somebody's whole address or handle, or a key")
    ordering = ("-pk",)
    fields = (
        "verb",
        "community",
        "actor",
        "kind",
        "object_id",
        "occurred_at",
        "recorded_at",
        "before",
        "after",
        "amount",
        "currency",
        "key",
    )


def try_again(_viewer: Viewer, row: Delivery, _asked: Mapping[str, Any]) -> Changes:
    if not row.parked:
        raise ValidationError(gettext("It is not parked: it is being tried already."))
    retry_delivery(row)
    return [change_of(gettext("state"), row.error or gettext("parked"), gettext("waiting"))]


@admin.register(Delivery)
class DeliveryAdmin(DeskAdmin):
    list_display = ("id", "subscriber", "activity", "attempts", "parked", "next_at", "error")
    list_filter = ("parked", "subscriber")
    list_select_related = ("activity",)
    search_fields = ("subscriber", "error", "activity__verb")
    ordering = ("-pk",)
    fields = ("subscriber", "activity", "attempts", "parked", "next_at", "error")
    buttons = (
        Button(
            "retry",
            _("Try again"),
            try_again,
            _("Back in the queue"),
            shown=lambda row: row.parked,
            form=ActForm,
            explained=_("The subscriber hears of it again within seconds, with five fresh tries."),
            bulk=True,
        ),
    )
