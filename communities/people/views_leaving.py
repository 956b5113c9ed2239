"""/me/data/: everything about oneself as a zip. /me/leave/: closing the account; /me/stay/: taking that back."""

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access.gates import needs_account
from communities.files import store
from communities.files.ranges import partial_content
from communities.people import leaving
from communities.people.exporting import MOST_A_DAY, ask_export, find_export, opens_with
from communities.people.forms import LeaveForm
from communities.people.models import Export
from communities.people.portable import hindrances


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
def data(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    refused = ""
    if request.method == "POST":
        try:
            ask_export(request.user)
        except ValidationError as problem:
            refused = " ".join(problem.messages)
        else:
            messages.success(request, _("We are packing. It takes a minute at most; a mail tells you when it is done."))
            return redirect("people:data")
    exports = list(Export.objects.filter(user=request.user).order_by("-pk")[: MOST_A_DAY + 2])
    page = {
        "exports": exports,
        "waiting": any(one.state == Export.State.WAITING for one in exports),
        "refused": refused,
    }
    return render(request, "people/data.html", page)


@require_safe
def data_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """The zip, for its person alone, signed in and just asked for the password once more; or with the key of support's mail."""
    export = find_export(token)
    if export is None:
        raise Http404
    if not opens_with(export, request.GET.get("key", "")):
        if export.user_id != request.user.pk:
            raise Http404
        if is_reauthentication_required(request, app="account"):
            return redirect(reverse("account_reauthenticate") + "?" + urlencode({"next": reverse("people:data")}))
    return _delivered(request, export)


def _delivered(request: HttpRequest, export: Export) -> HttpResponseBase:
    name = f"{export.user.handle}-{export.ready_at:%Y-%m-%d}.zip"
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "ETag": f'"{export.pk}"',
    }
    if settings.FILES_ACCEL_PREFIX:
        path = f"{settings.FILES_ACCEL_PREFIX.rstrip('/')}/{export.path}"
        return HttpResponse(headers={**headers, "X-Accel-Redirect": path})
    try:
        body = store.place(export.path).open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    ranged = partial_content(request, body, headers)
    if ranged is not None:
        return ranged
    whole = FileResponse(body)
    for header, value in headers.items():
        whole.headers[header] = value
    return whole


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
def leave(request: HttpRequest) -> HttpResponse:
    """What happens is read first; who goes on is asked for the password, and what they chose is kept meanwhile."""
    assert request.user.is_authenticated
    first = hindrances(request.user)
    closing = leaving.closing_of(request.user)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and not first:
        if is_reauthentication_required(request, app="account"):
            raise ReauthenticationRequired
        try:
            leaving.ask_closing(request.user, how=form.cleaned_data["how"])
        except ValidationError as problem:  # it changed in this very moment
            form.add_error(None, problem.messages)
        else:
            return redirect("people:leave")
    panel = {"closing": closing}
    page = {"form": form, "first": first, "closing": closing, "panel": panel, "days": leaving.COOLING.days}
    return render(request, "people/leave.html", page)


@require_POST
@needs_account
def stay(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    try:
        leaving.stay(request.user)
    except ValidationError as problem:
        messages.warning(request, " ".join(problem.messages))
    else:
        messages.success(request, _("Good to have you. Your account stays as it is."))
    return redirect("people:me")
