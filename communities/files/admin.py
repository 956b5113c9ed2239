"""Files in the admin: whose they are, how large and what they hang on; they are handed in and taken away where they are used."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin
from communities.files.models import WAITING, File
from communities.files.parents import parents


@admin.register(File)
class FileAdmin(DeskAdmin):
    list_display = ("name", "community", "uploader", "mime", "bytes", "parent_kind", "parent_id", "created_at", "sized")
    list_filter = ("community", "parent_kind", "sized")
    list_select_related = ("community", "uploader")
    search_fields = ("name", "alt", "uploader__name", "uploader__email")
    search_help_text = _("A file's name or alt text, or who handed it in")
    ordering = ("-pk",)
    fields = (
        "name",
        "alt",
        "community",
        "uploader",
        "mime",
        "bytes",
        "width",
        "height",
        "parent_kind",
        "parent_id",
        "sized",
        "size_tries",
        "created_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Not the files of what the desk does not show, nor those that were never sent: their names and alt texts tell of it."""
        rows = super().get_queryset(request).exclude(parent_kind=WAITING)
        for one in parents():
            rows = rows.filter(~Q(parent_kind=one.kind) | Q(parent_id__in=one.for_desk()))
        return rows
