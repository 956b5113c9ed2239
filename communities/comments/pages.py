"""The pages of a talk: branches in the order they were begun, fifty comments each, by keyset on (root, number)."""

import re
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.http import Http404

from communities.access.models import State
from communities.comments.models import Comment, Thread

PAGE = 50
_KEY = re.compile(r"(\d{1,9})\.(\d{1,9})")


class Place(NamedTuple):
    """Where a page begins or ends: after or before the comment with this root and number."""

    root: int
    number: int

    def __str__(self) -> str:
        return f"{self.root}.{self.number}"


class Asked(NamedTuple):
    """What stands in the address of a page of a talk."""

    after: Place | None = None
    before: Place | None = None
    team: bool = False

    @property
    def query(self) -> dict[str, str]:
        given = {"by": "team" if self.team else "", "after": self.after, "before": self.before}
        return {name: str(value) for name, value in given.items() if value}


class Page(NamedTuple):
    """rows: in reading order. earlier, later: the addresses' queries of the pages around, None at either end."""

    rows: list[Comment]
    earlier: Asked | None
    later: Asked | None


def asked_by(query: Any) -> Asked:
    """Raises Http404 for places and filters that are none."""
    team = query.get("by", "")
    if team not in ("", "team"):
        raise Http404
    return Asked(_place(query.get("after", "")), _place(query.get("before", "")), bool(team))


def _place(token: str) -> Place | None:
    if not token:
        return None
    match = _KEY.fullmatch(token)
    if match is None:
        raise Http404
    return Place(int(match[1]), int(match[2]))


def shown(thread: Thread, *, team: bool = False) -> QuerySet[Comment]:
    """What has a place on the pages: what stands, what a moderator hid, and the empty rows that something hangs on.

    The same for every viewer, so that pages begin and end alike for all. team: only what the team said.
    """
    rows = Comment.objects.filter(thread=thread).order_by("root", "number")
    if team:
        return rows.filter(by_team=True, state=State.PUBLISHED)
    return rows.filter(Q(state=State.PUBLISHED) | Q(state=State.HIDDEN) | _answered())


def _answered() -> Q:
    """Does something that stands hang on this row, as its branch or as its answer?"""
    standing = Comment.objects.filter(thread=OuterRef("thread"), state=State.PUBLISHED)
    branch = standing.filter(root=OuterRef("number"), number__gt=OuterRef("number"))
    return Q(Exists(branch)) | Q(Exists(standing.filter(answers=OuterRef("pk"))))


def page_of(thread: Thread, asked: Asked) -> Page:
    """One query: the comments of a page with their authors, and for answers to answers whom they answer."""
    rows = shown(thread, team=asked.team)
    if asked.before is not None:
        root, number = asked.before
        rows = rows.filter(Q(root__lt=root) | Q(root=root, number__lt=number)).reverse()
    elif asked.after is not None:
        rows = rows.filter(_behind(asked.after))
    found = list(dressed(rows)[: PAGE + 1])
    more = len(found) > PAGE
    found = found[:PAGE]
    backwards = asked.before is not None
    if backwards:
        found.reverse()
    if not found:
        return Page([], None, None)
    first, last = Place(found[0].root, found[0].number), Place(found[-1].root, found[-1].number)
    earlier = Asked(before=first, team=asked.team) if (more if backwards else asked.after is not None) else None
    later = Asked(after=last, team=asked.team) if (backwards or more) else None
    return Page(found, earlier, later)


def _behind(place: Place) -> Q:
    return Q(root__gt=place.root) | Q(root=place.root, number__gt=place.number)


def dressed(rows: QuerySet[Comment]) -> QuerySet[Comment]:
    """answered: something hangs on it (asked of what does not stand only). to_name, to_author: whom an answer to an
    answer answers, where that one still stands."""
    to_answer = Q(answers__state=State.PUBLISHED) & ~Q(answers__number=F("root"))
    name = Coalesce(NullIf(F("answers__author__name"), Value("")), F("answers__author__handle"))
    asked: dict[str, Any] = {
        "answered": Case(When(state=State.PUBLISHED, then=Value(False)), default=_answered()),
        "to_name": Case(When(to_answer, then=name), default=Value(""), output_field=CharField()),
        "to_author": F("answers__author_id"),
    }
    lean = rows.select_related("author").defer("source", "author__password", "author__email", "author__bio")
    return lean.annotate(**asked)


def page_with(comment: Comment) -> Asked:
    """The page on which this comment stands."""
    rows = shown(comment.thread)
    root, number = comment.root, comment.number
    ahead = rows.filter(Q(root__lt=root) | Q(root=root, number__lt=number)).count()
    if ahead < PAGE:
        return Asked()
    end = rows.values_list("root", "number")[ahead // PAGE * PAGE - 1]
    return Asked(after=Place(*end))
