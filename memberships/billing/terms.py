"""What the staircase says beside its prices: a code that was typed, an offer for whom has left, and whether a trial is left."""

from collections.abc import Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.urls import reverse

from communities.spaces.request import PlaceRequest
from memberships.billing.codes import find_coupon, misfit, off_words, price_words, welcome_back
from memberships.billing.models import Coupon
from memberships.billing.selling import has_tried, is_on
from memberships.tiers.models import Price
from memberships.tiers.terms import Terms


def terms(request: PlaceRequest, prices: Sequence[Price]) -> Terms:
    """A code comes as ?code=, so that a link may carry it. Without one, visitors cost no query and members three."""
    if not is_on():
        return Terms()
    place, user = request.community, request.user if request.user.is_authenticated else None
    typed = request.GET.get("code", "").strip()[:40]
    give = reverse("billing:give", args=[place.slug]) if prices and request.viewer.standing != "suspended" else ""
    tried = user is not None and has_tried(user, place.pk)
    known = Terms(asks=user is not None and bool(prices), tried=tried, give=give)
    if not typed:
        coupon = welcome_back(user, place) if user is not None else None
        return _with(known, coupon, prices, typed=coupon.code if coupon else "", back=True) if coupon else known
    try:
        coupon = find_coupon(place, typed, user=user)
    except ValidationError as problem:
        return replace(known, code=typed, wrong=problem.messages[0])
    meant = [price for price in prices if str(price.pk) == request.GET.get("for")]
    if meant and (said := misfit(coupon, meant[0], list(coupon.tiers.all()))):
        return replace(_with(known, coupon, prices, typed=typed, back=False), code=typed, wrong=said)
    return _with(known, coupon, prices, typed=typed, back=False)


def _with(known: Terms, coupon: Coupon, prices: Sequence[Price], *, typed: str, back: bool) -> Terms:
    tiers = list(coupon.tiers.all())
    said = {price.pk: misfit(coupon, price, tiers) for price in prices}
    words = {price.pk: price_words(coupon, price) for price in prices if not said[price.pk]}
    if not words:
        return known if back else replace(known, code=typed, wrong=next(iter(said.values()), ""))
    return replace(known, code=coupon.code, notice=off_words(coupon), words=words, back=back)
