"""Who comes to the writing pages: the post that one may edit, or the answer that it is not there."""

from django.http import Http404

from communities.access.rules import may, require, writable_spaces
from communities.spaces.models import Space
from communities.spaces.request import PlaceRequest
from content.posts.models import Post


def own_post(request: PlaceRequest, post_id: int) -> Post:
    """A post of this community that the viewer may edit. Looking at it without the right: 404; sending to it: 403 where it is listed."""
    posts = Post.objects.select_related("community", "space", "cover", "author")
    post = posts.filter(pk=post_id, community=request.community).first()
    if post is None or (request.method in ("GET", "HEAD") and not may(request.viewer, "edit", post)):
        raise Http404
    require(request.viewer, "edit", post)
    return post


def require_pen(request: PlaceRequest) -> None:
    """404 for whoever may post in no space at all."""
    if not writable_spaces(request.viewer, Space.objects.filter(community=request.community)):
        raise Http404
