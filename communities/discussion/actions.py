"""Writes of messages: say something, edit it, take it away. A room's counters follow in one place."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from communities.access.models import State
from communities.access.rules import may
from communities.access.texts import TooMuch
from communities.access.viewer import Viewer
from communities.access.words import words_changed
from communities.activity.actions import record
from communities.comments.models import Mention
from communities.comments.texts import Text, read_text
from communities.discussion.attached import attach, detach_all, going_along, reworking
from communities.discussion.direct import ask_party
from communities.discussion.models import Marker, Message, MessageRevision, Room, Topic, TopicMark
from communities.discussion.telling import tell, tell_new
from communities.discussion.things import room_as_thing
from communities.embeds.actions import forget_previews, want_preview
from communities.files.waiting import Enclosed
from communities.members.models import Member, Standing
from communities.members.named import seat_of
from communities.people.models import User
from communities.reactions.actions import erase_reactions
from communities.ui.written import written

LONGEST = 4_000  # characters
CHANGED = gettext_lazy("This message was changed elsewhere since you opened it. Have a look first.")


def write_message(
    viewer: Viewer,
    *,
    room: Room,
    body: str,
    answers: Message | None = None,
    topic: Topic | None = None,
    request: uuid.UUID | None = None,
    by: User | None = None,
    seat: Member | None = None,
    files: Sequence[Enclosed] = (),
) -> Message:
    """A message in a room; with the same request id asked again it is the one that is there. topic: of this room; what answers
    something that has one stands beside it. by, seat: the viewer's account and membership where they are loaded, which saves
    reading them again. files: what the writer handed in for it; with some, it may have no words.

    Raises PermissionDenied where the viewer does not write here, and ValidationError at `body` (TooMuch in slow mode) or
    `files`. Records message.written (direct.written between people) and, where somebody is called, message.mentioned. Needs `community`
    loaded.
    """
    if not may(viewer, "read", room) or not may(viewer, "write", room):
        raise PermissionDenied(_("Members talk here; who may write in this room stands above it."))
    assert viewer.user_id is not None  # whoever writes is signed in
    request = request or uuid.uuid4()
    try:
        return _written(viewer, room, body, answers, topic, request, by, seat, files)
    except (ValidationError, IntegrityError):  # once more is no second message, whatever it is refused for by now
        twin = Message.objects.filter(author_id=viewer.user_id, request=request).select_related("author").first()
        if twin is not None:
            return twin
        raise


@transaction.atomic
def _written(
    viewer: Viewer,
    room: Room,
    body: str,
    answers: Message | None,
    topic: Topic | None,
    request: uuid.UUID,
    by: User | None,
    seat: Member | None,
    files: Sequence[Enclosed],
) -> Message:
    if room.direct:
        ask_party(viewer, room)
    going = going_along(viewer, room.community_id, files)
    pictures = sum(one.is_picture for one in going)
    text = _read(viewer, room, body, pictures=pictures, files=len(going) - pictures)
    now = timezone.now()
    row = Message(
        community=room.community,
        room=room,
        author_id=viewer.user_id or 0,
        source=text.source,
        html=text.html,
        request=request,
        by_team=viewer.speaks_for_team,
        attached=len(going),
        created_at=now,
    )
    if by is not None and by.pk == viewer.user_id:
        row.author = by
        if seat is not None and seat.standing == Standing.MEMBER:
            seat.user = by
            row.seat = seat_of(seat, room.community)
    if answers is not None and answers.room_id == room.pk and answers.state == State.PUBLISHED and not answers.left:
        row.answers, row.topic = answers, answers.topic
    if topic is not None and topic.room_id == room.pk:
        row.topic = topic
    if room.slow and not viewer.is_team:
        _take_turn(room, row.author_id, now)
    take_number(row)
    row.save(force_insert=True)
    attach(row, going, files)
    _note_read(row, now, in_topic=topic is not None)
    verb = "direct.written" if room.direct else "message.written"
    record(verb, community=room.community_id, actor=row.author_id, obj=row, key=f"{verb}:{row.pk}")
    _call(row, text)
    if not room.direct:  # what people say to each other is nobody else's to look at
        want_preview(Message.KIND, row.pk, row.html, place=room.community)
    tell_new(row)
    return row


@transaction.atomic
def edit_message(viewer: Viewer, *, message: Message, body: str, files: Sequence[Enclosed] | None = None) -> Message:
    """Only the author's; what it said before is kept for the team. files: those that stay, with what they show; the others are
    deleted for good. None: all stay as they are. Nothing changed: nothing is recorded. Records message.edited.

    Raises ValidationError at `body` or `files`, also where it was changed elsewhere since `message` was read.
    """
    room = message.room
    if message.author_id != viewer.user_id or message.state != State.PUBLISHED or not may(viewer, "write", room):
        raise PermissionDenied
    if room.direct:
        ask_party(viewer, room)
    rework = reworking(message, files)
    if message.attached and not rework.left and not body.strip():
        raise ValidationError({"body": _("Nothing would be left of it. Leave something in it, or delete the message.")})
    text = _read(viewer, room, body, edited=message, files=rework.left)
    if text.source == message.source and not rework.changes:
        return message
    now = timezone.now()
    same = Message.objects.filter(
        pk=message.pk, state=State.PUBLISHED, source=message.source, edited_at=message.edited_at
    )
    if not same.update(source=text.source, html=text.html, edited_at=now, attached=rework.left):
        raise ValidationError({"body": CHANGED})
    rework.carry_out()
    if text.source != message.source:
        MessageRevision.objects.create(message=message, source=message.source, at=now)
    message.source, message.html, message.edited_at, message.attached = text.source, text.html, now, rework.left
    words_changed(Message.KIND, [message.pk])
    record("message.edited", community=message.community_id, actor=viewer.user_id, obj=message)
    _call(message, text)
    if not room.direct:
        want_preview(Message.KIND, message.pk, message.html, place=message.community, edited=True)
    touch(message)
    return message


@transaction.atomic
def remove_message(viewer: Viewer, *, message: Message) -> None:
    """The author takes it away for good: text, older texts, files, signs and names called are erased; its place stays. Twice is
    once.

    Records message.removed.
    """
    if message.author_id != viewer.user_id or not viewer.takes_part:
        raise PermissionDenied
    if erase_message(message):
        record("message.removed", community=message.community_id, actor=viewer.user_id, obj=message)


@transaction.atomic
def erase_message(message: Message) -> bool:
    """What remains is an empty row with its number. False where it was gone already. Records nothing."""
    there = Message.objects.filter(pk=message.pk).exclude(state=State.REMOVED)
    if not there.update(state=State.REMOVED, source="", html="", attached=0):
        return False
    detach_all(message)
    message.state, message.source, message.html, message.attached = State.REMOVED, "", "", 0
    MessageRevision.objects.filter(message=message).delete()
    Mention.objects.filter(kind=Message.KIND, object_id=message.pk).delete()
    forget_previews(Message.KIND, [message.pk])
    erase_reactions(Message.KIND, message.pk)
    words_changed(Message.KIND, [message.pk])
    touch(message)
    return True


@transaction.atomic
def read_up_to(viewer: Viewer, *, room: Room, number: int, topic: Topic | None = None) -> None:
    """Somebody has seen the room, or a topic of it, up to that message; it never goes back. Nothing is recorded."""
    if viewer.user_id is None or not may(viewer, "read", room):
        raise PermissionDenied
    number = min(number, Room.objects.values_list("last", flat=True).get(pk=room.pk))
    about: dict[str, Any] = {"room": room} if topic is None else {"topic": topic}
    marks: Any = Marker.objects if topic is None else TopicMark.objects
    mine = marks.filter(user_id=viewer.user_id, **about)
    if not mine.filter(number__lt=number).update(number=number) and not mine.exists():
        marks.bulk_create([mine.model(user_id=viewer.user_id, number=number, **about)], ignore_conflicts=True)


@transaction.atomic
def choose_level(viewer: Viewer, *, room: Room, level: str) -> None:
    """How loud a room is to somebody, from now on. ValidationError for what is no level. Records room.tuned."""
    if viewer.user_id is None or not viewer.takes_part or not may(viewer, "read", room):
        raise PermissionDenied
    if level not in Marker.Level.values:
        raise ValidationError({"level": _("Choose how much of it you want to hear.")})
    # Whoever never read it begins here: what was said before is not new to them.
    mine = Marker(room=room, user_id=viewer.user_id, number=room.last, level=level)
    Marker.objects.bulk_create([mine], ignore_conflicts=True)
    Marker.objects.filter(room=room, user_id=viewer.user_id).update(level=level)
    record("room.tuned", community=room.community_id, actor=viewer.user_id, obj=room)


def touch(message: Message) -> None:
    """Something about it is otherwise: the room's counter moves, and open screens hear of it after the commit."""
    rooms = Room.objects.filter(pk=message.room_id)
    rooms.update(rev=F("rev") + 1)
    message.rev = rooms.values_list("rev", flat=True).get()
    Message.objects.filter(pk=message.pk).update(rev=message.rev)
    tell(message)


