"""Rooms over HTTP: the list, one room, writing in it, saying what was read; and the owner's pages about them."""

import json
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access.gates import needs, needs_account, without_agreeing
from communities.access.models import State
from communities.access.rules import may, require
from communities.access.texts import unhurried
from communities.comments.quoting import number_of
from communities.comments.views import signed_out
from communities.discussion import actions
from communities.discussion.forms import RoomForm
from communities.discussion.fragments import dressed, html_of
from communities.discussion.models import Message, Room
from communities.discussion.reading import Window, rooms_of, unread_of, window_of
from communities.discussion.rooms import close_room, save_room
from communities.reactions.models import Reaction
from communities.spaces.modules import is_on
from communities.ui.focus import point_at_first_mistake
from communities.ui.fragments import wants_fragment

READ_AND_SEND = ["GET", "HEAD", "POST"]


@require_safe
def rooms(request: HttpRequest, community: str) -> HttpResponse:
    """Every room that one may know of; what is unread in it for whoever reads it."""
    if not is_on(request.community, "rooms"):
        raise Http404
    rows = list(rooms_of(request.community, request.viewer))
    unread = unread_of(request.viewer, [room for room in rows if room.readable])
    for row in rows:
        row.community = request.community
        row.unread = unread.get(row.pk, 0)
    return render(request, "discussion/rooms.html", {"rooms": rows})


def room_or_404(request: HttpRequest, slug: str) -> Room:
    """A room that this viewer may know of, with its community and `readable`."""
    row = rooms_of(request.community, request.viewer).filter(slug=slug).first()
    if row is None:
        raise Http404
    row.community = request.community
    return row


@require_safe
def room(request: HttpRequest, community: str, room: str) -> HttpResponse:
    """`before`, `after` or `at` a message's number; without them where one left off. A room that one may not enter says so."""
    row = room_or_404(request, room)
    if not row.readable:
        return render(request, "discussion/shut.html", {"room": row})
    # The counter first: what changes while this page is made comes again by the socket, and nothing is missed.
    asked = {name: number_of(request.GET.get(name, "")) or 0 for name in ("before", "after", "at")}
    found = window_of(row, request.viewer, **asked)
    page = {"room": row, "window": found, "at": asked["at"], **_shown(request, row, found)}
    if wants_fragment(request):
        return render(request, "discussion/_window.html", page)
    answers = _answered(row, request.GET.get("answer", ""))
    return render(request, "discussion/room.html", page | _form(request, row, answers=answers))


def _shown(request: HttpRequest, row: Room, found: Window) -> dict[str, Any]:
    """The messages as everybody sees them, and beside them what is this viewer's: their signs."""
    html = html_of(row, found.rows)
    parts = [(message.number, SafeString(html[message.pk])) for message in found.rows]
    mine: dict[int, str] = {}
    if request.viewer.user_id is not None and found.rows:
        signs = Reaction.objects.filter(user=request.viewer.user_id, kind=Message.KIND)
        mine = dict(signs.filter(object_id__in=list(html)).values_list("object_id", "emoji"))
    return {"parts": parts, "mine": json.dumps(mine)}


def _form(request: HttpRequest, row: Room, **typed: Any) -> dict[str, Any]:
    fresh: dict[str, Any] = {"body": "", "answers": None, "problems": {}, "request_id": uuid.uuid4().hex}
    return {"writes": may(request.viewer, "write", row), **fresh, **typed}


@require_POST
def write(request: HttpRequest, community: str, room: str) -> HttpResponse:
    """`body`, `answers` (the number of a message in this room or nothing) and `request`, which makes sending twice one message."""
    if not request.user.is_authenticated:
        return signed_out(request)
    row = room_or_404(request, room)
    if not row.readable:
        raise PermissionDenied
    typed = request.POST.get("request", "")
    answers = _answered(row, request.POST.get("answers", ""))
    try:
        sent = actions.write_message(
            request.viewer, room=row, body=request.POST.get("body", ""), answers=answers, request=_uuid(typed)
        )
    except ValidationError as problem:
        return _refused(request, row, answers, problem)
    if not wants_fragment(request):
        return redirect(f"{row.url}#message-{sent.pk}")
    message = dressed(Message.objects.filter(pk=sent.pk)).get()
    return HttpResponse(html_of(row, [message])[message.pk], status=201)


def _answered(row: Room, raw: str) -> Message | None:
    number = number_of(raw)
    if number is None:
        return None
    return Message.objects.filter(room=row, number=number, state=State.PUBLISHED).first()


def _refused(request: HttpRequest, row: Room, answers: Message | None, problem: ValidationError) -> HttpResponse:
    """The room again with everything that was typed, and why not at its field."""
    told = " ".join(problem.messages)
    if wants_fragment(request):
        return unhurried(HttpResponse(told, status=422, content_type="text/plain; charset=utf-8"), problem)
    found = window_of(row, request.viewer)
    typed = {"body": request.POST.get("body", ""), "answers": answers, "problems": {"body": told}}
    typed["request_id"] = request.POST.get("request", "") or uuid.uuid4().hex
    page = {"room": row, "window": found, "at": 0, **_shown(request, row, found), **_form(request, row, **typed)}
    return unhurried(render(request, "discussion/room.html", page), problem)


def _uuid(raw: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(raw)
    except ValueError:
        return None


@require_POST
@needs_account
@without_agreeing
def read(request: HttpRequest, community: str, room: str) -> HttpResponse:
    """`number`: the last message that was seen; without one, all of them."""
    row = room_or_404(request, room)
    raw = request.POST.get("number", "")
    number = row.last if not raw else number_of(raw)
    if number is not None:
        actions.read_up_to(request.viewer, room=row, number=number)
    if wants_fragment(request):
        return HttpResponse(status=204)
    return redirect("discussion:rooms", community)


@require_safe
@needs("manage")
def manage(request: HttpRequest, community: str) -> HttpResponse:
    place = request.community
    names = {0: _("Everybody")} | {rung.level: rung.name for rung in place.rungs.all()}
    rows = list(Room.objects.filter(community=place, state=State.PUBLISHED).in_order())
    for row in rows:
        row.community = place
        row.reads, row.writes = names.get(row.rung, row.rung), names.get(row.posting_rung) or row.get_posting_display()
    return render(request, "discussion/manage.html", {"rows": rows})


@require_http_methods(READ_AND_SEND)
@needs("manage")
def edit_room(request: HttpRequest, community: str, room_id: int | None = None) -> HttpResponse:
    """A new room, or the settings of one."""
    row = get_object_or_404(Room, pk=room_id, community=request.community, state=State.PUBLISHED) if room_id else None
    form = RoomForm(request.POST or None, instance=row or Room(community=request.community))
    if request.method == "POST" and form.is_valid():
        save_room(request.viewer, room=form.instance)
        messages.success(request, _("Saved."))
        return redirect("discussion:manage", community)
    point_at_first_mistake(form)
    return render(request, "discussion/edit_room.html", {"form": form, "room": row})


@require_POST
@needs("manage")
def close(request: HttpRequest, community: str, room_id: int) -> HttpResponse:
    row = get_object_or_404(Room, pk=room_id, community=request.community, state=State.PUBLISHED)
    row.community = request.community
    require(request.viewer, "manage", row)
    close_room(request.viewer, room=row)
    messages.success(request, _("The room is closed."))
    return redirect("discussion:manage", community)
