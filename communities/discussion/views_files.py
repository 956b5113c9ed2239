"""Handing in files before a message is sent, one a request, so that each has its own way, bar and refusal."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities.access.gates import needs_account, without_agreeing
from communities.discussion.handing import rows_of, take_in
from communities.files.refusal import UploadRefused
from communities.files.waiting import Enclosed, drop_waiting
from communities.spaces.modules import is_on
from communities.spaces.request import PlaceRequest


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
@without_agreeing
def files(request: PlaceRequest, community: str) -> HttpResponse:
    """`file`: taken in, and answered with its line of the form (201). `drop`: a token to take out again (204). GET with `files`: the
    lines of those that wait still. Only ever one's own; the message itself asks who may write where."""
    on = is_on(request.community, "rooms") or is_on(request.community, "messages")
    if not on or not request.viewer.takes_part:
        if request.method == "POST" and on:
            raise PermissionDenied
        raise Http404
    if request.method != "POST":
        enclosed = [Enclosed(token) for token in request.GET.getlist("files")[:50]]
        return render(request, "discussion/_enclosed.html", {"rows": rows_of(request, enclosed)})
    if "drop" in request.POST:
        drop_waiting(request.user.pk, request.community.pk, request.POST["drop"])
        return HttpResponse(status=204)
    upload = request.FILES.get("file")
    if upload is None:
        return _no(_("Choose a file first."), 400)
    try:
        row = take_in(request, upload)
    except UploadRefused as refusal:
        answer = _no(refusal.sentence, refusal.status)
        if refusal.wait:
            answer["Retry-After"] = str(refusal.wait)
        return answer
    rows = rows_of(request, [Enclosed(row.token)])
    return render(request, "discussion/_enclosed.html", {"rows": rows}, status=201)


def _no(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
