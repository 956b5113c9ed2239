"""Writes of topics: a message is put into one, new by its name or there already; taken out again; a topic is called otherwise."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from communities.access.models import State
from communities.access.rules import may
from communities.access.texts import ask_text_gates, facts_of
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.discussion.actions import touch
from communities.discussion.models import Message, Room, Topic
from communities.discussion.telling import tell_topic

MOST_ALONG = 50  # answers that come along with a message


def moves(viewer: Viewer, message: Message) -> bool:
    """May this viewer say what that message is about? Whoever writes here, where nobody has said so yet; then its author and
    the team."""
    room = message.room
    if room.direct or message.state != State.PUBLISHED or not may(viewer, "read", room):
        return False
    mine = message.topic_id is None or message.author_id == viewer.user_id
    return viewer.speaks_for_team or (mine and may(viewer, "write", room))


@transaction.atomic
def put_into_topic(viewer: Viewer, *, message: Message, title: str) -> Topic:
    """The topic of that name in the message's room, with the message in it and, out of the room's open talk, what answers it.

    Raises PermissionDenied, ValidationError at `title`. Records topic.started where it is new, and message.moved. Needs `room`
    with its `community`.
    """
    if not moves(viewer, message):
        raise PermissionDenied
    title = _clean(title)
    topic = _called(message.room, title)
    if topic is None:
        _ask(viewer, title)
        topic = _started(viewer, message.room, title)
    if message.topic_id == topic.pk:
        return topic
    along: list[Message] = []
    if message.topic_id is None:
        answers = Message.objects.standing().filter(answers=message, topic__isnull=True)
        along = list(answers.order_by("number")[:MOST_ALONG])
    _move(viewer, [message, *along], topic)
    return topic


@transaction.atomic
def take_out(viewer: Viewer, *, message: Message) -> None:
    """Back into the room's open talk. Twice is once. Records message.moved."""
    if message.topic_id is None:
        return
    if not moves(viewer, message):
        raise PermissionDenied
    _move(viewer, [message], None)


def names(viewer: Viewer, topic: Topic) -> bool:
    """May this viewer call it otherwise? Whoever started it, and the team."""
    mine = topic.author_id == viewer.user_id and may(viewer, "write", topic.room)
    return (mine or viewer.speaks_for_team) and may(viewer, "read", topic.room)


@transaction.atomic
def rename_topic(viewer: Viewer, *, topic: Topic, title: str) -> Topic:
    """Every message in it carries the new name, on open screens too. Nothing changed: nothing is recorded.

    Raises PermissionDenied, ValidationError at `title`. Records topic.renamed.
    """
    if not names(viewer, topic):
        raise PermissionDenied
    title = _clean(title)
    if title == topic.title:
        return topic
    _ask(viewer, title)
    try:
        with transaction.atomic():
            call_topic(topic, title)
    except IntegrityError:
        told = _("There is a topic of that name in this room already: move the messages there.")
        raise ValidationError({"title": told}) from None
    record("topic.renamed", community=topic.community_id, actor=viewer.user_id, obj=topic)
    return topic


@transaction.atomic
def call_topic(topic: Topic, title: str) -> None:
    """The name in the row and on open screens; "" where whoever gave it takes their words along. Records nothing."""
    rooms = Room.objects.filter(pk=topic.room_id)
    rooms.update(rev=F("rev") + 1)
    topic.title, topic.rev = title, rooms.values_list("rev", flat=True).get()
    topic.save(update_fields=["title", "rev"])
    tell_topic(topic)


def _clean(title: str) -> str:
    title = " ".join(title.replace("\x00", "").split())
    longest = Topic._meta.get_field("title").max_length or 0
    if not title:
        raise ValidationError({"title": _("Give it a name that says what it is about.")})
    if len(title) > longest:
        raise ValidationError({"title": _("At most %(most)s characters: a name, not a sentence.") % {"most": longest}})
    return title


def _ask(viewer: Viewer, title: str) -> None:
    try:
        ask_text_gates(viewer, kind=Topic.KIND, text=title, facts=facts_of(title, ""))
    except ValidationError as problem:  # the gates speak of a body; here it is the title
        problem.error_dict = ValidationError({"title": problem.messages}).error_dict
        raise


def _called(room: Room, title: str) -> Topic | None:
    """As the constraint compares."""
    return Topic.objects.alias(low=Lower("title")).filter(room=room, low=Lower(Value(title))).first()


def _started(viewer: Viewer, room: Room, title: str) -> Topic:
    """One, however many start it at once."""
    assert viewer.user_id is not None  # whoever writes here is signed in
    row = Topic(community_id=room.community_id, room=room, title=title, author_id=viewer.user_id)
    Topic.objects.bulk_create([row], ignore_conflicts=True)
    topic = _called(room, title)
    assert topic is not None  # the constraint compares the same way
    key = f"topic.started:{topic.pk}"
    record("topic.started", community=room.community_id, actor=viewer.user_id, obj=topic, key=key)
    return topic


def _move(viewer: Viewer, messages: list[Message], topic: Topic | None) -> None:
    """Once, whoever else moves one at the same moment; all topics know their latest message. First the messages, then their room:
    the order in which an edit takes them."""
    changed = {topic.pk} if topic is not None else set()
    for message in messages:
        if not Message.objects.filter(pk=message.pk, topic=message.topic_id).update(topic=topic):
            raise ValidationError({"title": _("Somebody else moved this message just now. Have a look first.")})
    for message in messages:
        before = message.topic_id
        changed |= {before} if before is not None else set()
        message.topic = topic
        place, to = message.community_id, message.topic_id
        record("message.moved", community=place, actor=viewer.user_id, obj=message, before=before, after=to)
        touch(message)
    for pk in changed:
        latest = Message.objects.filter(topic=pk).exclude(state=State.REMOVED).order_by("-number").first()
        at = {"last": latest.number, "spoken_at": latest.created_at} if latest else {"last": 0, "spoken_at": None}
        Topic.objects.filter(pk=pk).update(**at)
