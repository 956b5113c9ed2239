"""How prices stand for one reader of the staircase: with a code, or after a trial. Billing says it; tiers only show it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from communities.spaces.request import PlaceRequest
from memberships.tiers.models import Price


@dataclass(frozen=True, slots=True)
class Terms:
    """code: as it was typed. wrong: why it does not hold, for its field. notice: what it takes off. words: price -> what it costs with it.

    back: the offer is for whom has left, and came by itself. asks: may a code be typed here at all? tried: no trial is left. give:
    where one buys for others.
    """

    code: str = ""
    wrong: str = ""
    notice: str = ""
    words: dict[int, str] = field(default_factory=dict)
    back: bool = False
    asks: bool = False
    tried: bool = False
    give: str = ""


_asked: list[Callable[[PlaceRequest, Sequence[Price]], Terms]] = []


def register_terms(terms: Callable[[PlaceRequest, Sequence[Price]], Terms]) -> None:
    """terms(request, prices): how these prices stand for whoever asks."""
    _asked[:] = [terms]


def terms_for(request: PlaceRequest, prices: Sequence[Price]) -> Terms:
    return _asked[0](request, prices) if _asked else Terms()
