"""The address of a post's preview picture: who may see it (whoever is asking: what a visitor may know), and where drawn
pictures lie. They are a cache: any of them can be drawn again."""

import contextlib
import os
import tempfile
import threading
import time
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from communities.access.viewer import viewer_for
from communities.spaces.models import Community
from communities.spaces.request import PlaceRequest
from content.posts.card import Card, draw
from content.posts.models import Byline, Post
from content.posts.reading import and_list

SHELVES = 512  # folders, so that none gets long
KEPT_DAYS = 60
# A picture is a title: caches keep it no longer than the page that it stands for, then ask again whether it is the same.
KEPT = "public, max-age=60"
_one_at_a_time = threading.Lock()


@require_safe
def card(request: PlaceRequest, community: str, post_id: int) -> HttpResponse:
    """The site's 404 where a visitor may not know of the post, even for its author."""
    place = request.community
    known = Post.objects.out().filter(community=place).listed_to(viewer_for(AnonymousUser(), place))
    post = known.without_text().select_related("author").filter(pk=post_id).first()
    if post is None:
        raise Http404
    post.community = place
    return _answer(request, post.pk, card_of(post, [byline.name for byline in Byline.objects.filter(post=post)]))


@require_safe
def card_of_place(request: PlaceRequest, community: str) -> HttpResponse:
    """The picture of a community's front."""
    place = request.community
    if not place.listed:
        raise Http404
    return _answer(request, -place.pk, _card_of_place(place))


def _answer(request: HttpRequest, number: int, facts: Card) -> HttpResponse:
    etag = f'"{facts.version}"'
    response: HttpResponse
    if etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(picture_of(number, facts), content_type="image/png")
    response["ETag"] = etag
    response["Cache-Control"] = KEPT
    # Previews are shown on other sites; the bytes are the same for everybody.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.__dict__["for_everyone"] = True
    return response


def card_of(post: Post, names: list[str]) -> Card:
    """What stands on the picture; names: the bylines, else the author's account signs. Needs `community` and `author`."""
    return Card(
        title=post.title,
        author=and_list(names) or str(post.author),
        place=post.community.name,
        kind=str(post.kind_label),
        hue=post.community.hue,
        font=post.community.font,
        seed=post.pk,
    )


def _card_of_place(place: Community) -> Card:
    line = place.tagline if place.tagline else _("A small circle of people who care about the same thing")
    return Card(
        title=place.name, author=line, place=settings.BRAND, kind="", hue=place.hue, font=place.font, seed=place.pk
    )


def address_of_place(place: Community) -> str:
    return f"{reverse('posts:card_of_place', args=[place.slug])}?v={_card_of_place(place).version}"


def address_of(post: Post, facts: Card) -> str:
    return f"{reverse('posts:card', args=[post.community.slug, post.pk])}?v={facts.version}"


def picture_of(number: int, facts: Card) -> bytes:
    """From its shelf, or drawn now; a new one takes the place of older ones. number: a post's, or a community's below zero."""
    shelf = Path(settings.MEDIA_ROOT) / "cards" / str(number % SHELVES)
    kept = shelf / f"{number}-{facts.version}.png"
    with contextlib.suppress(OSError):
        return kept.read_bytes()
    with _one_at_a_time:
        with contextlib.suppress(OSError):
            return kept.read_bytes()
        drawn = draw(facts)
        with contextlib.suppress(OSError):
            _keep(kept, drawn)
            _sweep(shelf, number, kept)
    return drawn


def _keep(kept: Path, drawn: bytes) -> None:
    """Whole or not at all: another process may read at the same moment."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=kept.parent, suffix=".part")
    with os.fdopen(handle, "wb") as part:
        part.write(drawn)
    Path(name).replace(kept)


def _sweep(shelf: Path, number: int, kept: Path) -> None:
    """Off the shelf with older pictures of the same, and with what nobody needed to draw anew for a while."""
    old = time.time() - KEPT_DAYS * 86400
    for path in shelf.iterdir():
        mine = path.name.startswith(f"{number}-") and path != kept
        if mine or path.stat().st_mtime < old:
            path.unlink(missing_ok=True)
