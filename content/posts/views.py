"""The public front, the stream of a community and the page of a post."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from communities.access.gates import needs_account, without_agreeing
from communities.access.models import State
from communities.access.request import Request
from communities.access.rules import audience, may, spaces_known_to, writable_spaces
from communities.access.viewer import Viewer
from communities.comments.talk import About, talk
from communities.members.reading_marks import move_caught_up, put_first_steps_away, switch_suggestions
from communities.members.seen import note_seen
from communities.members.team import count_of, team_of, teams_of
from communities.notifications.actions import see_topics
from communities.spaces.models import Community, Space
from communities.spaces.request import PlaceRequest
from communities.ui import kept, pagecache
from communities.ui.templatetags.ui import opening
from content.posts import reading
from content.posts.feed import Cards, cards_of, feed_of, moment_in
from content.posts.first_steps import steps_for, wants_steps
from content.posts.heads import meta_of_home, meta_of_post, meta_of_stream
from content.posts.kinds import KINDS
from content.posts.models import Post
from content.posts.navigation import spaces_of
from content.posts.suggestions import suggestions_for

FILTERS = ("kind", "space", "tag", "after")
PAGES = ("after", "before", "by")  # of the talk under a post


@require_safe
def home(request: Request) -> HttpResponse:
    """The brand, its communities and what they show to everybody; the same for all, but for whom somebody blocks."""
    communities = list(Community.objects.filter(listed=True).select_related("logo", "cover").order_by("name"))
    public = Post.objects.out().readable_by(request.viewer).with_readable(request.viewer)
    public = public.without_blocked(request.viewer)
    posts = list(public.without_text().select_related("author", "cover", "space").newest_first()[:12])
    reading.dress(posts, communities)
    reading.count(posts)
    teams = teams_of(place.pk for place in communities)
    for place in communities:
        place.__dict__["faces"] = [seat.user for seat in teams.get(place.pk, [])]
    page = {"communities": communities, "posts": posts, "meta": meta_of_home()}
    response = render(request, "posts/home.html", page)
    if request.GET:
        return response
    return pagecache.share(response, request, until=reading.next_change())


@require_safe
def stream(request: PlaceRequest, community: str) -> HttpResponse:
    """The public stream to a visitor, the feed to a member: newest first, nothing dropped, keyset pages."""
    place, viewer = request.community, request.viewer
    asked = {name: request.GET.get(name, "") for name in FILTERS}
    here = reverse("posts:stream", args=[place.slug])
    spaces = _spaces(spaces_known_to(viewer, spaces_of(request)), here, asked["space"])
    if (asked["kind"] and asked["kind"] not in KINDS) or (
        asked["space"] and asked["space"] not in {space.slug for space in spaces}
    ):
        raise Http404
    filtered = any(asked.values())
    until: list[dt.datetime | None] = []
    make = cards_of if viewer.is_member else _front

    def front() -> tuple[Any, dt.datetime | None]:
        until.append(reading.next_change(place))
        return make(place, eyes, spaces, asked), until[-1]

    group = _group(request)
    # Visitors' pages are kept whole; endless filters and people with exceptions of their own are not kept at all.
    shared = viewer.signed_in and group is not None and not filtered
    eyes = replace(viewer, user_id=0) if shared else viewer  # what many get is made through nobody's eyes
    made = kept.keep(place.slug, ("stream", viewer.is_member, group), front) if shared else front()[0]
    page = {
        **(_own_feed(request, made, asked) if viewer.is_member else {"front": made}),
        "filtered": filtered,
        "spaces": spaces,
        "kinds": SimpleLazyObject(lambda: _kinds(here, asked["kind"])),
        "meta": meta_of_stream(place, filtered=filtered, after=asked["after"]),
        **_doorstep(request),
    }
    response = render(request, "posts/stream.html", page)
    if set(request.GET) - set(FILTERS):
        return response
    return pagecache.share(response, request, until=until[-1] if until else None)


def _own_feed(request: PlaceRequest, cards: Cards, asked: dict[str, str]) -> dict[str, Any]:
    """The feed of one member: the cards of all, their own line, and on the first page what is suggested and the first steps."""
    viewer, place, seat = request.viewer, request.community, request.seat
    page = feed_of(cards, seat=seat, asked=asked, top=request.GET.get("top", ""))
    page["front"] = cards.cards
    if any(asked.values()):
        return page
    page |= {"suggestions_on": seat.suggestions, "may_be_suggested": seat.onboarded_at is not None}
    assert request.user.is_authenticated  # a member
    who = (viewer.user_id, viewer.rung, request.user.blocks_at)
    if seat.suggestions:
        page["suggested"] = kept.keep(place.slug, ("suggested", *who), lambda: (_suggested(request, cards), None))
    if wants_steps(seat):
        soon = timezone.now() + dt.timedelta(seconds=10)  # whoever did one finds it ticked
        page["steps"] = kept.keep(place.slug, ("steps", *who), lambda: (_steps(request), soon))
    return page


def _suggested(request: PlaceRequest, cards: Cards) -> SafeString:
    before = cards.at[-1] if cards.after else None
    found = suggestions_for(request.viewer, request.seat, request.community, before=before)
    return render_to_string("posts/_suggestions.html", {"suggestions": found}) if found else SafeString("")


def _steps(request: PlaceRequest) -> SafeString:
    viewer, place = request.viewer, request.community
    may_write = bool(writable_spaces(viewer, spaces_of(request)))
    steps = steps_for(viewer, request.seat, place, request.user, may_write=may_write)
    return render_to_string("posts/_steps.html", {"steps": steps, "done": sum(step.done for step in steps)})


def _front(place: Community, viewer: Viewer, spaces: list[Space], asked: dict[str, str]) -> SafeString:
    """The stories of one page and what stands beside them: the same for everybody of one audience. Empty where there are none."""
    posts = reading.stream(place, viewer, kind=asked["kind"], space=asked["space"], tag=asked["tag"])
    rows, after = reading.page_after(posts, asked["after"])
    if not rows:
        return SafeString("")
    reading.dress(rows, [place])
    reading.count(rows)
    page = {
        "community": place,
        "posts": rows,
        "lead": None if any(asked.values()) else opening(rows),
        "next_url": "?" + urlencode({**_given(asked), "after": after}) if after else "",
        "spaces": spaces,
        "team": team_of(place),
        "counts": {"members": count_of(place.pk)},
    }
    return render_to_string("posts/_front.html", page)


@dataclass(frozen=True, slots=True)
class Article:
    """A post's page as far as it is the same for everybody of an audience but its author."""

    title: str
    html: SafeString
    author_id: int
    url: str


