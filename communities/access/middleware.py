"""ViewerMiddleware: every request knows its viewer before its view runs."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse

from communities.access.request import Request
from communities.access.viewer import load, wanderer


class ViewerMiddleware:
    """Sets request.viewer, and where the URL names one request.community and request.seat (one's membership, if any).

    A community that one may not know is the 404.
    """

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.community = request.seat = None
        return self.get_response(request)

    def process_view(self, request: Request, view: Callable, args: tuple, kwargs: dict[str, Any]) -> None:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404  # no text of ours holds one, and PostgreSQL refuses to be asked
        slug = kwargs.get("community")
        if slug is None:
            request.viewer = wanderer(request.user)
            return
        found = load(request.user, slug)
        if found is None or found.viewer.standing == "shut":
            raise Http404
        request.community, request.viewer, request.seat = found
