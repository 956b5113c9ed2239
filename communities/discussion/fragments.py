"""A message as everybody sees it, made once: the page, the answer to whoever sent it and the socket show the same bytes.

What is one's own (edit, one's sign) is not in it: the screen marks it, and without scripts it stands on the message's own page.
"""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.template.loader import get_template

from communities.access.models import State
from communities.discussion.attached import files_of
from communities.discussion.models import Message, Room
from communities.embeds.actions import previews_of
from communities.files.shown import as_shown
from communities.members.named import seats_of
from communities.reactions.models import EMOJI
from communities.reactions.names import NAMES
from communities.reactions.reading import counts_of
from communities.ui import kept


def dressed(rows: QuerySet[Message]) -> QuerySet[Message]:
    """With author, topic and, where it answers one that stands, that one with its author. One query."""
    return rows.select_related("author", "answers__author", "topic").defer(
        "source", "author__password", "author__email", "author__bio", "answers__source", "answers__author__password"
    )


def as_dressed(row: Message) -> Message:
    """The row itself where everything that it shows is loaded already, as it is right after it was written; else read again."""
    loaded = Message.author.is_cached(row) and (row.topic_id is None or Message.topic.is_cached(row))
    if loaded and row.answers_id is not None:
        loaded = Message.answers.is_cached(row) and row.answers is not None and Message.author.is_cached(row.answers)
    return row if loaded else dressed(Message.objects.filter(pk=row.pk)).get()


def html_of(room: Room, messages: Iterable[Message], *, new: bool = False) -> dict[int, str]:
    """By id. Needs `dressed` rows and the room's `community`. Two queries where something has to be made (one more where
    it holds a link, and one where files hang on it), else none.

    new: written this moment, so that nobody can have given a sign yet; one query less.
    """
    rows = list(messages)
    missing: list[Message] = []
    found: dict[int, str] = {}
    for row in rows:
        html = _kept(room, row, "")
        if html:
            found[row.pk] = html
        else:
            missing.append(row)
    if missing:
        counts = {} if new else counts_of({Message.KIND: [row.pk for row in missing]})
        texts = {} if new or room.direct else {row.pk: row.html for row in missing}
        previews = previews_of(Message.KIND, texts, room.community)
        seats = {(room.community_id, row.author_id): row.seat for row in missing if row.seat is not None}
        if asked := {row.author_id for row in missing if row.seat is None}:
            seats |= seats_of(asked, {room.community_id: room.community})
        files = files_of(missing)
        template = get_template("discussion/_message.html")
        for row in missing:
            given = counts.get((Message.KIND, row.pk), {})
            shots, papers = as_shown(files[row.pk])
            context = {
                "community": room.community,
                "room": room,
                "message": row,
                "html": row.html,
                "preview": previews.get(row.pk),
                "shots": shots,
                "papers": papers,
                "whole": row.state == State.PUBLISHED and not row.left,
                "seat": seats.get((room.community_id, row.author_id)),
                "signs": [(emoji, NAMES[emoji], given[emoji]) for emoji in EMOJI if given.get(emoji)],
                "to": row.answers,  # gone or not: what one sees must not hang on another message's state
            }
            found[row.pk] = _kept(room, row, template.render(context))
    return found


def _kept(room: Room, row: Message, made: str) -> str:
    """From memory under the message's `rev` and its author's look; "" where it has to be made."""
    to = row.answers.author.name if row.answers is not None else ""
    about = row.topic.title if row.topic is not None else None
    mark = (row.rev, row.author.name, row.author.handle, row.author.face_token, to, about)
    return kept.keep(room.community.slug, ("message", row.pk), lambda: (made or None, None), mark=mark) or ""
