"""The way into a community whose door is a step that is paid: the app that sells says where it is and what it costs at least."""

from collections.abc import Callable
from typing import NamedTuple

from communities.spaces.models import Community


class WayIn(NamedTuple):
    """words: “Insider: €6.00 a month”. url: where it is bought."""

    words: str
    url: str


_ways: list[Callable[[Community], WayIn | None]] = []


def register_way_in(way: Callable[[Community], WayIn | None]) -> None:
    """way: the cheapest one; None where nothing is sold."""
    _ways[:] = [way]


def way_in(community: Community) -> WayIn | None:
    return _ways[0](community) if _ways else None
