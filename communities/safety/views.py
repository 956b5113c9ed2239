"""Reporting: one form for anything that one may read."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities.access.gates import needs_account, without_agreeing
from communities.access.texts import unhurried
from communities.safety.forms import ReportForm
from communities.safety.reporting import file_report, open_report, reported
from communities.ui.focus import point_at_first_mistake


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
@without_agreeing
def report(request: HttpRequest, community: str, kind: str, object_id: int) -> HttpResponse:
    """What is wrong with it, and a word to the team; once a person and thing, until the team has answered."""
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
        "already": open_report(viewer, kind, object_id),
    }
    answer = render(request, "safety/report.html", page)
    return unhurried(answer, refusal) if refusal else answer
