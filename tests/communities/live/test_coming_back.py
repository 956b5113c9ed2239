"""X9: every line is cut at once, and then the server dies with all of them: everybody is back soon, has missed nothing and hears nothing
twice, and pages go on. HEARTH_TABS=500 for the whole of it."""

import asyncio
import http.client
import json
import os
import random
import signal
import socket
import statistics
import struct
import threading
import time
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from communities.discussion.models import Message
from tests.communities.discussion.conftest import make_room
from tests.communities.live.place import Place, Writer, ask, cookie_of, until
from tests.conftest import make_member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
TABS = int(os.environ.get("HEARTH_TABS", "20"))
EACH = 10  # tabs of one person
SOON = 15.0  # seconds in which everybody is back
FIRST, LONGEST = 0.4, 8.0  # as live.js waits


class Crowd(threading.Thread):
    """Many tabs of one room. They come back as live.js does: after a while that is longer each time, and never the same."""

    def __init__(self, place: Place, cookies: list[str], topic: str) -> None:
        super().__init__(daemon=True)
        self.place, self.topic = place, topic
        self.cookies = cookies
        self.frames: list[list[tuple[int, int]]] = [[] for _n in range(TABS)]
        self.lines: dict[int, ClientConnection] = {}  # those that have joined
        self.over = False
        self.loop = asyncio.new_event_loop()

    def run(self) -> None:
        self.loop.run_until_complete(self._all())

    async def _all(self) -> None:
        await asyncio.gather(*(self._keep(n) for n in range(TABS)))

    async def _keep(self, n: int) -> None:
        tries = 0
        while not self.over:
            try:
                if await self._listen(n):
                    tries = 0
            except (OSError, WebSocketException, TimeoutError):
                pass
            await asyncio.sleep(0.1 + random.random() * min(LONGEST, FIRST * 2**tries))
            tries += 1

    async def _listen(self, n: int) -> bool:
        """Did it join?"""
        origin: Any = f"http://localhost:{self.place.port}"
        headers, mine = {"Cookie": self.cookies[n // EACH]}, self.frames[n]
        url = f"ws://localhost:{self.place.port}/ws/"
        async with connect(url, origin=origin, additional_headers=headers, compression=None, open_timeout=30) as line:
            await line.send(json.dumps({"do": "join", "topic": self.topic, "after": mine[-1][0] if mine else 0}))
            try:
                async for text in line:
                    frame = json.loads(text)
                    if frame.get("kind") == "joined":
                        self.lines[n] = line
                    elif frame.get("seq"):
                        mine.append((frame["seq"], frame["id"]))
            finally:
                joined = self.lines.pop(n, None) is not None
        return joined

    def cut(self) -> None:
        """Every line, as a proxy that is started anew would: reset, without a goodbye."""

        def reset() -> None:
            for line in list(self.lines.values()):
                wire = line.transport.get_extra_info("socket")
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                line.transport.abort()

        self.loop.call_soon_threadsafe(reset)

    def there(self) -> bool:
        return len(self.lines) == TABS


class Reader(threading.Thread):
    """Somebody who reads the room over and over, without the frame around it. spans: when they asked, and how long it took."""

    def __init__(self, place: Place, cookie: str, path: str) -> None:
        super().__init__(daemon=True)
        self.place, self.cookie, self.path = place, cookie, path
        self.spans: list[tuple[float, float]] = []
        self.over = False

    def run(self) -> None:
        while not self.over:
            began = time.monotonic()
            try:
                if ask(self.place, self.cookie, self.path) == 200:
                    self.spans.append((began, time.monotonic() - began))
            except (OSError, http.client.HTTPException):  # the server died, maybe in the middle of an answer
                pass
            time.sleep(0.05)

    def slow(self, since: float, till: float) -> float:
        """The slowest of twenty, in ms."""
        spans = [span * 1000 for began, span in self.spans if since <= began <= till]
        return statistics.quantiles(spans, n=20)[-1] if len(spans) > 1 else 0.0


def test_everybody_comes_back_at_once_and_has_missed_nothing(place: Place, demo: Any, owner: Any, member: Any) -> None:
    room = make_room(demo, owner, "bench")
    people = [make_member(demo, f"reader{n}") for n in range(-(-TABS // EACH))]
    crowd = Crowd(place, [cookie_of(user) for user in people], room.topic)
    writer = Writer(place, cookie_of(member), room, "member")
    reader = Reader(place, cookie_of(people[0]), room.url)
    for one in (crowd, writer, reader):
        one.start()
    until(crowd.there, 120, "the tabs did not open")
    calm = time.monotonic()
    time.sleep(1.5)
    # The lines are cut.
    cut = time.monotonic()
    crowd.cut()
    until(lambda: not crowd.there(), 5, "nothing was cut")
    back = until(crowd.there, SOON, "not all came back")
    # The server dies.
    place.server.signal(signal.SIGKILL)
    place.server.process.wait()
    until(lambda: not crowd.lines, 10, "nobody noticed")
    place.server = place.start_server()
    died = time.monotonic()
    until(lambda: reader.spans[-1][0] > died, 60, "the server did not come back")
    up = time.monotonic()
    back_again = until(crowd.there, SOON, "not all came back to the new server")
    writer.over.set()
    writer.join(20)
    rows = list(Message.objects.order_by("rev").values_list("rev", "pk"))
    until(lambda: all(mine and mine[-1][0] == rows[-1][0] for mine in crowd.frames), SOON, "something is missing")
    crowd.over = reader.over = True
    crowd.cut()
    for one in (crowd, reader):
        one.join(20)
    assert len(rows) == len(writer.accepted)
    assert all(mine == rows for mine in crowd.frames)
    print(
        f"{TABS} tabs, {len(rows)} messages; back {back:.1f} s after the cut, {back_again:.1f} s after the new server; "
        f"slowest of 20 pages {reader.slow(calm, cut):.0f} ms before, {reader.slow(cut, cut + back):.0f} ms after the cut, "
        f"{reader.slow(up, up + back_again):.0f} ms after the new server"
    )
