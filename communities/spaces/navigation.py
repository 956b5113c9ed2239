"""The owner's entries in the studio's navigation."""

from django.urls import reverse
from django.utils.translation import gettext as _

from communities.access.request import Request
from communities.access.rules import may
from communities.ui.navigation import Entry


def entries(request: Request) -> list[Entry]:
    if request.community is None or not may(request.viewer, "manage"):
        return []
    place = [request.community.slug]
    spaces, look = reverse("spaces:spaces", args=place), reverse("spaces:look", args=place)
    steps = look.replace("/look/", "/steps/")
    return [
        Entry(_("Spaces and steps"), spaces, "stairs", "studio", current=request.path.startswith((spaces, steps))),
        Entry(_("Look and settings"), look, "gear", "studio", current=request.path == look),
    ]
