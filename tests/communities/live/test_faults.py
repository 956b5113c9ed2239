"""Valkey hangs, dies and comes back empty, and the server dies, while people write: nothing is lost, nothing comes twice, nobody waits.

A server of its own, as `manage.py up` starts it, and a Valkey of its own. HEARTH_FAULT is the length of each fault in seconds.
"""

import json
import os
import signal
import threading
import time
from typing import Any

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from communities.discussion.models import Message, Room
from tests.communities.discussion.conftest import make_room
from tests.communities.live.place import Place, Writer, cookie_of, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
FAULT = float(os.environ.get("HEARTH_FAULT", "2"))
BACK = 10.0  # seconds in which every open tab has caught up
LONGEST = 2.0  # seconds that a request may take because of a fault of Valkey


class Keeper(threading.Thread):
    """A tab that comes back with the last number it heard, as live.js does."""

    def __init__(self, place: Place, cookie: str, topic: str) -> None:
        super().__init__(daemon=True)
        self.place, self.cookie, self.topic = place, cookie, topic
        self.after, self.over = 0, threading.Event()
        self.frames: list[tuple[int, int]] = []
        self.kinds: list[str | None] = []

    def run(self) -> None:
        while not self.over.is_set():
            try:
                self.listen()
            except (OSError, WebSocketException):
                time.sleep(0.2)

    def listen(self) -> None:
        origin: Any = f"http://localhost:{self.place.port}"
        headers = {"Cookie": self.cookie}
        with connect(f"ws://localhost:{self.place.port}/ws/", origin=origin, additional_headers=headers) as line:
            line.send(json.dumps({"do": "join", "topic": self.topic, "after": self.after}))
            while not self.over.is_set():
                try:
                    frame = json.loads(line.recv(timeout=0.2))
                except TimeoutError:
                    continue
                self.kinds.append(frame.get("kind"))
                if frame.get("seq") and frame["kind"] != "joined":
                    self.frames.append((frame["seq"], frame["id"]))
                    self.after = max(self.after, frame["seq"])


def test_whatever_dies_what_was_accepted_arrives_once(
    place: Place, demo: Any, owner: Any, member: Any, insider: Any, circle: Any
) -> None:
    room = make_room(demo, owner, "bench")
    tabs = [Keeper(place, cookie_of(user), room.topic) for user in (member, insider, circle)]
    writers = [Writer(place, cookie_of(user), room, user.handle) for user in (member, insider)]
    for one in [*tabs, *writers]:
        one.start()

    def caught_up() -> bool:
        rev = Room.objects.values_list("rev", flat=True).get(pk=room.pk)
        return rev > 0 and all(tab.after >= rev - 2 for tab in tabs)  # two more are on their way

    until(caught_up, 60, "the server did not begin")
    faults = time.monotonic()
    # It hangs.
    place.memory.signal(signal.SIGSTOP)
    until(lambda: all("paused" in tab.kinds for tab in tabs), BACK, "nobody was told that live updates pause")
    time.sleep(FAULT)
    until(caught_up, BACK, "the counters alone did not do")
    place.memory.signal(signal.SIGCONT)
    until(lambda: all("resumed" in tab.kinds for tab in tabs), BACK, "nobody was told that they go on")
    # It dies, and comes back with nothing in it.
    place.memory.signal(signal.SIGKILL)
    place.memory.process.wait()
    until(lambda: all(tab.kinds.count("paused") == 2 for tab in tabs), BACK, "nobody was told of the second time")
    time.sleep(FAULT)
    place.memory = place.start_memory()
    back = until(lambda: all(tab.kinds.count("resumed") == 2 for tab in tabs) and caught_up(), BACK, "not back")
    healthy = time.monotonic()
    spans = [span for writer in writers for began, span in writer.spans if faults < began < healthy]
    usual = max(
        span for writer in writers for began, span in writer.spans if began < faults
    )  # a busy machine is no fault
    assert max(spans) < LONGEST + usual and len(spans) > 20
    assert {answer for writer in writers for answer in writer.answers} == {201}
    # The server dies with open sockets and requests under way.
    place.server.signal(signal.SIGKILL)
    place.server.process.wait()
    place.server = place.start_server()
    until(lambda: all(tab.kinds.count("joined") >= 2 for tab in tabs) and caught_up(), 60, "the tabs did not come back")
    for writer in writers:
        writer.over.set()
        writer.join(20)
    last = Room.objects.values_list("rev", flat=True).get(pk=room.pk)
    until(lambda: all(tab.after == last for tab in tabs), BACK, "something is missing at the end")
    for tab in tabs:
        tab.over.set()
        tab.join(5)
    rows = list(Message.objects.order_by("rev").values_list("rev", "pk", "source"))
    assert sorted(source for _rev, _pk, source in rows) == sorted(body for one in writers for body in one.accepted)
    for tab in tabs:
        assert tab.frames == [(rev, pk) for rev, pk, _source in rows]
    print(f"{len(rows)} messages, slowest answer {max(spans):.2f} s, back after {back:.1f} s")
