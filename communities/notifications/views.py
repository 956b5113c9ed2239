"""The bell (/me/news/), what one wants to be told (/me/notifications/), and the page that a mail's way out leads to (/n/…/)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access.gates import needs_account
from communities.mail.lists import suppression_of
from communities.notifications import lines, stopping
from communities.notifications.actions import choose, see_all, see_page, stop_mail
from communities.notifications.forms import WishesForm
from communities.notifications.kinds import KINDS
from communities.notifications.mending import mend, send_again
from communities.people.models import User
from communities.ui.fragments import wants_fragment

BIGGEST = 2**63 - 1


@require_safe
@needs_account
def news(request: HttpRequest) -> HttpResponse:
    """Newest first, news of one thing on one line. Looking changes nothing; the page tells by a POST that it was looked at.

    A screen that is open asks for the lines alone.
    """
    assert request.user.is_authenticated
    before = _number(request.GET["before"]) if "before" in request.GET else None
    shown, heads, after = lines.page_of(request.user, before)
    for line in shown:
        line.newest.__dict__["sentence"] = lines.spoken(line)
    page = {
        "lines": shown,
        "first": heads[0].pk if heads else 0,
        "last": heads[-1].pk if heads else 0,
        "unseen": any(head.seen_at is None for head in heads) or request.user.has_news,
        "next_url": f"?before={after}" if after else "",
        "is_first": before is None,
    }
    return render(request, f"notifications/{'_roll' if wants_fragment(request) else 'news'}.html", page)


def _number(raw: str) -> int:
    if not (raw.isascii() and raw.isdecimal() and int(raw[:20]) <= BIGGEST and len(raw) < 20):
        raise Http404
    return int(raw)


@require_POST
@needs_account
def seen(request: HttpRequest) -> HttpResponse:
    """`first` and `last`: the page that was on the screen (a beacon); without them everything, by the button."""
    assert request.user.is_authenticated
    if "first" in request.POST:
        see_page(request.user, first=_number(request.POST["first"]), last=_number(request.POST.get("last", "")))
        return HttpResponse(status=204)
    see_all(request.user)
    messages.success(request, _("All read."))
    return redirect("notifications:news")


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
def settings(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    form = WishesForm(request.POST if request.method == "POST" else None, user_id=request.user.pk)
    if request.method == "POST" and form.is_valid():
        choose(request.user, **form.cleaned_data)
        messages.success(request, _("Saved. From now on you hear of exactly this."))
        return redirect("notifications:settings")
    page = {"form": form, "suppression": suppression_of(request.user.email)}
    return render(request, "notifications/settings.html", page)


@require_POST
@needs_account
def letter(request: HttpRequest) -> HttpResponse:
    """A letter to one's own address that was refused: who opens its link and presses the button gets mail again."""
    assert request.user.is_authenticated
    if send_again(request.user):
        messages.success(request, _("A letter is on its way. Open the link in it, and mail comes again."))
    else:
        messages.error(request, _("A letter went out a moment ago. Look for it, or try again in an hour."))
    return redirect("notifications:settings")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058. Works without a session; GET changes nothing, so that a scanner that opens links stops nobody's mail."""
    found = stopping.read_token(token)
    if found is None or not User.objects.filter(pk=found[0]).exists():
        raise Http404
    user_id, slug = found
    page: dict[str, Any] = {"kind": KINDS.get(slug), "done": ""}
    if request.method == "POST":
        page["done"] = "all" if request.POST.get("what") == "all" else "kind"
        stop_mail(user_id, "" if page["done"] == "all" else slug)
    return _for_anybody("notifications/stop.html", page)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of that letter; the button on its page lifts the suppression of the address that got it."""
    email = stopping.read_address(token)
    if email is None:
        raise Http404
    if request.method == "POST":
        mend(email)
    return _for_anybody("notifications/confirm.html", {"done": request.method == "POST"})


def _for_anybody(template: str, page: dict[str, Any]) -> HttpResponse:
    """Made without looking at the request: the same bytes for everybody who has the link, and the link stays here."""
    response = HttpResponse(render_to_string(template, page))
    response["Referrer-Policy"] = "no-referrer"
    return response
