"""What the tests of notifications share: delivering what happened, the bell of somebody, and confirmed addresses."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from communities.activity.actions import deliver_due
from communities.notifications.lines import page_of, plain
from communities.notifications.models import Preference
from communities.people.models import User


def bell_of(user: User) -> list[tuple[str, int]]:
    """(sentence, how often) of each line, newest first."""
    user = User.objects.get(pk=user.pk)
    lines, _heads, _after = page_of(user)
    return [(plain(line), line.count) for line in lines]


def wishes(user: User, kind: str, *, mail: bool | None = None, bell: bool | None = None) -> None:
    for channel, on in (("mail", mail), ("bell", bell)):
        if on is not None:
            Preference.objects.update_or_create(user=user, kind=kind, channel=channel, defaults={"on": on})


@pytest.fixture
def deliver() -> Callable[[], int]:
    """Everything that happened reaches its subscribers."""

    def run() -> int:
        done = 0
        while more := deliver_due():
            done += more
        return done

    return run


@pytest.fixture
def confirmed() -> Callable[..., None]:
    """confirmed(user, …): their addresses are verified."""

    def confirm(*users: Any) -> None:
        for user in users:
            EmailAddress.objects.get_or_create(
                user=user, email=user.email, defaults={"verified": True, "primary": True}
            )

    return confirm
