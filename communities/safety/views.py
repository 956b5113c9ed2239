"""Reporting: one form for anything that one may read. Things go by their number, people by their handle alone."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities.access.gates import needs_account, without_agreeing
from communities.access.texts import unhurried
from communities.access.things import Thing
from communities.members.knowing import find_person
from communities.members.named import present
from communities.safety.forms import ReportForm
from communities.safety.reporting import file_report, open_report, reported
from communities.spaces.request import PlaceRequest
from communities.ui.focus import point_at_first_mistake

MEMBER = "member"


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
@without_agreeing
def report(request: PlaceRequest, community: str, kind: str, object_id: int) -> HttpResponse:
    """What is wrong with it, and a word to the team; once a person and thing, until the team has answered.

    A person has no number here: counting up would name whoever does not want to be found.
    """
    if kind == MEMBER:
        raise Http404
    return _report(request, kind, object_id)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
@without_agreeing
def report_person(request: PlaceRequest, community: str, handle: str) -> HttpResponse:
    """The same about somebody whose page one could open."""
    found = find_person(handle, request.community, request.viewer)
    return _report(request, MEMBER, found.member.pk)


def _report(request: PlaceRequest, kind: str, object_id: int) -> HttpResponse:
    viewer = request.viewer
    try:
        known, found = reported(viewer, kind, object_id)
    except PermissionDenied:
        if request.method == "POST":
            raise
        raise Http404 from None
    form = ReportForm(request.POST if request.method == "POST" else None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            file_report(viewer, kind=kind, object_id=object_id, **form.cleaned_data)
        except ValidationError as problem:
            refusal = problem
            form.add_error(None, ValidationError(problem.messages))
        else:
            messages.success(request, _("Thank you. The team has it, and you will hear what came of it."))
            return redirect(found.url)
    point_at_first_mistake(form)
    page = {
        "form": form,
        "thing": found,
        "name": known.name,
        "mine": found.author_id == viewer.user_id,
        "person": _person_of(request, found),
        "already": open_report(viewer, kind, object_id),
    }
    answer = render(request, "safety/report.html", page)
    return unhurried(answer, refusal) if refusal else answer


def _person_of(request: PlaceRequest, found: Thing) -> dict[str, str] | None:
    """Whoever wrote it, where they have a page here: perhaps it is about them rather than about this."""
    if found.kind == MEMBER or found.author_id in (None, request.viewer.user_id):
        return None
    seat = present(request.community.pk).filter(user_id=found.author_id).select_related("user").first()
    if seat is None:
        return None
    url = reverse("safety:report_person", args=[request.community.slug, seat.user.handle])
    return {"name": str(seat.user), "url": url}
