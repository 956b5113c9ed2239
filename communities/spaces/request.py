"""A request to a page of a community."""

from communities.access.request import Request
from communities.spaces.models import Community


class PlaceRequest(Request):
    """The community stands in the address, and whoever may not know of it never comes to the view."""

    community: Community
