"""Drawn faces and the stylesheet of a community: bytes that depend on nobody, kept by browsers for as long as they like."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from communities.access.request import Request
from communities.ui.faces import face_svg
from communities.ui.headers import SANDBOX_POLICY
from communities.ui.look import stylesheet

FOREVER = "public, max-age=31536000, immutable"
SOON = "public, max-age=60"


def _for_everyone(response: HttpResponse, keep: str) -> HttpResponse:
    response.__dict__["for_everyone"] = True
    response["Cache-Control"] = keep
    return response


@require_safe
def face(request: HttpRequest, seed: int) -> HttpResponse:
    response = HttpResponse(face_svg(seed, ""), content_type="image/svg+xml")
    response["Content-Security-Policy"] = SANDBOX_POLICY
    return _for_everyone(response, FOREVER)


@require_safe
def look(request: Request, community: str, version: int) -> HttpResponse:
    """`request.community` was found by the middleware; an older version gets today's look and is not kept under its old name."""
    place = request.community
    response = HttpResponse(stylesheet(place), content_type="text/css; charset=utf-8")
    if not place.listed:
        return response
    return _for_everyone(response, FOREVER if version == place.look_version else SOON)
