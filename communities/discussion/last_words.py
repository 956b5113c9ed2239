"""The list of one's conversations: with whom, the last word, what is unread. A fixed number of queries a page."""

from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from communities.access.viewer import Viewer
from communities.discussion.attached import in_words
from communities.discussion.direct import conversations_of, name_rooms
from communities.discussion.models import Message, Room
from communities.discussion.reading import unread_of
from communities.people.models import User
from communities.spaces.models import Community
from communities.ui.keyset import read_token, token_of
from communities.ui.plain import plain

PAGE, WORDS = 40, 140


@dataclass(frozen=True, slots=True)
class Told:
    """people: the others. last: the first words of the last message that stands; mine: are they the viewer's own?"""

    room: Room
    people: list[User]
    unread: int = 0
    last: str = ""
    mine: bool = False


def page_of(place: Community, viewer: Viewer, after: str) -> tuple[list[Told], str]:
    """One page, and the token of the next ("" at the end). Raises Http404 for a token that is none."""
    rows = conversations_of(place, viewer)
    if after:
        at, pk = read_token(after)
        rows = rows.filter(Q(spoken_at__lt=at) | Q(spoken_at=at, pk__lt=pk))
    said = Message.objects.said().standing().without_blocked(viewer).filter(room=OuterRef("pk")).order_by("-number")
    found = list(rows.annotate(last_said=Subquery(said.values("pk")[:1]))[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    name_rooms(found, viewer)
    unread = unread_of(viewer, found)
    last = Message.objects.only("html", "author", "attached").in_bulk([room.__dict__["last_said"] for room in found])
    told = []
    for room in found:
        room.community = place
        row = last.get(room.__dict__["last_said"])
        words = " ".join(plain(row.html).split())[:WORDS] or in_words(row.attached) if row else ""
        mine = row is not None and row.author_id == viewer.user_id
        told.append(Told(room, room.__dict__["people"], unread.get(room.pk, 0), words, mine))
    end = found[-1] if more else None
    return told, token_of(end.spoken_at, end.pk) if end is not None and end.spoken_at else ""
