"""Atom and RSS of a community's public stream: full text of what everybody may read, the teaser of what not."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from communities.access.viewer import Viewer
from communities.ui import pagecache
from content.posts import reading
from content.posts.heads import site
from content.posts.models import Post

LATEST = 30


class AtomFeed(Atom1Feed):
    """Atom with the whole text where there is one."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["html"]:
            handler.addQuickElement("content", item["html"], {"type": "html"})


class RssFeed(Rss201rev2Feed):
    """RSS 2.0 with the whole text in content:encoded."""

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["html"]:
            handler.addQuickElement("content:encoded", item["html"])


@require_safe
def atom(request: HttpRequest, community: str) -> HttpResponse:
    return _feed(request, AtomFeed, "posts:atom")


@require_safe
def rss(request: HttpRequest, community: str) -> HttpResponse:
    return _feed(request, RssFeed, "posts:rss")


def _feed(request: HttpRequest, shape: type[SyndicationFeed], name: str) -> HttpResponse:
    """A feed reader carries no session: what it gets is what a visitor may read, whoever asks."""
    if request.GET:
        raise Http404
    place = request.community
    if not place.listed:
        raise Http404
    feed = shape(
        title=place.name,
        link=site(reverse("posts:stream", args=[place.slug])),
        description=place.tagline or place.name,
        language=settings.LANGUAGE_CODE,
        feed_url=site(reverse(name, args=[place.slug])),
    )
    visitor = Viewer(community_id=place.pk)
    posts = list(reading.stream(place, visitor)[:LATEST])
    bodies = dict(Post.objects.filter(pk__in=[post.pk for post in posts if post.readable]).values_list("pk", "html"))
    for post in reading.dress(posts, [place]):
        address = site(post.url)
        feed.add_item(
            title=post.title,
            link=address,
            description=post.teaser or (post.excerpt if post.readable else ""),
            author_name=post.__dict__["bylines_text"] or str(post.author),
            pubdate=post.opens_at,
            updateddate=post.edited_at or post.opens_at,
            unique_id=site(reverse("posts:short", args=[place.slug, post.pk])),
            html=absolute(bodies.get(post.pk, "")),
        )
    response = HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
    return pagecache.share(response, request, until=reading.next_change(place))


def absolute(html: str) -> str:
    """Our own addresses in full, for readers that do not know where they are."""
    for name in ("src", "href"):
        html = html.replace(f'{name}="/', f'{name}="{settings.SITE_URL}/')
    return html
