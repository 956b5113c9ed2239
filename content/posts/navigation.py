"""What posts put into the navigation: the stream, its spaces, the pen for whoever may write, and the studio for the team."""

from copy import copy

from django.urls import reverse
from django.utils.translation import gettext as _

from communities.access.request import Request
from communities.access.rules import may, spaces_known_to, writable_spaces
from communities.spaces.models import Space
from communities.ui import kept
from communities.ui.navigation import Entry


def spaces_of(request: Request) -> list[Space]:
    """All spaces of the community, asked for once a request, for the page and the rail together."""
    known: list[Space] | None = request.__dict__.get("spaces_of_community")
    if known is None:
        place = request.community
        kept_spaces = kept.keep(place.slug, "spaces", lambda: (list(Space.objects.filter(community=place)), None))
        known = [copy(space) for space in kept_spaces]  # pages note on them which one they show
        request.__dict__["spaces_of_community"] = known
    return known


def entries(request: Request) -> list[Entry]:
    place, viewer = request.community, request.viewer
    if place is None:
        return []
    spaces = spaces_of(request)
    stream = reverse("posts:stream", args=[place.slug])
    space = request.GET.get("space", "") if request.path == stream else ""
    rows = [Entry(_("Stream"), stream, "stream", current=request.path == stream and not space)]
    rows += [
        Entry(one.name, f"{stream}?space={one.slug}", "space", "spaces", current=one.slug == space)
        for one in spaces_known_to(viewer, spaces)
    ]
    if writable_spaces(viewer, spaces):
        write = reverse("posts:new", args=[place.slug])
        rows.append(Entry(_("Write"), write, "write", "write", current=request.path.startswith(write)))
    if may(viewer, "studio"):
        studio = reverse("posts:studio", args=[place.slug])
        rows.append(Entry(_("Studio"), studio, "studio", "studio", current=request.path == studio))
    return rows
