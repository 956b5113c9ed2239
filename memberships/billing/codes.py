"""Whether a code holds, for whom and at which price, and what a price comes to with it. Reads only; why not is said in one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communities.spaces.models import Community
from memberships.billing.models import Attempt, Coupon, Subscription
from memberships.tiers.models import Price, Tier
from memberships.tiers.money import LEAST, part, show

Status = Attempt.Status


def clean_code(typed: str) -> str:
    """People type in small letters and with spaces around."""
    return typed.strip().upper()[:40]


def find_coupon(community: Community, typed: str, *, user: Any = None) -> Coupon:
    """The offer behind a code, as far as it holds for everybody; ValidationError at `code` says why not.

    One that is for people who left does not exist for anybody else.
    """
    row = Coupon.objects.filter(community=community, code=clean_code(typed)).first()
    if row is None or (row.left_only and not has_left(user, community.pk)):
        raise wrong(_("We do not know this code. Is it spelled right?"))
    if row.archived_at is not None:
        raise wrong(_("This code is no longer offered."))
    if row.ends_at is not None and row.ends_at <= timezone.now():
        ended = date_format(row.ends_at.astimezone(community.zone), "j F")
        raise wrong(_("This code ended on %(day)s.") % {"day": ended})
    mine = user is not None and getattr(user, "pk", None)
    used = set(Attempt.objects.filter(coupon=row, user=mine).values_list("status", flat=True)) if mine else set()
    if Status.COMPLETE in used:
        raise wrong(_("You have used this code already. It goes once a person."))
    if row.most is not None and row.uses >= row.most and Status.OPEN not in used:
        raise wrong(_("This code was used as often as it may be."))
    return row


def check_code(price: Price, typed: str, *, user: Any) -> Coupon:
    """The offer, where this person may buy at this price with it; ValidationError at `code` says why not."""
    row = find_coupon(price.tier.community, typed, user=user)
    if said := misfit(row, price, list(row.tiers.all())):
        raise wrong(said)
    return row


def misfit(row: Coupon, price: Price, tiers: Sequence[Tier]) -> str:
    """Why an offer that is for these tiers does not go with this price; "" where it does."""
    if tiers and price.tier_id not in {tier.pk for tier in tiers}:
        return _("This code is for %(tiers)s.") % {"tiers": ", ".join(tier.name for tier in tiers)}
    if row.amount is not None and row.currency != price.currency:
        return _("This code takes off %(currency)s only.") % {"currency": row.currency.upper()}
    if 0 < after(row, price) < LEAST.get(price.currency, 50):
        return _("With this code too little is left to be charged. It goes with a longer step.")
    return ""


def after(coupon: Coupon, price: Price) -> int:
    """What is left of one payment at this price, in minor units."""
    return price.amount - taken(price.amount, percent=coupon.percent, amount=coupon.amount)


def taken(of: int, *, percent: int | None, amount: int | None) -> int:
    """What a discount takes off, never more than there is; a percentage is rounded like Stripe's."""
    return part(of, percent, 100) if percent is not None else min(of, amount or 0)


def off_words(coupon: Coupon) -> str:
    """“20 % off for 3 months”."""
    off = f"{coupon.percent} %" if coupon.percent else show(coupon.amount or 0, coupon.currency)
    if coupon.lasts == Coupon.Lasts.FOREVER:
        return _("%(off)s off for good") % {"off": off}
    if coupon.lasts == Coupon.Lasts.MONTHS:
        said = ngettext("%(off)s off for a month", "%(off)s off for %(n)s months", coupon.months or 1)
        return said % {"off": off, "n": coupon.months}
    return _("%(off)s off the first payment") % {"off": off}


def price_words(coupon: Coupon, price: Price) -> str:
    """What one pays with it and what comes after: “€3.00 for the first 3 months, then €6.00 a month”."""
    now, then = show(after(coupon, price), price.currency), show(price.amount, price.currency)
    every = price.get_interval_display()
    if coupon.lasts == Coupon.Lasts.FOREVER:
        return f"{now} {every}"
    said = {"now": now, "then": then, "every": every}
    if coupon.lasts == Coupon.Lasts.MONTHS and price.interval == Price.Interval.MONTH and (coupon.months or 0) > 1:
        return _("%(now)s %(every)s for %(n)s months, then %(then)s") % {**said, "n": coupon.months}
    if coupon.lasts == Coupon.Lasts.MONTHS and price.interval == Price.Interval.YEAR and (coupon.months or 0) > 12:
        return _("%(now)s %(every)s for %(n)s months, then %(then)s") % {**said, "n": coupon.months}
    return _("%(now)s the first time, then %(then)s %(every)s") % said


def has_left(user: Any, community_id: int) -> bool:
    """Paid here once, and pays no longer."""
    if user is None or not getattr(user, "pk", None):
        return False
    mine = Subscription.objects.filter(user=user.pk, community=community_id)
    rows = list(mine.exclude(started_at=None).values_list("status", "ended_at"))
    return bool(rows) and all(ended is not None for _status, ended in rows)


def welcome_back(user: Any, community: Community) -> Coupon | None:
    """The newest offer for people who left that this one may still take. Two queries, one where they never paid."""
    if not has_left(user, community.pk):
        return None
    for row in Coupon.objects.filter(community=community, left_only=True, archived_at__isnull=True)[:5]:
        try:
            return find_coupon(community, row.code, user=user)
        except ValidationError:
            continue
    return None


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a community that one left would like to say."""

    community: Community
    words: str
    code: str


def welcomes(user: Any) -> list[Welcome]:
    """Offers of the communities that this person paid and left. One query where there is none."""
    here = Coupon.objects.filter(left_only=True, archived_at__isnull=True, community__subscriptions__user=user.pk)
    places = {row.community_id: row.community for row in here.select_related("community").distinct()}
    found = [(place, welcome_back(user, place)) for place in places.values()]
    return [Welcome(place, off_words(row), row.code) for place, row in found if row is not None]


def wrong(sentence: str) -> ValidationError:
    return ValidationError({"code": sentence})
