"""ForgivingRedisCache: a Redis that is gone, hangs or is full is a cache miss, never an error and never a wait on each request."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.utils.functional import cached_property
from redis import exceptions

log = logging.getLogger(__name__)
REST = 2.0  # seconds without a try after a failure
KEPT = 20_000  # lost writes remembered, per process
FAILURES = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.ReadOnlyError,
    exceptions.OutOfMemoryError,
    OSError,
)


class Breaker:
    """Shared by all threads of a process. Open after a failure; then one caller at a time may try whether it works again.

    `stale` holds the keys whose change did not get through: what Redis still has for them is wrong when it comes back
    (a session that was ended, say), so they are deleted there before anything is read.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = False
        self._try_at = 0.0
        self._stale: dict[str, None] = {}

    def allows(self) -> bool:
        with self._lock:
            if not self._open:
                return True
            if time.monotonic() < self._try_at:
                return False
            self._try_at = time.monotonic() + REST
            return True

    def failed(self, problem: Exception) -> None:
        with self._lock:
            if not self._open:
                log.warning("cache unavailable, going on without: %s", type(problem).__name__)
            self._open, self._try_at = True, time.monotonic() + REST

    def worked(self) -> None:
        with self._lock:
            if self._open:
                log.warning("cache available again")
            self._open = False

    def lose(self, keys: Iterable[str]) -> None:
        with self._lock:
            self._stale.update(dict.fromkeys(keys))
            while len(self._stale) > KEPT:
                self._stale.pop(next(iter(self._stale)))

    def take_stale(self) -> list[str]:
        if not self._stale:
            return []
        with self._lock:
            keys = list(self._stale)
            self._stale.clear()
        return keys


@cache
def breaker_of(servers: tuple[str, ...]) -> Breaker:
    """One for each server and process: Django makes a cache object for every thread."""
    return Breaker()


class ForgivingClient(RedisCacheClient):
    """Each call either goes through or answers as an empty cache would."""

    prefix = ""

    def __init__(self, servers: list[str], *args: Any, **options: Any) -> None:
        super().__init__(servers, *args, **options)
        self._breaker = breaker_of(tuple(servers))
        self._clients: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """One for reading and one for writing: Django makes a new one for every call, which costs three times what the call does."""
        if write not in self._clients:
            self._clients[write] = super().get_client(key, write=write)
        return self._clients[write]

    def _try(self, call: Callable[[], Any], missed: Any, changes: Iterable[str] = ()) -> Any:
        if not self._breaker.allows():
            self._breaker.lose(changes)
            return missed
        stale = self._breaker.take_stale()
        try:
            if stale:
                super().delete_many(stale)
            answer = call()
        except FAILURES as problem:
            self._breaker.failed(problem)
            self._breaker.lose([*stale, *changes])
            return missed
        self._breaker.worked()
        return answer

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        """True on a miss: who asks "am I the first?" goes on, and what the database holds decides."""
        return self._try(partial(super().add, key, value, timeout), True, [key])

    def get(self, key: Any, default: Any) -> Any:
        return self._try(partial(super().get, key, default), default)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        self._try(partial(super().set, key, value, timeout), None, [key])

    def touch(self, key: Any, timeout: Any) -> bool:
        return self._try(partial(super().touch, key, timeout), False)

    def delete(self, key: Any) -> bool:
        return self._try(partial(super().delete, key), False, [key])

    def get_many(self, keys: Any) -> dict[Any, Any]:
        return self._try(partial(super().get_many, list(keys)), {})

    def has_key(self, key: Any) -> bool:
        return self._try(partial(super().has_key, key), False)

    def incr(self, key: Any, delta: int) -> int:
        """A miss is what it is for every backend: ValueError, the key is not there."""
        number = self._try(partial(super().incr, key, delta), None, [key])
        if number is None:
            raise ValueError(f"Key {key!r} not found.")
        return number

    def set_many(self, data: Any, timeout: Any) -> None:
        self._try(partial(super().set_many, data, timeout), None, data)

    def delete_many(self, keys: Any) -> None:
        gone = list(keys)
        self._try(partial(super().delete_many, gone), None, gone)

    def clear(self) -> bool:
        return self._try(partial(self._clear_own, self.prefix), False)

    def _clear_own(self, prefix: str) -> bool:
        """Our keys only: the queue of the workers lives in the same database."""
        client, place = self.get_client(None, write=True), 0
        while True:
            place, keys = client.scan(place, match=f"{prefix}:*", count=1000)
            if keys:
                client.unlink(*keys)
            if place == 0:
                return True


class ForgivingRedisCache(RedisCache):
    """Django's RedisCache on the forgiving client. Sessions (cached_db) then come from the database."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._where = server.replace(";", ",").split(",") if isinstance(server, str) else list(server)
        self._how = params.get("OPTIONS", {})

    @cached_property
    def _cache(self) -> ForgivingClient:
        client = ForgivingClient(self._where, **self._how)
        client.prefix = self.key_prefix
        return client
