"""Reads of rooms: which there are, what is unread, and one window of messages."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from communities.access.models import State, blocked_by
from communities.access.viewer import Viewer
from communities.discussion.fragments import dressed
from communities.discussion.models import Marker, Message, Room
from communities.spaces.models import Community
from communities.spaces.modules import is_on

PAGE = 50
BEFORE = 10  # messages that stand above the first unread one


def rooms_of(place: Community, viewer: Viewer) -> QuerySet[Room]:
    """The rooms that this viewer may know of, in their order; `readable` says which they may enter. None where the part is off."""
    rooms = (
        Room.objects.filter(community=place, state=State.PUBLISHED) if is_on(place, "rooms") else Room.objects.none()
    )
    return rooms.listed_to(viewer).with_readable(viewer).in_order()


def unread_of(viewer: Viewer, rooms: Iterable[Room]) -> dict[int, int]:
    """By room, how many messages of others stand there that came after the viewer's marker. One query.

    A room that somebody never opened has nothing unread: they start with what is said from then on.
    """
    if viewer.user_id is None:
        return {}
    marked = Marker.objects.filter(room=OuterRef("room"), user=viewer.user_id).values("number")[:1]
    rows = Message.objects.standing().filter(room__in=[room.pk for room in rooms]).exclude(author=viewer.user_id)
    rows = rows.exclude(author_id__in=blocked_by(viewer)).annotate(read=Subquery(marked)).filter(number__gt=F("read"))
    return dict(rows.order_by().values_list("room").annotate(n=Count("pk")))


@dataclass(frozen=True, slots=True)
class Window:
    """rows: in their order. earlier, later: is there more in that direction? unread: the number of the first unread one."""

    rows: list[Message]
    earlier: bool
    later: bool
    unread: int | None = None
    count: int = 0


def window_of(room: Room, viewer: Viewer, *, before: int = 0, after: int = 0, at: int = 0) -> Window:
    """Fifty messages: before or after a number, around one, or where the viewer left off. Three queries at most."""
    rows = dressed(shown(room, viewer))
    if before:
        found = list(rows.filter(number__lt=before).order_by("-number")[: PAGE + 1])
        return Window(found[:PAGE][::-1], len(found) > PAGE, True)
    if after:
        found = list(rows.filter(number__gt=after).order_by("number")[: PAGE + 1])
        return Window(found[:PAGE], True, len(found) > PAGE)
    unread, count = (None, 0) if at else first_unread(room, viewer)
    start = at or unread
    if start is None:
        found = list(rows.order_by("-number")[: PAGE + 1])
        return Window(found[:PAGE][::-1], len(found) > PAGE, False)
    above = list(rows.filter(number__lt=start).order_by("-number")[: BEFORE + 1])
    below = list(rows.filter(number__gte=start).order_by("number")[: PAGE - BEFORE + 1])
    earlier, later = len(above) > BEFORE, len(below) > PAGE - BEFORE
    return Window(above[:BEFORE][::-1] + below[: PAGE - BEFORE], earlier, later, unread, count)


def shown(room: Room, viewer: Viewer) -> QuerySet[Message]:
    """What has a place in the room: everything, since empty rows hold theirs, but nothing of whom the viewer blocks."""
    return Message.objects.filter(room=room).without_blocked(viewer)


def first_unread(room: Room, viewer: Viewer) -> tuple[int | None, int]:
    """The number of the first message of others after the viewer's marker, and how many there are; (None, 0) for none."""
    if viewer.user_id is None:
        return None, 0
    read = Marker.objects.filter(room=room, user=viewer.user_id).values_list("number", flat=True).first()
    if read is None or read >= room.last:
        return None, 0
    rows = Message.objects.standing().without_blocked(viewer).filter(room=room, number__gt=read)
    rows = rows.exclude(author=viewer.user_id)
    first = rows.order_by("number").values_list("number", flat=True).first()
    return (first, rows.count()) if first is not None else (None, 0)
