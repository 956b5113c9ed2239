"""Reads of search: which entries answer, as far as this viewer may read what they are of; and what a page shows of them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, When
from django.utils import timezone

from communities.access.things import Thing, things
from communities.access.viewer import Viewer
from communities.access.words import Findable, findables
from communities.people.handles import find_by_handle
from communities.people.models import User
from communities.spaces.models import Community
from content.search import engine
from content.search.marks import Finder, Piece, around, marked
from content.search.models import Entry
from content.search.query import Asked

PAGE = 20
MOST = 1000  # of a kind that are counted and leafed through; what is older is found with before:


@dataclass(frozen=True, slots=True)
class Found:
    """Keys of entries by kind, the newest first. full: kinds of which there are more than are counted."""

    keys: Mapping[str, list[int]] = field(default_factory=dict)
    full: frozenset[str] = frozenset()

    def of(self, kind: str = "") -> list[int]:
        """Of one kind, or of all together."""
        some = [self.keys.get(kind, [])] if kind else list(self.keys.values())
        return sorted((key for keys in some for key in keys), reverse=True)


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer as it is shown: where it leads, what it is called, and the lines around what was asked for."""

    kind: Findable
    thing: Thing
    url: str
    title: list[Piece]
    lines: list[Piece]
    author: User | None
    at: dt.datetime


def find(place: Community, viewer: Viewer, asked: Asked) -> Found:
    """One query a kind that looks at what this viewer may read and at nothing else: counts, order and pages come of it alone.

    Two, where many hold the words and the newest do not answer often enough; what comes out is the same.
    """
    if not asked.anything:
        return Found()
    author = None
    if asked.sender:
        author, _was_old = find_by_handle(asked.sender)
        if author is None:
            return Found()
    asking = {
        one: [[engine.scope(place.pk, one.kind)], *places, *_by(author)]
        for one in findables()
        if (places := _places(one, viewer, asked)) is not None
    }
    if not asking:
        return Found()
    until = engine.floor_of(_midnight(asked.until, place)) if asked.until else engine.END
    many = engine.are_many(asking.values(), asked.words)
    keys: dict[str, list[int]] = {}
    for one, places in asking.items():
        for near in [(place.pk, one.kind, until), None] if many else [None]:
            rows = _rows(one, viewer, asked, places, near)
            keys[one.kind] = list(_between(rows, place, asked).values_list("pk", flat=True)[: MOST + 1])
            if len(keys[one.kind]) > MOST:
                break
    full = frozenset(kind for kind, some in keys.items() if len(some) > MOST)
    return Found({kind: some[:MOST] for kind, some in keys.items() if some}, full)


def _places(one: Findable, viewer: Viewer, asked: Asked) -> list[list[str]] | None:
    """Tokens of which every set has to be met; None where nothing of this kind can answer."""
    sets = []
    if asked.kind and asked.kind not in (one.kind, f"{one.kind}s"):
        sets.append([one.sort(asked.kind)])
    if asked.place:
        sets.append([one.place(asked.place, viewer)])
    if one.places is not None:
        sets.append(one.places(viewer))
    return sets if all(any(some) for some in sets) else None


def _by(author: User | None) -> list[list[str]]:
    return [[f"by{author.pk}"]] if author is not None else []


def _rows(one: Findable, viewer: Viewer, asked: Asked, places: list[list[str]], near: engine.Near | None) -> Any:
    """What is readable answers with every word, what is only listed with those of its head.

    It is asked of one entry after the other until there are enough: PostgreSQL would find everything that is readable
    beforehand, where a condition lets it; the case and the comparison that says nothing new keep it from that.
    """

    def are(rows: Any) -> Exists:
        same = OuterRef("object_id")
        return Exists(rows.filter(pk=same, pk__lte=same).order_by())

    may = Q(are(one.readable(viewer)))
    if one.listed is not None:
        may |= Q(are(one.listed(viewer))) & (Q(engine.in_head(places, asked.words)) if asked.words else Q())
    mine = Case(When(may, then=True), default=False, output_field=BooleanField())
    return engine.matching(Entry.objects.filter(mine), places, asked.words, near)


def _between(rows: Any, place: Community, asked: Asked) -> Any:
    """Days are the community's own."""
    if asked.since:
        rows = rows.filter(pk__gte=engine.floor_of(_midnight(asked.since, place)))
    return rows.filter(pk__lt=engine.floor_of(_midnight(asked.until, place))) if asked.until else rows


def _midnight(day: dt.date, place: Community) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()), place.zone)


def dress(keys: list[int], viewer: Viewer, asked: Asked) -> list[Hit]:
    """The hits of one page; a fixed number of queries. What access does not hand out is left out once more."""
    rows = list(Entry.objects.filter(pk__in=keys).order_by("-pk").defer("words"))
    people = User.objects.in_bulk({row.author_id for row in rows if row.author_id})
    finder = Finder(asked)
    hits: dict[int, Hit] = {}
    for one in findables():
        mine = {row.object_id: row for row in rows if row.kind == one.kind}
        if not mine:
            continue
        about = things(one.kind, mine, viewer)
        urls = one.jump(mine) if one.jump is not None else {}
        open_ones = set(one.readable(viewer).filter(pk__in=mine).values_list("pk", flat=True))
        for pk, thing in about.items():
            row = mine[pk]
            if pk in open_ones or (one.listed is not None and not thing.readable) or row.head:
                title, lines = _words(row, thing, finder, is_open=pk in open_ones)
                author = people.get(row.author_id) if row.author_id else None
                hits[row.pk] = Hit(one, thing, urls.get(pk, thing.url), title, lines, author, row.at)
    return [hits[row.pk] for row in rows if row.pk in hits]


def _words(row: Entry, thing: Thing, finder: Finder, *, is_open: bool) -> tuple[list[Piece], list[Piece]]:
    """The title, and lines of the text where it is theirs to read and holds what was asked for, else of the head."""
    title, _line, below = row.head.partition("\n")
    told = marked(title, finder) if title else [Piece(thing.title)]
    lines, found = around(row.text, finder) if is_open else ([], False)
    return told, lines if found or not below else around(below, finder)[0]