def note_reaction(_community_id: int, kind: str, object_id: int) -> None:
    """Registered with reactions: a sign on a message is a change of its room."""
    if kind == Message.KIND:
        touch_by_id(object_id)


def touch_by_id(pk: int) -> None:
    """Registered with embeds too: a preview that came, or went, is a change of its room."""
    row = Message.objects.select_related("room", "community").filter(pk=pk).first()
    if row is not None:
        touch(row)


def take_number(row: Message) -> None:
    """The next number of a room is nobody else's: the update holds the room's row until the commit, so numbers and counters
    become visible in their order."""
    rooms = Room.objects.filter(pk=row.room_id, state=State.PUBLISHED)
    if not rooms.update(last=F("last") + 1, rev=F("rev") + 1, spoken_at=row.created_at):
        raise ValidationError({"body": _("This room is closed: nobody writes here any more.")})
    ((row.number, row.rev),) = _counters(row.room_id)


@written
def _counters(room: int) -> QuerySet[Room, tuple[int, int]]:
    return Room.objects.filter(pk=room).values_list("last", "rev")


def _note_read(row: Message, now: dt.datetime, *, in_topic: bool) -> None:
    """Whoever writes has read what stands above: of the room, or of the topic on whose page they write."""
    wrote = Marker(room_id=row.room_id, user_id=row.author_id, number=row.number, said_at=now)
    seen = ["said_at"] if in_topic else ["number", "said_at"]
    Marker.objects.bulk_create([wrote], update_conflicts=True, unique_fields=["room", "user"], update_fields=seen)
    if row.topic_id is None:
        return
    Topic.objects.filter(pk=row.topic_id).update(last=row.number, spoken_at=now)
    read = TopicMark(topic_id=row.topic_id, user_id=row.author_id, number=row.number)
    TopicMark.objects.bulk_create(
        [read], update_conflicts=True, unique_fields=["topic", "user"], update_fields=["number"]
    )


