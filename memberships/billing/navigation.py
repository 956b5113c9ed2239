"""The offers and the money of a community in its studio, for whoever sells or may see it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from communities.access.request import Request
from communities.access.rules import may
from communities.ui.navigation import Entry
from memberships.billing.selling import is_on


def entries(request: Request) -> list[Entry]:
    place = request.community
    if place is None or not is_on():
        return []
    rows = []
    if may(request.viewer, "sell"):
        url = reverse("billing:offers", args=[place.slug])
        rows.append(Entry(_("Offers"), url, "spark", "studio", current=request.path.startswith(url)))
    if may(request.viewer, "see_money"):
        url = reverse("billing:earnings", args=[place.slug])
        rows.append(Entry(_("Money"), url, "coins", "studio", current=request.path.startswith(url)))
    return rows