def detail(request: PlaceRequest, community: str, post_id: int, slug: str) -> HttpResponse:
    """A post, or its honest teaser where it is listed but not readable; the canonical address for those who may know it."""
    viewer, place = request.viewer, request.community
    if request.method not in ("GET", "HEAD"):
        if not _listed(request, post_id).readable:
            raise PermissionDenied
        return HttpResponseNotAllowed(["GET", "HEAD"])
    made: list[Post] = []

    def make() -> tuple[Article | None, dt.datetime | None]:
        made.append(post := _listed(request, post_id))
        # One's own may be ahead of its time and carries one's pen; an exception may be younger than what `group` remembers.
        alone = post.author_id == viewer.user_id or audience(viewer, Post) is None
        if alone or not (post.readable and post.state == State.PUBLISHED) or request.path != unquote(post.url):
            return None, None
        html = render_to_string("posts/_article.html", _article(request, post))
        return Article(str(post), html, post.author_id, post.url), reading.next_change(place)

    if viewer.is_member and not viewer.is_team and (group := _group(request)):
        article = kept.keep(place.slug, ("post", post_id, request.path, group), make)
        if article is not None and article.author_id != viewer.user_id:
            about = About(Post.KIND, post_id, article.url, article.author_id)
            page = {"title": article.title, "article": article.html, "talk": talk(request, about), **_doorstep(request)}
            return render(request, "posts/detail.html", page)
    post = made[0] if made else _listed(request, post_id)
    if request.path != unquote(post.url):
        return redirect(post.url, permanent=post.state == State.PUBLISHED)
    return show(request, post)


def _listed(request: PlaceRequest, post_id: int) -> Post:
    """The post, where this viewer may know of it; its texts come when they are asked for."""
    viewer, place = request.viewer, request.community
    known = Post.objects.listed_to(viewer).with_readable(viewer).select_related("author", "cover", "space")
    post = known.filter(pk=post_id, community=place).defer("html", "source", "working").first()
    if post is None:
        raise Http404
    post.community = place
    return post


def _group(request: PlaceRequest) -> str | None:
    """The viewer's audience; that somebody has no exceptions is remembered, as long as nothing here changes or they block nobody."""
    viewer = request.viewer
    if not request.user.is_authenticated:
        return audience(viewer, Post)
    return kept.keep(
        request.community.slug,
        ("audience", viewer.user_id, viewer.role, viewer.rung, request.user.blocks_at),
        lambda: (audience(viewer, Post), None),
    )


def short(request: PlaceRequest, community: str, post_id: int) -> HttpResponse:
    """The address without the title, for whoever may know the title."""
    return detail(request, community, post_id, "")


