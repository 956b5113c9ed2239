"""Rooms over HTTP: the list, one room, writing in it, saying what was read; and the owner's pages about them."""

import json
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access.gates import needs, needs_account, without_agreeing
from communities.access.request import Request
from communities.access.rules import Sight, may, require, sight
from communities.access.texts import unhurried
from communities.comments.quoting import number_of
from communities.comments.views import signed_out
from communities.discussion import actions
from communities.discussion.direct import may_leave, name_rooms
from communities.discussion.forms import RoomForm
from communities.discussion.fragments import as_dressed, html_of
from communities.discussion.handing import Handed, by_field, file_field, read_handed, rows_of
from communities.discussion.models import Message, Room, Topic
from communities.discussion.person import write_to
from communities.discussion.reading import Window, rooms_of, said_at, topics_of, unread_of, window_of
from communities.discussion.rooms import close_room, save_room
from communities.discussion.topics import names
from communities.members.named import seats_of
from communities.notifications.actions import see_topics
from communities.reactions.models import Reaction
from communities.safety.own import why_muted
from communities.spaces.modules import is_on
from communities.spaces.request import PlaceRequest
from communities.ui.focus import point_at_first_mistake
from communities.ui.fragments import wants_fragment
from communities.ui.written import written

READ_AND_SEND = ["GET", "HEAD", "POST"]
LIVELY = 5  # topics that stand above a room


@require_safe
def rooms(request: PlaceRequest, community: str) -> HttpResponse:
    """Every room that one may know of; what is unread in it for whoever reads it."""
    if not is_on(request.community, "rooms"):
        raise Http404
    rows = list(rooms_of(request.community, request.viewer))
    unread = unread_of(request.viewer, [room for room in rows if room.readable])
    for row in rows:
        row.community = request.community
        row.unread = unread.get(row.pk, 0)
    return render(request, "discussion/rooms.html", {"rooms": rows})


def room_or_404(request: PlaceRequest, slug: str) -> Room:
    """A room that this viewer may know of, or a conversation that they are in, with its community and `readable`."""
    row = _standing.first(request.community.pk, slug)
    if row is None or not is_on(request.community, row.part):
        raise Http404
    row.community = request.community
    # Nearly everybody comes in by the cheap test, which asks the database nothing.
    seen = Sight.READABLE if row.is_plainly_open_to(request.viewer) else sight(row.KIND, row.pk, request.viewer)
    if seen is Sight.NONE:
        raise Http404
    row.readable = seen is Sight.READABLE
    name_rooms([row], request.viewer)
    return row


@written
def _standing(place: int, slug: str) -> QuerySet[Room]:
    return Room.objects.standing().filter(community=place, slug=slug)


def topic_or_404(row: Room, topic_id: int | None) -> Topic | None:
    """A topic of this room; None where none is asked for."""
    if topic_id is None:
        return None
    found = Topic.objects.filter(room=row, pk=topic_id).first() if row.readable and topic_id < 2**63 else None
    if found is None:
        raise Http404
    found.room = row
    return found


@require_safe
def room(request: PlaceRequest, community: str, room: str, topic_id: int | None = None) -> HttpResponse:
    """`before`, `after` or `at` a message's number; without them where one left off. A room that one may not enter says so.

    topic_id: only what is about that.
    """
    row = room_or_404(request, room)
    topic = topic_or_404(row, topic_id)
    if not row.readable:
        return render(request, "discussion/shut.html", {"room": row})
    # The counter first: what changes while this page is made comes again by the socket, and nothing is missed.
    asked = {name: number_of(request.GET.get(name, "")) or 0 for name in ("before", "after", "at")}
    found = window_of(row, request.viewer, topic=topic, **asked)
    page = {"window": found, "at": asked["at"], **_place(request, row, topic), **_shown(request, row, found)}
    if wants_fragment(request):
        return render(request, "discussion/_window.html", page)
    answers = _answered(row, request.GET.get("answer", ""))
    page["topics"] = topics_of(row, request.viewer, most=LIVELY) if topic is None and not row.direct else []
    return render(request, "discussion/room.html", page | _form(request, row, topic, answers=answers))


