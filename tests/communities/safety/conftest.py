"""People who are known here, so that their word weighs, and something of a member's to talk about."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from communities.members.models import Member
from communities.people.models import User
from communities.safety.models import Report
from communities.safety.reporting import file_report
from content.posts.models import Post
from tests.conftest import make_member


def known_since(user: User, days: int = 10) -> User:
    Member.objects.filter(user=user).update(joined_at=timezone.now() - dt.timedelta(days=days))
    return user


@pytest.fixture
def neighbours(demo: Any) -> list[User]:
    """Five members in good standing for ten days."""
    return [known_since(make_member(demo, f"neighbour{number}")) for number in range(5)]


@pytest.fixture
def loud(publish: Callable[..., Post], member: User) -> Post:
    """A plain member's post that everybody may read."""
    return publish("Loud", author=member, space="bench")


@pytest.fixture
def tell(seen_by: Callable[[Any], Any]) -> Callable[..., Report]:
    """tell(user, post): this person reports it."""

    def file(user: User, post: Post, reason: str = "rude", note: str = "") -> Report:
        return file_report(seen_by(user), kind="post", object_id=post.pk, reason=reason, note=note)

    return file