def show(request: PlaceRequest, post: Post) -> HttpResponse:
    """The page of a post that the viewer may at least know of; `post.readable` says which page it is."""
    article = _article(request, post)
    page = {
        "title": str(post),
        "teaser": article["teaser"],
        "article": render_to_string("posts/_article.html", article, request),
        "meta": meta_of_post(post),
        **_doorstep(request),
    }
    if post.readable and post.state == State.PUBLISHED and not post.is_scheduled:
        page["talk"] = talk(request, About(Post.KIND, post.pk, post.url, post.author_id))
    response = render(request, "posts/detail.html", page)
    if set(request.GET) - set(PAGES):
        return response
    return pagecache.share(response, request, until=reading.next_change(request.community))


def _article(request: PlaceRequest, post: Post) -> dict[str, Any]:
    """What stands on the page of a post, for this viewer."""
    viewer, place = request.viewer, request.community
    reading.dress([post], [place])
    if post.state == State.DRAFT:  # a draft is rendered when it goes out; until then its author sees it as it would be
        post.html = reading.draft_html(post)
    newer, older = reading.neighbours(post, viewer)
    here = reverse("posts:stream", args=[place.slug])
    post.__dict__["kind_url"] = f"{here}?kind={post.kind}"
    if may(viewer, "edit", post):
        post.__dict__["edit_url"] = reverse("posts:write", args=[place.slug, post.pk])
    tags = list(post.tags.all())
    for tag in tags:
        tag.__dict__["url"] = f"{here}?tag={tag.slug}"
    return {
        "community": place,
        "viewer": viewer,
        "post": post,
        "tags": tags,
        "teaser": not post.readable,
        "scheduled": post.is_scheduled,
        "newer": newer,
        "older": older,
        **_doorstep(request),
    }


@require_POST
@needs_account
@without_agreeing
def caught_up(request: PlaceRequest, community: str) -> HttpResponse:
    """The line of the feed moves up to what the page began with; a beacon sends it as well when the line comes into view."""
    top = moment_in(request.POST.get("top", ""))
    if top is not None:
        move_caught_up(request.viewer, top=top)
    elif not request.viewer.is_member:
        raise PermissionDenied
    return redirect("posts:stream", community)


@require_POST
@needs_account
@without_agreeing
def suggestions(request: PlaceRequest, community: str) -> HttpResponse:
    """Suggestions on the feed, on or off."""
    switch_suggestions(request.viewer, on=request.POST.get("on") == "1")
    return redirect("posts:stream", community)


@require_POST
@needs_account
@without_agreeing
def first_steps(request: PlaceRequest, community: str) -> HttpResponse:
    """Puts the list of first steps away."""
    put_first_steps_away(request.viewer)
    return redirect("posts:stream", community)


@require_POST
@needs_account
@without_agreeing
def seen(request: PlaceRequest, community: str) -> HttpResponse:
    """The beacon of what was on screen for a second: `seen` once a thing, as `post:12`; what is not ours to know is dropped."""
    pairs = [raw.partition(":") for raw in request.POST.getlist("seen")[:100]]
    ids = [int(pk) for kind, _colon, pk in pairs if kind == Post.KIND and pk.isdecimal() and len(pk) < 19]
    if request.viewer.is_member:
        day = timezone.now().astimezone(request.community.zone).date()
        note_seen(request.viewer, kind=Post.KIND, object_ids=ids, day=day)
    see_topics(request.user.pk or 0, [f"{Post.KIND}:{pk}" for pk in ids])
    return HttpResponse(status=204)


def _given(asked: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in asked.items() if value and name != "after"}


def _spaces(spaces: list[Space], here: str, current: str) -> list[Space]:
    for space in spaces:
        space.__dict__["url"] = f"{here}?space={space.slug}"
        space.__dict__["current"] = space.slug == current
    return spaces


def _kinds(here: str, current: str) -> list[dict[str, Any]]:
    return [
        {
            "slug": kind.slug,
            "label": kind.label,
            "icon": kind.icon,
            "url": f"{here}?kind={kind.slug}",
            "current": kind.slug == current,
        }
        for kind in KINDS.values()
    ]


def _doorstep(request: PlaceRequest) -> dict[str, Any]:
    """What somebody may do here next: join, or write."""
    viewer, place = request.viewer, request.community
    page: dict[str, Any] = {"member": viewer.is_member or None, "seen_url": ""}
    if viewer.signed_in and viewer.standing == "visitor":
        page["join_url"] = reverse("members:join", args=[place.slug])
    if viewer.is_member:
        page["seen_url"] = reverse("posts:seen", args=[place.slug])
    return page
