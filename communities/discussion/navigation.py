"""The rooms in the rail, for everybody where there is one; and in the studio, for whoever runs the place."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from communities.access.models import State
from communities.access.rules import may, spaces_known_to
from communities.discussion.models import Room
from communities.spaces.models import Community
from communities.spaces.modules import is_on
from communities.ui import kept
from communities.ui.navigation import Entry


def known_rooms(place: Community) -> list[Room]:
    """All rooms of the community, asked for once a minute at most."""

    def make() -> tuple[list[Room], None]:
        return list(Room.objects.filter(community=place, state=State.PUBLISHED).only("slug", "listed_rung")), None

    return kept.keep(place.slug, "rooms", make)


def entries(request: HttpRequest) -> list[Entry]:
    place = request.community
    if place is None:
        return []
    rows = []
    url = reverse("discussion:rooms", args=[place.slug])
    if is_on(place, "rooms") and spaces_known_to(request.viewer, known_rooms(place)):
        rows.append(Entry(_("Rooms"), url, "talk", current=request.path.startswith(url)))
    if may(request.viewer, "manage"):
        mine = reverse("discussion:manage", args=[place.slug])
        rows.append(Entry(_("Rooms"), mine, "talk", "studio", current=request.path.startswith(mine)))
    return rows
