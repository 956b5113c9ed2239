"""The staircase in the rail, for everybody; the tiers in the studio, for whoever sells."""

from django.urls import reverse
from django.utils.translation import gettext as _

from communities.access.request import Request
from communities.access.rules import may
from communities.spaces.models import Community
from communities.ui import kept
from communities.ui.navigation import Entry
from memberships.tiers.models import Tier


def has_tiers(place: Community) -> bool:
    """Is anything open? Asked of the database once a minute at most."""
    return kept.keep(place.slug, "has-tiers", lambda: (_count(place), None)) > 0


def _count(place: Community) -> int:
    return Tier.objects.filter(community=place, state=Tier.State.OPEN).count()


def entries(request: Request) -> list[Entry]:
    place = request.community
    if place is None:
        return []
    rows = []
    if has_tiers(place):
        url = reverse("tiers:staircase", args=[place.slug])
        rows.append(Entry(_("Staircase"), url, "stairs", current=request.path.startswith(url)))
    if may(request.viewer, "sell"):
        url = reverse("tiers:studio", args=[place.slug])
        rows.append(Entry(_("Tiers"), url, "tag", "studio", current=request.path.startswith(url)))
    return rows
