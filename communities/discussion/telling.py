"""From a message to the screens that show its room: made once, after the commit, the same for everybody."""

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction

from communities.access.crowd import blocks_of, readers_among
from communities.discussion.fragments import as_dressed, dressed, html_of
from communities.discussion.models import Message, Room, Topic
from communities.live.publishing import publish
from communities.live.topics import Asking, Door, Doors, Frame, TopicKind
from communities.members.loading import viewers_among
from communities.people.models import User
from communities.spaces.models import Community
from communities.spaces.modules import is_on


def tell(message: Message) -> None:
    """After the commit every open screen gets the message as it is then; where that fails the counter finds it."""
    room, pk = message.room, message.pk
    room.community = message.community
    transaction.on_commit(lambda: _tell(room, dressed(Message.objects.filter(pk=pk))), robust=True)


def tell_new(message: Message) -> None:
    """The same for one that was written this moment: what stands in the row is what everybody gets."""
    room = message.room
    room.community = message.community
    transaction.on_commit(lambda: _tell(room, [as_dressed(message)], new=True), robust=True)


def _tell(room: Room, rows: Iterable[Message], *, new: bool = False) -> None:
    for frame in _frames(room, rows, new=new):
        publish(frame)


def _frames(room: Room, rows: Iterable[Message], *, new: bool = False) -> list[Frame]:
    """Needs the room's `community`."""
    found = list(rows)
    html = html_of(room, found, new=new)
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


def doors(asking: Asking) -> Doors:
    """Whoever may read the room this minute. Eight queries."""
    rows = Room.objects.select_related("community").filter(pk__in=asking)
    rooms = {room.pk: room for room in rows if is_on(room.community, room.part)}
    of_place: dict[Community, set[int]] = {}
    for room in rooms.values():
        of_place.setdefault(room.community, set()).update(asking[room.pk])
    standing = viewers_among(of_place)
    viewers = {
        pk: [one for user_id, one in standing[room.community_id].items() if user_id in asking[pk]]
        for pk, room in rooms.items()
    }
    may = readers_among(Room, viewers)
    everybody = {one for some in may.values() for one in some}
    blocks = blocks_of(everybody.union(*(room.people_ids for room in rooms.values())))
    people = User.objects.in_bulk(everybody)
    found: Doors = {pk: {} for pk in asking}
    for pk, some in may.items():
        apart = _apart(rooms[pk], blocks)
        for one in some & people.keys():
            # Apart, nothing new is said between them, and what was said before stays as it is.
            found[pk][one] = Door(str(people[one]), people[one].unseen or apart, frozenset() if apart else blocks[one])
    return found


def _apart(room: Room, blocks: Mapping[int, Collection[int]]) -> bool:
    """Two people, of whom one does not want to hear the other: neither sees that the other is here."""
    pair = room.people_ids
    return len(pair) == 2 and (pair[1] in blocks[pair[0]] or pair[0] in blocks[pair[1]])


ROOMS = TopicKind(Room.KIND, doors, revs, since, present=True)
