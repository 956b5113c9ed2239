"""Addresses that posts had on the site they came from: an unknown path that one of them had leads on to it, for those who
may know of the post; for all others it is as unknown as any."""

import re
import unicodedata
from urllib.parse import quote

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, is_valid_path

from communities.access.viewer import viewer_for
from communities.spaces.models import Community
from communities.ui import errors
from content.posts.models import OldPath, Post

MOST = OldPath._meta.get_field("path").max_length
_SLASHES = re.compile(r"/{2,}")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 404 of the site; before that, for paths that no page has, the question whether a post had it once."""
    if isinstance(exception, Resolver404) and request.method in ("GET", "HEAD"):
        post = _post_at(request)
        # A page that only lacks its slash is a page.
        if post is not None and (request.path_info.endswith("/") or not is_valid_path(request.path_info + "/")):
            return HttpResponsePermanentRedirect(post.url)
    return errors.not_found(request, exception)


def _post_at(request: HttpRequest) -> Post | None:
    """The oldest community that has the path wins, if its post is listed to whoever asks; else the next one.

    `/c/<community>/<old path>` asks one community only.
    """
    # Asked in any case: by what the answer varies must not tell that the path is known.
    user = request.user if request.user.is_authenticated else AnonymousUser()
    path = _SLASHES.sub("/", request.path_info).strip("/ ")
    if not path or "\x00" in path:
        return None
    found = _candidates(path)
    if path.startswith("c/") and path.count("/") > 1:
        _c, slug, rest = path.split("/", 2)
        found = [*_candidates(rest, slug), *found]
    for place, post_id in found:
        viewer = viewer_for(user, place)
        post = Post.objects.listed_to(viewer).filter(pk=post_id).without_text().first()
        if post is not None:
            post.community = place
            return post
    return None


def _candidates(path: str, slug: str = "") -> list[tuple[Community, int]]:
    """Community and id of a post, the oldest community first; through the communities, so that the unique index serves."""
    places = Community.objects.filter(slug=slug) if slug else Community.objects.all()
    spelled = {path, unicodedata.normalize("NFC", path), unicodedata.normalize("NFD", path), quote(path)}
    rows = OldPath.objects.filter(community__in=places, path__in=[spelling[:MOST] for spelling in spelled])
    rows = rows.select_related("community").order_by("community__created_at", "community_id")
    return [(row.community, row.post_id) for row in rows[:50]]
