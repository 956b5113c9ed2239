"""What other apps know about a tier: where it is bought (billing says) and what came in (billing says, too)."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from communities.access.viewer import Viewer
from communities.spaces.models import Community
from memberships.tiers.models import Price


@dataclass(frozen=True, slots=True)
class Income:
    """What one month brought in one currency, in minor units: paid, without tax; refunded, taken from it."""

    month: dt.date
    currency: str
    paid: int
    refunded: int = 0


# The address of a form that starts to buy at this price, "" where this viewer cannot (they hold it, or it is switched off).
Door = Callable[[Viewer, Price], str]
_doors: list[Door] = []
_incomes: list[Callable[[Community, dt.date], Iterable[Income]]] = []


def register_door(door: Door) -> None:
    _doors[:] = [door]


def register_income(income: Callable[[Community, dt.date], Iterable[Income]]) -> None:
    """income(community, since): what came in, month by month, from that day on."""
    _incomes.append(income)


def sells() -> bool:
    """Is there a till at all?"""
    return bool(_doors)


def door_to(viewer: Viewer, price: Price) -> str:
    return _doors[0](viewer, price) if _doors else ""


def income_of(community: Community, since: dt.date) -> list[Income]:
    """Newest month first."""
    found = [line for income in _incomes for line in income(community, since)]
    return sorted(found, key=lambda line: (line.month, line.currency), reverse=True)
