"""Communities, their spaces and their steps in the admin: forms whose save is an action of spaces."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.access.admin import FormAdmin
from communities.spaces.actions import change_community, save_rung, save_space
from communities.spaces.models import Community, Rung, Space


class CommunityAdmin(FormAdmin):
    """Registered by members, where founding lives; a community is founded there with its owner."""

    list_display = ("name", "slug", "listed", "timezone", "size_cap", "created_at")
    list_filter = ("listed", "font", "created_at")
    search_fields = ("name", "slug", "tagline")
    ordering = ("name",)
    LOOK = ("hue", "radius", "font")
    PLACE = ("name", "slug", "tagline", "about", "timezone", "listed", "join_mode", "join_note", "size_cap")
    fieldsets = (
        (None, {"fields": PLACE}),
        (_("Look"), {"fields": LOOK}),
        (_("Kept by the studio"), {"fields": ("logo", "cover", "modules", "look_version", "created_at")}),
    )
    readonly_fields = ("logo", "cover", "modules", "look_version", "created_at")

    def save_model(self, request: HttpRequest, obj: Community, form: Any, change: bool) -> None:
        fresh = Community.objects.get(pk=obj.pk)
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        change_community(self.viewer_of(request, fresh), community=fresh, **changed)

    def view_on_site(self, obj: Community) -> str:
        return f"/c/{obj.slug}/"


def known_level(community: Community | None, level: int | None, name: str) -> None:
    """ValidationError at the field where this community has no such step."""
    if community is None or not level:
        return
    levels = list(Rung.objects.filter(community=community).values_list("level", flat=True))
    if level not in levels:
        known = ", ".join(str(one) for one in [0, *levels])
        raise ValidationError(
            {name: gettext("This community has no such step. There are: %(known)s") % {"known": known}}
        )


class SpaceForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("rung", "listed_rung", "posting_rung"):
            known_level(data.get("community") or getattr(self.instance, "community", None), data.get(name), name)
        return data


class OfACommunity(FormAdmin):
    """Rows that belong to one community for good."""

    list_select_related = ("community",)
    autocomplete_fields = ("community",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            ("community", *super().get_readonly_fields(request, obj)) if obj else super().get_readonly_fields(request)
        )


@admin.register(Space)
class SpaceAdmin(OfACommunity):
    form = SpaceForm
    list_display = ("name", "community", "slug", "rung", "listed_rung", "posting", "position")
    list_filter = ("posting", "community")
    search_fields = ("name", "slug", "community__name")
    ordering = ("community", "position")
    fields = (
        "community",
        "name",
        "slug",
        "about",
        "rung",
        "listed_rung",
        "posting",
        "posting_rung",
        "position",
    )

    def save_model(self, request: HttpRequest, obj: Space, form: Any, change: bool) -> None:
        save_space(self.viewer_of(request, obj), space=obj)


@admin.register(Rung)
class RungAdmin(OfACommunity):
    list_display = ("name", "community", "level", "slug", "ways")
    list_filter = ("community",)
    search_fields = ("name", "slug", "community__name")
    ordering = ("community", "level")
    fields = ("community", "level", "name", "slug", "about", "ways")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        given = super().get_readonly_fields(request, obj)
        return (*given, "level") if obj else given  # levels are never renumbered

    def save_model(self, request: HttpRequest, obj: Rung, form: Any, change: bool) -> None:
        save_rung(self.viewer_of(request, obj), rung=obj)
