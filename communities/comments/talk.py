"""The talk under a thing as a page shows it: made once for all who stand alike, then given what is one person's own.

A page of fifty comments is kept in the process as long as its thread's `rev` stays. What differs from person to person are
their own comments, their own signs, whom they block, and two tokens of the forms: those are put in for each.
"""

import secrets
import uuid
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from communities.access.models import State, blocked_by
from communities.access.request import Request
from communities.access.rules import has
from communities.access.viewer import Viewer
from communities.comments.models import Comment, Thread
from communities.comments.muting import THREAD
from communities.comments.pages import Asked, asked_by, dressed, page_of
from communities.comments.quoting import answered, quote_of
from communities.embeds.actions import previews_of
from communities.embeds.models import Preview
from communities.members.named import Seat, seats_of
from communities.reactions.models import Reaction
from communities.reactions.reading import Counts, Key, bar_of, counts_of
from communities.safety.models import Mute
from communities.spaces.models import Community
from communities.spaces.request import PlaceRequest
from communities.ui import kept
from communities.ui.written import written

MOST_VARIANTS = 100

# What stands in the place of somebody's own until a page is given to them; nobody can write it into a text.
_SLOTS = {name: f"slot-{secrets.token_hex(12)}" for name in ("token", "request", "rows", "bar", "form", "mute", "live")}


@dataclass(frozen=True, slots=True)
class About:
    """What is talked about, as its own page knows it: published, and readable for whoever sees that page."""

    kind: str
    id: int
    url: str
    author_id: int | None


@dataclass(slots=True)
class Leaf:
    """A comment as everybody sees it to whom it is nothing special."""

    row: Comment
    html: str


@dataclass(slots=True)
class Sheet:
    """A page of a talk as all who stand alike see it. shell: around the comments, with slots."""

    shell: str
    form: str
    bar: str
    mute: str
    leaves: list[Leaf]
    counts: dict[Key, Counts]
    seats: dict[tuple[int, int], Seat]
    asked: Asked
    previews: dict[int, Preview] = field(default_factory=dict)
    variants: dict[Hashable, str] = field(
        default_factory=dict
    )  # how single comments look to some; grows to MOST_VARIANTS

    @property
    def weight(self) -> int:
        return len(self.shell) + len(self.form) + sum(2 * len(leaf.html) + 500 for leaf in self.leaves)


@dataclass(frozen=True, slots=True)
class Own:
    """What is this viewer's: their signs by thing, whom they do not want to see, and the number of their mute of this talk."""

    signs: dict[Key, str]
    blocked: frozenset[int]
    muted: int = 0


def talk(request: PlaceRequest, about: About) -> SafeString:
    """The whole section, as the page's address asks for it: `after`, `before`, `by`, and for writing `answer` or `quote`."""
    place: Community = request.community
    viewer: Viewer = request.viewer
    asked = asked_by(request.GET)
    thread = _thread.first(about.kind, about.id)
    maker = _Maker(place, viewer, about, thread, asked)
    mark = thread.rev if thread is not None else 0
    sheet = kept.keep(place.slug, maker.key, lambda: (maker.sheet(), None), mark=mark)
    own = own_of(request, about, [leaf.row.pk for leaf in sheet.leaves], thread)
    parts = [maker.own_html(sheet, leaf, own) for leaf in sheet.leaves]
    mine = own.signs.get((about.kind, about.id), "")
    whole = (
        sheet.shell.replace(_SLOTS["rows"], "".join(parts))
        .replace(_SLOTS["bar"], maker.bar(sheet.counts, mine) if mine else sheet.bar)
        .replace(_SLOTS["mute"], maker.mute(own.muted) if own.muted else sheet.mute)
        .replace(_SLOTS["live"], maker.live(own))
        .replace(_SLOTS["form"], (_opened_form(request, about) or sheet.form) if sheet.form else "")
    )
    return _filled(request, whole)


