"""How posts are found by id for whatever hangs on them: comments, reactions, reports, notifications."""

from collections.abc import Iterable

from django.db.models import QuerySet

from communities.access.models import State
from communities.access.things import Thing
from communities.access.viewer import Viewer
from communities.ui.written import written
from content.posts.models import Post


def posts_as_things(ids: Iterable[int], viewer: Viewer) -> dict[int, Thing]:
    """One plain query for what is open to everybody of the viewer's rung, and the whole question for what is left.

    Talk is open on what is published; a draft takes neither comments nor reactions.
    """
    rows = {post.pk: post for post in _standing(tuple(set(ids)))}
    found = {pk: _thing(post, readable=True) for pk, post in rows.items() if post.is_plainly_open_to(viewer)}
    left = set(rows) - set(found)
    if left:
        posts = Post.objects.without_text().select_related("community").filter(pk__in=left)
        for post in posts.listed_to(viewer).with_readable(viewer):
            found[post.pk] = _thing(post, readable=post.readable)
    return found


@written
def _standing(ids: tuple[int, ...]) -> QuerySet[Post]:
    posts = Post.objects.without_text().select_related("community").filter(pk__in=ids)
    return posts.exclude(state=State.REMOVED)


def _thing(post: Post, *, readable: bool) -> Thing:
    live = readable and post.state == State.PUBLISHED and not post.is_scheduled
    return Thing(
        kind=Post.KIND,
        id=post.pk,
        community_id=post.community_id,
        title=str(post),
        url=post.url,
        readable=readable,
        author_id=post.author_id,
        excerpt=post.excerpt if readable else "",
        comments=live,
        reactions=live,
    )


def text_of(post: Post) -> str:
    """All that a post says, for the desk: title, teaser and text as they were typed."""
    return "\n\n".join(part for part in (post.title, post.teaser, post.source) if part)
