"""The bell on open screens: a topic that one person alone hears; it says how many lines are new, and never what stands in them."""

from collections.abc import Collection, Iterable

from django.db import transaction

from communities.live.publishing import look_again
from communities.live.topics import Asking, Door, Doors, Frame, TopicKind
from communities.notifications.lines import page_of
from communities.people.models import User

NAME = "bell"


def tell_bells(user_ids: Iterable[int]) -> None:
    """After the commit. Where nobody of them has a page open it costs a word to Redis and no query."""

    def tell() -> None:
        for pk in user_ids:
            look_again(f"{NAME}:{pk}")

    transaction.on_commit(tell, robust=True)


def doors(asking: Asking) -> Doors:
    return {pk: {pk: Door()} if pk in user_ids else {} for pk, user_ids in asking.items()}


def revs(ids: Collection[int]) -> dict[int, int]:
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "bell_rev"))


def since(user_id: int, after: int, _most: int) -> list[Frame]:
    """One frame for all that changed. id: how many new lines they may still read, of those on the first page."""
    user = User.objects.filter(pk=user_id, bell_rev__gt=after).first()
    if user is None:
        return []
    lines, _heads, _after = page_of(user)
    new = sum(line.newest.seen_at is None for line in lines)
    return [Frame(f"{NAME}:{user_id}", user.bell_rev, NAME, new)]


BELL = TopicKind(NAME, doors, revs, since, private=True)
