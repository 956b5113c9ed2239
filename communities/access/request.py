"""What a request is once the middleware has seen it. For the type checker and the reader: at run time it is Django's own class."""

from typing import Any

from django.http import HttpRequest

from communities.access.viewer import Viewer


class Request(HttpRequest):
    """viewer: who asks, in the community of the address where it names one. community: that one, else None. seat: one's
    membership there, if any. A view below `/c/<community>/` takes a `spaces.request.PlaceRequest`."""

    viewer: Viewer
    community: Any
    seat: Any
