"""Reads for the stream and the post page: what a template shows of a post, fetched for a whole page at once."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _

from communities.access.models import Opening, State
from communities.access.viewer import Viewer
from communities.comments.mentions import Calling
from communities.comments.recent import counts_of
from communities.members.named import seats_of
from communities.reactions.reading import totals_of
from communities.spaces.models import Community, Rung
from communities.ui.keyset import read_token, token_of
from communities.ui.markdown import TextTooHard
from content.posts.kinds import KINDS, Detail
from content.posts.models import Byline, Post, PostQuerySet
from content.posts.writing import render_body
from memberships.tiers.offers import way_to, ways_up

PAGE = 25
SHORT = 120  # words: a post this short stands on the stream in full


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the kind's own fields, as it is shown."""

    label: str | Promise
    value: str
    url: str = ""
    at: dt.datetime | None = None
    code: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """An opening that is still to come: for whom ("" is everyone) and when."""

    rung_name: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Doors:
    """What opens a post: the step, the way there without paying, the one by paying, and the dates when it opens by itself."""

    rung_name: str
    ways: str
    openings: tuple[Door, ...] = ()
    price: str = ""
    url: str = ""


def stream(community: Community, viewer: Viewer, *, kind: str = "", space: str = "", tag: str = "") -> PostQuerySet:
    """What is out and listed to this viewer, newest first, without whom they block."""
    posts = Post.objects.out().filter(community=community).listed_to(viewer).with_readable(viewer)
    posts = posts.without_blocked(viewer)
    if kind:
        posts = posts.filter(kind=kind)
    if space:
        posts = posts.filter(space__slug=space)
    if tag:
        posts = posts.filter(tags__slug=tag)
    posts = posts.without_blocked(viewer)
    return posts.without_text().select_related("author", "cover", "space").newest_first()


def page_after(posts: PostQuerySet, token: str) -> tuple[list[Post], str]:
    """One page by keyset, and the token of the next ("" at the end). Raises Http404 for a token that is none."""
    if token:
        at, pk = read_token(token)
        posts = posts.filter(Q(opens_at__lt=at) | Q(opens_at=at, pk__lt=pk), opens_at__lte=at)
    rows = list(posts[: PAGE + 1])
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return rows, token_of(rows[-1].opens_at, rows[-1].pk) if more and rows[-1].opens_at else ""


def moment_of(token: str) -> dt.datetime:
    """The date of the post that a page begins after. Raises Http404 for a token that is none."""
    return read_token(token)[0]


def dress(posts: Sequence[Post], communities: Iterable[Community]) -> list[Post]:
    """Puts on each post what its card and its page show beyond its columns; a fixed number of queries for any number of posts."""
    places = {community.pk: community for community in communities}
    ids = [post.pk for post in posts]
    seats = seats_of({post.author_id for post in posts}, places)
    names: dict[int, list[str]] = {}
    for byline in Byline.objects.filter(post__in=ids):
        names.setdefault(byline.post_id, []).append(byline.name)
    gated = [post for post in posts if post.has_steps]
    rungs = (
        {(rung.community_id, rung.level): rung for rung in Rung.objects.filter(community__in=places)} if gated else {}
    )
    openings: dict[int, list[Opening]] = {}
    if gated:
        later = Opening.objects.filter(kind=Post.KIND, object_id__in=[post.pk for post in gated], at__gt=timezone.now())
        for opening in later.order_by("at"):
            openings.setdefault(opening.object_id, []).append(opening)
    for post in posts:
        post.community = places[post.community_id]
        extra = post.__dict__
        extra["author_seat"] = seats.get((post.community_id, post.author_id))
        extra["bylines_text"] = and_list(names.get(post.pk, []))
        extra["facts"] = facts(post, readable=post.readable)
        extra["details_teaser"] = "" if post.readable else " · ".join(f"{f.label}: {f.value}" for f in extra["facts"])
        extra["doors"] = _doors(post, rungs, openings.get(post.pk, []))
    _price_doors(posts, places)
    return list(posts)


