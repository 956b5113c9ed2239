"""The desk's entries in the studio, and one's own list on /me/."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from communities.access.request import Request
from communities.access.rules import may
from communities.ui.navigation import Entry


def entries(request: Request) -> list[Entry]:
    if request.community is None or not may(request.viewer, "moderate"):
        return []
    rows = []
    for name, label, icon in (("safety:reports", _("Reports"), "flag"), ("safety:log", _("Log"), "list")):
        url = reverse(name, args=[request.community.slug])
        rows.append(Entry(label, url, icon, "studio", current=request.path.startswith(url)))
    return rows


def mine(_request: HttpRequest) -> dict[str, Any]:
    return {}
