"""Visits: that a member was here today, written once a day and member. Agreement: nobody writes before they agreed."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from communities.access.request import Request
from communities.access.viewer import load
from communities.members.guidelines import accept_version, current, must_accept
from communities.members.seen import note_visit
from communities.spaces.models import Community
from communities.spaces.request import PlaceRequest


class Visits:
    """Looks at the request after the page is made; a member's first page of the day leaves a Visit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.known: dict[tuple[int, int], str] = {}

    def __call__(self, request: Request) -> HttpResponse:
        response = self.get_response(request)
        viewer = getattr(request, "viewer", None)
        if viewer is not None and viewer.is_member and request.community is not None and response.status_code < 400:
            self.note(viewer.user_id, request.community)
        return response

    def note(self, user_id: int, community: Community) -> None:
        """One dictionary look-up for all but the first request of the day."""
        day = timezone.now().astimezone(community.zone).date()
        who = (user_id, community.pk)
        if self.known.get(who) == day.isoformat():
            return
        if len(self.known) > 50_000:
            self.known.clear()
        self.known[who] = day.isoformat()
        if cache.add(f"visit:{user_id}:{community.pk}:{day}", 1, 60 * 60 * 26):
            note_visit(user_id=user_id, community_id=community.pk, day=day)


class Agreement:
    """Whoever has new guidelines to accept reads on; what they send waits behind one page that keeps every word of it.

    One rule for all that is sent to a community's pages, whichever app takes it. Costs nothing where nothing is owed.
    """

    SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
    TICK = "agree_to"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: PlaceRequest, view: Any, args: tuple, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        viewer = getattr(request, "viewer", None)
        if viewer is None or not must_accept(viewer) or request.community is None:
            return None
        if request.method in self.SAFE:
            return self._ahead(request) if getattr(view, "for_writing", False) else None
        if getattr(view, "without_agreeing", False):
            return None
        return self._hold(request)

    def _ahead(self, request: PlaceRequest) -> HttpResponse:
        page = reverse("members:guidelines", args=[request.community.slug])
        return HttpResponseRedirect(f"{page}?{urlencode({'next': request.get_full_path()}, safe='/')}")

    def _hold(self, request: PlaceRequest) -> HttpResponse | None:
        """Agreed on the way: the form goes on to where it was going."""
        sent = request.POST.get(self.TICK, "")
        problem = ""
        if sent:
            try:
                accept_version(
                    request.user, request.community, version=int(sent) if sent.isdecimal() and len(sent) < 10 else 0
                )
            except ValidationError as refusal:
                problem = " ".join(refusal.messages)
            else:
                if (found := load(request.user, request.community)) is not None:
                    request.community, request.viewer, request.seat = found
                return None
        kept = [
            (name, value)
            for name, values in request.POST.lists()
            if name not in ("csrfmiddlewaretoken", self.TICK)
            for value in values
        ]
        page = {
            "guidelines": current(request.community),
            "kept": kept,
            "send_to": request.get_full_path(),
            "problem": problem,
        }
        answer = render(request, "members/agree_first.html", page, status=403)
        answer["X-Waits-For"] = "agreement"  # for scripts, which send the form itself then
        return answer
