"""The team's pages: what was reported, the answer to it, the log of what the team did, and taking something back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities.access.gates import needs
from communities.files.shown import as_shown
from communities.safety import acts
from communities.safety.cases import Case, case_of, files_of, history_of, kept_of, open_cases, text_of
from communities.safety.deciding import FINE, HIDE, SUSPEND, WARN, AlreadyDecided, decide
from communities.safety.forms import FineForm, HideForm, ReasonForm, SuspendForm, WarnForm
from communities.safety.models import Report
from communities.safety.reported_files import taken_away
from communities.spaces.request import PlaceRequest
from communities.ui.focus import point_at_first_mistake


@require_safe
@needs("moderate")
def reports(request: PlaceRequest, community: str) -> HttpResponse:
    """One line for each thing that waits for an answer."""
    cases, more = open_cases(request.viewer)
    return render(request, "safety/reports.html", {"cases": cases, "more": more})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("moderate")
def case(request: PlaceRequest, community: str, kind: str, object_id: int) -> HttpResponse:
    """The thing as it stands, who wrote it, who says what about it, and the four answers."""
    found = case_of(request.viewer, kind, object_id) if object_id < 2**63 else None
    if found is None:
        raise Http404
    decision = request.POST.get("decision", "") if request.method == "POST" else ""
    forms = _forms(request, decision)
    form = forms.get(decision)
    if request.method == "POST" and form is None:
        raise Http404
    if form is not None and form.is_valid():
        try:
            decide(request.viewer, kind=kind, object_id=object_id, decision=decision, **form.cleaned_data)
        except AlreadyDecided as late:
            messages.warning(request, late.messages[0])
            return redirect("safety:reports", community)
        except (ValidationError, PermissionDenied) as problem:
            tell_form(form, problem)
        else:
            messages.success(request, _("Decided. Whoever reported it hears of it."))
            return redirect("safety:reports", community)
    if form is not None:
        point_at_first_mistake(form)
    return render(request, "safety/case.html", _page(found, forms, decision))


def _forms(request: PlaceRequest, decision: str) -> dict[str, Any]:
    """The four answers; the one that was sent is bound, and each has ids of its own."""

    def data(name: str) -> Any:
        return request.POST if name == decision else None

    return {
        FINE: FineForm(data(FINE), auto_id="fine_%s"),
        HIDE: HideForm(data(HIDE), auto_id="hide_%s"),
        WARN: WarnForm(data(WARN), auto_id="warn_%s"),
        SUSPEND: SuspendForm(data(SUSPEND), auto_id="suspend_%s", zone=request.community.zone),
    }


def _page(found: Case, forms: dict[str, Any], decision: str) -> dict[str, Any]:
    shots, papers = as_shown(files_of(found))
    gone_shots, gone_papers = as_shown(list(taken_away(found.reports)))
    return {
        "case": found,
        "text": text_of(found),
        "kept": kept_of(found),
        "gone_shots": gone_shots,
        "gone_papers": gone_papers,
        "shots": shots,
        "papers": papers,
        "history": history_of(found),
        "forms": forms,
        "decision": decision,
        "open": [one for one in found.reports if one.state == Report.State.OPEN],
        "answered": [one for one in found.reports if one.state != Report.State.OPEN],
        "can_hide": found.subject.hides and found.thing is not None,
    }


def tell_form(form: Any, problem: Exception) -> None:
    """At the field where the form has it, else above the form."""
    if isinstance(problem, ValidationError) and hasattr(problem, "error_dict"):
        for name, errors in problem.message_dict.items():
            form.add_error(name if name in form.fields else None, errors)
        return
    said = (
        problem.messages if isinstance(problem, ValidationError) else [str(problem) or _("You may not do that here.")]
    )
    form.add_error(None, ValidationError(said))


@require_safe
@needs("moderate")
def log(request: PlaceRequest, community: str) -> HttpResponse:
    """Everything that the team did here, newest first; what still holds can be taken back."""
    rows, before = acts.page_of(request.viewer, request.GET.get("before", ""))
    return render(
        request, "safety/log.html", {"rows": rows, "before": before, "later": bool(request.GET.get("before"))}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("moderate")
def take_back(request: PlaceRequest, community: str, act_id: int) -> HttpResponse:
    """Restores what was hidden, reinstates who was suspended, unsays a warning; with a reason of its own."""
    line = acts.line_of(request.viewer, act_id)
    if line is None:
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            acts.take_back(request.viewer, line.act, reason=form.cleaned_data["reason"])
        except (ValidationError, PermissionDenied) as problem:
            tell_form(form, problem)
        else:
            messages.success(request, _("Taken back."))
            return redirect("safety:log", community)
    point_at_first_mistake(form)
    return render(request, "safety/take_back.html", {"line": line, "form": form})
