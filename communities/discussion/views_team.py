"""What the team does about a message from where it stands: hide it, warn or mute whoever wrote it, put it back. Each can be undone."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities.access.gates import needs
from communities.access.models import State
from communities.access.request import Request
from communities.comments.revisions import steps_of
from communities.discussion.attached import files_with
from communities.discussion.models import Message
from communities.discussion.views_message import message_or_404
from communities.files.shown import as_shown
from communities.safety.actions import restore, unmute_member
from communities.safety.deciding import HIDE, MUTE, WARN, act_on_the_spot, seat_of
from communities.safety.forms import MuteForm, ReasonForm, WarnOnTheSpotForm
from communities.safety.views_desk import tell_form
from communities.spaces.request import PlaceRequest
from communities.ui.focus import point_at_first_mistake

RESTORE, UNMUTE = "restore", "unmute"


@require_http_methods(["GET", "HEAD", "POST"])
@needs("moderate")
def act(request: PlaceRequest, community: str, room: str, number: int) -> HttpResponse:
    """`decision` (hide, warn, mute, restore, unmute) with its form. Nobody acts on their own words, nor between people."""
    row = message_or_404(request, room, number)
    seat = seat_of(row)
    if row.room.direct or row.author_id == request.viewer.user_id or row.state == State.REMOVED:
        raise Http404
    decision = request.POST.get("decision", "") if request.method == "POST" else ""
    forms = _forms(request, decision, row, seat)
    form = forms.get(decision)
    if request.method == "POST" and form is None:
        raise Http404
    if form is not None and form.is_valid():
        try:
            _do(request, row, seat, decision, form.cleaned_data)
        except (ValidationError, PermissionDenied) as problem:
            tell_form(form, problem)
        else:
            messages.success(request, _("Done. It stands in the log, where it can be taken back."))
            return redirect(f"{row.room.url}?at={row.number}#message-{row.pk}")
    if form is not None:
        point_at_first_mistake(form)
    shots, papers = as_shown(files_with(row))
    page: dict[str, Any] = {"room": row.room, "message": row, "seat": seat, "forms": forms, "decision": decision}
    page |= {"shots": shots, "papers": papers}
    return render(request, "discussion/act.html", page)


def _forms(request: HttpRequest, decision: str, row: Message, seat: Any) -> dict[str, Any]:
    """Those that make sense as it stands; the one that was sent is bound, and each has ids of its own."""
    kinds: dict[str, Any] = {HIDE: ReasonForm} if row.state == State.PUBLISHED else {RESTORE: ReasonForm}
    if seat is not None:
        kinds |= {WARN: WarnOnTheSpotForm, UNMUTE if seat.is_muted else MUTE: ReasonForm if seat.is_muted else MuteForm}
    return {
        name: kind(request.POST if name == decision else None, auto_id=f"{name}_%s") for name, kind in kinds.items()
    }


def _do(request: Request, row: Message, seat: Any, decision: str, given: dict[str, Any]) -> None:
    if decision == RESTORE:
        restore(request.viewer, obj=row, reason=given["reason"])
    elif decision == UNMUTE:
        unmute_member(request.viewer, member=seat, reason=given["reason"])
    else:
        act_on_the_spot(request.viewer, row=row, decision=decision, **given)


@require_safe
@needs("moderate")
def history(request: PlaceRequest, community: str, room: str, number: int) -> HttpResponse:
    row = message_or_404(request, room, number)
    if row.room.direct:  # between people nobody is the team
        raise Http404
    return render(request, "discussion/history.html", {"room": row.room, "message": row, "steps": steps_of(row)})
