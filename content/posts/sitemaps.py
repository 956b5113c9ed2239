"""The site map and robots.txt: every page that a visitor may read or see the teaser of, in files of at most 5,000 addresses.

A file holds the posts of one community whose ids begin at a round number: what is taken back leaves a gap and moves nothing.
"""

import datetime as dt
from collections.abc import Iterator
from urllib.parse import quote
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import F, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from communities.access.models import Opening
from communities.access.viewer import viewer_for
from communities.spaces.models import Community
from communities.spaces.request import PlaceRequest
from communities.ui import pagecache
from content.posts.heads import site
from content.posts.models import Post
from content.posts.reading import next_change

BLOCK = 5000
LOOKED_UP = 600  # seconds
Entry = tuple[str, dt.datetime | None]
Blocks = list[tuple[int, dt.datetime]]
SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
# Forms, one's own things, the studio, and pages that only choose among what others show in full.
PRIVATE = ("/accounts/", "/admin/", "/me/", "/demo/", "/c/*/studio/", "/c/*/join/", "/c/*/seen/", "/*?*&")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in PRIVATE),
        "",
        f"Sitemap: {site(reverse('posts:sitemap'))}",
    ]
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    return response if request.GET else pagecache.share(response, request)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The index: a file of fronts, and the files of each listed community that have something in them."""
    entries: list[Entry] = [(reverse("posts:sitemap_fronts"), None)]
    for place, blocks in _blocks(list(Community.objects.filter(listed=True).order_by("pk"))):
        entries += [(reverse("posts:sitemap_block", args=[place.slug, block]), latest) for block, latest in blocks]
    return _answer(request, _document("sitemapindex", "sitemap", entries), next_change())


def _blocks(places: list[Community]) -> Iterator[tuple[Community, Blocks]]:
    """Which files a community has, and the day of the newest post in each.

    A look at every post, so it is looked up again only now and then: numbers of files give nothing away, and a file itself
    is always as of now. A community without any is asked each time, so that its first post is found at once.
    """
    keys = {f"sitemap-blocks:{place.pk}": place for place in places}
    kept = cache.get_many(keys)
    for key, place in keys.items():
        blocks: Blocks = kept.get(key) or []
        if not blocks:
            listed = Post.objects.out().filter(community=place).listed_to(viewer_for(AnonymousUser(), place))
            grouped = listed.order_by().annotate(block=F("pk") / BLOCK).values_list("block")
            blocks = list(grouped.annotate(latest=Max("opens_at")).order_by("block"))
            if blocks:
                cache.set(key, blocks, LOOKED_UP)
        yield place, blocks


@require_safe
def sitemap_fronts(request: HttpRequest) -> HttpResponse:
    """The brand's front, those of its listed communities, and who answers there."""
    places = Community.objects.filter(listed=True).order_by("pk").values_list("slug", flat=True)
    pages = [reverse(name, args=[slug]) for slug in places for name in ("posts:stream", "members:people")]
    entries: list[Entry] = [("/", None), *((page, None) for page in pages)]
    return _answer(request, _document("urlset", "url", entries), None)


@require_safe
def sitemap_block(request: PlaceRequest, community: str, block: int) -> HttpResponse:
    """One file of a community's posts; the 404 where a visitor would find nothing in it."""
    place = request.community
    posts = Post.objects.out().filter(community=place, pk__gte=block * BLOCK, pk__lt=(block + 1) * BLOCK)
    known = posts.listed_to(viewer_for(AnonymousUser(), place)).order_by("pk")
    rows = list(known.values_list("pk", "slug", "opens_at", "edited_at"))
    if not rows:
        raise Http404
    opened = _opened(rows[0][0], rows[-1][0])
    front = reverse("posts:stream", args=[place.slug])
    # Five thousand reverse() would cost a tenth of a second; a test holds this to Post.url.
    entries: list[Entry] = [
        (f"{front}p/{pk}/{quote(slug or '-')}/", max(filter(None, (opens_at, edited_at, opened.get(pk)))))
        for pk, slug, opens_at, edited_at in rows
    ]
    return _answer(request, _document("urlset", "url", entries), next_change(place))


def _opened(first: int, last: int) -> dict[int, dt.datetime]:
    """When posts of these ids last opened to more people: their page changed then too."""
    past = Opening.objects.filter(kind=Post.KIND, object_id__range=(first, last), at__lte=timezone.now())
    return dict(past.order_by("at").values_list("object_id", "at"))


def _document(root: str, element: str, entries: list[Entry]) -> str:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<{root} {SCHEMA}>"]
    start = escape(settings.SITE_URL)
    for path, changed in entries:
        when = f"<lastmod>{changed:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed else ""
        lines.append(f"<{element}><loc>{start}{escape(path)}</loc>{when}</{element}>")
    return "\n".join([*lines, f"</{root}>", ""])


def _answer(request: HttpRequest, document: str, until: dt.datetime | None) -> HttpResponse:
    response = HttpResponse(document, content_type="application/xml; charset=utf-8")
    return response if request.GET else pagecache.share(response, request, until=until)
