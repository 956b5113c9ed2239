"""Atom and RSS of a community's public stream and of the whole house: full text of what everybody may read, the teaser of
what not, nothing of what a visitor may not know."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from communities.access.viewer import ANONYMOUS, Viewer
from communities.spaces.models import Community
from communities.spaces.modules import is_on
from communities.spaces.request import PlaceRequest
from communities.ui import pagecache
from content.posts import reading
from content.posts.heads import changed, site
from content.posts.kinds import KINDS
from content.posts.models import Post

LATEST = 30
FILTERS = ("kind", "space", "tag")
# What XML 1.0 has no way to say, not even escaped.
_UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# A whole tag of clean HTML; a ">" inside a quoted value does not end it.
_TAG = re.compile(r'<[a-z][a-z0-9]*(?:[^>"]|"[^"]*")*>')
_ADDRESS = re.compile(r'(\s(?:src|href|poster)=")(/(?!/)|#)')
_SIZES = re.compile(r'(\ssrcset=")([^"]*)(")')
_SIZE = re.compile(r"(^|,\s*)/(?!/)")


class _WithText(SyndicationFeed):
    """A feed whose date is that of what is in it, so that the same posts are the same bytes."""

    content_type: str

    def latest_post_date(self) -> dt.datetime:
        dates = [item["updateddate"] for item in self.items]
        return max(dates, default=self.feed["since"])


class AtomFeed(_WithText, Atom1Feed):
    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["html"]:
            handler.addQuickElement("content", item["html"], {"type": "html"})


class RssFeed(_WithText, Rss201rev2Feed):
    """RSS 2.0 with the whole text in content:encoded."""

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["html"]:
            handler.addQuickElement("content:encoded", item["html"])


@require_safe
def atom(request: PlaceRequest, community: str) -> HttpResponse:
    return _of_community(request, AtomFeed, "posts:atom")


@require_safe
def rss(request: PlaceRequest, community: str) -> HttpResponse:
    return _of_community(request, RssFeed, "posts:rss")


@require_safe
def atom_of_all(request: HttpRequest) -> HttpResponse:
    return _of_all(request, AtomFeed, "posts:atom_of_all")


@require_safe
def rss_of_all(request: HttpRequest) -> HttpResponse:
    return _of_all(request, RssFeed, "posts:rss_of_all")


def _of_community(request: PlaceRequest, shape: type[_WithText], name: str) -> HttpResponse:
    """A feed reader carries no session: what it gets is what a visitor may know, whoever asks.

    ?kind=, ?space= and ?tag= narrow it down; a space or a tag that a visitor sees nothing of is not there.
    """
    place = request.community
    if not place.listed or not is_on(place, "feeds"):
        raise Http404
    asked = {key: request.GET[key] for key in FILTERS if request.GET.get(key)}
    if asked.get("kind", "update") not in KINDS:
        raise Http404
    visitor = Viewer(community_id=place.pk)
    posts = list(reading.stream(place, visitor, **asked).prefetch_related("tags")[:LATEST])
    if not posts and ("space" in asked or "tag" in asked):
        raise Http404
    query = "?" + urlencode(asked) if asked else ""
    feed = shape(
        title=sayable(place.name),
        link=site(reverse("posts:stream", args=[place.slug])) + query,
        description=sayable(place.tagline or place.name),
        language=settings.LANGUAGE_CODE,
        feed_url=site(reverse(name, args=[place.slug])) + query,
        since=place.created_at,
    )
    _fill(feed, reading.dress(posts, [place]))
    response = HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
    if set(request.GET) - set(FILTERS):
        return response
    return pagecache.share(response, request, until=reading.next_change(place))


def _of_all(request: HttpRequest, shape: type[_WithText], name: str) -> HttpResponse:
    """What everybody may read, of every community that shows itself."""
    places = list(Community.objects.filter(listed=True))
    public = Post.objects.out().readable_by(ANONYMOUS).with_readable(ANONYMOUS).without_text()
    latest = public.select_related("author", "cover", "space").prefetch_related("tags").newest_first()[:LATEST]
    feed = shape(
        title=settings.BRAND,
        link=site("/"),
        description=_("What everybody may read here, of all communities."),
        language=settings.LANGUAGE_CODE,
        feed_url=site(reverse(name)),
        since=max((place.created_at for place in places), default=dt.datetime(2000, 1, 1, tzinfo=dt.UTC)),
    )
    _fill(feed, reading.dress(list(latest), places))
    response = HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
    return response if request.GET else pagecache.share(response, request, until=reading.next_change())


def _fill(feed: _WithText, posts: Sequence[Post]) -> None:
    """Dressed posts, newest first. The id of an entry is its address without the title, which may change."""
    readable = [post.pk for post in posts if post.readable]
    bodies = dict(Post.objects.filter(pk__in=readable).values_list("pk", "html"))
    for post in posts:
        address = site(post.url)
        feed.add_item(
            title=sayable(post.title),
            link=address,
            description=sayable(_described(post)),
            author_name=sayable(post.__dict__["bylines_text"] or str(post.author)),
            pubdate=post.opens_at,
            updateddate=changed(post),
            unique_id=site(reverse("posts:short", args=[post.community.slug, post.pk])),
            categories=[sayable(str(post.kind_label)), *(sayable(tag.name) for tag in post.tags.all())],
            html=absolute(sayable(bodies.get(post.pk, "")), address),
        )


def _described(post: Post) -> str:
    """The teaser; of what is not open to all also whom it is for."""
    if post.readable:
        return post.teaser or post.excerpt
    doors = post.__dict__["doors"]
    told = _("For %(step)s.") % {"step": doors.rung_name} if doors else ""
    return " ".join(filter(None, [post.teaser, told]))


def sayable(text: str) -> str:
    """Without the characters that make an XML file no XML file."""
    return _UNSAYABLE.sub("", text)


def absolute(html: str, address: str) -> str:
    """Clean HTML with its own addresses in full, for readers that do not know where they are; what text shows stays as it is."""

    def whole(tag: re.Match[str]) -> str:
        text = _ADDRESS.sub(lambda it: it[1] + (settings.SITE_URL + "/" if it[2] == "/" else address + "#"), tag[0])
        return _SIZES.sub(lambda it: it[1] + _SIZE.sub(rf"\1{settings.SITE_URL}/", it[2]) + it[3], text)

    return _TAG.sub(whole, html)
