"""Posts and tags in the admin: what an author wrote is read-only, hiding and restoring are acts with a reason.

Drafts and removed posts are not shown."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin, FormAdmin
from communities.access.models import Opening
from communities.safety.buttons import hide_and_restore
from communities.ui import pagecache
from content.posts.models import Byline, Post, Tag


@admin.register(Post)
class PostAdmin(DeskAdmin):
    list_display = ("__str__", "state", "author", "community", "opens_at", "kind", "rung")
    list_filter = ("state", "kind", "community", "opens_at")
    list_select_related = ("community", "author")
    search_fields = ("title", "=id", "author__name", "author__email")
    search_help_text = _("A word of the title, a post's number, or its author")
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": ("title", "kind", "state", "community", "space", "author", "names", "labels")}),
        (_("Audience"), {"fields": ("rung", "listed_rung", "opens_at", "later")}),
        (_("What it says"), {"fields": ("teaser", "source", "details")}),
        (_("Facts"), {"fields": ("words", "minutes", "pictures", "created_at", "edited_at", "rev")}),
    )
    readonly_fields = ("names", "labels", "later")
    buttons = hide_and_restore(_("Restored, with the audience it had"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        found: Any = super().get_queryset(request)
        rows = found.for_desk().defer("html", "working")
        one = request.resolver_match and request.resolver_match.kwargs.get("object_id")
        return rows if one else rows.without_text()

    def view_on_site(self, obj: Post) -> str:
        return obj.url

    @admin.display(description=_("by"))
    def names(self, post: Post) -> str:
        return ", ".join(Byline.objects.filter(post=post).values_list("name", flat=True)) or str(post.author)

    @admin.display(description=_("tags"))
    def labels(self, post: Post) -> str:
        return ", ".join(Tag.objects.filter(posts=post).values_list("name", flat=True)) or "–"

    @admin.display(description=_("opens later to"))
    def later(self, post: Post) -> str:
        openings = Opening.objects.filter(kind=Post.KIND, object_id=post.pk).order_by("at")
        return ", ".join(f"{opening.rung}: {opening.at:%Y-%m-%d %H:%M} UTC" for opening in openings) or "–"


@admin.register(Tag)
class TagAdmin(FormAdmin):
    """A tag is renamed or taken away; posts keep the rest of theirs."""

    list_display = ("name", "slug", "community")
    list_filter = ("community",)
    list_select_related = ("community",)
    search_fields = ("name", "slug")
    ordering = ("name", "pk")
    fields = ("name", "slug", "community")
    readonly_fields = ("slug", "community")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """The tags of a draft say what it is about."""
        shown = Post.objects.for_desk().filter(tags=OuterRef("pk"))
        return super().get_queryset(request).filter(Exists(shown))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._permits(request, "delete")

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        pagecache.bump(obj.community.slug)

    def delete_model(self, request: HttpRequest, obj: Tag) -> None:
        slug = obj.community.slug
        super().delete_model(request, obj)
        pagecache.bump(slug)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        slugs = set(queryset.values_list("community__slug", flat=True))
        super().delete_queryset(request, queryset)
        for slug in slugs:
            pagecache.bump(slug)
