"""Whatever happens to frames on their way, a screen that applied them shows what a fresh page shows.

Two processes listen to one room, each hears its frames late, twice, in any order or never, and is asked for what was missed
while more happens. The screens do what live.js and room.js do.
"""

import asyncio
import os
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import TestCase
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from communities.access.models import Block, State
from communities.access.things import thing
from communities.access.viewer import viewer_for
from communities.discussion import actions, reading, telling, topics
from communities.discussion.models import Message, Room, Topic
from communities.live import feed as feeds
from communities.live import hub
from communities.live.feed import Feed
from communities.live.topics import Frame
from communities.reactions.actions import react
from communities.safety.actions import hide, restore
from tests.communities.discussion.conftest import make_room
from tests.communities.discussion.screen import Screen

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("HEARTH_EXAMPLES", "15"))
ACTS = ["send", "edit", "remove", "hide", "restore", "react", "take back", "topic", "call"]
LINE = ["carry", "twice", "lose", "off", "join", "leave", "look", "open", "ask", "show"]
step = some.tuples(some.sampled_from([*ACTS, "send", "send", *LINE]), some.integers(0, 5), some.integers(0, 5))


class Gates:
    """Every question to the database waits until somebody asks it, and its answer until somebody hands it over."""

    def __init__(self) -> None:
        self.shut: list[Callable[[], bool]] = []

    async def asked(self, question: Callable[..., Any], *args: Any) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        answers: list[Any] = []

        def on() -> bool:
            """True where that was all."""
            if not answers:
                answers.append(question(*args))
                return False
            future.set_result(answers[0])
            return True

        self.shut.append(on)
        return await future

    def open(self, n: int) -> None:
        if self.shut and self.shut[n % len(self.shut)]():
            del self.shut[n % len(self.shut)]


