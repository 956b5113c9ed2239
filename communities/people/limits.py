"""How often something may be tried. A limit is a number of seats, each taken for a while; who finds none waits or goes without.

A seat is taken by `add`, which only one caller can do for a key, so a limit holds over threads and processes alike. Each is
taken twice, in this process and in Redis: with Redis gone every process still keeps to its own count.
"""

import hashlib
import ipaddress
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import BaseCache, caches
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

STORES = ("near", "default")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `seats` in any `seconds`, for each key of its own."""

    name: str
    seats: int
    seconds: int


# Of one network with one account (or address): a wrong password, a wrong code, and asking for a letter.
TRIES = Limit("tries", 5, 5 * 60)
# Of one network, whatever the account: a list of stolen passwords tried in turn; a list of addresses asked about.
TRIES_OF_NETWORK = Limit("network", 100, 5 * 60)
# On one account from networks it never signed in from: a password guessed by many machines at once.
TRIES_ON_ACCOUNT = Limit("account", 100, 60 * 60)
# On the second step of one account: whoever gets there knows the password.
CODES_ON_ACCOUNT = Limit("second", 30, 60 * 60)
SIGN_UPS = Limit("signups", 5, 60 * 60)
MAILS = Limit("mails", 5, 60 * 60)
FACES = Limit("faces", 20, 10 * 60)  # of one person: each is opened, turned and cut


class TooOften(Exception):
    """No seat is free. wait: seconds until the next one is."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"no seat for {wait} s")
        self.wait = wait


class Seat:
    """Somebody's place under a limit; give it back where the try turned out to be no try."""

    def __init__(self) -> None:
        self._held: list[tuple[BaseCache, str]] = []

    def give_back(self) -> None:
        while self._held:
            store, key = self._held.pop()
            store.delete(key)

    def take(self, limit: Limit, *who: object) -> "Seat":
        """One more seat; TooOften gives back everything that was held before."""
        name = hashlib.sha256("\n".join(map(_network, who)).encode()).hexdigest()[:40]
        keys = [f"limit:{limit.name}:{name}:{number}" for number in range(limit.seats)]
        for store in (caches[alias] for alias in STORES):
            key = _sit_down(store, keys, limit.seconds)
            if key is None:
                self.give_back()
                raise TooOften(_wait(store, keys, limit.seconds))
            self._held.append((store, key))
        return self


def take(limit: Limit, *who: object) -> Seat:
    """A seat for whoever this is. Raises TooOften."""
    return Seat().take(limit, *who)


def is_free(limit: Limit, *who: object) -> bool:
    """Takes a seat where there is one; False where there is none."""
    try:
        take(limit, *who)
    except TooOften:
        return False
    return True


def in_words(seconds: int) -> str:
    """How long to wait, as one says it."""
    minutes = max(1, -(-seconds // 60))
    if minutes < 60:
        return ngettext("in %(n)d minute", "in %(n)d minutes", minutes) % {"n": minutes}
    return _("in an hour")


def _network(who: object) -> str:
    """Of an IPv6 address its /64: that is one household, which may use another address for every try."""
    try:
        address = ipaddress.ip_address(str(who))
    except ValueError:
        return str(who)
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.IPv6Network((int(address), 64), strict=False))


def _sit_down(store: BaseCache, keys: list[str], seconds: int) -> str | None:
    taken = store.get_many(keys)
    until = time.time() + seconds
    return next((key for key in keys if key not in taken and store.add(key, until, seconds)), None)


def _wait(store: BaseCache, keys: Iterable[str], seconds: int) -> int:
    first = min(store.get_many(list(keys)).values(), default=time.time() + seconds)
    return max(1, round(first - time.time()))
