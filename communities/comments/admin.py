"""Comments and their threads in the admin: what somebody wrote is read-only; hiding, restoring and closing are actions.

What its author took away holds nothing and is not shown."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin
from communities.access.desk import ActForm, Button, Changes, change_of
from communities.access.models import State
from communities.access.viewer import Viewer
from communities.comments.actions import close_thread
from communities.comments.models import Comment, Thread
from communities.safety.buttons import hide_and_restore


@admin.register(Comment)
class CommentAdmin(DeskAdmin):
    list_display = ("id", "first_words", "state", "author", "community", "thread", "by_team", "created_at")
    list_filter = ("state", "by_team", "community")
    list_select_related = ("community", "author", "thread")
    search_fields = ("=id", "author__name", "author__email")
    search_help_text = _("A comment's number, or its author")
    also_asked = ("thread", "author")
    ordering = ("-pk",)
    fields = ("source", "state", "author", "community", "thread", "number", "by_team", "created_at", "edited_at")
    buttons = hide_and_restore()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).exclude(state=State.REMOVED).defer("html")

    def view_on_site(self, obj: Comment) -> str:
        return obj.url

    @admin.display(description=_("first words"))
    def first_words(self, comment: Comment) -> str:
        return " ".join(comment.source[:200].split())[:80]


def close(viewer: Viewer, thread: Thread, _asked: Mapping[str, Any]) -> Changes:
    return _turn(viewer, thread, closed=True)


def reopen(viewer: Viewer, thread: Thread, _asked: Mapping[str, Any]) -> Changes:
    return _turn(viewer, thread, closed=False)


def _turn(viewer: Viewer, thread: Thread, *, closed: bool) -> Changes:
    close_thread(viewer, thread=thread, closed=closed)
    words = (gettext("open"), gettext("closed"))
    return [change_of(gettext("talk"), words[not closed], words[closed])]


@admin.register(Thread)
class ThreadAdmin(DeskAdmin):
    list_display = ("__str__", "community", "count", "closed", "spoken_at", "answered_at")
    list_filter = ("closed", "kind", "community")
    list_select_related = ("community",)
    search_fields = ("=object_id",)
    search_help_text = _("The number of the thing that is talked about")
    ordering = ("-pk",)
    fields = ("kind", "object_id", "community", "count", "closed", "spoken_at", "answered_at")
    buttons = (
        Button(
            "close",
            _("Close the talk"),
            close,
            _("Closed: everybody reads, nobody writes any more."),
            shown=lambda thread: not thread.closed,
            ability="moderate",
            form=ActForm,
        ),
        Button(
            "reopen",
            _("Open it again"),
            reopen,
            _("Open again"),
            shown=lambda thread: thread.closed,
            ability="moderate",
            form=ActForm,
        ),
    )
