"""Suspensions: whatever somebody suspended sends is answered with until when and why, and with what they typed."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from communities.safety.own import why_suspended
from communities.spaces.request import PlaceRequest

TEXTS = ("title", "body", "note", "source")  # fields that hold what somebody wrote for a while
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Suspensions:
    """Comes after the viewer is known. A view that is open to them too says so: `view.open_to_suspended = True`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: PlaceRequest, view: Any, args: tuple, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if request.viewer.standing != "suspended" or request.method in SAFE:
            return None
        if getattr(view, "open_to_suspended", False):
            return None
        typed = [(name, request.POST[name]) for name in TEXTS if request.POST.get(name, "").strip()]
        page = {"seat": request.seat, "why": why_suspended(request.seat), "typed": typed}
        return render(request, "safety/suspended.html", page, status=403)
