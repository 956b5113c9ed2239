"""Whether Stripe takes our key: noted by the gateway, said on every page of the desk and to the machines that watch.

In the cache alone: where it is lost, the next look (at most an hour later) notes it again.
"""

import datetime as dt

from django.core.cache import cache
from django.utils import timezone

KEY = "billing:key-refused"


def note_refused() -> None:
    """Stripe knows no such key (any more). The first moment stays."""
    cache.add(KEY, timezone.now(), None)


def note_taken() -> None:
    if cache.get(KEY) is not None:
        cache.delete(KEY)


def refused_since() -> dt.datetime | None:
    found: dt.datetime | None = cache.get(KEY)
    return found
