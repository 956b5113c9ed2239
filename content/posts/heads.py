"""What search engines and link previews are told of a page: nothing that a visitor could not read on it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from communities.spaces.models import Community
from communities.ui.jsonld import script
from content.posts.models import Post


@dataclass(frozen=True, slots=True)
class Meta:
    title: str
    description: str = ""
    canonical: str = ""
    image: str = ""
    type: str = "website"
    noindex: bool = False
    jsonld: SafeString | str = ""


def site(path: str) -> str:
    """An absolute address of this installation."""
    return settings.SITE_URL + path


def meta_of_home() -> Meta:
    return Meta(title=settings.BRAND, canonical=site("/"))


def meta_of_stream(community: Community, *, filtered: bool, after: str) -> Meta:
    """Filtered and older pages are for people; search engines get the front and the posts themselves."""
    here = site(reverse("posts:stream", args=[community.slug]))
    described = community.tagline or " ".join(community.about.split())[:160]
    return Meta(title=community.name, description=described, canonical=here, noindex=filtered or bool(after))


def meta_of_post(post: Post) -> Meta:
    """The author's teaser describes a post; the text itself only where a visitor may read it."""
    open_to_all = post.rung == 0 and not post.is_scheduled and post.state == "published"
    description = post.teaser or (post.excerpt[:200] if open_to_all else "")
    address = site(post.url)
    return Meta(
        title=str(post),
        description=description,
        canonical=address,
        type="article",
        noindex=post.state != "published" or post.listed_rung > 0,
        jsonld=script(_article(post, address, description, open_to_all)),
    )


def _article(post: Post, address: str, description: str, open_to_all: bool) -> dict[str, Any]:
    """schema.org, the paywall stated the way search engines ask for it."""
    names = [byline.name for byline in post.bylines.all()] or [str(post.author)]
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": post.title,
        "description": description,
        "url": address,
        "mainEntityOfPage": address,
        "datePublished": post.opens_at.isoformat() if post.opens_at else None,
        "dateModified": (post.edited_at or post.opens_at or post.created_at).isoformat(),
        "author": [{"@type": "Person", "name": name} for name in names],
        "publisher": {"@type": "Organization", "name": post.community.name},
        "wordCount": post.words,
        "isAccessibleForFree": open_to_all,
        "articleSection": str(post.kind_label) or _("Post"),
    }
