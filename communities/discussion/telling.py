"""From a message to the screens that show its room: made once, after the commit, the same for everybody."""

from collections.abc import Collection, Iterable

from django.db import transaction

from communities.access.models import Block
from communities.access.rules import Sight, sight
from communities.discussion.fragments import dressed, html_of
from communities.discussion.models import Message, Room, Topic
from communities.live.publishing import publish
from communities.live.topics import Door, Frame, TopicKind
from communities.members.loading import viewers_of
from communities.people.models import User
from communities.spaces.modules import is_on


def tell(message: Message) -> None:
    """After the commit every open screen gets the message as it is then; where that fails the counter finds it."""
    room, pk = message.room, message.pk
    room.community = message.community
    transaction.on_commit(lambda: _tell(room, pk), robust=True)


def _tell(room: Room, pk: int) -> None:
    for frame in _frames(room, dressed(Message.objects.filter(pk=pk))):
        publish(frame)


def _frames(room: Room, rows: Iterable[Message]) -> list[Frame]:
    """Needs the room's `community`."""
    found = list(rows)
    html = html_of(room, found)
    return [Frame(room.topic, row.rev, Message.KIND, row.pk, html[row.pk], row.author_id) for row in found]


def since(room_id: int, after: int, most: int) -> list[Frame]:
    """The messages that changed after this count, as they are now, and topics that were called otherwise, in that order."""
    room = Room.objects.select_related("community").get(pk=room_id)
    said = _frames(room, dressed(Message.objects.filter(room=room_id, rev__gt=after)).order_by("rev")[:most])
    topics = Topic.objects.filter(room=room_id, rev__gt=after).order_by("rev")[:most]
    return sorted([*said, *map(frame_of, topics)], key=lambda frame: frame.seq)[:most]


def tell_topic(topic: Topic) -> None:
    """It has another name."""
    transaction.on_commit(lambda: publish(frame_of(topic)), robust=True)


def frame_of(topic: Topic) -> Frame:
    """html is the name as plain text, which every link to the topic on the screen takes."""
    return Frame(f"{Room.KIND}:{topic.room_id}", topic.rev, "topic", topic.pk, str(topic))


def revs(ids: Collection[int]) -> dict[int, int]:
    return dict(Room.objects.filter(pk__in=ids).values_list("pk", "rev"))


def doors(room_id: int, user_ids: Collection[int]) -> dict[int, Door]:
    """Whoever may read the room this minute. The question is asked once for all who stand alike."""
    room = Room.objects.select_related("community").filter(pk=room_id).first()
    if room is None or not is_on(room.community, room.part):
        return {}
    viewers = viewers_of(room.community, user_ids)
    plainly = {pk: viewer for pk, viewer in viewers.items() if room.is_plainly_open_to(viewer)}
    for pk in viewers.keys() - plainly.keys():
        if sight(Room.KIND, room.pk, viewers[pk]) is Sight.READABLE:
            plainly[pk] = viewers[pk]
    blocked: dict[int, set[int]] = {}
    for pk, other in Block.objects.filter(user__in=plainly).values_list("user_id", "blocked_id"):
        blocked.setdefault(pk, set()).add(other)
    apart = _apart(room)
    if apart:  # nothing new is said between them, and what was said before stays as it is
        blocked = {}
    people = User.objects.in_bulk(plainly)
    return {
        pk: Door(str(people[pk]), people[pk].unseen or apart, frozenset(blocked.get(pk, ())))
        for pk in plainly
        if pk in people
    }


def _apart(room: Room) -> bool:
    """Two people, of whom one does not want to hear the other: neither sees that the other is here."""
    pair = room.people_ids
    if len(pair) != 2:
        return False
    return Block.objects.filter(user__in=pair, blocked__in=pair).exists()


ROOMS = TopicKind(Room.KIND, doors, revs, since, present=True)
