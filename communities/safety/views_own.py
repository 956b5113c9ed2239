"""One's own side of it: what became of one's reports, what teams said to one, and whom and what one keeps away."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access.gates import needs_account
from communities.access.models import Block
from communities.access.request import Request
from communities.access.rules import Sight, sight
from communities.access.texts import unhurried
from communities.files.models import PERSON
from communities.people.handles import find_by_handle
from communities.people.models import User
from communities.safety import blocking
from communities.safety.acts import concerning
from communities.safety.own import mutes_of, reports_of, suspensions_of


@require_safe
@needs_account
def my_reports(request: HttpRequest) -> HttpResponse:
    rows, before = reports_of(request.user, request.GET.get("before", ""))
    return render(request, "safety/my_reports.html", {"rows": rows, "before": before})


@require_safe
@needs_account
def standing(request: HttpRequest) -> HttpResponse:
    """Warnings, suspensions and what was hidden, in the team's own words; in no community's frame, so that it opens always."""
    assert request.user.is_authenticated
    rows, before = concerning(request.user.pk, request.GET.get("before", ""))
    page = {"rows": rows, "before": before, "suspensions": suspensions_of(request.user)}
    return render(request, "safety/standing.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
def blocks(request: Request) -> HttpResponse:
    """Whom one blocks. `person` (a handle) in the address asks whether to block them; sent, it does."""
    if request.method == "POST":
        return _keep_away(request, blocking.block_person, _("%(name)s is blocked. You do not see what they write."))
    return _blocks(request, request.GET.get("person", ""))


@require_POST
@needs_account
def mutes(request: Request) -> HttpResponse:
    """`person`: a handle; or `thread`: a conversation's number."""
    thread = request.POST.get("thread", "")
    if not thread:
        return _keep_away(request, _mute_person, _("%(name)s is muted. Nothing they do rings your bell."))
    if not thread.isdecimal() or len(thread) > 18:
        raise Http404
    blocking.mute(request.user, kind="thread", object_id=int(thread))
    messages.success(request, _("Muted. This conversation does not ring your bell any more."))
    return _back(request)


def _known(request: Request, handle: str) -> User | None:
    """Who is called that, as far as whoever asks can come across them: a guessed handle tells no name from an unlisted place."""
    person, _was_old = find_by_handle(handle)
    if person is None or person.left_at is not None:
        return None
    seen = sight(PERSON, person.pk, request.viewer)
    return person if seen is Sight.READABLE else None


def _mute_person(user: Any, person: User) -> None:
    blocking.mute(user, kind=blocking.USER, object_id=person.pk)


def _keep_away(request: Request, act: Any, done: str) -> HttpResponse:
    handle = request.POST.get("person", "").replace("\x00", "")
    person = _known(request, handle)
    try:
        if person is None:
            raise ValidationError({"person": _("Nobody here is called that. Look at the handle under their name.")})
        act(request.user, person)
    except ValidationError as problem:
        return unhurried(_blocks(request, handle, problem.messages[0]), problem)
    messages.success(request, done % {"name": person})
    return _back(request)


@require_POST
@needs_account
def end_block(request: HttpRequest) -> HttpResponse:
    """`block`: its number on the list."""
    blocking.unblock_person(request.user, _number(request, "block"))
    messages.success(request, _("Taken back. You see what they write again."))
    return redirect("safety:blocks")


@require_POST
@needs_account
def end_mute(request: HttpRequest) -> HttpResponse:
    """`mute`: its number on the list."""
    blocking.unmute(request.user, _number(request, "mute"))
    messages.success(request, _("Taken back. You hear of it again."))
    return _back(request)


def _blocks(request: Request, handle: str, wrong: str = "") -> HttpResponse:
    assert request.user.is_authenticated
    person = _known(request, handle) if handle and not wrong else None
    page = {
        "blocks": Block.objects.filter(user_id=request.user.pk).select_related("blocked").order_by("-pk"),
        "mutes": mutes_of(request.user),
        "handle": handle.strip().lstrip("@"),
        "person": person if person and person.pk != request.user.pk else None,
        "wrong": wrong,
        "next": _next(request),
    }
    return render(request, "safety/blocks.html", page)


def _next(request: HttpRequest) -> str:
    where = request.POST.get("next") or request.GET.get("next") or ""
    return where if get_adapter(request).is_safe_url(where) else ""


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(_next(request) or "safety:blocks")


def _number(request: HttpRequest, name: str) -> int:
    raw = request.POST.get(name, "")
    if not raw.isdecimal() or len(raw) > 18:
        raise Http404
    return int(raw)