def _opened_form(request: PlaceRequest, about: About) -> str:
    """The form of whoever came to answer a comment or to quote it; "" for everybody else."""
    quoted = answered(request, about.kind, about.id, request.GET.get("quote", ""))
    answers = quoted or answered(request, about.kind, about.id, request.GET.get("answer", ""))
    if answers is None:
        return ""
    page = {"about": about, "answers": answers, "body": quote_of(quoted) if quoted else "", "typing": True}
    return render_to_string("comments/_form.html", page | {"request_id": uuid.uuid4().hex}, request)


def shared_html(place: Community, about: About, thread: Thread, rows: list[Comment]) -> tuple[dict[int, str], str]:
    """For open screens: these comments, by id, and the signs on the thing itself, as plain members see them to whom they are
    nothing special. What is one's own is asked for by the screen, or put in there; the token of its forms too."""
    anybody = Viewer(user_id=0, community_id=place.pk, standing="member")
    maker = _Maker(place, anybody, about, thread, Asked())
    counts = counts_of({about.kind: [about.id], Comment.KIND: [row.pk for row in rows]})
    seats = seats_of({row.author_id for row in rows}, {place.pk: place})
    sheet = Sheet("", "", "", "", [], counts, seats, Asked(), previews_in(rows, place))
    html = {row.pk: maker.strangers_leaf(sheet, row).replace(_SLOTS["token"], "") for row in rows}
    return html, maker.bar(counts, "").replace(_SLOTS["token"], "")


def comment_html(request: PlaceRequest, about: About, comment: Comment) -> SafeString:
    """One comment as this viewer sees it, for a page that is open already."""
    place: Community = request.community
    viewer: Viewer = request.viewer
    (thread,), (row,) = _thread_of(comment.pk), _dressed(comment.pk)
    maker = _Maker(place, viewer, about, thread, Asked())
    counts = counts_of({Comment.KIND: [row.pk]})
    seats = seats_of([row.author_id], {place.pk: place})
    leaf = Leaf(row, "")
    sheet = Sheet("", "", "", "", [leaf], counts, seats, Asked(), previews_in([row], place))
    own = own_of(request, about, [row.pk])
    return _filled(request, maker.leaf(sheet, row, own))


def previews_in(rows: list[Comment], place: Community) -> dict[int, Preview]:
    """What stands below these comments about their links, by id."""
    return previews_of(Comment.KIND, {row.pk: row.html for row in rows}, place)


def own_of(request: Request, about: About, ids: list[int], thread: Thread | None = None) -> Own:
    """One query for the viewer's signs on the page and their mute, and one for the people they block if they block anybody."""
    viewer: Viewer = request.viewer
    if viewer.user_id is None:
        return Own({}, frozenset())
    found = _own(viewer.user_id, about.kind, about.id, tuple(ids), thread.pk if thread is not None else None)
    blocks = getattr(request.user, "blocks_at", None) is not None
    return Own(
        {(kind, pk): emoji for kind, pk, emoji in found if kind != THREAD},
        frozenset(blocked_by(viewer).values_list("blocked_id", flat=True)) if blocks else frozenset(),
        next((pk for kind, pk, _emoji in found if kind == THREAD), 0),
    )


@written
def _thread(kind: str, object_id: int) -> QuerySet[Thread]:
    return Thread.objects.filter(kind=kind, object_id=object_id)


@written
def _thread_of(comment: int) -> QuerySet[Thread]:
    return Thread.objects.filter(comments=comment)


@written
def _dressed(comment: int) -> QuerySet[Comment]:
    return dressed(Comment.objects.filter(pk=comment))


@written
def _own(
    user: int, kind: str, object_id: int, ids: tuple[int, ...], thread: int | None
) -> QuerySet[Any, tuple[Any, ...]]:
    """The signs on a thing and on these comments, and the mute."""
    below = Q(kind=Comment.KIND, object_id__in=ids)
    signs = Reaction.objects.filter(Q(kind=kind, object_id=object_id) | below, user_id=user)
    rows = signs.values_list("kind", "object_id", "emoji")
    if thread is None:
        return rows
    mutes = Mute.objects.filter(user_id=user, kind=THREAD, object_id=thread)
    return rows.union(mutes.values_list("kind", "pk", Value("")), all=True)


