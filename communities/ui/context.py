"""What every template may rely on: the viewer, the community, the navigation."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from communities.access.viewer import ANONYMOUS
from communities.ui import kept
from communities.ui.navigation import Entry, entries
from communities.ui.standing import alike


def page(request: HttpRequest) -> dict[str, Any]:
    """Works on error pages too, where no viewer was made."""
    viewer = getattr(request, "viewer", ANONYMOUS)
    known = _entries(request) if hasattr(request, "viewer") else []
    return {
        "viewer": viewer,
        "community": getattr(request, "community", None),
        "nav": [entry for entry in known if entry.group != "write"],
        "write_url": next((entry.url for entry in known if entry.group == "write"), ""),
        "brand": settings.BRAND,
        "demo_mode": settings.DEMO,
        "site_url": settings.SITE_URL,
    }


def _entries(request: Any) -> list[Entry]:
    key = alike(request)
    if key is None:
        return entries(request)
    return kept.keep(request.community.slug, ("entries", key), lambda: (entries(request), None))
