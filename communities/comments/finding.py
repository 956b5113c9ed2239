"""How comments are found by their words: by whoever reads what they hang on."""

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from communities.access.models import State
from communities.access.viewer import Viewer
from communities.access.words import Findable, Words, findables
from communities.comments.models import Comment
from communities.ui.plain import plain


def words_of(ids: Collection[int]) -> list[Words]:
    rows = Comment.objects.filter(pk__in=ids).exclude(state=State.REMOVED)
    return [
        Words(row.pk, row.community_id, row.created_at, text=plain(row.html), author_id=row.author_id) for row in rows
    ]


def comments_read_by(viewer: Viewer) -> QuerySet[Comment]:
    """Under everything that says under what of it this viewer reads on; under anything else nothing is found."""
    above = Q(pk__in=[])
    for one in findables():
        if one.talk is not None:
            above |= Q(thread__kind=one.kind, thread__object_id__in=one.talk(viewer).values("pk"))
    rows: QuerySet[Comment] = Comment.objects.seen_by(viewer).without_blocked(viewer).filter(above)
    return rows


COMMENTS = Findable(Comment.KIND, _("Comment"), _("Comments"), "turn", Comment, words_of, comments_read_by)
