"""How messages are found by their words: by whoever reads their room."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from communities.access.models import State
from communities.access.viewer import Viewer
from communities.access.words import Findable, Words
from communities.discussion.attached import files_of
from communities.discussion.models import Message, Room
from communities.spaces.modules import is_on
from communities.ui.plain import plain


def words_of(ids: Collection[int]) -> list[Words]:
    """What it says, and of its files their names and what the pictures show."""
    rows = list(Message.objects.said().filter(pk__in=ids).exclude(state=State.REMOVED))
    files = files_of(rows)
    said = {row.pk: [plain(row.html), *(f"{file.name} {file.alt}" for file in files.get(row.pk, ()))] for row in rows}
    return [
        Words(
            row.pk, row.community_id, row.created_at, text="\n".join(said[row.pk]), author_id=row.author_id,
            places=(f"room{row.room_id}",),
        )
        for row in rows
    ]  # fmt: skip


def _rooms(viewer: Viewer) -> QuerySet[Room]:
    rooms: QuerySet[Room] = Room.objects.readable_by(viewer).exclude(state=State.REMOVED)
    return rooms


def messages_read_by(viewer: Viewer) -> QuerySet[Message]:
    rows: QuerySet[Message] = Message.objects.seen_by(viewer).without_blocked(viewer)
    return rows.filter(room__in=_rooms(viewer).values("pk"))


def places_of(viewer: Viewer) -> list[str]:
    """The rooms and conversations that they read; nowhere else is there a message for them, nor in a part that is off. One query."""
    rooms = _rooms(viewer).select_related("community").only("party", "community__modules")
    return [f"room{room.pk}" for room in rooms if is_on(room.community, room.part)]


def place_of(word: str, viewer: Viewer) -> str:
    """in:bench, as far as the room is theirs to read."""
    pk = _rooms(viewer).filter(slug=word).values_list("pk", flat=True).first()
    return f"room{pk}" if pk else ""


def jump(ids: Collection[int]) -> dict[int, str]:
    """Into the room, or the topic that it is about, at the message. One query."""
    rows = Message.objects.filter(pk__in=ids).select_related("room__community", "topic").defer("source", "html")
    return {row.pk: f"{_around(row)}?at={row.number}#message-{row.pk}" for row in rows}


def _around(message: Message) -> str:
    if message.topic is None:
        return message.room.url
    message.topic.room = message.room
    return message.topic.url


MESSAGES = Findable(
    Message.KIND, _("Message"), _("Messages"), "talk", Message, words_of, messages_read_by,
    places=places_of, place=place_of, jump=jump,
)  # fmt: skip
