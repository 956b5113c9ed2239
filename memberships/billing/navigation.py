"""The money of a community in its studio, for whoever may see it."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from communities.access.rules import may
from communities.ui.navigation import Entry
from memberships.billing.selling import is_on


def entries(request: HttpRequest) -> list[Entry]:
    place = request.community
    if place is None or not is_on() or not may(request.viewer, "see_money"):
        return []
    url = reverse("billing:earnings", args=[place.slug])
    return [Entry(_("Money"), url, "coins", "studio", current=request.path.startswith(url))]
