"""What somebody said lately, for their page in a community, and when the team last said something that everybody reads."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from communities.access.things import Thing, things
from communities.access.viewer import Viewer
from communities.comments.models import Comment, Thread
from communities.people.recent import Recent

LOOKED_AT = 40  # of the newest: who reads few of them sees few
LAST = 20


def _above(rows: Iterable[Comment], viewer: Viewer) -> dict[tuple[str, int], Thing]:
    """What these comments hang on, as far as this viewer may read it; one query a kind."""
    ids: dict[str, set[int]] = {}
    for row in rows:
        ids.setdefault(row.thread.kind, set()).add(row.thread.object_id)
    found = {(kind, pk): one for kind, some in ids.items() for pk, one in things(kind, some, viewer).items()}
    return {key: one for key, one in found.items() if one.readable and one.comments}


def comments_of(user_id: int, viewer: Viewer, most: int) -> list[Recent]:
    """The newest under what this viewer may read; nothing of somebody whom they block."""
    rows = Comment.objects.standing().without_blocked(viewer)
    rows = rows.filter(author_id=user_id, community_id=viewer.community_id or 0).defer("source", "html")
    newest = list(rows.select_related("thread", "community").order_by("-created_at", "-pk")[:LOOKED_AT])
    above = _above(newest, viewer)
    said = [(row, above.get((row.thread.kind, row.thread.object_id))) for row in newest]
    return [
        Recent(Comment.KIND, "talk", _("Comment"), thing.title, row.url, row.created_at)
        for row, thing in said
        if thing is not None
    ][:most]


def last_words(user_ids: Iterable[int], community_id: int) -> dict[int, dt.datetime]:
    """Two queries and one a kind. Only what stands under things that a visitor reads counts."""
    rows = Comment.objects.standing().filter(author_id__in=set(user_ids), community_id=community_id)
    rank = Window(RowNumber(), partition_by=F("author_id"), order_by=F("created_at").desc())
    newest = rows.annotate(rank=rank).filter(rank__lte=LAST).defer("source", "html").select_related("thread")
    said = sorted(newest, key=lambda row: row.created_at)
    above = _above(said, Viewer(community_id=community_id))
    return {row.author_id: row.created_at for row in said if (row.thread.kind, row.thread.object_id) in above}


def counts_of(kind: str, ids: Iterable[int]) -> dict[int, int]:
    """How many comments stand under each of these things: what a card shows."""
    return dict(Thread.objects.filter(kind=kind, object_id__in=list(ids)).values_list("object_id", "count"))
