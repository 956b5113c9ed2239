"""Older posts that fit what a member picked when they came in, each with the reason. Never in place of the feed, which drops nothing."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from communities.access.viewer import Viewer
from communities.members.models import Member, Seen
from communities.members.topics import reasons_for
from communities.spaces.models import Community
from content.posts.models import Post, Tag

MOST = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """why: the member's own answer that this post fits, in the community's words."""

    post: Post
    why: str


def suggestions_for(
    viewer: Viewer, seat: Member, place: Community, *, before: dt.datetime | None = None
) -> list[Suggestion]:
    """The newest that they may read, have not had on screen and did not write. At most three queries.

    before: only what came out earlier, since the newer ones stand on the same page.
    """
    labels = {slug: label for slug, label, _kind in reasons_for(seat)}
    if not labels:
        return []
    seen = Seen.objects.filter(member=seat, kind=Post.KIND, object_id=OuterRef("pk"))
    posts = (
        Post.objects.out().filter(community=place, tags__slug__in=labels).readable_by(viewer).without_blocked(viewer)
    )
    fresh = posts.exclude(author_id=viewer.user_id).filter(~Exists(seen)).distinct()
    if before is not None:
        fresh = fresh.filter(opens_at__lt=before)
    rows = list(fresh.without_text().newest_first()[:MOST])
    tags = Tag.posts.through.objects.filter(post__in=rows, tag__slug__in=labels).values_list("post_id", "tag__slug")
    reasons = {post_id: labels[slug] for post_id, slug in tags.order_by("-tag__slug")}
    for post in rows:
        post.community = place
    return [Suggestion(post, reasons[post.pk]) for post in rows]
