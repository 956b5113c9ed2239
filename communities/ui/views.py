"""Drawn faces and the stylesheet of a community: public bytes, kept by browsers for as long as they like."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from communities.ui.faces import face_svg
from communities.ui.look import stylesheet

FOREVER = "max-age=31536000, immutable"
SOON = "max-age=60"


@require_safe
def face(request: HttpRequest, seed: int) -> HttpResponse:
    response = HttpResponse(face_svg(seed, ""), content_type="image/svg+xml")
    response["Cache-Control"] = f"public, {FOREVER}"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@require_safe
def look(request: HttpRequest, community: str, version: int) -> HttpResponse:
    """`request.community` was found by the middleware; an older version gets today's look and is not kept under its old name."""
    place = request.community  # type: ignore[attr-defined]
    response = HttpResponse(stylesheet(place), content_type="text/css; charset=utf-8")
    kept_by = "private" if request.viewer.signed_in else "public"  # type: ignore[attr-defined]
    response["Cache-Control"] = f"{kept_by}, {FOREVER if version == place.look_version else SOON}"
    return response
