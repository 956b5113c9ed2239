"""The topics of a room: their list, putting a message into one, calling one otherwise. A topic itself is a window of its room."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from communities.access.gates import for_writing, needs_account
from communities.access.texts import unhurried
from communities.comments.quoting import number_of
from communities.discussion.reading import topics_of
from communities.discussion.topics import moves, names, put_into_topic, rename_topic, take_out
from communities.discussion.views import room_or_404, topic_or_404
from communities.discussion.views_message import message_or_404
from communities.spaces.request import PlaceRequest

PAGE, OFFERED = 50, 30


@require_safe
def topics(request: PlaceRequest, community: str, room: str) -> HttpResponse:
    """The liveliest first, with what is unread; `below` the last number of the page before."""
    row = room_or_404(request, room)
    if row.direct:
        raise Http404
    if not row.readable:
        return render(request, "discussion/shut.html", {"room": row})
    found = topics_of(row, request.viewer, most=PAGE + 1, below=number_of(request.GET.get("below", "")))
    more = found[PAGE - 1].last if len(found) > PAGE else 0
    return render(request, "discussion/topics.html", {"room": row, "topics": found[:PAGE], "more": more})


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
@for_writing
def put(request: PlaceRequest, community: str, room: str, number: int) -> HttpResponse:
    """`title`: the name of a topic, new or there already; `out`: back into the open talk of the room."""
    row = message_or_404(request, room, number)
    if not moves(request.viewer, row):
        if request.method == "POST":
            raise PermissionDenied
        raise Http404
    page: dict[str, Any] = {"room": row.room, "message": row, "html": row.html, "title": "", "problems": {}}
    page["offered"] = [one for one in topics_of(row.room, request.viewer, most=OFFERED) if one.pk != row.topic_id]
    if request.method != "POST":
        return render(request, "discussion/put.html", page)
    try:
        if request.POST.get("out"):
            take_out(request.viewer, message=row)
            return redirect(f"{row.room.url}?at={row.number}#message-{row.pk}")
        page["title"] = request.POST.get("title", "")
        topic = put_into_topic(request.viewer, message=row, title=page["title"])
    except ValidationError as problem:
        page["problems"] = {"title": " ".join(problem.messages)}
        return unhurried(render(request, "discussion/put.html", page), problem)
    return redirect(f"{row.room.url}topics/{topic.pk}/?at={row.number}#message-{row.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
@for_writing
def rename(request: PlaceRequest, community: str, room: str, topic_id: int) -> HttpResponse:
    """`title`, for whoever started it and the team; for everybody else the page does not exist."""
    topic = topic_or_404(room_or_404(request, room), topic_id)
    assert topic is not None  # its number is in the address
    if not names(request.viewer, topic):
        if request.method == "POST":
            raise PermissionDenied
        raise Http404
    page: dict[str, Any] = {"room": topic.room, "topic": topic, "title": topic.title, "problems": {}}
    if request.method == "POST":
        page["title"] = request.POST.get("title", "")
        try:
            rename_topic(request.viewer, topic=topic, title=page["title"])
            return redirect(topic.url)
        except ValidationError as problem:
            page["problems"] = {"title": " ".join(problem.messages)}
            return unhurried(render(request, "discussion/rename.html", page), problem)
    return render(request, "discussion/rename.html", page)
