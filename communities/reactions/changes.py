"""Who is told in the same transaction that the reactions on something changed; upper apps register here."""

from collections.abc import Callable

# (community id, kind, object id)
Listener = Callable[[int, str, int], None]
_listeners: list[Listener] = []


def register_listener(listener: Listener) -> None:
    _listeners.append(listener)


def tell(community_id: int, kind: str, object_id: int) -> None:
    for listener in _listeners:
        listener(community_id, kind, object_id)
