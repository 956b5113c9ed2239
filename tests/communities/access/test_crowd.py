"""Who of many may read which of many: the answer that each of them gets by themselves, for a fixed number of queries."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communities.access.crowd import readers_among
from communities.access.models import Gated, Pass, State
from communities.access.viewer import Viewer
from communities.discussion.conversing import begin_conversation
from communities.discussion.models import Room
from content.posts.models import Post
from tests.communities.discussion.conftest import make_room

pytestmark = pytest.mark.django_db


def by_themselves(model: type[Gated], viewers: list[Viewer]) -> dict[int, set[int]]:
    rows = model._default_manager.all()
    told = {viewer.user_id: set(rows.readable_by(viewer).values_list("pk", flat=True)) for viewer in viewers}
    return {row.pk: {pk for pk, ids in told.items() if pk and row.pk in ids} for row in rows}


def test_a_crowd_is_told_what_each_of_them_is_told(
    demo: Any, publish: Any, seen_by: Any, owner: Any, moderator: Any, circle: Any, insider: Any, member: Any,
    outsider: Any,
) -> None:  # fmt: skip
    now, day = timezone.now(), dt.timedelta(days=1)
    for rung in (0, 10, 20, 30):
        publish(f"From {rung}", rung=rung)
    publish("Early", rung=30, openings=((0, now + day),))
    publish("Opened", rung=30, openings=((0, now - day),), opens_at=now - 2 * day)
    publish("Later", opens_at=now + day)
    publish("Their own", author=member, space="bench", rung=0)
    own = publish("Above them", author=member, space="bench")
    Post.objects.filter(pk=own.pk).update(rung=30, own_rung=30)
    for state in (State.DRAFT, State.HIDDEN, State.REMOVED):
        Post.objects.filter(pk=publish(f"A {state}", rung=20).pk).update(state=state)
        Post.objects.filter(pk=publish(f"Own {state}", author=member, space="bench").pk).update(state=state)
    for n, (starts, ends) in enumerate([(-1, None), (-1, 1), (1, None), (-2, -1)]):
        for post in (publish(f"Sold {n}", rung=30), publish(f"Sold later {n}", rung=30, opens_at=now + day)):
            until = None if ends is None else now + ends * day
            Pass.objects.create(user=outsider, kind="post", object_id=post.pk, starts=now + starts * day, ends=until)
    make_room(demo, owner, "inner", own_rung=20)
    begin_conversation(seen_by(member), place=demo, people=[insider], body="Between us")
    begin_conversation(seen_by(moderator), place=demo, people=[insider, member], body="Among us")
    people = [seen_by(one) for one in (owner, moderator, circle, insider, member, outsider)]
    for model in (Post, Room):
        for some in (people, [replace(one, standing="shut") for one in people]):
            asking = {row.pk: some for row in model._default_manager.all()}
            assert readers_among(model, asking) == by_themselves(model, some)
            with CaptureQueriesContext(connection) as asked:
                readers_among(model, asking)
            assert len(asked) == 2
    assert readers_among(Post, {own.pk: [replace(people[0], community_id=987)], 10**9: people}) == {
        own.pk: set(), 10**9: set(),
    }  # fmt: skip
