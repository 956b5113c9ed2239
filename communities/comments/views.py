"""The talk over HTTP: writing, the permanent address of a comment, editing, taking away, closing. Its pages are the thing's own."""

import uuid
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access.gates import needs, needs_account, without_agreeing
from communities.access.rules import may
from communities.access.texts import unhurried
from communities.access.things import Thing, thing
from communities.comments import actions
from communities.comments.models import Comment, Thread
from communities.comments.pages import page_with
from communities.comments.quoting import answered
from communities.comments.revisions import steps_of
from communities.comments.suggesting import answer
from communities.comments.talk import About, comment_html
from communities.embeds.actions import take_preview_away
from communities.spaces.request import PlaceRequest
from communities.ui.fragments import wants_fragment


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: PlaceRequest, community: str, kind: str, object_id: int) -> HttpResponse:
    """`body`, `answers` (the number of a comment or nothing) and `request`, a uuid that makes sending twice one comment."""
    if not request.user.is_authenticated and request.method == "POST":
        return signed_out(request)
    about = _about(request, kind, object_id)
    if request.method != "POST":
        return redirect(about.url + "#talk")
    typed = request.POST.get("answers", "")
    answers = answered(request, kind, object_id, typed)
    try:
        row = actions.write_comment(
            request.viewer,
            place=request.community,
            about=about,
            body=request.POST.get("body", ""),
            answers=answers,
            request=_uuid(request.POST.get("request", "")),
            title=request.seat.title if request.seat is not None else "",
        )
    except ValidationError as problem:
        return _refused(request, about, answers, problem)
    row.community = request.community
    return _said(request, about, row, status=201)


def signed_out(request: HttpRequest, verb: str = "comment.written") -> HttpResponse:
    """On to sign-in; who sends a text after the session ended gets it back, with the way to send it again."""
    body = request.POST.get("body", "")
    if not body.strip() and "files" not in request.POST:
        return redirect_to_login(request.get_full_path())
    ours = {"csrfmiddlewaretoken", "body"}
    kept = [(name, value) for name, values in request.POST.lists() if name not in ours for value in values]
    return render(request, "comments/signed_out.html", {"body": body, "kept": kept, "verb": verb}, status=403)


def _about(request: PlaceRequest, kind: str, object_id: int) -> Thing:
    """What is talked about. 404 where the viewer may not know of it, and where there is no talk to be led to; sending to what
    one may not read is a 403."""
    found = thing(kind, object_id, request.viewer)
    if found is None or found.community_id != request.community.pk:
        raise Http404
    if request.method == "POST" and not found.readable:
        raise PermissionDenied
    if request.method != "POST" and not (found.readable and found.comments):
        raise Http404
    return found


