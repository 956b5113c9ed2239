"""One process's listening: a single subscription a topic, however many sockets, and a gap in the numbers filled by one query.

Everything here runs in the server's event loop; the database is asked in a few threads beside it.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from channels.layers import get_channel_layer
from django.db import close_old_connections

from communities.live.feed import Feed
from communities.live.publishing import DOORS, FRAME, LOOK, PATIENCE, group_of
from communities.live.topics import Doors, Frame, TopicKind, find

log = logging.getLogger(__name__)
TICK = 2.0  # seconds between two looks at the counters, which find what Redis lost
RECHECK = 3.0  # seconds between two looks at who still may hear what: with the look itself, less than five
Answer = TypeVar("Answer")
_pool = ThreadPoolExecutor(4, thread_name_prefix="live-db")


async def asked(question: Callable[..., Answer], *args: Any) -> Answer:
    """A question to the database from the event loop."""

    def ask() -> Answer:
        close_old_connections()
        try:
            return question(*args)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_pool, ask)


class Listener(Protocol):
    """A socket, as the hub sees it."""

    user_id: int

    def tell(self, text: str) -> None: ...
    async def keeps_up(self) -> bool: ...
    def lose(self, topic: str) -> None: ...
    def end(self, code: int) -> None: ...
    def credentials(self) -> tuple[str, int, str]: ...


class Hub:
    """All feeds of this process. One a loop: `hub()` gives it."""

    def __init__(self) -> None:
        self.feeds: dict[str, Feed] = {}
        self.sockets: set[Listener] = set()
        self.paused = False
        self._channel = ""
        self._tasks: list[asyncio.Task[None]] = []
        self._making: dict[str, asyncio.Lock] = {}

    # --- sockets come and go -----------------------------------------------------------------------------------------

    async def enter(self, socket: Listener) -> None:
        self.sockets.add(socket)
        if not self._tasks:
            self._tasks = [asyncio.create_task(job()) for job in (self._receive, self._look, self._recheck)]

    async def leave(self, socket: Listener) -> None:
        self.sockets.discard(socket)
        for feed in list(self.feeds.values()):
            await self.part(socket, feed.topic)

    async def join(self, socket: Listener, topic: str, after: int | None) -> bool:
        """False where this person may not hear it. Else everything after that number comes, and then what happens."""
        found = find(topic)
        if found is None:
            return False
        kind, object_id = found
        mine = {object_id: [socket.user_id]}
        doors: Doors = kind.doors(mine) if kind.private else await asked(kind.doors, mine)
        door = doors[object_id].get(socket.user_id)
        if door is None:
            return False
        feed = await self._feed(topic)
        return await feed.admit(socket, door, after)

    async def part(self, socket: Listener, topic: str) -> None:
        feed = self.feeds.get(topic)
        if feed is None or not feed.dismiss(socket) or feed.listeners:
            return
        del self.feeds[topic]
        with suppress(Exception):
            await asyncio.wait_for(get_channel_layer().group_discard(group_of(topic), self._channel), PATIENCE)

    async def _feed(self, topic: str) -> Feed:
        """Subscribed first, counted then: nothing falls between."""
        lock = self._making.setdefault(topic, asyncio.Lock())
        async with lock:
            if topic not in self.feeds:
                try:
                    await asyncio.wait_for(self._subscribe(topic), PATIENCE)
                except Exception as problem:
                    log.info("no subscription to %s yet: %s", topic, problem or type(problem).__name__)
                    self._pause(True)
                kind, object_id = find(topic) or (None, 0)
                assert kind is not None  # it was found a moment ago
                last = (await asked(kind.revs, [object_id])).get(object_id, 0)
                self.feeds.setdefault(topic, Feed(topic, kind, object_id, last))
            self._making.pop(topic, None)
            return self.feeds[topic]

    async def _subscribe(self, *topics: str) -> None:
        """What is subscribed already costs nothing. Raises whatever the channel layer does where Redis is away."""
        layer = get_channel_layer()
        if not self._channel:
            fresh = await layer.new_channel()
            self._channel = self._channel or fresh  # two may have asked at once
        for topic in topics:
            await layer.group_add(group_of(topic), self._channel)

    # --- jobs --------------------------------------------------------------------------------------------------------

    async def _receive(self) -> None:
        """Messages of the channel layer, to the feed they are for."""
        while True:
            if not self._channel:
                await asyncio.sleep(0.1)
                continue
            try:
                message = await get_channel_layer().receive(self._channel)
                feed = self.feeds.get(message.get("topic", ""))
                if feed is not None and message["type"] == FRAME:
                    told = ("topic", "seq", "kind", "id", "html", "author")
                    await feed.hear(Frame(**{name: message[name] for name in told}))
                elif feed is not None and message["type"] == LOOK:
                    feed.look_again()
                elif feed is not None and message["type"] == DOORS:
                    await self._ask_doors(feed.kind, [feed])
                elif feed is not None:
                    feed.presence.hear(message)
            except asyncio.CancelledError:
                raise
            except Exception:
                log.exception("a frame was dropped")
                await asyncio.sleep(0.2)
            await asyncio.sleep(0)  # receive() may return without waiting, and the sockets have to write

    async def _look(self) -> None:
        """What Redis lost is found by the counters: one query a kind of topic."""
        while True:
            await asyncio.sleep(TICK)
            try:
                await self._try_again()
                for kind, feeds in self._by_kind():
                    revs = await asked(kind.revs, [feed.object_id for feed in feeds])
                    for feed in feeds:
                        await feed.catch_up(revs.get(feed.object_id, 0))
                for feed in list(self.feeds.values()):
                    feed.presence.beat()
            except Exception:
                log.exception("a look at the counters failed")

    async def _try_again(self) -> None:
        """Is Redis there? Whatever has no subscription gets one; open screens are told when live updates pause and go on."""
        try:
            await asyncio.wait_for(self._subscribe(*self.feeds), PATIENCE)
            answer = get_channel_layer().send(self._channel, {"type": "live.here", "topic": ""})
            await asyncio.wait_for(answer, PATIENCE)
        except Exception:
            self._pause(True)
        else:
            self._pause(False)

    def _pause(self, paused: bool) -> None:
        if paused is self.paused:
            return
        self.paused = paused
        text = Frame("", 0, "paused" if paused else "resumed").text
        for socket in self.sockets:
            socket.tell(text)

    async def _recheck(self) -> None:
        """Whoever lost a topic hears no more of it, whoever signed out hears nothing."""
        while True:
            await asyncio.sleep(RECHECK)
            try:
                await self.recheck()
            except Exception:
                log.exception("a look at who still may listen failed")

    async def recheck(self) -> None:
        """One question a kind of topic, however many of them are open."""
        from communities.live.sessions import ended_among

        ended = await asked(ended_among, [socket.credentials() for socket in self.sockets])
        for socket in [one for one in self.sockets if one.credentials() in ended]:
            socket.end(4401)
        for kind, feeds in self._by_kind():
            if not kind.private:
                await self._ask_doors(kind, feeds)

    async def _ask_doors(self, kind: TopicKind, feeds: list[Feed]) -> None:
        asking = {feed.object_id: feed.people() for feed in feeds}
        doors: Doors = await asked(kind.doors, asking)
        for feed in feeds:
            for socket in feed.recheck(doors[feed.object_id], asking[feed.object_id]):
                socket.lose(feed.topic)

    def _by_kind(self) -> Iterable[tuple[TopicKind, list[Feed]]]:
        groups: dict[str, list[Feed]] = {}
        for feed in self.feeds.values():
            groups.setdefault(feed.kind.name, []).append(feed)
        return [(feeds[0].kind, feeds) for feeds in groups.values()]


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The one of the running loop."""
    loop = asyncio.get_running_loop()
    found = _hubs.get(loop)
    if found is None:
        for gone in [one for one in _hubs if one.is_closed()]:
            del _hubs[gone]
        found = _hubs[loop] = Hub()
    return found
