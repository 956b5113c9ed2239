"""What can be listened to: upper apps register kinds of topics here, so that the socket never knows what it carries.

A topic is `kind:id`. Everything that happens in it has a number, `seq`, that grows by its own counter; whoever was away asks
for what came after the last one they have, and gets the rows as they are now.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

_NAME = re.compile(r"([a-z]{1,20}):([1-9]\d{0,17})")


@dataclass(frozen=True)
class Frame:
    """One change of a topic, for all who hear it. html: the page's own fragment, "" where the thing is gone.

    author: whose words they are (0: nobody's); whoever blocks that person gets the number and nothing else.
    seq 0: of this moment only (somebody types), never asked for again.
    """

    topic: str
    seq: int
    kind: str
    id: int = 0
    html: str = ""
    author: int = 0

    @cached_property
    def text(self) -> str:
        """As it goes over the wire, made once for everybody."""
        return _text(self.topic, self.seq, self.kind, self.id, self.html)

    @cached_property
    def silence(self) -> str:
        """What somebody gets who shall not hear this author: the number alone, so that nothing looks like a gap."""
        return _text(self.topic, self.seq, "nothing", 0, "")


def _text(topic: str, seq: int, kind: str, object_id: int, html: str) -> str:
    told = {"topic": topic, "seq": seq, "kind": kind, "id": object_id, "html": html}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Door:
    """Somebody may hear a topic, and how they are there. name: as others see them. unseen: they do not want to be seen.

    blocked: the ids of whom they do not want to hear.
    """

    name: str = ""
    unseen: bool = True
    blocked: frozenset[int] = frozenset()


Asking = Mapping[int, Collection[int]]
Doors = dict[int, dict[int, Door]]


@dataclass(frozen=True, slots=True)
class TopicKind:
    """doors: user ids by id -> by each of these ids and by user, a Door for whoever of them may hear it this minute; a fixed number of
    queries for any number of topics. revs: ids -> their counters as they stand; one query. since: (id, after, most) -> the changes
    after that number, as they are now, in order. present: does it show who is there, and who types? private: its id is the one
    person who hears it, so that `doors` asks no database, and once is enough: a session that ends closes the socket anyway.
    """

    name: str
    doors: Callable[[Asking], Doors]
    revs: Callable[[Collection[int]], dict[int, int]]
    since: Callable[[int, int, int], Sequence[Frame]]
    present: bool = False
    private: bool = False


_kinds: dict[str, TopicKind] = {}


def register_topic(kind: TopicKind) -> None:
    _kinds[kind.name] = kind


def topic_kinds() -> list[str]:
    return sorted(_kinds)


def find(topic: str) -> tuple[TopicKind, int] | None:
    """The kind of a topic and its id; None for what is no topic at all."""
    match = _NAME.fullmatch(topic)
    kind = _kinds.get(match[1]) if match else None
    return (kind, int(match[2])) if match and kind else None
