"""Telling open screens: one background loop a process sends frames to the channel layer; nobody ever waits for it.

What is lost here is not lost: every listening process looks at the topic's counter and reads what it missed.
"""

import asyncio
import logging
import threading
from typing import Any

from channels.layers import get_channel_layer

from communities.live.topics import Frame

log = logging.getLogger(__name__)
PATIENCE = 2.0  # seconds for one frame
MOST_WAITING = 2000  # frames; while Redis hangs the rest is left to the counters
FRAME, LOOK, DOORS = "live.frame", "live.look", "live.doors"

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_thread: threading.Thread | None = None
_waiting = 0


def group_of(topic: str) -> str:
    """Group names hold no colon."""
    return f"live.{topic.replace(':', '.')}"


def publish(frame: Frame) -> None:
    """Returns at once. Call it after the commit: whoever hears it may ask for the row."""
    told = {"topic": frame.topic, "seq": frame.seq, "kind": frame.kind}
    send(frame.topic, {"type": FRAME, **told, "id": frame.id, "html": frame.html, "author": frame.author})


def look_again(topic: str) -> None:
    """Something changed, and nothing is made of it here: each process in which somebody listens reads what it is, once.

    For what is written far more often than somebody has it open. Call it after the commit.
    """
    send(topic, {"type": LOOK, "topic": topic})


def ask_doors(topic: str) -> None:
    """Somebody may not hear it any more: each process asks at once, where else it would within seconds. Call it after the commit."""
    send(topic, {"type": DOORS, "topic": topic})


def send(topic: str, message: dict[str, Any]) -> None:
    """A message for whatever listens to a topic in any process."""
    global _waiting
    with _lock:
        if _waiting >= MOST_WAITING:
            return
        _waiting += 1
    asyncio.run_coroutine_threadsafe(_send(topic, message), _running())


async def _send(topic: str, message: dict[str, Any]) -> None:
    global _waiting
    try:
        layer = get_channel_layer()
        await asyncio.wait_for(layer.group_send(group_of(topic), message), PATIENCE)
    except Exception as problem:
        log.info("a frame of %s was not sent: %s", topic, problem or type(problem).__name__)
    finally:
        with _lock:
            _waiting -= 1


def _running() -> asyncio.AbstractEventLoop:
    """Started lazily: a forked server process needs its own."""
    global _loop, _thread
    with _lock:
        if _loop is None or _thread is None or not _thread.is_alive():
            _loop = asyncio.new_event_loop()
            _thread = threading.Thread(target=_loop.run_forever, name="live", daemon=True)
            _thread.start()
        return _loop