def _place(request: Request, row: Room, topic: Topic | None) -> dict[str, Any]:
    """Where one is: the room, or a topic of it. here: the address under which one reads on and writes."""
    names_it = topic is not None and names(request.viewer, topic)
    return {"room": row, "topic": topic, "here": topic.url if topic else row.url, "names_it": names_it}


def _shown(request: Request, row: Room, found: Window) -> dict[str, Any]:
    """The messages as everybody sees them, and beside them what is this viewer's: their signs."""
    html = html_of(row, found.rows)
    parts = [(message.number, SafeString(html[message.pk])) for message in found.rows]
    mine: dict[int, str] = {}
    if request.viewer.user_id is not None and html:
        mine = dict(_signs(request.viewer.user_id, tuple(html)))
    return {"parts": parts, "mine": json.dumps(mine)}


@written
def _signs(user: int, ids: tuple[int, ...]) -> QuerySet[Reaction, tuple[int, str]]:
    return Reaction.objects.filter(user=user, kind=Message.KIND, object_id__in=ids).values_list("object_id", "emoji")


def _form(request: PlaceRequest, row: Room, topic: Topic | None, **typed: Any) -> dict[str, Any]:
    fresh: dict[str, Any] = {"body": "", "answers": None, "problems": {}, "request_id": uuid.uuid4().hex}
    fresh |= file_field(request)
    invites = _("Write to %(name)s") if row.direct else _("Say something in %(name)s")
    fresh["invites"] = invites % {"name": topic or row.name}
    if row.direct:
        people, place = row.__dict__["people"], request.community
        seats = seats_of({one.pk for one in people}, {place.pk: place})
        fresh["others"] = [(one, seats.get((place.pk, one.pk))) for one in people]
        fresh["leaves"] = may_leave(request.viewer, row)
        fresh["more_url"] = write_to(place.slug, *(one.handle for one, seat in fresh["others"] if seat))
    if row.slow and not request.viewer.is_team and (last := said_at(row, request.viewer)):
        fresh["wait"] = max(0, row.slow - int((timezone.now() - last).total_seconds()))
    if request.viewer.muted and not row.direct:
        fresh["why_muted"] = why_muted(request.seat)
    return {"writes": may(request.viewer, "write", row), **fresh, **typed}


@require_http_methods(READ_AND_SEND)
def write(request: PlaceRequest, community: str, room: str, topic_id: int | None = None) -> HttpResponse:
    """`body`, `answers` (the number of a message in this room or nothing), files (`handing.read_handed`) and `request`, which makes
    sending twice one message.

    Whoever comes here from signing in is led to where one writes.
    """
    if request.method != "POST":
        return _to_the_room(request, room, topic_id)
    if not request.user.is_authenticated:
        return signed_out(request, "message.written")
    row = room_or_404(request, room)
    if not row.readable:
        raise PermissionDenied
    topic = topic_or_404(row, topic_id)
    if request.viewer.muted and not row.direct:
        return _muted(request, row, topic)
    answers = _answered(row, request.POST.get("answers", ""))
    asked: dict[str, Any] = {"answers": answers, "topic": topic, "request": uuid_of(request.POST.get("request", ""))}
    handed = read_handed(request) if may(request.viewer, "write", row) else Handed()
    asked["files"] = handed.enclosed
    if handed.stops:
        return _refused(request, row, topic, answers, handed)
    try:
        sent = actions.write_message(
            request.viewer, room=row, body=request.POST.get("body", ""), by=request.user, seat=request.seat, **asked
        )
    except ValidationError as problem:
        handed.problem = problem
        return _refused(request, row, topic, answers, handed)
    if not wants_fragment(request):
        return redirect(f"{topic.url if topic else row.url}#message-{sent.pk}")
    return HttpResponse(html_of(row, [as_dressed(sent)])[sent.pk], status=201)


def _to_the_room(request: PlaceRequest, slug: str, topic_id: int | None) -> HttpResponse:
    row = room_or_404(request, slug)
    return redirect((topic_or_404(row, topic_id) or row).url)


def _answered(row: Room, raw: str) -> Message | None:
    number = number_of(raw)
    if number is None:
        return None
    rows = Message.objects.said().standing().filter(room=row, number=number)
    return rows.select_related("author", "topic").first()


