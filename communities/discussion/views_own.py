"""What a room is to one person alone: how loud it is, and whom they may mean who write in it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities.access.gates import needs_account, without_agreeing
from communities.access.rules import may
from communities.comments.suggesting import answer
from communities.discussion.actions import choose_level
from communities.discussion.models import Message, Room
from communities.discussion.reading import level_of
from communities.discussion.views import room_or_404
from communities.spaces.request import PlaceRequest


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
@without_agreeing
def level(request: PlaceRequest, community: str, room: str) -> HttpResponse:
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


@require_safe
@needs_account
def people(request: PlaceRequest, community: str, room: str) -> HttpResponse:
    """`q`: whom somebody may mean who writes here. For everybody else there is no such address."""
    row = room_or_404(request, room)
    if not row.readable or not may(request.viewer, "write", row):
        raise Http404
    said = Message.objects.standing().filter(community=row.community_id, author=OuterRef("user"), room=row)
    return answer(request, (Room.KIND, row.pk), said, among=row.people_ids)
