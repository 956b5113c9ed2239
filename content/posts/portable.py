"""What somebody posted: carried away with drafts and unsaved edits, and erased with pictures, tags, bylines and old addresses."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.access.models import State
from communities.files.actions import delete_file
from communities.files.models import File
from communities.people.portable import (
    Leaver,
    Line,
    Section,
    forget_log,
    moment,
    register_eraser,
    register_section,
)
from communities.people.traveller import Traveller
from communities.safety.portable import moderation_of
from communities.ui import pagecache
from content.posts.actions import erase_post
from content.posts.models import Byline, Post, Tag

BATCH = 20


def _posts(traveller: Traveller, rows: Sequence[Post]) -> list[Line]:
    acts = moderation_of(Post.KIND, [row.pk for row in rows])
    return [
        {
            "number": row.pk,
            "community": traveller.place(row.community),
            "space": traveller.space(row.space, row.community),
            "kind": row.kind,
            "state": row.state,
            "title": row.title,
            "teaser": row.teaser,
            "text": row.source,
            "details": row.details,
            "unsaved": _unsaved(row),
            "language": row.language,
            "tags": [tag.name for tag in row.tags.all()],
            "audience_from": row.rung,
            "created_at": moment(row.created_at),
            "opens_at": moment(row.opens_at),
            "edited_at": moment(row.edited_at),
            "moderation": acts.get(row.pk, []),
        }
        for row in rows
    ]


def _unsaved(post: Post) -> Line | None:
    """What the writer typed and nobody saw yet, in the words of the post's own fields."""
    working = post.working or {}
    known = {"title": "title", "teaser": "teaser", "source": "text", "details": "details", "language": "language"}
    return {ours: working[name] for name, ours in known.items() if name in working} or None


def _bylines(traveller: Traveller, rows: Sequence[Byline]) -> list[Line]:
    about = traveller.things((row.post.community, Post.KIND, row.post_id) for row in rows)
    return [
        {"name": row.name, "thing": about.get((Post.KIND, row.post_id)) or f"{Post.KIND} {row.post_id}"} for row in rows
    ]


def erase_posts(leaver: Leaver) -> bool:
    """Drafts go in any case: nobody but their author ever saw them. What was written and never went out goes with them."""
    mine = Post.objects.filter(author=leaver.user)
    if not leaver.erase:
        mine.exclude(state=State.DRAFT).update(working=None)
        mine = mine.filter(state=State.DRAFT)
    left = list(mine.exclude(state=State.REMOVED, title="", source="").select_related("community")[:BATCH])
    for post in left:
        for file in File.objects.filter(parent_kind=Post.KIND, parent_id=post.pk):
            delete_file(file)
        erase_post(post)
    forget_log(Post, [post.pk for post in left])
    _drop_lonely_tags([post.community_id for post in left])
    return len(left) == BATCH


def _drop_lonely_tags(places: list[int]) -> None:
    lonely = Tag.objects.filter(community__in=places, posts__isnull=True)
    forget_log(Tag, lonely.values_list("pk", flat=True))
    lonely.delete()


def erase_bylines(leaver: Leaver) -> bool:
    """Their name over posts, where it was typed as well: under their own, the account itself is named from now on."""
    typed = Q(post__author=leaver.user, name=leaver.user.name) if leaver.user.name else Q(pk__in=[])
    named = Byline.objects.filter(Q(user=leaver.user) | typed)
    for slug in set(named.values_list("post__community__slug", flat=True)):
        pagecache.bump(slug)
    named.delete()
    for slug in set(Post.objects.filter(author=leaver.user).order_by().values_list("community__slug", flat=True)):
        pagecache.bump(slug)
    return False


register_section(
    Section(
        "posts",
        _("What you posted"),
        ("posts.Post",),
        lambda user: Post.objects.filter(author=user).select_related("community", "space").prefetch_related("tags"),
        _posts,
        20,
    )
)
register_section(
    Section(
        "bylines",
        _("Posts that name you"),
        ("posts.Byline",),
        lambda user: Byline.objects.filter(user=user).select_related("post__community"),
        _bylines,
        21,
    )
)
register_eraser("posts", erase_posts, order=10)
register_eraser("bylines", erase_bylines, order=11)
