"""A server of its own and real lines to it: whatever people do and however their lines come and go, each screen shows in the end what
a fresh page shows.

People write over HTTP. What the team does comes out of another process, of which no frame arrives: the counters find it.
HEARTH_EXAMPLES for more evenings; `discussion/test_same_everywhere.py` has the finer interleavings.
"""

import json
import os
import socket
import struct
import time
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from communities.access.models import Block, State
from communities.access.viewer import Viewer, viewer_for
from communities.discussion import reading, topics
from communities.discussion.models import Message, Room, Topic
from communities.safety.actions import hide, restore
from tests.communities.discussion.conftest import make_room
from tests.communities.discussion.screen import Screen
from tests.communities.live.place import Place, ask, cookie_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
EXAMPLES = int(os.environ.get("HEARTH_EXAMPLES", "3"))
PATIENCE = 20.0  # seconds until a screen has everything
ACTS = ["send", "send", "send", "edit", "remove", "react", "take back", "hide", "restore", "topic", "call"]
LINE = ["join", "join", "leave", "cut", "hear", "hear", "ask", "show"]
step = some.tuples(some.sampled_from([*ACTS, *LINE]), some.integers(0, 5), some.integers(0, 5))


class Wired(Screen):
    """A screen with a line of its own; what came down it waits until the screen looks."""

    def __init__(self, place: Place, cookie: str, room: Room, viewer: Viewer) -> None:
        self.place, self.cookie = place, cookie
        self.line: ClientConnection | None = None
        self.joined = False
        super().__init__(room, viewer)

    def say(self, do: str, **more: Any) -> None:
        assert self.line is not None
        self.line.send(json.dumps({"do": do, "topic": self.room.topic, **more}))
        self.joined = do == "join"

    def join(self) -> None:
        if self.line is None:
            origin: Any = f"http://localhost:{self.place.port}"
            url, headers = f"ws://localhost:{self.place.port}/ws/", {"Cookie": self.cookie}
            self.line = connect(url, origin=origin, additional_headers=headers, max_queue=None).__enter__()
        if not self.joined:
            self.say("join", after=self.after)

    def leave(self) -> None:
        """The line stays."""
        if self.joined:
            self.say("leave")

    def cut(self) -> None:
        """Reset, without a goodbye; what had not been looked at is gone."""
        if self.line is not None:
            wire = self.line.socket
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.line.close_socket()
            self.line, self.joined = None, False

    def hear(self, wait: float) -> None:
        while self.line is not None:
            try:
                self.tell(self.line.recv(timeout=wait, decode=True))
            except (TimeoutError, ConnectionClosed):
                return

    def catch_up(self, rev: int) -> None:
        self.join()
        ends = time.monotonic() + PATIENCE
        while self.after < rev and time.monotonic() < ends:
            self.hear(0.05)


class Evening:
    """One room, three people, four screens."""

    def __init__(self, place: Place, room: Room, people: list[tuple[Any, str]], moderator: Any) -> None:
        self.place, self.room = place, room
        self.cookies = [cookie for _user, cookie in people]
        self.people = [viewer_for(user, room.community) for user, _cookie in people]
        self.moderator = viewer_for(moderator, room.community)
        for n in range(6):
            self.act("send", n, n)
        self.screens = [Wired(place, self.cookies[n % 3], room, self.people[n % 3]) for n in range(4)]

    def do(self, what: str, n: int, m: int) -> None:
        screen = self.screens[n % 4]
        if what in ACTS:
            self.act(what, n, m)
        elif what == "hear":
            screen.hear(0.02)
        elif what == "ask":
            screen.ask("before" if m % 2 else "after")
        else:
            getattr(screen, what)()

    def post(self, who: int, path: str, **sent: str) -> None:
        assert ask(self.place, self.cookies[who], path, sent) in (200, 201)

    def act(self, what: str, n: int, m: int) -> None:
        rows = list(Message.objects.filter(room=self.room).select_related("room", "community").order_by("number"))
        row = rows[-1 - m % len(rows)] if rows else None
        if what == "send":
            answers = str(row.number) if row is not None and m % 2 and row.state == State.PUBLISHED else ""
            body = f"Word {n}{m} {uuid.uuid4()}"
            self.post(n % 3, f"{self.room.url}write/", body=body, answers=answers, request=uuid.uuid4().hex)
        elif row is None:
            return
        elif what in ("hide", "restore"):
            if row.state == (State.PUBLISHED if what == "hide" else State.HIDDEN):
                (hide if what == "hide" else restore)(self.moderator, obj=row, reason="Order")
        elif what == "call":
            if (topic := Topic.objects.filter(room=self.room).select_related("room__community").last()) is not None:
                topics.rename_topic(self.moderator, topic=topic, title=f"Named {uuid.uuid4()}")
        elif row.state == State.PUBLISHED:
            self.change(what, row, n)

    def change(self, what: str, row: Message, n: int) -> None:
        own = next(k for k, one in enumerate(self.people) if one.user_id == row.author_id)
        if what == "edit":
            self.post(own, f"{row.url}edit/", body=f"Anew {uuid.uuid4()}")
        elif what == "remove":
            self.post(own, f"{row.url}remove/")
        elif what == "topic":
            topics.put_into_topic(self.moderator, message=row, title=f"About {n % 2}")
        else:
            on = "1" if what == "react" else "0"
            self.post(n % 3, f"/c/demo/react/message/{row.pk}/", emoji="👏", on=on)


@pytest.fixture
def small(monkeypatch: Any) -> None:
    """Windows of a few messages, so that a short evening has places that are not on the screen."""
    monkeypatch.setattr(reading, "PAGE", 4)
    monkeypatch.setattr(reading, "BEFORE", 1)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(steps=some.lists(step, min_size=15, max_size=40))
def test_over_a_real_line_a_screen_shows_what_a_fresh_page_shows(
    small: None, place: Place, demo: Any, owner: Any, member: Any, insider: Any, circle: Any, moderator: Any, steps: Any
) -> None:
    Block.objects.get_or_create(user=insider, blocked=circle)
    people = [(user, cookie_of(user)) for user in (member, insider, circle)]
    evening = Evening(place, make_room(demo, owner, f"evening-{uuid.uuid4().hex[:8]}"), people, moderator)
    try:
        for what, n, m in steps:
            evening.do(what, n, m)
        room = Room.objects.get(pk=evening.room.pk)
        for screen in evening.screens:
            screen.catch_up(room.rev)
            assert screen.after == room.rev
            whole = screen.whole()
            assert whole == Screen(evening.room, screen.viewer).whole()
            assert sorted(whole) == sorted(
                reading.shown(room.pk, None, screen.viewer.user_id).values_list("number", flat=True)
            )
    finally:
        for screen in evening.screens:
            screen.cut()