def count(posts: Sequence[Post]) -> None:
    """How much is said about each post of a list, for its card; two queries. A teaser shows no number of what one may not read."""
    open_ones = [post.pk for post in posts if post.readable]
    comments, reactions = counts_of(Post.KIND, open_ones), totals_of(Post.KIND, open_ones)
    for post in posts:
        post.__dict__["comments"] = comments.get(post.pk, 0)
        post.__dict__["reactions"] = reactions.get(post.pk, 0)


def _doors(post: Post, rungs: dict[tuple[int, int], Rung], later: list[Opening]) -> Doors | None:
    if not post.has_steps:
        return None
    rung = rungs.get((post.community_id, post.rung))
    waiting = tuple(
        Door("" if not opening.rung else _name(rungs.get((post.community_id, opening.rung))), opening.at)
        for opening in later
    )
    return Doors(_name(rung), rung.ways if rung else "", waiting)


def _price_doors(posts: Sequence[Post], places: Mapping[int, Community]) -> None:
    """The way in by paying, on every teaser; what a community sells is asked once, and kept for a minute."""
    closed = [post for post in posts if not post.readable and post.__dict__["doors"] is not None]
    sold = {pk: ways_up(places[pk]) for pk in {post.community_id for post in closed}}
    for post in closed:
        way = way_to(places[post.community_id], sold[post.community_id], post.rung)
        if way is not None:
            post.__dict__["doors"] = replace(post.__dict__["doors"], price=way.words, url=way.url)


def _name(rung: Rung | None) -> str:
    return rung.name if rung else _("Members")


def facts(post: Post, *, readable: bool) -> list[Fact]:
    """The kind's own fields that this viewer may see: some stand on the teaser, the rest are part of the body."""
    shown = [detail for detail in KINDS[post.kind].details if readable or detail.shown_to == "listed"]
    return [_fact(detail, post.details[detail.name]) for detail in shown if post.details.get(detail.name)]


def _fact(detail: Detail, value: Any) -> Fact:
    text = str(value)
    if detail.type == "datetime":
        at = parse_datetime(text)
        return Fact(detail.label, f"{at:%Y-%m-%d}" if at else text, at=at)
    return Fact(detail.label, text, url=text if detail.type == "url" else "", code=detail.name == "code")


def neighbours(post: Post, viewer: Viewer) -> tuple[Post | None, Post | None]:
    """The next newer and the next older post of the stream that this viewer may know of; nothing beside a draft."""
    if post.state != State.PUBLISHED:
        return None, None
    around = Post.objects.out().filter(community=post.community).listed_to(viewer).exclude(pk=post.pk)
    around = around.without_blocked(viewer)
    names = around.only("pk", "title", "slug", "opens_at", "community_id", "kind").newest_first()
    newer = names.filter(opens_at__gte=post.opens_at).reverse().first()
    older = names.filter(opens_at__lte=post.opens_at).first()
    for neighbour in (newer, older):
        if neighbour is not None:
            neighbour.community = post.community
    return newer, older


def and_list(names: Sequence[str]) -> str:
    """“Ada”, “Ada and Bo”, “Ada, Bo and Cy”."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def draft_html(post: Post) -> str:
    """What a draft would look like; what cannot be rendered says why in its place."""
    try:
        return render_body(post.source, post_id=post.pk, people=Calling(post.community, None)).html
    except TextTooHard as problem:
        return format_html("<p>{}</p>", problem)


def next_change(community: Community | None = None) -> dt.datetime | None:
    """The next moment at which a public page changes by the clock: a scheduled post or an opening. Kept pages end there."""
    now = timezone.now()
    posts = Post.objects.filter(state=State.PUBLISHED, opens_at__gt=now)
    openings = Opening.objects.filter(kind=Post.KIND, at__gt=now)
    if community is not None:
        posts = posts.filter(community=community)
    first = [
        posts.order_by("opens_at").values_list("opens_at", flat=True).first(),
        openings.order_by("at").values_list("at", flat=True).first(),
    ]
    return min((moment for moment in first if moment is not None), default=None)
