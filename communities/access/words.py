"""What can be found by its words: each app says of its kinds what they say, who finds what of it, and when words changed.

Search reads this registry and knows no kind by name. What is found is asked of access in the same query; nothing here decides.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from communities.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Words:
    """What one thing says. head: words for whoever may know of it; text: words for whoever reads it.

    places: tokens of letters and digits for where it stands and what sort it is ("room12"); `in:` and `kind:` ask for them.
    """

    id: int
    community_id: int
    at: dt.datetime
    head: str = ""
    text: str = ""
    author_id: int | None = None
    places: tuple[str, ...] = ()


def _no_place(_word: str, _viewer: Viewer) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Findable:
    """one, label: what one of them is called, and many. words: what these ids say now, without those that say nothing any more.
    readable: the rows of which this viewer finds every word; listed: those of which they find the head. talk: the rows
    under which they read what others said.

    places: where alone this viewer has anything to find (None: anywhere); place, sort: the token of what they typed after
    `in:` or `kind:`, "" for none. jump: addresses that are better than the thing's own.
    """

    kind: str
    one: Any
    label: Any
    icon: str
    model: type[Model]
    words: Callable[[Collection[int]], list[Words]]
    readable: Callable[[Viewer], QuerySet]
    listed: Callable[[Viewer], QuerySet] | None = None
    talk: Callable[[Viewer], QuerySet] | None = None
    places: Callable[[Viewer], list[str]] | None = None
    place: Callable[[str, Viewer], str] = _no_place
    sort: Callable[[str], str] = lambda _word: ""
    jump: Callable[[Collection[int]], dict[int, str]] | None = None


_findables: dict[str, tuple[int, Findable]] = {}
_listeners: list[Callable[[str, Collection[int]], None]] = []


def register_findable(findable: Findable, *, order: int) -> None:
    _findables[findable.kind] = (order, findable)


def findables() -> list[Findable]:
    """In the order in which a page names them."""
    return [one for _order, one in sorted(_findables.values(), key=lambda pair: pair[0])]


def findable(kind: str) -> Findable | None:
    return _findables[kind][1] if kind in _findables else None


def register_words_listener(listener: Callable[[str, Collection[int]], None]) -> None:
    _listeners.append(listener)


def words_changed(kind: str, ids: Iterable[int]) -> None:
    """These things say something else now, or nothing. Called in the transaction that changed them, so that no word outlives it."""
    wanted = set(ids)
    for listener in _listeners if wanted else ():
        listener(kind, wanted)
