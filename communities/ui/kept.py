"""Parts of pages that are the same for many viewers, kept in each process: what the page cache is for visitors, for members.

A part is kept under the community's page version, for at most a minute and never past the next moment that changes it by
the clock. Its key has to name everything that it depends on, the audience above all (`access.rules.audience`).
"""

import datetime as dt
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from communities.ui import pagecache

MOST_SECONDS = 60
MOST_BYTES = 32 * 1024 * 1024  # of all parts of a process together


@dataclass(frozen=True, slots=True)
class Part:
    version: str
    made: float
    until: dt.datetime | None
    html: SafeString


_parts: OrderedDict[Hashable, Part] = OrderedDict()
_weight = 0
_lock = threading.Lock()


def part(slug: str, key: Hashable, make: Callable[[], tuple[SafeString, dt.datetime | None]]) -> SafeString:
    """The part from memory, or made now. make: the HTML, and the next moment that changes it by the clock (or None)."""
    key = (slug, get_language(), key)
    now = time.monotonic()
    version = pagecache.version(slug)
    found = _parts.get(key)
    if found is not None and found.version == version and _holds(found, slug, now):
        return found.html
    html, until = make()
    if version is not None:
        _keep(key, Part(version, now, until, html))
    return html


def _holds(found: Part, slug: str, now: float) -> bool:
    """The minute runs on a clock that nobody sets; the opening is a moment of the calendar."""
    if now - found.made >= MOST_SECONDS or pagecache.changed_since(slug, found.made):
        return False
    return found.until is None or timezone.now() < found.until


def _keep(key: Hashable, fresh: Part) -> None:
    global _weight
    with _lock:
        before = _parts.pop(key, None)
        _weight += len(fresh.html) - (len(before.html) if before else 0)
        _parts[key] = fresh
        while _weight > MOST_BYTES:
            _key, gone = _parts.popitem(last=False)
            _weight -= len(gone.html)
