"""The socket at `/ws/`: one a tab, many topics on it. It brings down what happens; what people write goes up by HTTP.

Closes 4401 (signed out), 4403 (nothing left that is allowed), 1013 (come back with `after`), 1008 (does not behave).
"""

import asyncio
import json
import time
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from communities.live.hub import asked, hub
from communities.live.outlet import Outlet
from communities.live.publishing import publish
from communities.live.sessions import whose
from communities.live.topics import Frame, find

MOST_SOCKETS = 20  # of one person in one process
MOST_TOPICS = 30  # of one socket
MOST_BYTES = 4096  # of one thing that a tab asks for
PACE, BURST = 10.0, 60.0  # things that a tab may ask for, a second and at once
TYPING_EVERY = 2.0  # seconds between two words that somebody types
_open: Counter[int] = Counter()


class Socket(AsyncWebsocketConsumer):
    """A tab."""

    channel_layer_alias = ""  # the hub listens for all of them

    user_id = 0
    counted = False

    async def connect(self) -> None:
        if not same_origin(self.scope):
            await self.close()  # before the accept: 403 at the handshake
            return
        await self.accept()
        known = await asked(whose, dict(self.scope["headers"]).get(b"cookie", b"").decode("latin-1"))
        if known is None:
            await self.close(4401)
            return
        self._known, self.user_id = known, known[1]
        if _open[self.user_id] >= MOST_SOCKETS:
            await self.close(1008)
            return
        _open[self.user_id] += 1
        self.counted = True
        self.topics: set[str] = set()
        self._joined_once = False
        self._allowance, self._asked_at, self._typed_at = BURST, time.monotonic(), 0.0
        self._outlet = Outlet(self.base_send, self.close)
        self.tell, self.end, self.keeps_up = self._outlet.put, self._outlet.end, self._outlet.keeps_up
        self._writer = asyncio.create_task(self._outlet.run())
        self.hub = hub()
        await self.hub.enter(self)
        if self.hub.paused:
            self.tell(Frame("", 0, "paused").text)

    async def disconnect(self, code: int) -> None:
        if not self.counted:
            return
        self.counted = False
        _open[self.user_id] -= 1
        if not _open[self.user_id]:
            del _open[self.user_id]
        self._writer.cancel()
        await self.hub.leave(self)

    # --- up ----------------------------------------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.counted:
            return
        if text_data is None or len(text_data) > MOST_BYTES or not self._in_pace():
            self.end(1008)
            return
        try:
            wanted = json.loads(text_data)
            do, topic = wanted["do"], wanted.get("topic", "")
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.end(1008)
            return
        if not isinstance(topic, str) or do not in ("join", "leave", "typing"):
            self.end(1008)
        elif do == "join":
            await self._join(topic, wanted.get("after"))
        elif do == "leave":
            self.topics.discard(topic)
            await self.hub.part(self, topic)
        else:
            self._types(topic)

    async def _join(self, topic: str, after: Any) -> None:
        if after is not None and (not isinstance(after, int) or isinstance(after, bool) or not 0 <= after < 2**63):
            self._error("after", topic)
        elif topic in self.topics or len(self.topics) >= MOST_TOPICS:
            self._error("joined" if topic in self.topics else "full", topic)
        elif await self.hub.join(self, topic, after):
            self.topics.add(topic)
            self._joined_once = True
        else:
            self._error("denied", topic)

    def _types(self, topic: str) -> None:
        """Told to the others at most every two seconds, under the name that the door gave; dropped first of all."""
        feed, found, now = self.hub.feeds.get(topic), find(topic), time.monotonic()
        door = feed.listeners.get(self) if feed is not None else None
        if door is None or found is None or not found[0].present or door.unseen or now - self._typed_at < TYPING_EVERY:
            return
        self._typed_at = now
        publish(Frame(topic, 0, "typing", self.user_id, door.name, self.user_id))

    def _in_pace(self) -> bool:
        now = time.monotonic()
        self._allowance = min(BURST, self._allowance + (now - self._asked_at) * PACE) - 1
        self._asked_at = now
        return self._allowance >= 0

    def _error(self, error: str, topic: str) -> None:
        self.tell(json.dumps({"error": error, "topic": topic[:60]}, ensure_ascii=False))

    # --- down --------------------------------------------------------------------------------------------------------

    def lose(self, topic: str) -> None:
        """This topic is over for them; the others go on, and with none left the socket is closed."""
        self.topics.discard(topic)
        self._error("denied", topic)
        if self._joined_once and not self.topics:
            self.end(4403)

    def credentials(self) -> tuple[str, int, str]:
        return self._known


def same_origin(scope: dict[str, Any]) -> bool:
    """A page of this site asks, and no other: a missing or foreign Origin is refused, as browsers always send one."""
    headers = dict(scope["headers"])
    origin, host = (headers.get(name, b"").decode("latin-1").lower() for name in (b"origin", b"host"))
    own = {urlsplit(one).netloc for one in (settings.SITE_URL, *settings.CSRF_TRUSTED_ORIGINS)}
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and (parts.netloc == host or parts.netloc in own) and bool(parts.netloc)