def _uuid(raw: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(raw)
    except ValueError:
        return None


def _said(request: PlaceRequest, about: Thing, row: Comment, *, status: int = 200) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(row.url)
    where = About(about.kind, about.id, about.url, about.author_id)
    response = HttpResponse(comment_html(request, where, row), status=status)
    response["X-Next"] = uuid.uuid4().hex
    return response


def _refused(request: HttpRequest, about: Thing, answers: Comment | None, problem: ValidationError) -> HttpResponse:
    """The form again with everything that was typed, and why not at its field."""
    page = {
        "about": about,
        "answers": answers,
        "body": request.POST.get("body", ""),
        "request_id": request.POST.get("request", "") or uuid.uuid4().hex,
        "problems": _by_field(problem),
    }
    if wants_fragment(request):
        return unhurried(render(request, "comments/_form.html", page, status=422), problem)
    return unhurried(render(request, "comments/write.html", page | {"typing": True}), problem)


def _by_field(problem: ValidationError) -> dict[str, str]:
    if not hasattr(problem, "error_dict"):
        return {"body": " ".join(problem.messages)}
    return {name: " ".join(told) for name, told in problem.message_dict.items()}


def _comment(request: PlaceRequest, comment_id: int) -> tuple[Comment, Thing]:
    """A comment that this viewer sees, and what it hangs on."""
    rows = Comment.objects.seen_by(request.viewer).filter(pk=comment_id, community=request.community)
    row = rows.select_related("thread", "author").first()
    if row is None:
        raise Http404
    row.community = row.thread.community = request.community
    about = thing(row.thread.kind, row.thread.object_id, request.viewer)
    if about is None or not about.readable:
        raise Http404
    return row, about


@require_safe
def comment(request: PlaceRequest, community: str, comment_id: int) -> HttpResponse:
    """Where a comment stands today: its page of the talk, and there the comment itself. A screen that is open asks for it alone."""
    row, about = _comment(request, comment_id)
    if wants_fragment(request):
        return HttpResponse(comment_html(request, About(about.kind, about.id, about.url, about.author_id), row))
    query = page_with(row).query
    return HttpResponseRedirect(f"{about.url}{'?' + urlencode(query) if query else ''}#comment-{row.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PlaceRequest, community: str, comment_id: int) -> HttpResponse:
    """A page of its own for the author, with `body`; for everybody else it does not exist."""
    if not request.user.is_authenticated:
        return signed_out(request)
    row, about = _comment(request, comment_id)
    if row.author_id != request.viewer.user_id:
        if request.method == "POST":
            raise PermissionDenied
        raise Http404
    page: dict[str, Any] = {"comment": row, "about": about, "body": row.source, "problems": {}}
    if request.method == "POST":
        try:
            row = actions.edit_comment(request.viewer, comment=row, about=about, body=request.POST.get("body", ""))
        except ValidationError as problem:
            page |= {"body": request.POST.get("body", ""), "problems": _by_field(problem)}
            return unhurried(render(request, "comments/edit.html", page), problem)
        return _said(request, about, row)
    return render(request, "comments/edit.html", page)


@require_safe
@needs_account
def people(request: PlaceRequest, community: str, kind: str, object_id: int) -> HttpResponse:
    """`q`: whom somebody may mean who writes here. For everybody else there is no such address."""
    about = _about(request, kind, object_id)
    if not request.viewer.takes_part:
        raise Http404
    said = Comment.objects.standing().filter(community=request.community, author=OuterRef("user"))
    return answer(request, (kind, object_id), said.filter(thread__kind=kind, thread__object_id=about.id))


@require_POST
@needs_account
@without_agreeing
def remove(request: PlaceRequest, community: str, comment_id: int) -> HttpResponse:
    """The author's own, for good."""
    row, about = _comment(request, comment_id)
    actions.remove_comment(request.viewer, comment=row)
    if wants_fragment(request):
        return HttpResponse(status=204)
    return redirect(about.url + "#talk")


@require_POST
@needs_account
def preview(request: PlaceRequest, community: str, comment_id: int) -> HttpResponse:
    """Takes away what stands below it about its link: its author, or the team."""
    row, about = _comment(request, comment_id)
    mine = row.author_id == request.viewer.user_id and request.viewer.takes_part
    if not mine and not may(request.viewer, "moderate"):
        raise PermissionDenied
    take_preview_away(Comment.KIND, row.pk, community_id=row.community_id, actor=request.viewer.user_id or 0)
    return _said(request, about, row)


@require_safe
@needs("moderate")
def history(request: PlaceRequest, community: str, comment_id: int) -> HttpResponse:
    """What a comment said before, for the team."""
    row, about = _comment(request, comment_id)
    return render(request, "comments/history.html", {"comment": row, "about": about, "steps": steps_of(row)})


@require_POST
@needs("moderate")
def close(request: PlaceRequest, community: str, kind: str, object_id: int) -> HttpResponse:
    """`closed`: 1 or 0."""
    about = _about(request, kind, object_id)
    thread = Thread.objects.select_related("community").filter(kind=kind, object_id=object_id).first()
    if thread is None:
        raise Http404
    actions.close_thread(request.viewer, thread=thread, closed=request.POST.get("closed") != "0")
    return redirect(about.url + "#talk")
