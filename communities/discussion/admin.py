"""Rooms and their messages in the admin: what is said is read-only; hiding, restoring and closing are actions.

What its author took away holds nothing, what was said in a closed room is read no more, and what people say to each other is
theirs: none of it is shown."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin
from communities.access.desk import Button
from communities.access.models import State
from communities.access.viewer import Viewer
from communities.discussion.attached import files_with, in_words
from communities.discussion.models import Message, Room
from communities.discussion.rooms import close_room
from communities.files.shown import as_links
from communities.safety.buttons import hide_and_restore


def close(viewer: Viewer, room: Room, _asked: Mapping[str, Any]) -> None:
    close_room(viewer, room=room)


@admin.register(Room)
class RoomAdmin(DeskAdmin):
    list_display = ("name", "community", "rung", "listed_rung", "posting", "last", "spoken_at")
    list_filter = ("posting", "community")
    list_select_related = ("community", "author")
    search_fields = ("name", "slug", "=id")
    search_help_text = _("A word of the name, the address, or a room's number")
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "about", "community", "author", "position")}),
        (_("Audience"), {"fields": ("rung", "listed_rung", "posting", "posting_rung", "slow")}),
        (_("Facts"), {"fields": ("last", "rev", "spoken_at")}),
    )
    buttons = (
        Button(
            "close",
            _("Close for good"),
            close,
            _("The room is closed."),
            ability="manage",
            explained=_("Nobody reads or writes there any more. It does not open again."),
            danger=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: Any = super().get_queryset(request)
        return rows.for_desk()

    def view_on_site(self, obj: Room) -> str:
        return obj.url


@admin.register(Message)
class MessageAdmin(DeskAdmin):
    list_display = ("id", "first_words", "state", "author", "community", "room", "by_team", "created_at")
    list_filter = ("state", "by_team", "community")
    list_select_related = ("community", "author", "room")
    search_fields = ("=id", "author__name", "author__email")
    search_help_text = _("A message's number, or its author")
    also_asked = ("room", "author")
    ordering = ("-pk",)
    fields = ("source", "files", "state", "author", "community", "room", "number", "by_team", "created_at", "edited_at")
    buttons = hide_and_restore()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).exclude(state=State.REMOVED)
        return rows.filter(room__in=Room.objects.for_desk()).defer("html")

    def view_on_site(self, obj: Message) -> str:
        return obj.url

    @admin.display(description=_("first words"))
    def first_words(self, message: Message) -> str:
        return " ".join(message.source[:200].split())[:80] or in_words(message.attached)

    @admin.display(description=_("files"))
    def files(self, message: Message) -> str:
        return as_links(files_with(message)) or "–"
