"""Conversations over HTTP: the list of one's own, and the first message to somebody."""

import re
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities.access.gates import for_writing, needs_account, without_agreeing
from communities.access.texts import unhurried
from communities.comments.views import signed_out
from communities.discussion.conversing import begin_conversation, leave_conversation
from communities.discussion.direct import MOST, conversations_of, may_leave, party_of
from communities.discussion.handing import by_field, file_field, read_handed, rows_of
from communities.discussion.last_words import page_of
from communities.discussion.views import room_or_404, uuid_of
from communities.members.named import present
from communities.people.models import User
from communities.spaces.modules import is_on
from communities.spaces.request import PlaceRequest

HANDLE = re.compile(r"[a-z0-9][a-z0-9_-]{1,29}", re.IGNORECASE)


@require_safe
@needs_account
def conversations(request: PlaceRequest, community: str) -> HttpResponse:
    """Whom one writes with here, with the last word and what is unread. Who left reads on and begins nothing."""
    if not is_on(request.community, "messages"):
        raise Http404
    rows, token = page_of(request.community, request.viewer, request.GET.get("after", ""))
    if not rows and not request.viewer.takes_part:
        raise Http404
    page = {"rows": rows, "after": token, "begins": request.viewer.takes_part}
    return render(request, "discussion/messages.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@for_writing
def begin(request: PlaceRequest, community: str) -> HttpResponse:
    """`to` (handles), `body`, files (`handing.read_handed`) and `request`. Where these people talk already it leads there."""
    if not request.user.is_authenticated:
        return signed_out(request, "direct.written")
    place, viewer = request.community, request.viewer
    if not viewer.takes_part or not is_on(place, "messages"):
        raise Http404
    sent = request.POST if request.method == "POST" else request.GET
    page: dict[str, Any] = {"to": sent.get("to", ""), "body": sent.get("body", ""), "problems": {}, "most": MOST - 1}
    page |= file_field(request)
    page["request_id"] = sent.get("request", "") or uuid.uuid4().hex
    people, unknown = _asked(request, page["to"])
    page["people"], page["names"] = people, get_text_list([str(one) for one in people], _("and"))
    if request.method != "POST":
        there = None if unknown else _there(request, people)
        return redirect(there) if there else render(request, "discussion/begin.html", page)
    handed = read_handed(request)
    try:
        if handed.stops:
            raise handed.problem or ValidationError({})
        if unknown:
            raise ValidationError({"to": _("Nobody here is called %(name)s.") % {"name": f"@{unknown[0]}"}})
        asked: dict[str, Any] = {"request": uuid_of(sent.get("request", "")), "files": handed.enclosed}
        row = begin_conversation(viewer, place=place, people=people, body=page["body"], **asked)
    except ValidationError as problem:
        page["problems"] = by_field(problem, "to")
        page["rows"] = rows_of(request, handed.enclosed, asks="files" in page["problems"])
        return unhurried(render(request, "discussion/begin.html", page), problem)
    return redirect(f"{row.room.url}#message-{row.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
@without_agreeing
def leave(request: PlaceRequest, community: str, room: str) -> HttpResponse:
    """Says what it means, and by POST does it. For whoever is not in a conversation of three or more it does not exist."""
    row = room_or_404(request, room)
    if not row.readable or not may_leave(request.viewer, row):
        raise Http404
    if request.method != "POST":
        return render(request, "discussion/leave.html", {"room": row})
    leave_conversation(request.viewer, room=row)
    messages.success(request, _("You left the conversation."))
    return redirect("discussion:messages", community)


def _asked(request: PlaceRequest, raw: str) -> tuple[list[User], list[str]]:
    """Who is meant by these handles, and which of them nobody has here."""
    handles = list(dict.fromkeys(one.lower() for one in HANDLE.findall(raw)))[: MOST + 1]
    seats = present(request.community.pk).filter(Q(user__handle__in=handles) | Q(user__old_handles__handle__in=handles))
    people: dict[str, User] = {}
    for seat in seats.select_related("user").prefetch_related("user__old_handles").distinct():
        for handle in (seat.user.handle, *(old.handle for old in seat.user.old_handles.all())):
            people.setdefault(handle, seat.user)
    found = [people[handle] for handle in handles if handle in people]
    return list(dict.fromkeys(found)), [handle for handle in handles if handle not in people]


def _there(request: PlaceRequest, people: list[User]) -> str:
    """The conversation that these people have already; "" for none."""
    ids = {person.pk for person in people} | {request.viewer.user_id or 0}
    if len(ids) < 2:
        return ""
    room = conversations_of(request.community, request.viewer).filter(party=party_of(ids)).first()
    if room is None:
        return ""
    room.community = request.community
    return room.url
