"""/c/<community>/search/?q=: what was said here, as far as whoever asks may read it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from communities.access.words import findables
from communities.spaces.request import PlaceRequest
from content.search.query import read
from content.search.reading import MOST, PAGE, Found, dress, find

LONGEST_NUMBER = 6  # digits


@require_safe
def search(request: PlaceRequest, community: str) -> HttpResponse:
    """Without a word it says how to ask. A page that is no number, or beyond the last, is the nearest that there is."""
    place, viewer = request.community, request.viewer
    typed = request.GET.get("q", "").replace("\x00", "")
    asked = read(typed)
    found = find(place, viewer, asked)
    kind = request.GET.get("kind", "")
    kind = kind if kind in found.keys else ""
    keys = found.of(kind)
    page = _page(request.GET.get("page", ""), len(keys))
    shown = dress(keys[(page - 1) * PAGE : page * PAGE], viewer, asked)
    here: dict[str, str] = {"q": typed, **({"kind": kind} if kind else {})}
    url = reverse("search:search", args=[place.slug])
    words: dict[str, Any] = {
        "typed": typed,
        "kind": kind,
        "asked": asked.anything,
        "hits": shown,
        "count": len(keys),
        "more": bool(found.full) if not kind else kind in found.full,
        "most": MOST,
        "tabs": _tabs(found, url, typed, kind),
        "earlier_url": f"{url}?{urlencode({**here, 'page': str(page + 1)})}" if page * PAGE < len(keys) else "",
        "later_url": f"{url}?{urlencode({**here, 'page': str(page - 1)})}" if page > 1 else "",
    }
    return render(request, "search/search.html", words)


def _page(typed: str, hits: int) -> int:
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < LONGEST_NUMBER else 1
    return max(1, min(number, -(-hits // PAGE)))


def _tabs(found: Found, url: str, typed: str, kind: str) -> list[dict[str, Any]]:
    """One for everything and one for each kind that answers; none where only one does."""
    some = [one for one in findables() if found.keys.get(one.kind)]
    if len(some) < 2:
        return []
    everything = {"url": f"{url}?{urlencode({'q': typed})}", "label": "", "current": not kind, "count": len(found.of())}
    return [
        {**everything, "more": bool(found.full)},
        *(
            {
                "url": f"{url}?{urlencode({'q': typed, 'kind': one.kind})}",
                "label": one.label,
                "count": len(found.keys[one.kind]),
                "more": one.kind in found.full,
                "current": one.kind == kind,
            }
            for one in some
        ),
    ]
