"""What is the same for many viewers, kept in each process: what the page cache is for visitors, for members.

A thing is kept under its community's page version, for at most a minute and never past the next moment that changes it by
the clock. Its key has to name everything that it depends on, the audience above all (`access.audiences`).
"""

import datetime as dt
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.translation import get_language

from communities.ui import pagecache
from communities.ui.ahead import is_looking_ahead

MOST_SECONDS = 60
MOST_THINGS = 20_000
MOST_BYTES = 32 * 1024 * 1024  # of all texts of a process together
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Entry:
    version: str
    made: float  # time.monotonic() seconds
    until: dt.datetime | None
    thing: Any
    weight: int
    mark: Hashable


_entries: OrderedDict[Hashable, Entry] = OrderedDict()
_weight = 0
_lock = threading.Lock()


def keep(
    slug: str, key: Hashable, make: Callable[[], tuple[Thing, dt.datetime | None]], *, mark: Hashable = None
) -> Thing:
    """The thing from memory, or made now. make: the thing, and the next moment that changes it by the clock (or None).

    mark: a counter of what the thing is made of (a thread's `rev`): another one than it was made with makes it anew.
    What comes out is shared: nobody may change it. None is never kept, and nothing is where Redis is away.
    """
    if is_looking_ahead():
        return make()[0]
    key = (slug, get_language(), key)
    now = time.monotonic()
    version = pagecache.version(slug)
    found = _entries.get(key)
    if found is not None and (found.version, found.mark) == (version, mark) and _holds(found, slug, now):
        thing: Thing = found.thing
        return thing
    thing, until = make()
    if thing is not None and (version := version or pagecache.first_version(slug)):
        _keep(key, Entry(version, now, until, thing, _weight_of(thing), mark))
    return thing


def _weight_of(thing: object) -> int:
    """Bytes, roughly: texts count, a handful of rows is small, what is large says so itself."""
    return len(thing) if isinstance(thing, str) else getattr(thing, "weight", 2000)


def _holds(found: Entry, slug: str, now: float) -> bool:
    """The minute runs on a clock that nobody sets; the opening is a moment of the calendar."""
    if now - found.made >= MOST_SECONDS or pagecache.changed_since(slug, found.made):
        return False
    return found.until is None or timezone.now() < found.until


def _keep(key: Hashable, fresh: Entry) -> None:
    global _weight
    with _lock:
        before = _entries.pop(key, None)
        _weight += fresh.weight - (before.weight if before else 0)
        _entries[key] = fresh
        while _weight > MOST_BYTES or len(_entries) > MOST_THINGS:
            _key, gone = _entries.popitem(last=False)
            _weight -= gone.weight
