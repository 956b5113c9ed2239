"""/c/<community>/people/: the team for everybody, the directory for members, and a page for each person."""

from typing import Any
from urllib.parse import unquote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities.access.gates import needs_account, without_agreeing
from communities.access.rules import may
from communities.members import directory
from communities.members.appearing import appear, own_seat
from communities.members.knowing import find_person
from communities.members.named import month_of, page_of, seat_of
from communities.members.people_forms import AppearForm, PeopleForm
from communities.members.person_parts import parts_for
from communities.people.recent import activity_of
from communities.people.showing import TOPICS, circles, shown, shows
from communities.spaces.models import Topic
from communities.spaces.modules import is_on
from communities.spaces.request import PlaceRequest
from communities.ui import pagecache


@require_safe
def people(request: PlaceRequest, community: str) -> HttpResponse:
    """Who answers here, for everybody; below it, for members, who else is here."""
    place, viewer = request.community, request.viewer
    if viewer.is_member or viewer.is_team:
        return render(request, "people/directory.html", _directory(request))
    response = render(request, "people/team.html", {"team": directory.team(place, viewer)})
    return response if request.GET else pagecache.share(response, request)


def _directory(request: PlaceRequest) -> dict[str, Any]:
    place, viewer = request.community, request.viewer
    form = PeopleForm(request.GET, community=place)
    asked = directory.asked_of(request.GET)
    after = request.GET.get("after", "")
    rows, token, count = directory.page_of_people(place, viewer, asked, after)
    here = reverse("members:people", args=[place.slug])
    return {
        "form": form,
        "rows": rows,
        "count": count,
        "filtered": bool(asked.given),
        "team": [] if asked.given or after else directory.team(place, viewer),
        "writes": viewer.takes_part and is_on(place, "messages"),
        "next_url": f"{here}?{urlencode({**asked.given, 'after': token})}" if token else "",
        "people_url": here,
        "listed": request.seat.listed if viewer.is_member and request.seat is not None else None,
    }


@require_safe
def person(request: PlaceRequest, community: str, handle: str) -> HttpResponse:
    """What somebody shows of themselves to whoever asks; a handle that they had before leads on to today's."""
    place, viewer = request.community, request.viewer
    found = find_person(handle, place, viewer)
    member = found.member
    address = page_of(place.slug, member.user.handle)
    if unquote(request.path) != address:
        return redirect(address, permanent=True)
    own = viewer.user_id == member.user_id
    picks = list(member.topics.all()) if shows(member.user, TOPICS, viewer) else []
    page = {
        "person": member.user,
        "row": member,
        "present": found.present,
        "own": own,
        "seat": seat_of(member, place),
        "since": month_of(member.joined_at, place),
        "words": shown(member.user, viewer),
        "seen_by": circles(member.user) if own else {},
        "picks": {kind: [topic for topic in picks if topic.kind == kind] for kind in Topic.Kind.values},
        "in_directory": viewer.is_member or viewer.is_team,
        "recent": activity_of(member.user_id, viewer),
        "studio_url": reverse("members:member", args=[place.slug, member.pk]) if may(viewer, "see_members") else "",
        "parts": parts_for(request, member),
    }
    return render(request, "people/person.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
@without_agreeing
def here(request: PlaceRequest, community: str) -> HttpResponse:
    """How one appears here: among the people or not, and with which topics."""
    member = own_seat(request.viewer)
    form = AppearForm(request.POST if request.method == "POST" else None, member=member)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        appear(request.viewer, listed=said["listed"], topics=form.picked(), reach=said["reach"])
        messages.success(request, _("Saved."))
        return redirect("members:person", community, member.user.handle)
    return render(
        request, "people/here.html", {"form": form, "row": member, "kinds": [form[kind] for kind in form.kinds]}
    )
