"""A message's own page: what one may do with it, editing, taking it away."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from communities.access.gates import needs_account
from communities.access.models import State
from communities.access.rules import may
from communities.access.texts import unhurried
from communities.comments.views import signed_out
from communities.discussion import actions
from communities.discussion.attached import files_with
from communities.discussion.fragments import dressed, html_of
from communities.discussion.handing import by_field, read_kept, rows_on
from communities.discussion.models import Message
from communities.discussion.topics import moves
from communities.discussion.views import room_or_404
from communities.embeds.actions import previews_of, take_preview_away
from communities.files.shown import as_shown
from communities.reactions.reading import bar_of, counts_of, sign_of
from communities.spaces.request import PlaceRequest
from communities.ui.fragments import wants_fragment


def message_or_404(request: PlaceRequest, room: str, number: int) -> Message:
    """A message that this viewer sees. To whom its room is shut it does not exist."""
    row = room_or_404(request, room)
    if not row.readable:
        raise Http404
    found = dressed(Message.objects.seen_by(request.viewer).filter(room=row, number=number)).defer(None).first()
    if found is None:
        raise Http404
    found.room, found.community = row, request.community
    return found


@require_safe
def message(request: PlaceRequest, community: str, room: str, number: int) -> HttpResponse:
    """The message by itself, its signs, and what this viewer may do with it; for the room's own script the last of these alone."""
    row = message_or_404(request, room, number)
    viewer, about = request.viewer, (Message.KIND, row.pk)
    mine = row.author_id == viewer.user_id
    shots, papers = as_shown(files_with(row))
    page: dict[str, Any] = {
        "room": row.room,
        "message": row,
        "fragment": SafeString(html_of(row.room, [row])[row.pk]) if row.state == State.PUBLISHED else "",
        "html": row.html,
        "shots": shots,
        "papers": papers,
        "mine": mine,
        "edits": mine and row.state == State.PUBLISHED and may(viewer, "write", row.room),
        "writes": may(viewer, "write", row.room),
        "team": viewer.is_team and not row.room.direct,
        "moves": moves(viewer, row),
        "moderates": not mine and may(viewer, "moderate") and not row.room.direct,
    }
    if not row.room.direct and (mine or page["moderates"]):
        page["preview"] = previews_of(Message.KIND, {row.pk: row.html}, request.community).get(row.pk)
    if row.state == State.PUBLISHED:
        counts = counts_of({Message.KIND: [row.pk]}).get(about, {})
        sign = sign_of(viewer.user_id, about)
        page["bar"] = bar_of(request.community.slug, about, counts, mine=sign, open=viewer.takes_part, whole=True)
    quiet = bool(wants_fragment(request))
    return render(request, "discussion/_acts.html" if quiet else "discussion/message.html", page | {"quiet": quiet})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PlaceRequest, community: str, room: str, number: int) -> HttpResponse:
    """A page of its own for the author, with `body` and, where the message has files, `files`, `alt-<token>`, `bare-<token>` and
    `gone`; for everybody else it does not exist."""
    if not request.user.is_authenticated:
        return signed_out(request, "message.edited")
    row = message_or_404(request, room, number)
    if row.author_id != request.viewer.user_id:
        if request.method == "POST":
            raise PermissionDenied
        raise Http404
    quiet = bool(wants_fragment(request))
    template = "discussion/_edit.html" if quiet else "discussion/edit.html"
    page = {"room": row.room, "message": row, "quiet": quiet, "version": version_of(row)}
    if request.method != "POST":
        return render(request, template, page | {"body": row.source, "rows": rows_on(row)})
    body, kept = request.POST.get("body", ""), read_kept(request.POST)
    try:
        if request.POST.get("edited", version_of(row)) != version_of(row):
            raise ValidationError({"body": actions.CHANGED})
        actions.edit_message(request.viewer, message=row, body=body, files=kept)
    except ValidationError as problem:
        page |= {"body": body, "rows": rows_on(row, kept), "problems": by_field(problem, "body")}
        return unhurried(render(request, template, page, status=422), problem)
    return _as_it_is(row) if quiet else redirect(f"{row.room.url}?at={row.number}#message-{row.pk}")


def version_of(row: Message) -> str:
    """When it was edited last, for a form to say what it was made of."""
    return row.edited_at.isoformat() if row.edited_at else ""


def _as_it_is(row: Message) -> HttpResponse:
    """The message for the screen that changed it: the fragment of the page and the socket."""
    now = dressed(Message.objects.filter(pk=row.pk)).get()
    return HttpResponse(html_of(row.room, [now])[now.pk])


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
def remove(request: PlaceRequest, community: str, room: str, number: int) -> HttpResponse:
    """By POST; whoever comes here from signing in is led to the message."""
    row = message_or_404(request, room, number)
    if request.method != "POST":
        return redirect(row.url)
    actions.remove_message(request.viewer, message=row)
    if wants_fragment(request):
        return _as_it_is(row)
    return redirect(f"{row.room.url}?at={row.number}")


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
def preview(request: PlaceRequest, community: str, room: str, number: int) -> HttpResponse:
    """By POST its author and the team take away what stands below it about its link; by GET as above."""
    row = message_or_404(request, room, number)
    if request.method != "POST":
        return redirect(row.url)
    mine = row.author_id == request.viewer.user_id and request.viewer.takes_part
    if not mine and not may(request.viewer, "moderate"):
        raise PermissionDenied
    take_preview_away(Message.KIND, row.pk, community_id=row.community_id, actor=request.viewer.user_id or 0)
    if wants_fragment(request):
        return _as_it_is(row)
    return redirect(f"{row.room.url}?at={row.number}#message-{row.pk}")
