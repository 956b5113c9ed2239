"""How posts are found: by every word where they are open, by title, teaser and tags where they are a teaser."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from communities.access.models import State
from communities.access.rules import spaces_known_to
from communities.access.viewer import Viewer
from communities.access.words import Findable, Words
from communities.spaces.models import Space
from communities.ui.plain import plain
from content.posts.kinds import KINDS
from content.posts.models import Post, PostQuerySet


def words_of(ids: Collection[int]) -> list[Words]:
    """A draft is nobody's to find, not even by whoever writes it."""
    rows = Post.objects.filter(pk__in=ids, state__in=[State.PUBLISHED, State.HIDDEN]).prefetch_related("tags")
    return [_words(row) for row in rows]


def _words(post: Post) -> Words:
    tags = " ".join(f"#{tag.name}" for tag in post.tags.all())
    head = "\n".join(part for part in (post.title, post.teaser, tags) if part)
    places = (f"space{post.space_id}", f"sort{post.kind}")
    assert post.opens_at is not None  # whatever was published has a date
    return Words(post.pk, post.community_id, post.opens_at, head, plain(post.html), post.author_id, places)


def posts_open_to(viewer: Viewer) -> PostQuerySet:
    posts: PostQuerySet = Post.objects.readable_by(viewer).without_blocked(viewer)
    return posts


def posts_listed_to(viewer: Viewer) -> PostQuerySet:
    posts: PostQuerySet = Post.objects.listed_to(viewer).without_blocked(viewer)
    return posts


def posts_with_talk(viewer: Viewer) -> QuerySet:
    """Under what is out and open people talk; under what was hidden or is still to come nobody reads."""
    posts: QuerySet = Post.objects.out().readable_by(viewer)
    return posts


def place_of(word: str, viewer: Viewer) -> str:
    """in:journal, as far as they know of the space."""
    spaces = Space.objects.filter(community_id=viewer.community_id or 0, slug=word)
    return next((f"space{space.pk}" for space in spaces_known_to(viewer, spaces)), "")


def sort_of(word: str) -> str:
    return f"sort{word}" if word in KINDS else ""


POSTS = Findable(
    Post.KIND, _("Post"), _("Posts"), "note", Post, words_of, posts_open_to, posts_listed_to, posts_with_talk,
    place=place_of, sort=sort_of,
)  # fmt: skip
