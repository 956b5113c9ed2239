"""The studio's members: the list, one member with steps and role, and founding a community."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access.gates import needs, needs_account
from communities.access.rules import may
from communities.members import lists
from communities.members.actions import end_rung, found_community, grant_rung, set_role
from communities.members.forms import FindForm, FoundForm, GrantForm, RoleForm
from communities.members.founding import may_found
from communities.members.models import Member
from communities.people.showing import shown
from communities.spaces.models import Community
from communities.spaces.request import PlaceRequest
from communities.ui.focus import point_at_first_mistake
from communities.ui.zones import suggested_zones


@require_safe
@needs("see_members")
def members(request: PlaceRequest, community: str) -> HttpResponse:
    """Search and filters stand in the address; the pages go on by keyset."""
    place = request.community
    form = FindForm(request.GET, community=place)
    if not form.is_valid():
        raise Http404
    asked = {"search": form.cleaned_data["q"], "rung": form.cleaned_data["rung"], "role": form.cleaned_data["role"]}
    rows, after = lists.page_after(lists.found(place.pk, **asked), request.GET.get("after", ""))
    given: dict[str, str] = {
        name: str(value) for name, value in request.GET.items() if value and name in ("q", "rung", "role")
    }
    here = reverse("members:list", args=[community])
    page = {
        "form": form,
        "rows": _named(place, rows),
        "filtered": bool(given),
        "count": lists.counted(place.pk),
        "next_url": here + "?" + urlencode({**given, "after": after}) if after else "",
    }
    return render(request, "members/list.html", page)


def _named(place: Community, rows: list[Member]) -> list[Member]:
    names = dict(place.rungs.values_list("level", "name"))
    for row in rows:
        row.__dict__["step"] = names.get(row.rung, str(row.rung))
    return rows


def _member(request: PlaceRequest, member_id: int) -> Member:
    people = lists.living(request.community.pk)
    member = get_object_or_404(people, pk=member_id)
    return _named(request.community, [member])[0]


@require_safe
@needs("see_members")
def member(request: PlaceRequest, community: str, member_id: int) -> HttpResponse:
    return _page(request, _member(request, member_id))


def _page(request: PlaceRequest, row: Member, **forms: Any) -> HttpResponse:
    place, viewer = request.community, request.viewer
    names = dict(place.rungs.values_list("level", "name"))
    sources = list(row.sources.select_related("given_by").order_by("-starts"))
    now = timezone.now()
    for source in sources:
        source.__dict__["step"] = names.get(source.level, str(source.level))
        source.__dict__["is_over"] = source.ends is not None and source.ends <= now
    page: dict[str, Any] = {
        "row": row,
        "words": shown(row.user, viewer),
        "sources": sources,
        "by_hand": any(source.source == "hand" and not source.__dict__["is_over"] for source in sources),
    }
    if may(viewer, "grant", row):
        page["grant_form"] = GrantForm(community=place)
    if may(viewer, "manage", row):
        page["role_form"] = RoleForm(initial={"role": row.role}, prefix=None)
    return render(request, "members/member.html", page | forms)


@require_POST
@needs("grant")
def grant(request: PlaceRequest, community: str, member_id: int) -> HttpResponse:
    row = _member(request, member_id)
    form = GrantForm(request.POST, community=request.community)
    if form.is_valid():
        try:
            grant_rung(request.viewer, member=row, **form.cleaned_data)
        except ValidationError as problem:
            form.add_error(None, ValidationError(problem.messages))
        else:
            messages.success(request, _("%(name)s stands there now.") % {"name": row.user})
            return redirect("members:member", community, row.pk)
    return _page(request, row, grant_form=form)


@require_POST
@needs("grant")
def end(request: PlaceRequest, community: str, member_id: int) -> HttpResponse:
    """Takes back what was granted by hand."""
    row = _member(request, member_id)
    end_rung(request.viewer, member=row)
    messages.success(request, _("Taken back."))
    return redirect("members:member", community, row.pk)


@require_POST
@needs("manage")
def role(request: PlaceRequest, community: str, member_id: int) -> HttpResponse:
    row = _member(request, member_id)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            set_role(request.viewer, member=row, role=form.cleaned_data["role"])
        except (PermissionDenied, ValidationError) as problem:
            form.add_error("role", str(problem))
        else:
            messages.success(request, _("%(name)s has another role now.") % {"name": row.user})
            return redirect("members:member", community, row.pk)
    return _page(request, row, role_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
def found(request: HttpRequest) -> HttpResponse:
    """A new community with a look of its own to be chosen next."""
    if not request.user.is_authenticated or not may_found(request.user):
        raise Http404
    form = FoundForm(request.POST or None, initial={"timezone": request.user.timezone or "UTC"})
    if request.method == "POST" and form.is_valid():
        try:
            place = found_community(request.user, **form.cleaned_data)
        except ValidationError as problem:
            form.add_error(None, ValidationError(problem.messages))
        else:
            messages.success(request, _("Here it is. Give it a look of its own."))
            return redirect("spaces:look", place.slug)
    point_at_first_mistake(form)
    return render(request, "members/found.html", {"form": form, "zones": suggested_zones()})