class Evening:
    """One room, three people, four screens, two processes."""

    def __init__(self, room: Room, people: list[Any], moderator: Any, gates: Gates) -> None:
        self.room, self.gates = room, gates
        self.people = [viewer_for(user, room.community) for user in people]
        self.moderator = viewer_for(moderator, room.community)
        kind = replace(telling.ROOMS, present=False)
        self.feeds = [Feed(room.topic, kind, room.pk, 0) for _n in range(2)]
        self.doors = telling.doors({room.pk: [user.pk for user in people]})[room.pk]
        self.screens: list[Screen] = []
        self.air: list[list[Frame]] = [[], []]
        self.on = True
        self.loop = asyncio.new_event_loop()
        self.tasks: list[asyncio.Task[None]] = []

    def publish(self, frame: Frame) -> None:
        if self.on:
            for waiting in self.air:
                waiting.append(frame)

    def run(self, steps: list[tuple[str, int, int]]) -> None:
        """Some was said before; the first of them has read it in part."""
        for n in range(9):
            self.act("send", n, n)
        actions.read_up_to(self.people[0], room=self.room, number=2)
        self.screens = [Screen(self.room, self.people[n % 3]) for n in range(4)]
        for what, n, m in steps:
            if what in ACTS:
                self.act(what, n, m)
            else:
                self.carry(what, n, m)
            self.breathe()
        for screen in self.screens:
            if screen.at is None:
                self.join(screen, self.feeds[0])
        self.rest()
        for one in self.feeds:
            self.look(one)
        self.rest()
        for task in self.tasks:
            task.result()

    # --- what people do ---

    def act(self, what: str, n: int, m: int) -> None:
        viewer = self.people[n % 3]
        rows = list(Message.objects.select_related("room", "community", "author").order_by("number"))
        row = rows[-1 - m % len(rows)] if rows else None
        with TestCase.captureOnCommitCallbacks(execute=True):
            if what == "send":
                answers = row if m % 2 else None
                actions.write_message(viewer, room=self.room, body=f"Word {n}{m} {uuid.uuid4()}", answers=answers)
            elif row is None:
                return
            elif what in ("hide", "restore"):
                if row.state == (State.PUBLISHED if what == "hide" else State.HIDDEN):
                    (hide if what == "hide" else restore)(self.moderator, obj=row, reason="Order")
            elif what in ("react", "take back"):
                if row.state == State.PUBLISHED and (about := thing(Message.KIND, row.pk, viewer)) is not None:
                    react(viewer, thing=about, emoji="👏", on=what == "react")
            elif what == "call":
                if (topic := Topic.objects.select_related("room__community").order_by("pk").last()) is not None:
                    topics.rename_topic(self.moderator, topic=topic, title=f"Named {uuid.uuid4()}")
            elif what == "topic":
                if row.state == State.PUBLISHED:
                    topics.put_into_topic(self.moderator, message=row, title=f"About {n % 2}")
            else:
                self.rewrite(what, row)

    def rewrite(self, what: str, row: Message) -> None:
        own = next(one for one in self.people if one.user_id == row.author_id)
        if what == "remove":
            actions.remove_message(own, message=row)
        elif row.state == State.PUBLISHED:
            actions.edit_message(own, message=row, body=f"Anew {uuid.uuid4()}")

    # --- what the lines do ---

    def carry(self, what: str, n: int, m: int) -> None:
        screen, one, air = self.screens[n % 4], self.feeds[m % 2], self.air[m % 2]
        if what in ("carry", "twice", "lose") and air:
            frame = air[n % len(air)] if what == "twice" else air.pop(n % len(air))
            if what != "lose":
                self.begin(one.hear(frame))
        elif what == "off":
            self.on = not self.on
        elif what == "join" and screen.at is None:
            self.join(screen, one)
        elif what == "leave" and screen.at is not None and screen in screen.at.seen:
            screen.at.dismiss(screen)
            screen.at = None
        elif what == "look":
            self.look(one)
        elif what == "open":
            self.gates.open(n)
        elif what == "ask":
            screen.ask("before" if m % 2 else "after")
        elif what == "show":
            screen.show()

    def join(self, screen: Screen, one: Feed) -> None:
        screen.at = one
        self.begin(one.admit(screen, self.doors[screen.user_id], screen.after))

    def look(self, one: Feed) -> None:
        self.begin(one.catch_up(telling.revs([self.room.pk])[self.room.pk]))

    def begin(self, job: Any) -> None:
        self.tasks.append(self.loop.create_task(job))

    def breathe(self) -> None:
        async def turns() -> None:
            for _n in range(6):
                await asyncio.sleep(0)

        self.loop.run_until_complete(turns())

    def rest(self) -> None:
        self.breathe()
        while self.gates.shut or not all(task.done() for task in self.tasks):
            self.gates.open(0)
            self.breathe()


@pytest.fixture
def quick(monkeypatch: Any) -> Gates:
    """Small windows and rings, so that a short evening meets every edge."""
    gates = Gates()
    monkeypatch.setattr(hub, "asked", gates.asked)
    for module, name, small in (
        (feeds, "KEPT", 3), (feeds, "MOST_MISSED", 7), (feeds, "PAUSE", 0), (reading, "PAGE", 4), (reading, "BEFORE", 1),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, small)
    return gates


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(steps=some.lists(step, min_size=20, max_size=70))
def test_a_screen_shows_what_a_fresh_page_shows(
    quick: Gates, demo: Any, owner: Any, member: Any, insider: Any, circle: Any, moderator: Any, steps: Any
) -> None:
    with transaction.atomic():
        cache.clear()  # the ids of an evening that was taken back come again
        Block.objects.create(user=insider, blocked=circle)
        evening = Evening(make_room(demo, owner, "bench"), [member, insider, circle], moderator, quick)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(telling, "publish", evening.publish)
            evening.run(steps)
        evening.loop.close()
        cache.clear()  # a fresh page of a process that has made nothing yet
        for screen in evening.screens:
            shown = screen.whole()
            fresh = Screen(evening.room, screen.viewer)
            assert shown == fresh.whole()
            assert screen.after == Room.objects.get(pk=evening.room.pk).rev
            assert sorted(shown) == sorted(
                reading.shown(evening.room.pk, None, screen.viewer.user_id).values_list("number", flat=True)
            )
        transaction.set_rollback(True)
