"""The people in the rail, the members' entry in the studio, and one's own communities on /me/."""

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
    place = request.community
    if place is None:
        return []
    people = reverse("members:people", args=[place.slug])
    rows = [Entry(_("People"), people, "people", current=request.path.startswith(people))]
    if may(request.viewer, "see_members"):
        url = reverse("members:list", args=[place.slug])
        rows.append(Entry(_("Members"), url, "list", "studio", current=request.path.startswith(url)))
    return rows


def mine(request: HttpRequest) -> dict[str, Any]:
    """The communities of whoever asks, each with the step they stand on."""
    seats = Member.objects.filter(user=request.user.pk).exclude(standing=Standing.LEFT).select_related("community")
    rows = list(seats.order_by("community__name"))
    steps = Rung.objects.filter(community__in=[row.community_id for row in rows])
    names = {(step.community_id, step.level): step.name for step in steps}
    for row in rows:
        row.__dict__["step"] = names.get((row.community_id, row.rung), "")
    return {"memberships": rows, "may_found": may_found(request.user)}
