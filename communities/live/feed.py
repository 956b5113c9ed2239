"""One topic in one process: what came last, who listens, and how a gap is closed."""

import asyncio
from collections import deque
from collections.abc import Collection, Iterable
from typing import Any

from communities.live.presence import Presence
from communities.live.topics import Door, Frame, TopicKind

KEPT = 200  # frames in memory, so that a short absence costs no query
MOST_MISSED = 500  # changes; whoever missed more loads the page anew
PAUSE = 0.03  # seconds in which a frame that came too early waits for the one before it


class Feed:
    """listeners: by socket, its door. seen: by socket, the number up to which it has everything; absent while it catches up."""

    def __init__(self, topic: str, kind: TopicKind, object_id: int, last: int) -> None:
        self.topic, self.kind, self.object_id, self.last = topic, kind, object_id, last
        self.start = last  # the ring holds everything after it, and ends with `last`
        self.ring: deque[Frame] = deque()
        self.listeners: dict[Any, Door] = {}
        self.seen: dict[Any, int] = {}
        self.early: dict[int, Frame] = {}
        self.presence = Presence(self)
        self._filling, self._reading = asyncio.Lock(), asyncio.Lock()
        self._waking: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None

    def people(self) -> set[int]:
        return {socket.user_id for socket in self.listeners}

    # --- who listens -------------------------------------------------------------------------------------------------

    async def admit(self, socket: Any, door: Door, after: int | None) -> bool:
        """First what was missed, then what happens: a socket is `seen` from the very moment when nothing is missing.

        False where it was lost on the way: shown out, or too slow for all that it missed.
        """
        self.listeners[socket] = door
        self.seen.pop(socket, None)
        at = self.last if after is None else after
        while True:
            missed = await self._missed(at)
            if missed is None:
                socket.tell(Frame(self.topic, self.last, "reload").text)
                at = self.last
            for frame in missed or ():
                if not await socket.keeps_up() or socket not in self.listeners:
                    self.dismiss(socket)
                    return False
                self._give(socket, frame)
                at = frame.seq
            if at >= self.last:
                break
        if socket not in self.listeners:
            return False
        self.seen[socket] = at
        socket.tell(Frame(self.topic, at, "joined").text)
        self.presence.came(socket)
        return True

    def dismiss(self, socket: Any) -> bool:
        """False where it did not listen."""
        door = self.listeners.pop(socket, None)
        self.seen.pop(socket, None)
        if door is not None:
            self.presence.went(socket, door)
        return door is not None

    def recheck(self, doors: dict[int, Door], about: Collection[int]) -> list[Any]:
        """The sockets that may not listen any more; the others have their doors anew. about: whom the question was about; who came
        in while it was asked was let in by a later one."""
        lost = []
        for socket in [one for one in self.listeners if one.user_id in about]:
            door = doors.get(socket.user_id)
            if door is None:
                self.dismiss(socket)
                lost.append(socket)
            else:
                self.listeners[socket] = door
        return lost

    # --- what happens ------------------------------------------------------------------------------------------------

    async def hear(self, frame: Frame) -> None:
        """A frame from anywhere, in any order, any number of times."""
        if frame.seq == 0:
            self._pass_on(frame)
        elif frame.seq == self.last + 1:
            self._take(frame)
            while (following := self.early.pop(self.last + 1, None)) is not None:
                self._take(following)
        elif frame.seq > self.last:
            self.early[frame.seq] = frame
            if self._waking is None or self._waking.done():
                self._waking = asyncio.create_task(self._close_gap())

    async def _close_gap(self) -> None:
        await asyncio.sleep(PAUSE)
        if self.early:
            await self.catch_up(max(self.early))

    def look_again(self) -> None:
        """Something changed; what it is, the database knows. Any number of words about it in 30 ms are one look."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        from communities.live.hub import asked

        await asyncio.sleep(PAUSE)
        self._looking = None  # whatever is said from now on is a look of its own
        revs = await asked(self.kind.revs, [self.object_id])
        await self.catch_up(revs.get(self.object_id, 0))

    async def catch_up(self, rev: int) -> None:
        """Everything up to that number, out of the database where it did not come by itself."""
        if rev <= self.last:
            return
        async with self._filling:
            while rev > self.last:
                rows = await self._asked(self.last)
                if not rows:  # changes of which nothing is left to show
                    self._skip(rev)
                for frame in rows:
                    if frame.seq > self.last:
                        self._take(frame)
                    await asyncio.sleep(0)  # whoever reads has a turn, so that many at once are too much for nobody
            for seq in [one for one in self.early if one <= self.last]:
                del self.early[seq]

    async def _missed(self, after: int) -> list[Frame] | None:
        """What came after that number; None where it is too much. From memory where that reaches back so far."""
        if after >= self.last:
            return []
        if after < self.start:
            async with self._reading:  # when all come back at once, the first one's answer is the others' too
                if after < self.start:
                    start, rows = self.start, await self._read_back(after)
                    older = [frame for frame in rows or () if frame.seq <= start]
                    # The database may be ahead: what changed then, it shows with a later number.
                    if not older or older[-1].seq < start:
                        older.append(Frame(self.topic, start, "nothing"))
                    if rows is None or start != self.start or len(older) + len(self.ring) > KEPT:
                        return rows
                    self.ring.extendleft(reversed(older))
                    self.start = after
        newest = {
            (frame.kind, frame.id): frame.seq for frame in self.ring
        }  # what it was before it changed is nobody's business
        return [frame for frame in self.ring if frame.seq > after and frame.seq == newest[frame.kind, frame.id]]

    async def _read_back(self, after: int) -> list[Frame] | None:
        rows: list[Frame] = []
        while len(rows) <= MOST_MISSED:
            some = await self._asked(rows[-1].seq if rows else after)
            rows += some
            if len(some) < KEPT:
                return [*rows, *self._rest(rows, after)]
        return None

    def _rest(self, rows: list[Frame], after: int) -> Iterable[Frame]:
        """Changes that left nothing to show still move the number on."""
        at = rows[-1].seq if rows else after
        return [Frame(self.topic, self.last, "nothing")] if at < self.last else []

    async def _asked(self, after: int) -> list[Frame]:
        from communities.live.hub import asked

        return list(await asked(self.kind.since, self.object_id, after, KEPT))

    def _take(self, frame: Frame) -> None:
        self.last = frame.seq
        self.ring.append(frame)
        if len(self.ring) > KEPT:
            self.start = self.ring.popleft().seq
        self._pass_on(frame)

    def _skip(self, rev: int) -> None:
        self._take(Frame(self.topic, rev, "nothing"))

    def _pass_on(self, frame: Frame) -> None:
        for socket in list(self.listeners):
            if frame.seq == 0:
                self._give(socket, frame)
            elif (at := self.seen.get(socket)) is not None and frame.seq > at:
                self.seen[socket] = frame.seq
                self._give(socket, frame)

    def _give(self, socket: Any, frame: Frame) -> None:
        door = self.listeners.get(socket)
        if door is None:
            return
        if frame.author and frame.author in door.blocked:
            if frame.seq:
                socket.tell(frame.silence)
            return
        socket.tell(frame.text)
