"""What somebody said in rooms: carried away with its files and earlier versions, and erased to empty rows that keep their numbers.

Where messages call somebody is carried and erased by comments, which know every kind of text that does.
"""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from communities.access.models import State
from communities.comments.portable import register_calling
from communities.discussion.actions import erase_message, touch
from communities.discussion.attached import files_of
from communities.discussion.models import Marker, Message, MessageRevision, Room, Topic, TopicMark
from communities.discussion.topics import call_topic
from communities.people.packing import name_in_zip
from communities.people.portable import (
    Leaver,
    Line,
    Section,
    forget_log,
    moment,
    register_eraser,
    register_not_personal,
    register_section,
)
from communities.people.traveller import Traveller
from communities.safety.portable import moderation_of
from communities.ui import pagecache

BATCH = 200


def _messages(traveller: Traveller, rows: Sequence[Message]) -> list[Line]:
    about = traveller.things((row.community, Room.KIND, row.room_id) for row in rows)
    acts = moderation_of(Message.KIND, [row.pk for row in rows])
    files = files_of(rows)
    return [
        {
            "number": row.number,
            "community": traveller.place(row.community),
            "thing": about.get((Room.KIND, row.room_id)) or f"{Room.KIND} {row.room_id}",
            "reply_to": row.answers.number if row.answers else None,
            "topic": row.topic_id,
            "text": row.source,
            "files": [name_in_zip(file) for file in files.get(row.pk, ())],
            "state": row.state,
            "left": row.left,
            "at": moment(row.created_at),
            "edited_at": moment(row.edited_at),
            "revisions": [{"text": old.source, "at": moment(old.at)} for old in row.revisions.all()],
            "moderation": acts.get(row.pk, []),
        }
        for row in rows
    ]


def _markers(traveller: Traveller, rows: Sequence[Marker]) -> list[Line]:
    about = traveller.things((row.room.community, Room.KIND, row.room_id) for row in rows)
    return [
        {
            "thing": about.get((Room.KIND, row.room_id)) or f"{Room.KIND} {row.room_id}",
            "read_up_to": row.number,
            "said_at": moment(row.said_at),
            "hears": row.level,
        }
        for row in rows
    ]


def _topics(traveller: Traveller, rows: Sequence[Topic]) -> list[Line]:
    about = traveller.things((row.community, Room.KIND, row.room_id) for row in rows)
    return [
        {
            "topic": row.pk,
            "community": traveller.place(row.community),
            "thing": about.get((Room.KIND, row.room_id)) or f"{Room.KIND} {row.room_id}",
            "title": row.title,
            "at": moment(row.created_at),
        }
        for row in rows
    ]


def _topic_marks(_traveller: Traveller, rows: Sequence[TopicMark]) -> list[Line]:
    return [{"topic": row.topic_id, "read_up_to": row.number} for row in rows]


def erase_messages(leaver: Leaver) -> bool:
    """Erased: an empty row that holds its number. Kept: the words and files stay, words from before an edit go."""
    mine = Message.objects.filter(author=leaver.user)
    if not leaver.erase:
        MessageRevision.objects.filter(message__author=leaver.user).delete()
        return _bump(mine.order_by().values_list("community__slug", flat=True))
    rows = mine.said().exclude(state=State.REMOVED).select_related("room", "community").order_by("pk")
    left = list(rows[:BATCH])
    for row in left:
        erase_message(row)
    forget_log(Message, [row.pk for row in left])
    _bump(row.community.slug for row in left)
    return len(left) == BATCH


def _bump(slugs: Iterable[str]) -> bool:
    """Their name stands over what others answered them."""
    for slug in set(slugs):
        pagecache.bump(slug)
    return False


def erase_markers(leaver: Leaver) -> bool:
    Marker.objects.filter(user=leaver.user).delete()
    TopicMark.objects.filter(user=leaver.user).delete()
    return False


def erase_topics(leaver: Leaver) -> bool:
    """Erased: a topic that they named has no name any more, and what others say about it stays in it."""
    if leaver.erase:
        for topic in Topic.objects.filter(author=leaver.user).exclude(title="").order_by("pk")[:BATCH]:
            call_topic(topic, "")
        return Topic.objects.filter(author=leaver.user).exclude(title="").exists()
    return False


register_calling(Message.KIND, Message, touch)
register_section(
    Section(
        "messages",
        _("What you said in rooms"),
        ("discussion.Message", "discussion.MessageRevision"),
        lambda user: (
            Message.objects.filter(author=user).select_related("community", "answers").prefetch_related("revisions")
        ),
        _messages,
        31,
    )
)
register_section(
    Section(
        "markers",
        _("Rooms you were in"),
        ("discussion.Marker",),
        lambda user: Marker.objects.filter(user=user).select_related("room__community"),
        _markers,
        38,
    )
)
register_section(
    Section(
        "topics",
        _("Topics that you started in rooms"),
        ("discussion.Topic",),
        lambda user: Topic.objects.filter(author=user).select_related("community"),
        _topics,
        38,
    )
)
register_section(
    Section(
        "topic_marks",
        _("Topics that you read"),
        ("discussion.TopicMark",),
        lambda user: TopicMark.objects.filter(user=user),
        _topic_marks,
        39,
    )
)
register_not_personal(
    {"discussion.Room": "A room is its community's; whoever opened it is named by their account alone, in the ledger."}
)
register_eraser("messages", erase_messages, order=20)
register_eraser("topics", erase_topics, order=21)
register_eraser("markers", erase_markers, order=22)
