"""The rooms in the rail, for everybody where there is one; and in the studio, for whoever runs the place."""

from django.urls import reverse
from django.utils.translation import gettext as _

from communities.access.request import Request
from communities.access.rules import may, spaces_known_to
from communities.discussion.models import Room
from communities.spaces.models import Community
from communities.spaces.modules import is_on
from communities.ui import kept
from communities.ui.navigation import Entry


def known_rooms(place: Community) -> list[Room]:
    """All rooms of the community, asked for once a minute at most."""

    def make() -> tuple[list[Room], None]:
        return list(Room.objects.common().standing().filter(community=place).only("slug", "listed_rung")), None

    return kept.keep(place.slug, "rooms", make)


def entries(request: Request) -> list[Entry]:
    place = request.community
    if place is None:
        return []
    rows = []
    url = reverse("discussion:rooms", args=[place.slug])
    if is_on(place, "rooms") and spaces_known_to(request.viewer, known_rooms(place)):
        here = request.path.startswith(url) and not request.path.startswith(f"{url}dm-")
        rows.append(Entry(_("Rooms"), url, "talk", current=here))
    if request.viewer.takes_part and is_on(place, "messages"):
        mine = reverse("discussion:messages", args=[place.slug])
        between = request.path.startswith(f"{url}dm-")
        rows.append(Entry(_("Messages"), mine, "mail", current=between or request.path.startswith(mine)))
    if may(request.viewer, "manage"):
        mine = reverse("discussion:manage", args=[place.slug])
        rows.append(Entry(_("Rooms"), mine, "talk", "studio", current=request.path.startswith(mine)))
    return rows
