"""What search engines and link previews are told of a page: nothing that a visitor could not read on it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from communities.access.rules import Sight, sight
from communities.access.viewer import viewer_for
from communities.spaces.models import Community
from communities.ui.jsonld import script
from content.posts import cards
from content.posts.models import Post

DESCRIBED = 300  # letters; nobody shows more
PAYWALL = ".locked"  # the part of a teaser's page that stands where the text is not


@dataclass(frozen=True, slots=True)
class Preview:
    """The words and the picture of a link, and the same for machines. Dates and tags: of an article only."""

    title: str
    description: str = ""
    image: str = ""
    type: str = "website"
    noindex: bool = False
    published: dt.datetime | None = None
    edited: dt.datetime | None = None
    section: str = ""
    tags: tuple[str, ...] = ()
    jsonld: SafeString | str = ""


class Meta:
    """`canonical` is for everybody; the preview is made when a template asks, which it does for visitors only: no engine signs in."""

    def __init__(self, canonical: str, preview: Callable[[], Preview]) -> None:
        self.canonical = canonical
        self._preview = preview

    @cached_property
    def preview(self) -> Preview:
        return self._preview()


def site(path: str) -> str:
    """An absolute address of this installation, whatever name the request came by."""
    return settings.SITE_URL + path


def meta_of_home() -> Meta:
    """The brand: a website and the organization behind it."""
    brand = {"@type": "Organization", "@id": site("/#brand"), "name": settings.BRAND, "url": site("/"), "logo": _logo()}
    website = {
        "@type": "WebSite",
        "@id": site("/#site"),
        "name": settings.BRAND,
        "url": site("/"),
        "inLanguage": get_language(),
        "publisher": {"@id": site("/#brand")},
    }
    described = _("Small circles of people who care about the same thing, and what they show to everybody.")
    data = script({"@context": "https://schema.org", "@graph": [website, brand]})
    return Meta(site("/"), lambda: Preview(title=settings.BRAND, description=described, jsonld=data))


def meta_of_stream(community: Community, *, filtered: bool, after: str) -> Meta:
    """Filtered and older pages are for people; search engines get the front and the posts themselves."""
    here = site(reverse("posts:stream", args=[community.slug]))
    described = community.tagline or " ".join(community.about.split())[:DESCRIBED]
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "Blog",
                "name": community.name,
                "description": described,
                "url": here,
                "publisher": _house(community),
            },
            _crumbs((settings.BRAND, site("/")), (community.name, here)),
        ],
    }
    noindex = filtered or bool(after)
    return Meta(
        here,
        lambda: Preview(
            title=community.name,
            description=described,
            image=site(cards.address_of_place(community)) if community.listed else "",
            noindex=noindex,
            jsonld="" if noindex else script(data),
        ),
    )


def meta_of_post(post: Post) -> Meta:
    """Needs `community` and `author` loaded."""
    return Meta(site(post.url), lambda: _preview_of(post))


def _preview_of(post: Post) -> Preview:
    """The author's teaser describes a post; its own words only where a visitor may read them."""
    seen = sight(Post.KIND, post.pk, viewer_for(AnonymousUser(), post.community))
    if seen is Sight.NONE:
        return Preview(title="", noindex=True)
    described = post.teaser or (post.excerpt if seen is Sight.READABLE else "")
    described = " ".join(described.split())[:DESCRIBED]
    names = [byline.name for byline in post.bylines.all()]
    image = site(cards.address_of(post, cards.card_of(post, names)))
    tags = tuple(tag.name for tag in post.tags.all())
    article = {
        **_article(post, names or [str(post.author)], tags, free=seen is Sight.READABLE),
        "description": described,
        "image": image,
    }
    stream = site(reverse("posts:stream", args=[post.community.slug]))
    crumbs = _crumbs((settings.BRAND, site("/")), (post.community.name, stream), (post.title, site(post.url)))
    return Preview(
        title=post.title,
        description=described,
        image=image,
        type="article",
        published=post.opens_at.replace(microsecond=0) if post.opens_at else None,
        edited=changed(post).replace(microsecond=0),
        section=str(post.kind_label),
        tags=tags,
        jsonld=script({"@context": "https://schema.org", "@graph": [article, crumbs]}),
    )


def _article(post: Post, names: list[str], tags: tuple[str, ...], *, free: bool) -> dict[str, Any]:
    """schema.org, the paywall stated the way search engines ask for it."""
    assert post.opens_at is not None
    address = site(post.url)
    article: dict[str, Any] = {
        "@type": "Article",
        "@id": f"{address}#article",
        "headline": post.title,
        "url": address,
        "mainEntityOfPage": address,
        "datePublished": post.opens_at.isoformat(timespec="seconds"),
        "dateModified": changed(post).isoformat(timespec="seconds"),
        "author": [{"@type": "Person", "name": name} for name in names],
        "publisher": _house(post.community),
        "articleSection": str(post.kind_label),
        "wordCount": post.words,
        "isAccessibleForFree": free,
    }
    if not free:
        article["hasPart"] = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": PAYWALL}
    if tags:
        article["keywords"] = list(tags)
    if post.language:
        article["inLanguage"] = post.language
    return article


def changed(post: Post) -> dt.datetime:
    """When what everybody sees of a published post last changed by hand."""
    assert post.opens_at is not None
    return max(post.opens_at, post.edited_at or post.opens_at)


def _house(community: Community) -> dict[str, Any]:
    address = site(reverse("posts:stream", args=[community.slug]))
    return {"@type": "Organization", "name": community.name, "url": address, "logo": _logo()}


def _logo() -> str:
    return urljoin(site("/"), static("img/mark.svg"))  # static files may live on a host of their own


def _crumbs(*steps: tuple[str, str]) -> dict[str, Any]:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": address}
            for number, (name, address) in enumerate(steps, 1)
        ],
    }
