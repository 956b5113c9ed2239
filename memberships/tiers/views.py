"""The staircase and the public ledger of a tier: the same to everybody but for one's own step."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from communities.access.rules import has
from communities.spaces.request import PlaceRequest
from communities.ui import pagecache
from memberships.tiers import reading
from memberships.tiers.models import Tier
from memberships.tiers.offers import sells
from memberships.tiers.terms import terms_for


@require_safe
def staircase(request: PlaceRequest, community: str) -> HttpResponse:
    """Steps and prices side by side, lowest first, one's own step marked; how each is reached, by paying or by taking part."""
    place, viewer = request.community, request.viewer
    tiers = reading.tiers_of(place)
    terms = terms_for(request, [price for tier in tiers for price in tier.__dict__["offered"]])
    page = {
        "steps": reading.staircase(place, viewer, tiers, stands_on=viewer.rung, after=terms.words),
        "terms": terms,
        "tax_line": reading.tax_line(),
        "sells": sells(),
        "asks": sells() and any(tier.__dict__["offered"] for tier in tiers) and viewer.standing != "suspended",
        "may_sell": has(viewer, "sell"),
    }
    return pagecache.share(render(request, "tiers/staircase.html", page), request)


@require_safe
def ledger(request: PlaceRequest, community: str, slug: str) -> HttpResponse:
    """Why, what and how; promises kept and late; where the money goes; what was otherwise before. An archived tier keeps its page."""
    place, viewer = request.community, request.viewer
    tier = Tier.objects.filter(community=place, slug=slug).first()
    if tier is None or (tier.state == Tier.State.DRAFT and not has(viewer, "sell")):
        raise Http404
    tier.community = place
    page = {
        "ledger": reading.ledger_of(tier, viewer, place),
        "tax_line": reading.tax_line(),
        "may_sell": has(viewer, "sell"),
    }
    return pagecache.share(render(request, "tiers/ledger.html", page), request)
