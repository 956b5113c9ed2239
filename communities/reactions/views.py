"""Giving a sign, and the page of who gave which."""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from communities.access.models import blocked_by
from communities.access.texts import TooMuch
from communities.access.things import Thing, thing
from communities.members.named import seats_of
from communities.people.throttle import too_often
from communities.reactions import actions
from communities.reactions.models import EMOJI, Reaction
from communities.reactions.names import NAMES
from communities.reactions.reading import Bar, bar_of, counts_of, sign_of
from communities.spaces.request import PlaceRequest
from communities.ui.fragments import wants_fragment

MOST_NAMES = 300


@require_http_methods(["GET", "HEAD", "POST"])
def react(request: PlaceRequest, community: str, kind: str, object_id: int) -> HttpResponse:
    """GET: who gave what, for whoever may read the thing, where it takes signs. POST (`emoji`, `on`): one's own."""
    if request.method == "POST" and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    found = thing(kind, object_id, request.viewer)
    if found is None or found.community_id != request.community.pk:
        raise Http404
    if request.method == "POST":
        return _given(request, found)
    if not (found.readable and found.reactions):
        raise Http404
    return _bar(request, found) if wants_fragment(request) else _who(request, found)


def _given(request: PlaceRequest, found: Thing) -> HttpResponse:
    try:
        on = request.POST.get("on", "1") != "0"
        actions.react(request.viewer, thing=found, emoji=request.POST.get("emoji", ""), on=on)
    except TooMuch as problem:
        return too_often(request, problem.seconds)
    except ValidationError as problem:
        return HttpResponseBadRequest(" ".join(problem.messages), content_type="text/plain; charset=utf-8")
    return _bar(request, found) if wants_fragment(request) else redirect(found.url)


def _bar(request: PlaceRequest, found: Thing) -> HttpResponse:
    """The bar alone, for a page that is open; "whole": with all signs."""
    return render(request, "reactions/_bar.html", {"bar": _bar_for(request, found, wants_fragment(request) == "whole")})


def _bar_for(request: PlaceRequest, found: Thing, whole: bool) -> Bar:
    about = (found.kind, found.id)
    mine, counts = sign_of(request.viewer.user_id, about), counts_of({found.kind: [found.id]}).get(about, {})
    may = found.reactions and request.viewer.takes_part
    return bar_of(request.community.slug, about, counts, mine=mine, open=may, whole=whole)


def _who(request: PlaceRequest, found: Thing) -> HttpResponse:
    rows = Reaction.objects.filter(kind=found.kind, object_id=found.id).select_related("user").order_by("-at", "-pk")
    if request.viewer.signed_in:
        rows = rows.exclude(user_id__in=blocked_by(request.viewer))
    shown = list(rows[:MOST_NAMES])
    place = request.community
    seats = seats_of({row.user_id for row in shown}, {place.pk: place})
    for row in shown:
        row.__dict__["seat"] = seats.get((place.pk, row.user_id))
    signs = [(emoji, NAMES[emoji], [row for row in shown if row.emoji == emoji]) for emoji in EMOJI]
    page = {
        "thing": found,
        "bar": _bar_for(request, found, whole=True) if found.reactions and request.viewer.takes_part else None,
        "signs": [sign for sign in signs if sign[2]],
        "more": len(shown) == MOST_NAMES,
    }
    return render(request, "reactions/who.html", page)
