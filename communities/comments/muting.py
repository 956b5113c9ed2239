"""A conversation whose news somebody keeps away: how one's own list of what one muted names it, and leads there."""

from typing import Any

from communities.access.things import things
from communities.comments.models import Thread
from communities.members.loading import viewers_in

THREAD = "thread"  # the kind of a `safety.Mute`


def named_threads(ids: set[int], user: Any) -> dict[int, tuple[str, str]]:
    """By id, title and address of what is talked about, where this person may still read it; a number alone names nothing."""
    rows = list(Thread.objects.filter(pk__in=ids).select_related("community"))
    viewers = viewers_in(user, list({row.community_id: row.community for row in rows}.values()))
    named: dict[int, tuple[str, str]] = {}
    for place, kind in {(row.community_id, row.kind) for row in rows}:
        mine = {row.object_id: row.pk for row in rows if (row.community_id, row.kind) == (place, kind)}
        for found in things(kind, mine, viewers[place]).values():
            if found.readable:
                named[mine[found.id]] = (found.title, f"{found.url}#talk")
    return named
