"""Rooms of the demo community: one for members, one for insiders, one where the team writes."""

from typing import Any

import pytest

from communities.access.viewer import viewer_for
from communities.discussion.models import Room
from communities.discussion.rooms import save_room
from communities.spaces.models import Community


def make_room(place: Community, owner: Any, slug: str, **fields: Any) -> Room:
    room = Room(community=place, slug=slug, name=slug.title(), **{"own_rung": 10, "own_listed_rung": 0} | fields)
    return save_room(viewer_for(owner, place), room=room)


@pytest.fixture
def room(demo: Community, owner: Any) -> Room:
    return make_room(demo, owner, "bench")


@pytest.fixture
def inner(demo: Community, owner: Any) -> Room:
    return make_room(demo, owner, "inner", own_rung=20)


@pytest.fixture
def news_room(demo: Community, owner: Any) -> Room:
    return make_room(demo, owner, "news", posting="team")
