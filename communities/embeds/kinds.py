"""Kinds of texts that carry a preview; upper apps say how one of theirs is told that it changed."""

from collections.abc import Callable

# (object id) -> nothing: in the same transaction the text's counter moves, and open screens hear of it.
Changed = Callable[[int], None]
KINDS: dict[str, Changed] = {}


def register_previewed(kind: str, changed: Changed) -> None:
    KINDS[kind] = changed
