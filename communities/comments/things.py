"""How comments are found by id for whatever hangs on them: reactions, reports, notifications, files."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from communities.access.models import State
from communities.access.things import Thing, things
from communities.access.viewer import Viewer
from communities.comments.models import Comment
from communities.ui.plain import plain

EXCERPT = 200


def comments_as_things(ids: Iterable[int], viewer: Viewer) -> dict[int, Thing]:
    """One query, and one for each kind of thing that they hang on. A comment exists for whoever reads what is above it."""
    rows = Comment.objects.seen_by(viewer).filter(pk__in=set(ids))
    if viewer.community_id is not None:
        rows = rows.filter(community=viewer.community_id)
    found = list(rows.select_related("thread", "community", "author"))
    above: dict[str, set[int]] = {}
    for row in found:
        above.setdefault(row.thread.kind, set()).add(row.thread.object_id)
    parents = {kind: things(kind, some, viewer) for kind, some in above.items()}
    return {
        row.pk: _thing(row, parent)
        for row in found
        if (parent := parents[row.thread.kind].get(row.thread.object_id)) is not None and parent.readable
    }


def _thing(row: Comment, parent: Thing) -> Thing:
    return Thing(
        kind=Comment.KIND,
        id=row.pk,
        community_id=row.community_id,
        title=_("%(name)s on “%(title)s”") % {"name": row.author, "title": parent.title},
        url=row.url,
        readable=True,
        author_id=row.author_id,
        excerpt=" ".join(plain(row.html).split())[:EXCERPT],
        reactions=parent.reactions and row.state == State.PUBLISHED,
    )


def text_of(comment: Comment) -> str:
    """What a comment says, as it was typed: for the desk."""
    return comment.source
