"""How often somebody may do something: actions ask by the name of what is done; safety answers, and holds the figures."""

from collections.abc import Callable

from communities.access.texts import are_unasked

# (what is done, who does it) -> nothing; TooMuch where that was too often.
Keeper = Callable[[str, object], None]
_keepers: list[Keeper] = []


def register_pace(keeper: Keeper) -> None:
    _keepers[:] = [keeper]


def ask_pace(what: str, who: object) -> None:
    """Asked inside the action, once it is known that something would change. Seeds and imports have all the time they want."""
    if not are_unasked():
        for keeper in _keepers:
            keeper(what, who)
