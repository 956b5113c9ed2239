"""Post and what hangs on it: tags, bylines and the old addresses it answers to."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communities.access.models import Gated, GatedQuerySet, State
from content.posts.kinds import CHOICES, KINDS


class PostQuerySet(GatedQuerySet):
    def out(self) -> Self:
        """Published and open: what streams, feeds and the sitemap show, to the team as well."""
        return self.filter(state=State.PUBLISHED, opens_at__lte=timezone.now())

    def newest_first(self) -> Self:
        return self.order_by("-opens_at", "-pk")

    def without_text(self) -> Self:
        """For lists: the body stays in the database."""
        return self.defer("source", "html", "working")


class Post(Gated):
    """`source` is what was written, `html` what it became when it was saved. `working`: edits of a published post that
    are not out yet. `rev` counts saves, so that a second tab notices. `request` makes sending twice one post.

    words, minutes (of reading) and pictures are counted from the body; the teaser states them.
    """

    KIND = "post"

    space = models.ForeignKey("spaces.Space", on_delete=models.PROTECT, related_name="+", verbose_name=_("space"))
    kind = models.CharField(_("kind"), max_length=10, choices=CHOICES, default="update")
    title = models.CharField(_("title"), max_length=200, blank=True)
    slug = models.CharField(max_length=80, blank=True)
    teaser = models.TextField(_("teaser"), max_length=600, blank=True)
    source = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True)
    excerpt = models.CharField(max_length=400, blank=True)
    details = models.JSONField(default=dict, blank=True)
    cover = models.ForeignKey("files.File", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(max_length=12, blank=True)
    words = models.PositiveIntegerField(default=0)
    minutes = models.PositiveIntegerField(default=0)
    pictures = models.PositiveIntegerField(default=0)
    working = models.JSONField(null=True, blank=True)
    rev = models.PositiveIntegerField(default=1)
    request = models.UUIDField(default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = PostQuerySet.as_manager()

    class Meta(Gated.Meta):
        constraints = [
            *Gated.Meta.constraints,
            models.UniqueConstraint(fields=["author", "request"], name="post_once_a_request"),
        ]
        indexes = [
            # The stream: newest first inside a community, by keyset.
            models.Index(fields=["community", "-opens_at", "-id"], name="post_stream", condition=Q(state="published")),
            models.Index(fields=["-opens_at", "-id"], name="post_stream_all", condition=Q(state="published")),
            models.Index(
                fields=["space", "-opens_at", "-id"], name="post_stream_space", condition=Q(state="published")
            ),
            models.Index(
                fields=["community", "kind", "-opens_at", "-id"],
                name="post_stream_kind",
                condition=Q(state="published"),
            ),
            models.Index(fields=["author", "state"], name="post_by_author"),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Untitled"))

    @property
    def url(self) -> str:
        """Needs `community` loaded."""
        return reverse("posts:detail", args=[self.community.slug, self.pk, self.slug or "-"])

    @property
    def kind_label(self) -> Promise:
        return KINDS[self.kind].label

    @property
    def is_scheduled(self) -> bool:
        return self.state == State.PUBLISHED and self.opens_at is not None and self.opens_at > timezone.now()


class Tag(models.Model):
    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="+")
    slug = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    posts = models.ManyToManyField(Post, related_name="tags")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["community", "slug"], name="tag_once")]

    def __str__(self) -> str:
        return self.name


class Byline(models.Model):
    """Who wrote it, where that is not (only) the author's account: co-authors, and names from an archive."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="bylines")
    position = models.PositiveSmallIntegerField(default=0)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["post", "position"], name="byline_once_a_position")]

    def __str__(self) -> str:
        return self.name


class OldPath(models.Model):
    """An address that this post had before, on the site it came from. `path` has no leading or trailing slash."""

    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=300)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="old_paths")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "path"], name="old_path_once")]

    def __str__(self) -> str:
        return "/" + self.path


class Imported(models.Model):
    """Which file of an archive became which post, so that running the import again makes no double."""

    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=500)
    digest = models.CharField(max_length=64)
    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="imported")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "path"], name="imported_once")]

    def __str__(self) -> str:
        return self.path
