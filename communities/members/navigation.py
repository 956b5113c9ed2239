"""The members' entry in the studio, and one's own communities on /me/."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from communities.access.rules import may
from communities.members.founding import may_found
from communities.members.models import Member, Standing
from communities.spaces.models import Rung
from communities.ui.navigation import Entry


def entries(request: HttpRequest) -> list[Entry]:
    if request.community is None or not may(request.viewer, "see_members"):
        return []
    url = reverse("members:list", args=[request.community.slug])
    return [Entry(_("Members"), url, "people", "studio", current=request.path.startswith(url))]


def mine(request: HttpRequest) -> dict[str, Any]:
    """The communities of whoever asks, each with the step they stand on."""
    seats = Member.objects.filter(user=request.user.pk).exclude(standing=Standing.LEFT).select_related("community")
    rows = list(seats.order_by("community__name"))
    steps = Rung.objects.filter(community__in=[row.community_id for row in rows])
    names = {(step.community_id, step.level): step.name for step in steps}
    for row in rows:
        row.__dict__["step"] = names.get((row.community_id, row.rung), "")
    return {"memberships": rows, "may_found": may_found(request.user)}
