"""The talk on open screens: a topic a thing ("post:12"), which whoever may read the thing hears, before its first comment too.

Nothing is made when somebody writes: each process in which somebody listens reads what changed, once for all of them.
"""

from collections.abc import Collection
from functools import partial

from django.db import transaction

from communities.access.crowd import blocks_of, readers_among
from communities.access.models import Gated
from communities.access.things import thing, things
from communities.access.viewer import Viewer
from communities.comments.models import Comment, Thread
from communities.comments.pages import dressed
from communities.comments.talk import About, shared_html
from communities.live.publishing import look_again
from communities.live.topics import Asking, Door, Doors, Frame, TopicKind
from communities.members.loading import viewers_among
from communities.spaces.models import Community


def tell(kind: str, object_id: int) -> None:
    transaction.on_commit(lambda: look_again(f"{kind}:{object_id}"), robust=True)


def talk_topic(model: type[Gated]) -> TopicKind:
    """For the app whose things are talked about."""
    kind = model.KIND
    return TopicKind(kind, partial(doors, model), partial(revs, kind), partial(since, kind))


def doors(model: type[Gated], asking: Asking) -> Doors:
    """Whoever may read the thing this minute, where it takes comments at all. Seven queries, and two a community."""
    here = model._default_manager.filter(pk__in=asking).select_related("community")
    of_place: dict[Community, set[int]] = {}
    for row in here.only("community"):
        of_place.setdefault(row.community, set()).add(row.pk)
    standing = viewers_among({place: {one for pk in ids for one in asking[pk]} for place, ids in of_place.items()})
    open_to: dict[int, list[Viewer]] = {}
    for place, ids in of_place.items():
        viewers = standing[place.pk]
        for pk in _take_comments(model.KIND, ids, place):
            open_to[pk] = [viewers[one] for one in asking[pk] if one in viewers]
    may = readers_among(model, open_to)
    blocks = blocks_of({one for some in may.values() for one in some})
    return {pk: {one: Door(blocked=blocks[one]) for one in may.get(pk, ())} for pk in asking}


def _take_comments(kind: str, ids: Collection[int], place: Community) -> list[int]:
    """Whoever may read one of these talks there or does not, alike."""
    house = Viewer(community_id=place.pk, role="owner", standing="member")
    return [pk for pk, found in things(kind, ids, house).items() if found.comments]


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
