"""News of rooms: being called, being answered, and every message to whoever asked for that. How loud a room is, its marker says.

Whoever has read the message already hears nothing of it, and what is read in the room is no news any more.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.access.viewer import Viewer
from communities.activity.models import Activity
from communities.comments.models import Mention
from communities.discussion.models import Marker, Message, Room
from communities.notifications.kinds import Found, Kind, News
from communities.notifications.lines import by_things
from communities.notifications.models import Notification
from communities.notifications.talk import RESTORED, STALE

PART = _("Rooms")
CALL, ANSWER, MESSAGE = "room_call", "room_answer", "room_message"


def _message(activity: Activity) -> Message | None:
    """The message that was said; one that was hidden at first is news when it is restored within days."""
    if activity.kind != Message.KIND:
        return None
    rows = Message.objects.standing().filter(room__party="").select_related("answers")  # between people is another kind
    row = rows.filter(pk=activity.object_id or 0).first()
    if row is None or (activity.verb == RESTORED and row.created_at < activity.occurred_at - STALE):
        return None
    return row


def _news(row: Message, to: Any) -> News:
    """A message is one piece of news, whatever it is to somebody; news of a room stand in one line."""
    about, topic = (Message.KIND, row.pk), (Room.KIND, row.room_id)
    return News(key=f"{Message.KIND}:{row.pk}", about=about, topic=topic, actor=row.author_id, to=to)


def _deaf(row: Message) -> Any:
    """Who wants to hear nothing of this room, or has read it up to there; of an edit nobody knows whether they read it."""
    read = Q(number__gte=row.number) if row.edited_at is None else Q(pk__in=[])
    return Marker.objects.filter(Q(level=Marker.Level.NONE) | read, room=row.room_id).values("user")


def called(activity: Activity) -> News | None:
    row = _message(activity)
    if row is None:
        return None
    return _news(row, Mention.objects.filter(kind=Message.KIND, object_id=row.pk).exclude(user__in=_deaf(row)))


def answered(activity: Activity) -> News | None:
    row = _message(activity)
    if row is None or row.answers is None:
        return None
    asked = Message.objects.filter(pk=row.answers.pk).exclude(author__in=_deaf(row))
    return _news(row, list(asked.values_list("author_id", flat=True)))


def said(activity: Activity) -> News | None:
    row = _message(activity)
    if row is None:
        return None
    return _news(row, Marker.objects.filter(room=row.room_id, level=Marker.Level.ALL, number__lt=row.number))


def in_rooms(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Found]:
    """Messages by the name of their room, where it is as loud to them today as it was."""
    found = by_things(rows, viewer)
    about = Message.objects.filter(pk__in=[row.about_id or 0 for row in rows])
    rooms = {pk: (room, name) for pk, room, name in about.values_list("pk", "room_id", "room__name")}
    mine = Marker.objects.filter(user=viewer.user_id or 0, room__in={room for room, _name in rooms.values()})
    levels = dict(mine.values_list("room_id", "level"))
    told: dict[int, Found] = {}
    for row in rows:
        if row.pk not in found or row.about_id not in rooms:
            continue
        room, name = rooms[row.about_id]
        level = levels.get(room, Marker.Level.CALLS)
        if level == Marker.Level.ALL or (level == Marker.Level.CALLS and row.kind != MESSAGE):
            told[row.pk] = replace(found[row.pk], title=name)
    return told


TOLD = (
    Kind(
        slug=CALL,
        part=PART,
        label=_("Somebody calls you by name in a room"),
        sentence=_("{who} called you in {what}"),
        why=_("somebody called you"),
        verbs=("message.written", "message.mentioned", RESTORED),
        hears=called,
        finds=in_rooms,
        icon="at",
        mail=True,
    ),
    Kind(
        slug=ANSWER,
        part=PART,
        label=_("Somebody answers you in a room"),
        sentence=_("{who} answered you in {what}"),
        why=_("somebody answered what you said"),
        verbs=("message.written", RESTORED),
        hears=answered,
        finds=in_rooms,
        icon="talk",
    ),
    Kind(
        slug=MESSAGE,
        part=PART,
        label=_("Every message of a room"),
        explained=_("Of rooms where you asked for it; the bell in the room sets that."),
        sentence=_("{who} wrote in {what}"),
        why=_("you want to hear of every message there"),
        verbs=("message.written", RESTORED),
        hears=said,
        finds=in_rooms,
        icon="talk",
    ),
)
