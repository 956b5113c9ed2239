"""What members put into the navigation, and one's own communities on /me/."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from communities.access.request import Request
from communities.access.rules import may
from communities.members.founding import may_found
from communities.members.invitations import may_invite
from communities.members.models import Member, Standing
from communities.spaces.models import Rung
from communities.ui.navigation import Entry


def entries(request: Request) -> list[Entry]:
    """Nothing here asks the database: it runs on every page."""
    place, viewer = request.community, request.viewer
    if place is None:
        return []
    here = request.path
    people = reverse("members:people", args=[place.slug])
    rows = [Entry(_("People"), people, "people", current=here.startswith(people))]
    if may_invite(viewer):
        url = reverse("members:invite", args=[place.slug])
        rows.append(Entry(_("Invite"), url, "key", "me", current=here == url))
    if may(viewer, "see_members"):
        url = reverse("members:list", args=[place.slug])
        rows.append(Entry(_("Members"), url, "list", "studio", current=here.startswith(url)))
    if may(viewer, "admit"):
        url = reverse("members:requests", args=[place.slug])
        rows.append(Entry(_("Requests"), url, "in", "studio", current=here.startswith(url)))
    if may(viewer, "manage"):
        url = reverse("members:questions", args=[place.slug])
        rows.append(Entry(_("The door"), url, "door", "studio", current=here.startswith(url)))
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
