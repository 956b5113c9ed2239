"""say(user, post, "…"): a comment as that person would write it."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from communities.access.things import thing
from communities.access.viewer import viewer_for
from communities.comments.actions import write_comment
from communities.comments.models import Comment


@pytest.fixture
def say(demo: Any) -> Callable[..., Comment]:
    def write(user: Any, post: Any, body: str = "Well printed.", *, answers: Comment | None = None) -> Comment:
        viewer = viewer_for(user, demo)
        about = thing(post.KIND, post.pk, viewer)
        assert about is not None
        return write_comment(viewer, place=demo, about=about, body=body, answers=answers, request=uuid.uuid4())

    return write


@pytest.fixture
def address() -> Callable[[Any], str]:
    """Where comments on a post are sent."""
    return lambda post: f"/c/demo/talk/post/{post.pk}/"
