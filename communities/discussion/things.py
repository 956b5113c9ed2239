"""How rooms and messages are found by id for whatever hangs on them: reactions, reports, notifications, files."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from communities.access.models import State
from communities.access.things import Thing
from communities.access.viewer import Viewer
from communities.discussion.models import Message, Room
from communities.ui.plain import plain

EXCERPT = 200


def rooms_as_things(ids: Iterable[int], viewer: Viewer) -> dict[int, Thing]:
    """One query."""
    rows = Room.objects.filter(pk__in=set(ids)).exclude(state=State.REMOVED).select_related("community")
    return {
        room.pk: room_as_thing(room, readable=room.__dict__["readable"])
        for room in rows.listed_to(viewer).with_readable(viewer)
    }


def room_as_thing(room: Room, *, readable: bool = True) -> Thing:
    return Thing(
        kind=Room.KIND, id=room.pk, community_id=room.community_id, title=room.name, url=room.url, readable=readable
    )


def messages_as_things(ids: Iterable[int], viewer: Viewer) -> dict[int, Thing]:
    """Two queries. A message exists for whoever reads its room."""
    rows = Message.objects.seen_by(viewer).filter(pk__in=set(ids)).select_related("room", "community", "author")
    if viewer.community_id is not None:
        rows = rows.filter(community=viewer.community_id)
    found = list(rows)
    rooms = rooms_as_things({row.room_id for row in found}, viewer)
    return {
        row.pk: _thing(row, rooms[row.room_id]) for row in found if row.room_id in rooms and rooms[row.room_id].readable
    }


def _thing(row: Message, room: Thing) -> Thing:
    return Thing(
        kind=Message.KIND,
        id=row.pk,
        community_id=row.community_id,
        title=_("%(name)s in “%(title)s”") % {"name": row.author, "title": room.title},
        url=row.url,
        readable=True,
        author_id=row.author_id,
        excerpt=" ".join(plain(row.html).split())[:EXCERPT],
        reactions=row.state == State.PUBLISHED,
    )


def text_of(message: Message) -> str:
    """What a message says, as it was typed: for the desk."""
    return message.source
