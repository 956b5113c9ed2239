"""What somebody did lately, told by the apps that know: things they published, and when they last said something."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from communities.access.viewer import Viewer

MOST = 8


@dataclass(frozen=True, slots=True)
class Recent:
    """One thing that this viewer may read. sign: an icon; label: what it is, in a word or two."""

    kind: str
    sign: str
    label: str | Promise
    title: str
    url: str
    at: dt.datetime


# (user id, viewer, how many at most) -> the newest that this viewer may read, in one query and in the viewer's community.
Loader = Callable[[int, Viewer, int], list[Recent]]
# (user ids, community id) -> when each last said something that everybody may read; who never did is left out.
LastWords = Callable[[Iterable[int], int], dict[int, dt.datetime]]
_loaders: dict[str, Loader] = {}
_last_words: dict[str, LastWords] = {}


def register_activity(kind: str, loader: Loader) -> None:
    _loaders[kind] = loader


def register_last_words(kind: str, provider: LastWords) -> None:
    """The dates stand on the team's page, which visitors read: only what everybody may read counts."""
    _last_words[kind] = provider


def activity_of(user_id: int, viewer: Viewer, most: int = MOST) -> list[Recent]:
    """The newest things of all kinds through this viewer's eyes; one query a kind."""
    found = [thing for loader in _loaders.values() for thing in loader(user_id, viewer, most)]
    return sorted(found, key=lambda thing: thing.at, reverse=True)[:most]


def last_word_of(user_ids: Iterable[int], community_id: int) -> dict[int, dt.datetime]:
    """By person, the latest date that any provider knows; one query a provider, none without one."""
    wanted = list(user_ids)
    latest: dict[int, dt.datetime] = {}
    for provider in _last_words.values() if wanted else ():
        for user_id, at in provider(wanted, community_id).items():
            latest[user_id] = max(at, latest.get(user_id, at))
    return latest
