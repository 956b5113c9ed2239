"""Asking and being told: what a search finds for whom, by kind and what was said."""

from collections.abc import Callable
from typing import Any

import pytest

from communities.access.viewer import viewer_for
from communities.activity.actions import deliver_due
from communities.discussion.models import Room
from communities.spaces.models import Community
from content.search.models import Entry
from content.search.query import read
from content.search.reading import find
from tests.communities.discussion.conftest import make_room

Found = Callable[[Any, str], set[str]]


@pytest.fixture
def found(demo: Community) -> Found:
    """found(member, "ink") -> {"post 1", …}, after the worker has been there."""

    def ask(user: Any, typed: str) -> set[str]:
        while deliver_due():
            pass
        keys = find(demo, viewer_for(user, demo), read(typed)).of()
        return {f"{row.kind} {row.object_id}" for row in Entry.objects.filter(pk__in=keys)}

    return ask


@pytest.fixture
def room(demo: Community, owner: Any) -> Room:
    return make_room(demo, owner, "bench")


@pytest.fixture
def inner(demo: Community, owner: Any) -> Room:
    return make_room(demo, owner, "inner", own_rung=20)