def _refused(
    request: PlaceRequest, row: Room, topic: Topic | None, answers: Message | None, handed: Handed
) -> HttpResponse:
    """The room again with everything that was typed and handed in, and why not at its field."""
    problem = handed.problem or ValidationError({})
    if wants_fragment(request):
        told = " ".join(problem.messages)
        return unhurried(HttpResponse(told, status=422, content_type="text/plain; charset=utf-8"), problem)
    found = window_of(row, request.viewer, topic=topic)
    problems = by_field(problem, "body")
    typed: dict[str, Any] = {"body": request.POST.get("body", ""), "answers": answers, "problems": problems}
    typed["rows"] = rows_of(request, handed.enclosed, asks="files" in problems)
    typed["request_id"] = request.POST.get("request", "") or uuid.uuid4().hex
    page = {"window": found, "at": 0, **_place(request, row, topic), **_shown(request, row, found)}
    page |= _form(request, row, topic, **typed)
    return unhurried(render(request, "discussion/room.html", page), problem)


def _muted(request: PlaceRequest, row: Room, topic: Topic | None) -> HttpResponse:
    """Until when and why, and what they typed: nobody loses a text because of what the team decided meanwhile."""
    if wants_fragment(request):
        told = _("Until %(when)s you are muted in the rooms. What the team said stands in your settings.")
        when = date_format(timezone.localtime(request.seat.muted_until), "DATETIME_FORMAT")
        return HttpResponse(told % {"when": when}, status=403, content_type="text/plain; charset=utf-8")
    found = window_of(row, request.viewer, topic=topic)
    page = {"window": found, "at": 0, **_place(request, row, topic), **_shown(request, row, found)}
    page |= _form(request, row, topic, body=request.POST.get("body", ""))
    return render(request, "discussion/room.html", page, status=403)


def uuid_of(raw: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(raw)
    except ValueError:
        return None


@require_http_methods(READ_AND_SEND)
@needs_account
@without_agreeing
def read(request: PlaceRequest, community: str, room: str, topic_id: int | None = None) -> HttpResponse:
    """`number`: the last message that was seen; without one, all of them."""
    if request.method != "POST":
        return _to_the_room(request, room, topic_id)
    row = room_or_404(request, room)
    raw = request.POST.get("number", "")
    number = row.last if not raw else number_of(raw)
    if number is not None:
        actions.read_up_to(request.viewer, room=row, number=number, topic=topic_or_404(row, topic_id))
    see_topics(request.viewer.user_id or 0, [row.topic])
    if wants_fragment(request):
        return HttpResponse(status=204)
    return redirect("discussion:messages" if row.direct else "discussion:rooms", community)


@require_safe
@needs("manage")
def manage(request: PlaceRequest, community: str) -> HttpResponse:
    place = request.community
    names: dict[int | None, str] = {0: _("Everybody"), **{rung.level: rung.name for rung in place.rungs.all()}}
    rows = [
        {
            "room": room,
            "reads": names.get(room.rung, room.rung),
            "writes": names.get(room.posting_rung) or room.get_posting_display(),
        }
        for room in Room.objects.common().standing().filter(community=place).in_order()
    ]
    return render(request, "discussion/manage.html", {"rows": rows})


@require_http_methods(READ_AND_SEND)
@needs("manage")
def edit_room(request: PlaceRequest, community: str, room_id: int | None = None) -> HttpResponse:
    """A new room, or the settings of one."""
    here = Room.objects.common().standing().filter(community=request.community)
    row = get_object_or_404(here, pk=room_id) if room_id else None
    form = RoomForm(request.POST or None, instance=row or Room(community=request.community))
    if request.method == "POST" and form.is_valid():
        save_room(request.viewer, room=form.instance)
        messages.success(request, _("Saved."))
        return redirect("discussion:manage", community)
    point_at_first_mistake(form)
    return render(request, "discussion/edit_room.html", {"form": form, "room": row})


@require_POST
@needs("manage")
def close(request: PlaceRequest, community: str, room_id: int) -> HttpResponse:
    row = get_object_or_404(Room.objects.common().standing(), pk=room_id, community=request.community)
    row.community = request.community
    require(request.viewer, "manage", row)
    close_room(request.viewer, room=row)
    messages.success(request, _("The room is closed."))
    return redirect("discussion:manage", community)