def _take_turn(room: Room, user_id: int, now: dt.datetime) -> None:
    """Slow mode: whoever wrote a moment ago waits. The row decides, so that two tabs are no two turns."""
    Marker.objects.bulk_create([Marker(room=room, user_id=user_id)], ignore_conflicts=True)
    mine = Marker.objects.filter(room=room, user_id=user_id)
    free = mine.filter(Q(said_at__isnull=True) | Q(said_at__lte=now - dt.timedelta(seconds=room.slow)))
    if free.update(said_at=now):
        return
    said_at = mine.values_list("said_at", flat=True).get() or now
    wait = max(1, room.slow - int((now - said_at).total_seconds()))
    told = ngettext(
        "This room is slow: wait one second and send it again.",
        "This room is slow: wait %(wait)s seconds and send it again.",
        wait,
    )
    raise TooMuch({"body": told % {"wait": wait}}, seconds=wait)


def _read(viewer: Viewer, room: Room, body: str, **how: Any) -> Text:
    about = room_as_thing(room)
    return read_text(viewer, room.community, about, body, kind=Message.KIND, longest=LONGEST, **how)


def _call(row: Message, text: Text) -> None:
    if text.calls(Message.KIND, row.pk, row.author_id) and not row.room.direct:  # there everybody hears of it anyway
        record("message.mentioned", community=row.community_id, actor=row.author_id, obj=row)
