"""How often somebody does something, counted in the cache; while it is away each process counts for itself, so that a
failure opens a little and never all."""

import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communities.access.texts import TooMuch

MOST_KEYS = 20_000
CLOCKS_APART = 5  # seconds: who read the clock before the first one may ask after it
_own: Any = LocMemCache("pace", {"OPTIONS": {"MAX_ENTRIES": MOST_KEYS}})


def seconds_to_wait(what: str, who: object, *, most: int, seconds: int) -> int:
    """Counts one; 0 where that is within `most`, else how long until it is again. The time runs from the first one."""
    key, now = f"pace:{what}:{who}", int(time.time())
    for store in (cache, _own):
        since = store.get(key)
        if since is None:
            store.add(key, now, seconds)  # of several at once one begins the time, and all count in it
            since = store.get(key, now)
        elif not -CLOCKS_APART <= now - since < seconds:  # over by our clock; the store's own may run otherwise
            store.set(key, since := now, seconds)
        store.add(f"{key}:{since}", 0, seconds)
        try:
            number = store.incr(f"{key}:{since}")
        except ValueError:  # the shared cache is away
            continue
        return 0 if number <= most else min(seconds, max(1, seconds - (now - since)))
    return 0


def keep_pace(what: str, who: object, *, most: int, seconds: int, field: str = "", says: str = "") -> None:
    """Raises TooMuch where somebody is too fast. says: the sentence; it may hold %(most)s and %(soon)s (“in 20 seconds”)."""
    wait = seconds_to_wait(what, who, most=most, seconds=seconds) if settings.WRITING_LIMITS else 0
    if wait:
        sentence = says or _("That was a lot in a short time. It goes on %(soon)s.")
        sentence = sentence % {"most": most, "soon": in_words(wait)}
        raise TooMuch({field: sentence} if field else sentence, seconds=wait)


def in_words(seconds: int) -> str:
    """“in 20 seconds”, “in 12 minutes”, “in 3 hours”."""
    if seconds < 90:
        return ngettext("in %(n)s second", "in %(n)s seconds", seconds) % {"n": seconds}
    minutes = -(-seconds // 60)
    if minutes < 90:
        return ngettext("in %(n)s minute", "in %(n)s minutes", minutes) % {"n": minutes}
    hours = -(-minutes // 60)
    return ngettext("in %(n)s hour", "in %(n)s hours", hours) % {"n": hours}
