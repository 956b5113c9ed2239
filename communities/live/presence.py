"""Who is in a topic: each process says every few seconds whom it holds; whoever is not said any more is gone.

Nothing of it is stored. A process that dies says nothing, and its people fade out with it.
"""

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from communities.live import publishing
from communities.live.topics import Door, Frame

if TYPE_CHECKING:
    from communities.live.feed import Feed

ME = uuid.uuid4().hex  # this process
HERE = "live.people"
BEAT = 20.0  # seconds between two sayings
FADES = 45.0  # seconds after which a process that said nothing holds nobody
SHOWN = 60  # names at most: of a full room one hears how many there are


class Presence:
    def __init__(self, feed: "Feed") -> None:
        self.feed = feed
        self.others: dict[str, tuple[float, dict[int, str]]] = {}
        self._said_at = 0.0
        self._people: list[tuple[int, str]] = []

    def mine(self) -> dict[int, str]:
        """Whom this process holds and who wants to be seen."""
        return {socket.user_id: door.name for socket, door in self.feed.listeners.items() if not door.unseen}

    def came(self, socket: Any) -> None:
        if not self.feed.kind.present:
            return
        if not self.feed.listeners[socket].unseen:
            self._say()
        if not self._show():
            self._tell(socket)

    def went(self, socket: Any, door: Door) -> None:
        if self.feed.kind.present and not door.unseen and socket.user_id not in self.mine():
            self._say()
            self._show()

    def beat(self) -> None:
        """Now and then: say again who is here, forget who was not said again."""
        if not self.feed.kind.present:
            return
        now = time.monotonic()
        for gone in [name for name, (at, _people) in self.others.items() if now - at > FADES]:
            del self.others[gone]
        if now - self._said_at > BEAT and self.mine():
            self._say()
        self._show()

    def hear(self, message: dict[str, Any]) -> None:
        if message.get("type") == HERE and message.get("from") != ME:
            people = {int(one): name for one, name in message["people"].items()}
            self.others[message["from"]] = (time.monotonic(), people)
            self._show()

    def _say(self) -> None:
        self._said_at = time.monotonic()
        people = {str(one): name for one, name in self.mine().items()}
        publishing.send(self.feed.topic, {"type": HERE, "topic": self.feed.topic, "from": ME, "people": people})

    def _show(self) -> bool:
        """Everybody gets the list anew where it is another than before."""
        people = dict(self.mine())
        for _at, some in self.others.values():
            people |= some
        now = sorted(people.items(), key=lambda pair: (pair[1].casefold(), pair[0]))
        if now == self._people:
            return False
        self._people = now
        for socket in list(self.feed.listeners):
            self._tell(socket)
        return True

    def _tell(self, socket: Any) -> None:
        """html: a list of names as JSON, which the screen puts into its own words; id: how many there are besides oneself."""
        unseen = {*self.feed.listeners[socket].blocked, socket.user_id}
        names = [name for one, name in self._people if one not in unseen]
        told = json.dumps(names[:SHOWN], ensure_ascii=False)
        socket.tell(Frame(self.feed.topic, 0, "here", len(names), told).text)
