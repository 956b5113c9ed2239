"""The talk on open screens: a topic a thing ("post:12"), which whoever may read the thing hears, before its first comment too.

Nothing is made when somebody writes: each process in which somebody listens reads what changed, once for all of them.
"""

from collections.abc import Collection
from dataclasses import replace
from functools import partial

from django.db import transaction

from communities.access.models import Block, Gated
from communities.access.things import thing
from communities.access.viewer import Viewer
from communities.comments.models import Comment, Thread
from communities.comments.pages import dressed
from communities.comments.talk import About, shared_html
from communities.live.publishing import look_again
from communities.live.topics import Door, Frame, TopicKind
from communities.members.loading import viewers_of
from communities.spaces.models import Community


def tell(kind: str, object_id: int) -> None:
    transaction.on_commit(lambda: look_again(f"{kind}:{object_id}"), robust=True)


def talk_topic(model: type[Gated]) -> TopicKind:
    """For the app whose things are talked about."""
    kind = model.KIND
    return TopicKind(kind, partial(doors, model), partial(revs, kind), partial(since, kind))


def doors(model: type[Gated], object_id: int, user_ids: Collection[int]) -> dict[int, Door]:
    """Whoever may read the thing this minute. All who stand alike are asked about once; only where the answer is no, each for
    themselves as well, since a pass or one's own work adds to it and nothing takes away."""
    place = Community.objects.filter(pk__in=model._default_manager.filter(pk=object_id).values("community")).first()
    if place is None:
        return {}
    known: dict[Viewer, bool] = {}
    may: set[int] = set()
    for pk, viewer in viewers_of(place, user_ids).items():
        alike = replace(viewer, user_id=0)
        if alike not in known:
            known[alike] = _is_open(model.KIND, object_id, alike)
        if known[alike] or _is_open(model.KIND, object_id, viewer):
            may.add(pk)
    blocked: dict[int, set[int]] = {}
    for pk, other in Block.objects.filter(user__in=may).values_list("user_id", "blocked_id"):
        blocked.setdefault(pk, set()).add(other)
    return {pk: Door(blocked=frozenset(blocked.get(pk, ()))) for pk in may}


def _is_open(kind: str, object_id: int, viewer: Viewer) -> bool:
    found = thing(kind, object_id, viewer)
    return found is not None and found.readable and found.comments


def revs(kind: str, ids: Collection[int]) -> dict[int, int]:
    return dict(Thread.objects.filter(kind=kind, object_id__in=ids).values_list("object_id", "rev"))


def since(kind: str, object_id: int, after: int, most: int) -> list[Frame]:
    """The comments that changed after this count, as they are now, in the order of their last change, and among them the signs
    on the thing itself where those changed."""
    thread = Thread.objects.select_related("community").filter(kind=kind, object_id=object_id, rev__gt=after).first()
    if thread is None:
        return []
    house = Viewer(community_id=thread.community_id, role="owner", standing="member")
    found = thing(kind, object_id, house)
    if found is None:
        return []
    rows = list(dressed(Comment.objects.filter(thread=thread, rev__gt=after)).order_by("rev")[:most])
    about = About(kind, object_id, found.url, found.author_id)
    html, bar = shared_html(thread.community, about, thread, rows)
    topic = f"{kind}:{object_id}"
    frames = [Frame(topic, row.rev, Comment.KIND, row.pk, html[row.pk], row.author_id) for row in rows]
    if thread.own_rev > after:
        frames.append(Frame(topic, thread.own_rev, "signs", object_id, bar))
    return sorted(frames, key=lambda frame: frame.seq)[:most]
