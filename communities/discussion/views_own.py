"""What somebody sets for themselves in a room: how loud it is to them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities.access.gates import needs_account, without_agreeing
from communities.discussion.actions import choose_level
from communities.discussion.reading import level_of
from communities.discussion.views import room_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
@without_agreeing
def level(request: HttpRequest, community: str, room: str) -> HttpResponse:
    """`level`: all, calls or none. A page of its own, since the head of a long room is far away."""
    row = room_or_404(request, room)
    if request.method != "POST":
        if not row.readable or not request.viewer.takes_part:
            raise Http404
        return render(request, "discussion/level.html", {"room": row, "level": level_of(row, request.viewer)})
    if not row.readable:
        raise PermissionDenied
    try:
        choose_level(request.viewer, room=row, level=request.POST.get("level", ""))
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("Saved. From now on you hear of exactly this."))
    return redirect(row.url)
