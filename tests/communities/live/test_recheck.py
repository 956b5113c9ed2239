"""Every few seconds the hub asks who still may hear what: one question a kind of topic, however much is open."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities.access.viewer import viewer_for
from communities.discussion.conversing import begin_conversation
from communities.live import hub as hubs
from communities.live.feed import Feed
from communities.live.hub import Hub
from communities.live.topics import Door, find, topic_kinds
from communities.members.actions import found_community, settle_rung
from communities.members.models import Member, RungSource
from communities.safety.blocking import block_person
from tests.communities.discussion.conftest import make_room
from tests.conftest import make_member

pytestmark = pytest.mark.django_db


class Ear:
    """A tab that only listens."""

    def __init__(self, user: Any) -> None:
        self.user_id, self.lost, self.code = user.pk, list[str](), 0

    def tell(self, text: str) -> None: ...
    def lose(self, topic: str) -> None:
        self.lost.append(topic)

    def credentials(self) -> tuple[str, int, str]:
        return "", self.user_id, ""

    def end(self, code: int) -> None:
        self.code = code


def listening(topics: list[str], people: list[Any]) -> tuple[Hub, list[Ear]]:
    """All of them to all of it."""
    one, ears = Hub(), [Ear(user) for user in people]
    one.sockets |= set(ears)
    for topic in topics:
        kind, object_id = find(topic) or (None, 0)
        assert kind is not None
        one.feeds[topic] = Feed(topic, kind, object_id, 0)
        one.feeds[topic].listeners |= {ear: Door() for ear in ears}
    return one, ears


@pytest.fixture
def recheck(monkeypatch: Any) -> Callable[..., None]:
    """Runs it; the questions are asked on the connection of the test. meanwhile: what happens before each answer comes."""
    waiting: list[Any] = []

    async def asked(question: Any, *args: Any) -> Any:
        answer = asyncio.get_running_loop().create_future()
        waiting.append((answer, question, args))
        return await answer

    def run(one: Hub, meanwhile: Callable[[], None] = lambda: None) -> None:
        loop = asyncio.new_event_loop()
        task = loop.create_task(one.recheck())
        while not task.done():
            loop.run_until_complete(asyncio.sleep(0))
            while waiting:
                answer, question, args = waiting.pop()
                answer.set_result(question(*args))
                meanwhile()
        loop.close()
        task.result()

    monkeypatch.setattr(hubs, "asked", asked)
    return run


@pytest.fixture
def topics(demo: Any, owner: Any, publish: Any, member: Any, insider: Any, moderator: Any) -> list[str]:
    """Two of each kind, and more of each kind behind them."""
    viewer = viewer_for(member, demo)
    found = []
    for n in range(4):
        third = make_member(demo, f"third{n}")
        talk = begin_conversation(viewer, place=demo, people=[insider, third], body="Hello").room
        place = found_community(make_member(demo, f"founder{n}"), name=f"Place {n}", slug=f"place-{n}")
        found += [
            f"post:{publish(f'Post {n}', rung=20).pk}", make_room(demo, owner, f"inner{n}", own_rung=20).topic,
            talk.topic, f"team:{place.pk}", f"bell:{third.pk}",
        ]  # fmt: skip
    return found


def test_however_many_topics_are_open_the_number_of_questions_is_the_same(
    recheck: Any, topics: list[str], owner: Any, member: Any, insider: Any, circle: Any, moderator: Any
) -> None:
    assert {topic.split(":")[0] for topic in topics} == set(topic_kinds())
    people, counts = [owner, member, insider, circle, moderator], []
    for open_now in (topics[:5], topics[:10], topics):
        one, _ears = listening(open_now, people)
        with CaptureQueriesContext(connection) as asked:
            recheck(one)
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2] == 26, counts


def test_of_all_that_is_open_each_loses_exactly_what_is_not_theirs(
    recheck: Any, demo: Any, topics: list[str], member: Any, insider: Any
) -> None:
    topics = [topic for topic in topics if not topic.startswith("bell:")]
    one, (first, second) = listening(topics, [member, insider])
    recheck(one)
    shut = {topics[4 * n + k] for n in range(4) for k in (0, 1)}
    assert (set(first.lost), second.lost) == (shut, [])
    RungSource.objects.filter(member__user=insider).delete()
    settle_rung(Member.objects.get(user=insider, community=demo))
    block_person(insider, member)
    recheck(one)
    assert set(second.lost) == shut
    assert {feed.listeners[second].blocked for feed in one.feeds.values() if second in feed.listeners} == {
        frozenset({member.pk})
    }


def test_whoever_comes_in_while_the_question_is_asked_stays(
    recheck: Any, demo: Any, owner: Any, member: Any, insider: Any
) -> None:
    one, (first,) = listening([make_room(demo, owner, "bench").topic], [member])
    late = Ear(insider)
    recheck(one, lambda: next(iter(one.feeds.values())).listeners.setdefault(late, Door()))
    assert (first.lost, late.lost) == ([], [])
