"""How posts are found by id for whatever hangs on them: comments, reactions, reports, notifications."""

from collections.abc import Iterable

from communities.access.models import State
from communities.access.things import Thing
from communities.access.viewer import Viewer
from content.posts.models import Post


def posts_as_things(ids: Iterable[int], viewer: Viewer) -> dict[int, Thing]:
    """One query. Talk is open on what is published; a draft takes neither comments nor reactions."""
    rows = Post.objects.filter(pk__in=set(ids)).listed_to(viewer).with_readable(viewer)
    found = {}
    for post in rows.without_text().select_related("community"):
        live = post.readable and post.state == State.PUBLISHED and not post.is_scheduled
        found[post.pk] = Thing(
            kind=Post.KIND,
            id=post.pk,
            community_id=post.community_id,
            title=str(post),
            url=post.url,
            readable=post.readable,
            author_id=post.author_id,
            excerpt=post.excerpt if post.readable else "",
            comments=live,
            reactions=live,
        )
    return found


def text_of(post: Post) -> str:
    """All that a post says, for the desk: title, teaser and text as they were typed."""
    return "\n\n".join(part for part in (post.title, post.teaser, post.source) if part)