def _filled(request: HttpRequest, html: str) -> SafeString:
    if _SLOTS["token"] in html:
        html = html.replace(_SLOTS["token"], get_token(request))
    return SafeString(html.replace(_SLOTS["request"], uuid.uuid4().hex))


class _Maker:
    """Renders a talk for all who stand as this viewer does."""

    def __init__(self, place: Community, viewer: Viewer, about: About, thread: Thread | None, asked: Asked) -> None:
        self.place, self.viewer, self.about, self.thread, self.asked = place, viewer, about, thread, asked

    @cached_property
    def template(self) -> Any:
        return get_template("comments/_comment.html")

    @cached_property
    def common(self) -> dict[str, Any]:
        """What every part is told; asked for only where something is made."""
        closed = self.thread is not None and self.thread.closed
        return {
            "community": self.place,
            "csrf_token": _SLOTS["token"],
            "speaks": self.viewer.takes_part and not closed,
            "reacts": self.viewer.takes_part,
            "moderates": has(self.viewer, "moderate"),
            "here": "?" + urlencode({**self.asked.query, "answer": ""}),
            "quoting": "?" + urlencode({**self.asked.query, "quote": ""}),
            "reporting": reverse("safety:report", args=[self.place.slug, Comment.KIND, 0]).removesuffix("0/"),
        }

    @property
    def key(self) -> Hashable:
        viewer = self.viewer
        stand = (viewer.signed_in, viewer.takes_part, viewer.is_team, has(viewer, "moderate"), viewer.standing)
        return ("talk", self.about.kind, self.about.id, self.asked, stand)

    def sheet(self) -> Sheet:
        page = page_of(self.thread, self.asked) if self.thread is not None else None
        rows = page.rows if page is not None else []
        counts = counts_of({self.about.kind: [self.about.id], Comment.KIND: [row.pk for row in rows]})
        seats = seats_of({row.author_id for row in rows}, {self.place.pk: self.place})
        previews = previews_in(rows, self.place)
        sheet = Sheet("", "", self.bar(counts, ""), self.mute(0), [], counts, seats, self.asked, previews)
        sheet.leaves = [Leaf(row, self.strangers_leaf(sheet, row)) for row in rows]
        sheet.form = self.form() if self.common["speaks"] else ""
        context = {
            **self.common,
            "viewer": self.viewer,
            "about": self.about,
            "thread": self.thread,
            "count": self.thread.count if self.thread is not None else 0,
            "by_team": self.asked.team,
            "earlier": self._address(page.earlier) if page is not None else "",
            "later": self._address(page.later) if page is not None else "",
            "paged": bool(self.asked.after or self.asked.before),
            "empty": not rows,
            "rows": SafeString(_SLOTS["rows"]),
            "bar": SafeString(_SLOTS["bar"]),
            "form": SafeString(_SLOTS["form"]),
            "mute": SafeString(_SLOTS["mute"]) if self.thread is not None else "",
            "live": SafeString(_SLOTS["live"]),
        }
        sheet.shell = render_to_string("comments/_talk.html", context)
        return sheet

    def _address(self, asked: Asked | None) -> str:
        return "" if asked is None else f"{self.about.url}?{urlencode(asked.query)}#talk"

    def live(self, own: Own) -> str:
        """What the section says to its script: who listens, from where on, and whether they see what all members see."""
        viewer, closed = self.viewer, self.thread is not None and self.thread.closed
        if not viewer.signed_in or self.asked.team:
            return ""
        plain = viewer.takes_part and not (viewer.is_team or own.blocked or closed)
        given = {
            "topic": f"{self.about.kind}:{self.about.id}",
            "rev": self.thread.rev if self.thread is not None else 0,
            "me": viewer.user_id,
            "comments": reverse("comments:comment", args=[self.place.slug, 0]).removesuffix("0/"),
            **({"plain": "yes"} if plain else {}),
        }
        return format_html_join("", ' data-{}="{}"', given.items())

    def form(self) -> str:
        context = {**self.common, "about": self.about, "request_id": _SLOTS["request"]}
        return render_to_string("comments/_form.html", context)

    def bar(self, counts: dict[Key, Counts], mine: str) -> str:
        key = (self.about.kind, self.about.id)
        bar = bar_of(self.place.slug, key, counts.get(key, {}), mine=mine, open=self.viewer.takes_part, whole=True)
        return render_to_string("reactions/_bar.html", {"bar": bar, "csrf_token": _SLOTS["token"]})

    def mute(self, muted: int) -> str:
        """The form that keeps this talk's news away, or brings them back."""
        if self.thread is None or not self.viewer.signed_in:
            return ""
        context = {**self.common, "thread": self.thread, "muted": muted, "back": f"{self.about.url}#talk"}
        return render_to_string("comments/_mute.html", context)

    def own_html(self, sheet: Sheet, leaf: Leaf, own: Own) -> str:
        """Most comments are nothing special to somebody: those come as they were kept."""
        row = leaf.row
        mine, sign = row.author_id == self.viewer.user_id, own.signs.get((Comment.KIND, row.pk), "")
        chairs = (row.author_id in own.blocked, row.to_author in own.blocked) if own.blocked else (False, False)
        if not (mine or sign or any(chairs)):
            return leaf.html
        key = (row.pk, mine, sign, chairs)
        html = sheet.variants.get(key)
        if html is None:
            html = self.leaf(sheet, row, own)
            if len(sheet.variants) < MOST_VARIANTS:
                sheet.variants[key] = html
        return html

    def strangers_leaf(self, sheet: Sheet, row: Comment) -> str:
        """Kept by itself too: one more comment does not make the other forty-nine anew."""
        counts, seat = sheet.counts.get((Comment.KIND, row.pk), {}), sheet.seats.get((self.place.pk, row.author_id))
        who = (row.author.name, row.author.handle, row.author.face_token, seat, row.to_name)
        mark = (
            who,
            row.rev,
            row.edited_at,
            row.state,
            row.answered,
            self.common["speaks"],
            tuple(sorted(counts.items())),
        )
        nobody = Own({}, frozenset())
        key = ("leaf", row.pk, self.key)
        return kept.keep(self.place.slug, key, lambda: (self.leaf(sheet, row, nobody, stranger=True), None), mark=mark)

    def leaf(self, sheet: Sheet, row: Comment, own: Own, *, stranger: bool = False) -> str:
        """One comment. stranger: as somebody sees it to whom it is nothing special, whoever asks."""
        mine = not stranger and self.viewer.signed_in and row.author_id == self.viewer.user_id
        blocked = row.author_id in own.blocked and not mine
        whole = row.state == State.PUBLISHED or (row.state == State.HIDDEN and (mine or self.viewer.is_team))
        if not whole and not row.answered:
            return ""
        key = (Comment.KIND, row.pk)
        row.community = self.place
        context = {
            **self.common,
            "comment": row,
            "path": row.url,
            "html": row.html,
            "preview": sheet.previews.get(row.pk),
            "seat": sheet.seats.get((self.place.pk, row.author_id)),
            "mine": mine,
            "blocked": blocked and whole,
            "whole": whole and not blocked,
            "to_name": "" if row.to_author in own.blocked else row.to_name,
            "flat": self.asked.team,
        }
        if context["whole"] and row.state == State.PUBLISHED:
            context["bar"] = bar_of(
                self.place.slug,
                key,
                sheet.counts.get(key, {}),
                mine=own.signs.get(key, ""),
                open=self.viewer.takes_part,
            )
        return self.template.render(context)
