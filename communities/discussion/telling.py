"""From a message to the screens that show its room: made once, after the commit, the same for everybody."""

from collections.abc import Collection, Iterable

from django.db import transaction

from communities.access.models import Block
from communities.access.rules import Sight, sight
from communities.discussion.fragments import dressed, html_of
from communities.discussion.models import Message, Room
from communities.live.publishing import publish
from communities.live.topics import Door, Frame, TopicKind
from communities.members.loading import viewers_of
from communities.people.models import User
from communities.spaces.modules import is_on


def tell(message: Message) -> None:
    """After the commit every open screen gets the message as it is then; where that fails the counter finds it."""
    pk, room_id = message.pk, message.room_id
    transaction.on_commit(lambda: _tell(room_id, pk), robust=True)


def _tell(room_id: int, pk: int) -> None:
    for frame in _frames(room_id, dressed(Message.objects.filter(pk=pk))):
        publish(frame)


def _frames(room_id: int, rows: Iterable[Message]) -> list[Frame]:
    room = Room.objects.select_related("community").get(pk=room_id)
    found = list(rows)
    html = html_of(room, found)
    return [Frame(room.topic, row.rev, Message.KIND, row.pk, html[row.pk], row.author_id) for row in found]


def since(room_id: int, after: int, most: int) -> list[Frame]:
    """The messages that changed after this count, as they are now, in the order of their last change."""
    return _frames(room_id, dressed(Message.objects.filter(room=room_id, rev__gt=after)).order_by("rev")[:most])


def revs(ids: Collection[int]) -> dict[int, int]:
    return dict(Room.objects.filter(pk__in=ids).values_list("pk", "rev"))


def doors(room_id: int, user_ids: Collection[int]) -> dict[int, Door]:
    """Whoever may read the room this minute. The question is asked once for all who stand alike."""
    room = Room.objects.select_related("community").filter(pk=room_id).first()
    if room is None or not is_on(room.community, "rooms"):
        return {}
    viewers = viewers_of(room.community, user_ids)
    plainly = {pk: viewer for pk, viewer in viewers.items() if room.is_plainly_open_to(viewer)}
    for pk in viewers.keys() - plainly.keys():
        if sight(Room.KIND, room.pk, viewers[pk]) is Sight.READABLE:
            plainly[pk] = viewers[pk]
    blocked: dict[int, set[int]] = {}
    for pk, other in Block.objects.filter(user__in=plainly).values_list("user_id", "blocked_id"):
        blocked.setdefault(pk, set()).add(other)
    people = User.objects.in_bulk(plainly)
    return {
        pk: Door(str(people[pk]), people[pk].unseen, frozenset(blocked.get(pk, ()))) for pk in plainly if pk in people
    }


ROOMS = TopicKind(Room.KIND, doors, revs, since, present=True)
