"""What one tab is told, in its order: a queue of its own, so that a slow reader never makes another one wait."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

MOST_BEHIND = 256  # frames that wait for a slow reader
PATIENCE = 10.0  # seconds in which a reader takes half of what waits

Send = Callable[[dict[str, str]], Awaitable[None]]


class Outlet:
    """send: the server's own, so that a frame costs as little as it can. close: how the tab is ended, with a code."""

    def __init__(self, send: Send, close: Callable[[int], Awaitable[None]]) -> None:
        self._send, self._close = send, close
        self._waiting: deque[str] = deque()
        self._code = 0  # what to end with, once nothing waits
        self._idle: asyncio.Future[None] | None = None
        self._lighter = asyncio.Event()

    def put(self, text: str) -> None:
        """Never waits. Who cannot keep up is cut off and comes back with `after`."""
        if self._code:
            return
        if len(self._waiting) >= MOST_BEHIND:
            self._waiting.clear()
            self.end(1013)
            return
        self._waiting.append(text)
        self._wake()

    def end(self, code: int) -> None:
        """After what waits already. Nothing is told any more."""
        if not self._code:
            self._code = code
            self._wake()

    async def keeps_up(self) -> bool:
        """Before each frame of what was missed, which may be more than the queue holds. False: too slow, cut off."""
        if len(self._waiting) > MOST_BEHIND // 2:
            self._lighter.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._lighter.wait(), PATIENCE)
            if not self._lighter.is_set():
                self._waiting.clear()
                self.end(1013)
        return not self._code

    async def run(self) -> None:
        """Until the tab is ended; one task a tab."""
        while True:
            while self._waiting:
                await self._send({"type": "websocket.send", "text": self._waiting.popleft()})
                if len(self._waiting) == MOST_BEHIND // 2:
                    self._lighter.set()
            if self._code:
                await self._close(self._code)
                return
            self._idle = asyncio.get_running_loop().create_future()
            await self._idle

    def _wake(self) -> None:
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)
