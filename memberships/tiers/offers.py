"""What other apps know about a tier: where it is bought (billing says) and what came in (billing says, too)."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from communities.access.viewer import Viewer
from communities.members.models import MEMBER_LEVEL
from communities.members.paying_in import WayIn
from communities.spaces.models import Community
from communities.ui import kept
from memberships.tiers.models import Price, Tier
from memberships.tiers.money import show


@dataclass(frozen=True, slots=True)
class Income:
    """What one month brought in one currency, in minor units: paid, without tax; refunded, taken from it."""

    month: dt.date
    currency: str
    paid: int
    refunded: int = 0


# The address of a form that starts to buy at this price, "" where this viewer cannot (they hold it, or it is switched off).
Door = Callable[[Viewer, Price], str]
_doors: list[tuple[Door, Callable[[], bool]]] = []
_incomes: list[Callable[[Community, dt.date], Iterable[Income]]] = []


def register_door(door: Door, *, is_open: Callable[[], bool]) -> None:
    """is_open: does this installation sell at all?"""
    _doors[:] = [(door, is_open)]


def register_income(income: Callable[[Community, dt.date], Iterable[Income]]) -> None:
    """income(community, since): what came in, month by month, from that day on."""
    _incomes.append(income)


def sells() -> bool:
    """Is there a till at all?"""
    return bool(_doors) and _doors[0][1]()


def door_to(viewer: Viewer, price: Price) -> str:
    return _doors[0][0](viewer, price) if sells() else ""


@dataclass(frozen=True, slots=True)
class WayUp:
    """The cheapest price that opens a step: "Insider: €6.00 a month", and the staircase where it is bought."""

    level: int
    words: str
    url: str


def ways_up(community: Community) -> tuple[WayUp, ...]:
    """The cheapest open way to each level that is sold, lowest level first; one query, kept a minute. Empty without a till."""
    if not sells():
        return ()
    return kept.keep(community.slug, "ways-up", lambda: (_ways_up(community), None))


def way_up(community: Community, level: int) -> WayUp | None:
    """What a teaser says of paying: the cheapest tier that opens this level, which may be one above it."""
    return way_to(community, ways_up(community), level)


def way_to(community: Community, ways: Sequence[WayUp], level: int) -> WayUp | None:
    """Of these the one to that level. The first step is free, but where one pays to come in."""
    if level <= MEMBER_LEVEL and community.join_mode != Community.Join.PAID:
        return None
    return next((way for way in ways if way.level >= level), None)


def way_in(community: Community) -> WayIn | None:
    """For the door of a community that one joins by paying."""
    found = ways_up(community)
    return WayIn(found[0].words, reverse("tiers:staircase", args=[community.slug])) if found else None


def _ways_up(community: Community) -> tuple[WayUp, ...]:
    """Prices compare a year at a time, a month's first where both are there; the first currency is the community's."""
    prices = Price.objects.filter(active=True, tier__community=community, tier__state=Tier.State.OPEN)
    rows = sorted(prices.select_related("tier"), key=lambda one: (one.tier.position, one.interval != "month", one.pk))
    here = [one for one in rows if one.currency == rows[0].currency]
    url = reverse("tiers:staircase", args=[community.slug])
    found: list[WayUp] = []
    for level in sorted({one.tier.level for one in here}):
        best = min(
            (one for one in here if one.tier.level >= level),
            key=lambda one: one.amount * (12 if one.interval == "month" else 1),
        )
        monthly = next((one for one in here if one.tier_id == best.tier_id and one.interval == "month"), best)
        words = f"{show(monthly.amount, monthly.currency)} {monthly.get_interval_display()}"
        found.append(WayUp(level, f"{best.tier.name}: {words}", f"{url}#tier-{best.tier_id}"))
    return tuple(found)


def income_of(community: Community, since: dt.date) -> list[Income]:
    """Newest month first."""
    found = [line for income in _incomes for line in income(community, since)]
    return sorted(found, key=lambda line: (line.month, line.currency), reverse=True)
