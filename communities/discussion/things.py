"""How rooms and messages are found by id for whatever hangs on them: reactions, reports, notifications, files."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from communities.access.models import State
from communities.access.rules import has
from communities.access.things import Thing
from communities.access.viewer import Viewer
from communities.discussion.attached import files_with, in_words
from communities.discussion.direct import name_rooms
from communities.discussion.models import Message, Room
from communities.safety.models import Report
from communities.spaces.modules import is_on
from communities.ui.plain import plain

EXCERPT = 200


def rooms_as_things(ids: Iterable[int], viewer: Viewer) -> dict[int, Thing]:
    """One query, and one for the names in conversations."""
    rows = Room.objects.filter(pk__in=set(ids)).exclude(state=State.REMOVED).select_related("community")
    found = list(rows.listed_to(viewer).with_readable(viewer))
    name_rooms(found, viewer)
    return {room.pk: room_as_thing(room, readable=room.__dict__["readable"]) for room in found}


def room_as_thing(room: Room, *, readable: bool = True) -> Thing:
    return Thing(
        kind=Room.KIND, id=room.pk, community_id=room.community_id, title=room.name, url=room.url, readable=readable
    )


def messages_as_things(ids: Iterable[int], viewer: Viewer) -> dict[int, Thing]:
    """Two queries, few more for conversations. A message exists for whoever reads its room; one that was reported to the team
    out of a conversation is also known to whoever answers reports, by itself and with its files."""
    rows = Message.objects.seen_by(viewer).filter(pk__in=set(ids)).select_related("room", "community", "author")
    if viewer.community_id is not None:
        rows = rows.filter(community=viewer.community_id)
    found = list(rows)
    rooms = rooms_as_things({row.room_id for row in found}, viewer)
    here = {
        row.pk: _thing(row, rooms[row.room_id]) for row in found if row.room_id in rooms and rooms[row.room_id].readable
    }
    return here | _handed_over(set(ids) - here.keys(), viewer)


def _handed_over(ids: set[int], viewer: Viewer) -> dict[int, Thing]:
    """Messages of conversations that somebody in them reported: known, not open, and nothing around them. They lead to the desk."""
    if not ids or not has(viewer, "moderate"):
        return {}
    reports = Report.objects.filter(kind=Message.KIND, object_id=OuterRef("pk"))
    rows = Message.objects.said().filter(Exists(reports), pk__in=ids, community=viewer.community_id or 0)
    rows = rows.exclude(room__party="").exclude(state=State.REMOVED).select_related("community", "author")
    return {
        row.pk: Thing(
            kind=Message.KIND,
            id=row.pk,
            community_id=row.community_id,
            title=_("A direct message of %(name)s") % {"name": row.author},
            url=reverse("safety:case", args=[row.community.slug, Message.KIND, row.pk]),
            readable=False,
            opens_files=True,
            author_id=row.author_id,
        )
        for row in rows
    }


def _thing(row: Message, room: Thing) -> Thing:
    said = _("%(name)s to you") if row.room.direct else _("%(name)s in “%(title)s”")
    return Thing(
        kind=Message.KIND,
        id=row.pk,
        community_id=row.community_id,
        title=said % {"name": row.author, "title": room.title},
        url=row.url,
        readable=True,
        author_id=row.author_id,
        excerpt=" ".join(plain(row.html).split())[:EXCERPT] or in_words(row.attached),
        reactions=row.state == State.PUBLISHED,
        opens_files=None if is_on(row.community, row.room.part) else False,
    )


def text_of(message: Message) -> str:
    """What a message says, as it was typed, and what goes along with it by name: for the desk."""
    along = [f"[{file.name}] {file.alt}".strip() for file in files_with(message)]
    return "\n".join(filter(None, [message.source, *along]))
