"""What somebody missed is found in memory or in the database, and both may be behind each other: nobody waits for ever."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from communities.live import hub as hubs
from communities.live.feed import Feed
from communities.live.topics import Door, Frame, TopicKind

TOPIC = "room:1"


class Ear:
    user_id = 1

    def __init__(self) -> None:
        self.told: list[str] = []

    def tell(self, text: str) -> None:
        self.told.append(text)

    async def keeps_up(self) -> bool:
        return True


class Patient(Feed):
    """Stops where it would look into memory again and again without an end."""

    looks = 0

    async def _missed(self, after: int) -> list[Frame] | None:
        self.looks += 1
        assert self.looks < 20, "for ever"
        return await super()._missed(after)


@pytest.mark.parametrize(
    "changes, missed",
    [
        # What changed at 9 and 10 changed again, of which nothing was heard yet.
        ([(8, 3), (12, 4)], [8, 10]),
        ([(12, 4)], [10]),
        ([(11, 3), (12, 4)], [10]),
        # Of 9 and 10 nothing is left to show.
        ([(8, 3)], [8, 10]),
        ([], [10]),
        ([(8, 3), (10, 4)], [8, 10]),
    ],
)
def test_a_database_that_is_ahead_of_what_was_heard_keeps_nobody(monkeypatch, changes, missed) -> None:
    frames = [Frame(TOPIC, seq, "message", pk, f"<p>{seq}</p>") for seq, pk in changes]

    def since(_object_id: int, after: int, most: int) -> list[Frame]:
        return [frame for frame in frames if frame.seq > after][:most]

    async def asked(question: Any, *args: Any) -> Any:
        return question(*args)

    async def evening() -> None:
        kind = TopicKind("room", lambda _ids: {}, lambda _ids: {1: 12}, since)
        feed, first, second = Patient(TOPIC, kind, 1, 10), Ear(), Ear()
        for ear in (first, second):  # the second one is answered from memory
            assert await feed.admit(ear, Door(), 5)
            assert ear.told == [*(at(seq) for seq in missed), Frame(TOPIC, 10, "joined").text]
        await feed.catch_up(12)
        assert feed.last == 12 and first.told == second.told
        assert first.told[len(missed) + 1 :] == ([at(seq) for seq, _pk in changes if seq > 10] or [at(12)])

    def at(seq: int) -> str:
        return next((one for one in frames if one.seq == seq), Frame(TOPIC, seq, "nothing")).text

    monkeypatch.setattr(hubs, "asked", asked)
    with ThreadPoolExecutor(1) as pool:  # a browser's loop may run in this thread
        pool.submit(asyncio.run, evening()).result()
