"""Reads of rooms: which there are, what is unread, and one window of messages."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet

from communities.access.viewer import Viewer
from communities.discussion.fragments import dressed
from communities.discussion.models import Marker, Message, Room, RoomQuerySet, Topic, TopicMark
from communities.spaces.models import Community
from communities.spaces.modules import is_on
from communities.ui.written import written

PAGE = 50
BEFORE = 10  # messages that stand above the first unread one


def rooms_of(place: Community, viewer: Viewer) -> QuerySet[Room]:
    """The rooms of the place that this viewer may know of, in their order; `readable` says which they may enter."""
    return known_rooms(place, viewer).common().in_order()


def known_rooms(place: Community, viewer: Viewer) -> RoomQuerySet:
    """The same with the conversations that they are in. Nothing of a part that is off."""
    rows: RoomQuerySet = Room.objects.standing().filter(community=place).listed_to(viewer).with_readable(viewer)
    if not is_on(place, "rooms"):
        rows = rows.conversations()
    return rows if is_on(place, "messages") else rows.common()


def said_at(room: Room, viewer: Viewer) -> dt.datetime | None:
    """When this viewer wrote there last."""
    return next((mark.said_at for mark in _marker(room.pk, viewer.user_id or 0)), None)


def level_of(room: Room, viewer: Viewer) -> str | None:
    """How loud a room is to this viewer; None where they never said."""
    return next((mark.level for mark in _marker(room.pk, viewer.user_id or 0)), None)


@written
def _marker(room: int, user: int) -> QuerySet[Marker]:
    return Marker.objects.filter(room=room, user=user)


def unread_of(viewer: Viewer, rooms: Iterable[Room]) -> dict[int, int]:
    """By room, how many messages of others stand there that came after the viewer's marker. Two queries at most.

    A room that somebody never opened has nothing unread: they start with what is said from then on.
    """
    marks = _marks(viewer, rooms)
    if not marks:
        return {}
    behind = reduce(or_, (Q(room=room, number__gt=number) for room, number in marks.items()))
    return dict(_unread(viewer).filter(behind).order_by().values_list("room").annotate(n=Count("pk")))


def unread_in(viewer: Viewer, room: Room, topics: Iterable[Topic]) -> dict[int, int]:
    """The same by topic, of one room."""
    if (mark := _behind(viewer, room)) is None:
        return {}
    unread = dict(_unread_by_topic(room.pk, viewer.user_id or 0, mark))
    return {topic.pk: unread[topic.pk] for topic in topics if topic.pk in unread}


@written
def _unread_by_topic(room: int, user: int, mark: int) -> QuerySet[Message, tuple[int, int]]:
    rows = _unread(Viewer(user)).filter(room=room, number__gt=mark, topic__isnull=False)
    return rows.order_by().values_list("topic").annotate(n=Count("pk"))


def topics_of(room: Room, viewer: Viewer, *, most: int, below: int | None = None) -> list[Topic]:
    """Those with something in them, the liveliest first, each with `unread`. below: those whose last message came before that
    number. Three queries at most."""
    found = _liveliest(room.pk, below, most=most)
    unread = unread_in(viewer, room, found) if found else {}
    for topic in found:
        topic.room = room
        topic.__dict__["unread"] = unread.get(topic.pk, 0)
    return found


@written
def _liveliest(room: int, below: int | None, *, most: int) -> QuerySet[Topic]:
    rows = Topic.objects.filter(room=room, last__gt=0)
    return (rows if below is None else rows.filter(last__lt=below)).order_by("-last")[:most]


def _behind(viewer: Viewer, room: Room) -> int | None:
    """Up to where the viewer has read the room, where something came after."""
    return _mark_behind.first(room.pk, viewer.user_id or 0)


@written
def _mark_behind(room: int, user: int) -> QuerySet[Marker, int]:
    mine = Marker.objects.filter(room=room, user=user, number__lt=F("room__last"))
    return mine.values_list("number", flat=True)


def _marks(viewer: Viewer, rooms: Iterable[Room]) -> dict[int, int]:
    """By room, up to where the viewer has read those in which something came after. One query."""
    ids = [room.pk for room in rooms]
    if viewer.user_id is None or not ids:
        return {}
    mine = Marker.objects.filter(user=viewer.user_id, room__in=ids, number__lt=F("room__last"))
    return dict(mine.values_list("room", "number"))


def _unread(viewer: Viewer) -> QuerySet[Message]:
    """What others say and the viewer has not read in its topic."""
    rows = Message.objects.said().standing().without_blocked(viewer).exclude(author=viewer.user_id)
    read = TopicMark.objects.filter(topic=OuterRef("topic"), user=viewer.user_id, number__gte=OuterRef("number"))
    return rows.exclude(Exists(read))


@dataclass(frozen=True, slots=True)
class Window:
    """rows: in their order. earlier, later: is there more in that direction? unread: the number of the first unread one."""

    rows: list[Message]
    earlier: bool
    later: bool
    unread: int | None = None
    count: int = 0


def window_of(
    room: Room, viewer: Viewer, *, topic: Topic | None = None, before: int = 0, after: int = 0, at: int = 0
) -> Window:
    """Fifty messages, of the topic where one is given: before or after a number, around one, or where the viewer left off. Three
    queries at most."""
    where = (room.pk, topic.pk if topic else None, viewer.user_id)
    if before:
        found = _upwards(*where, before, most=PAGE + 1)
        return Window(found[:PAGE][::-1], len(found) > PAGE, True)
    if after:
        found = _downwards(*where, after + 1, most=PAGE + 1)
        return Window(found[:PAGE], True, len(found) > PAGE)
    unread, count = (None, 0) if at else first_unread(room, viewer, topic)
    start = at or unread
    if start is None:
        found = _upwards(*where, None, most=PAGE + 1)
        return Window(found[:PAGE][::-1], len(found) > PAGE, False)
    above = _upwards(*where, start, most=BEFORE + 1)
    below = _downwards(*where, start, most=PAGE - BEFORE + 1)
    earlier, later = len(above) > BEFORE, len(below) > PAGE - BEFORE
    return Window(above[:BEFORE][::-1] + below[: PAGE - BEFORE], earlier, later, unread, count)


@written
def _upwards(room: int, topic: int | None, user: int | None, number: int | None, *, most: int) -> QuerySet[Message]:
    """From the message before this number, or from the newest."""
    rows = shown(room, topic, user)
    return dressed(rows if number is None else rows.filter(number__lt=number)).order_by("-number")[:most]


@written
def _downwards(room: int, topic: int | None, user: int | None, number: int, *, most: int) -> QuerySet[Message]:
    return dressed(shown(room, topic, user).filter(number__gte=number)).order_by("number")[:most]


def shown(room: int, topic: int | None, user: int | None) -> QuerySet[Message]:
    """What has a place there: everything, since empty rows hold theirs, but nothing of whom the viewer blocks."""
    rows = Message.objects.filter(room=room).without_blocked(Viewer(user))
    return rows if topic is None else rows.filter(topic=topic)


def first_unread(room: Room, viewer: Viewer, topic: Topic | None = None) -> tuple[int | None, int]:
    """The number of the first message of others after the viewer's marker, and how many there are; (None, 0) for none."""
    if (mark := _behind(viewer, room)) is None:
        return None, 0
    found = _first_unread(room.pk, topic.pk if topic else None, viewer.user_id or 0, mark)
    return found[0] if found else (None, 0)


@written
def _first_unread(room: int, topic: int | None, user: int, mark: int) -> QuerySet[Message, tuple[int, int]]:
    rows = _unread(Viewer(user)).filter(room=room, number__gt=mark)
    rows = rows if topic is None else rows.filter(topic=topic)
    return rows.order_by().values("room").annotate(first=Min("number"), n=Count("pk")).values_list("first", "n")
