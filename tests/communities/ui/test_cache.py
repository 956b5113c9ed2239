"""X1, X2: a Redis that refuses or hangs is a miss, and waited for once."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from communities.ui import cache as forgiving
from communities.ui.cache import Breaker, ForgivingRedisCache


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a server that accepts connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
    forgiving.breaker_of.cache_clear()


def cache_at(address: str, wait: float = 0.05) -> ForgivingRedisCache:
    options = {"socket_connect_timeout": wait, "socket_timeout": wait}
    return ForgivingRedisCache(address, {"KEY_PREFIX": "hearth", "OPTIONS": options})


def test_every_method_answers_as_an_empty_cache_would(server: str) -> None:
    cache = cache_at(server)
    assert cache.get("key", "fallback") == "fallback"
    assert cache.get_many(["a", "b"]) == {}
    assert "key" not in cache
    assert cache.set("key", 1) is None
    assert cache.set_many({"a": 1}) == []
    assert cache.add("key", 1) is True
    assert cache.touch("key") is False
    assert cache.delete("key") is False
    assert cache.delete_many(["a"]) is None
    assert cache.get_or_set("key", lambda: 7) == 7
    assert not cache.clear()
    with pytest.raises(ValueError, match="not found"):
        cache.incr("key")


def test_only_the_first_call_waits(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []
    execute = redis.Redis.execute_command
    monkeypatch.setattr(
        redis.Redis, "execute_command", lambda self, *a, **k: (tries.append(a), execute(self, *a, **k))[1]
    )
    cache = cache_at(server)
    for _again in range(50):
        assert cache.get("key") is None
    assert len(tries) == 1


def test_threads_share_what_one_of_them_learnt(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = cache_at(server), cache_at(server)
    first.get("key")
    monkeypatch.setattr(redis.Redis, "execute_command", lambda *_a, **_k: pytest.fail("asked again"))
    assert second.get("key") is None


def test_a_refused_connection_is_a_miss() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        cache = cache_at(f"redis://127.0.0.1:{taken.getsockname()[1]}/0")
        assert cache.get("key", "fallback") == "fallback"
    forgiving.breaker_of.cache_clear()


def test_after_a_rest_one_caller_tries_and_the_others_go_on_without(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    breaker = Breaker()
    assert breaker.allows()
    breaker.failed(ConnectionError())
    assert not breaker.allows()
    clock[0] += 2.1
    assert [breaker.allows() for _caller in range(3)] == [True, False, False]
    breaker.worked()
    assert [breaker.allows() for _caller in range(3)] == [True, True, True]


class Pretended(dict[str, Any]):
    """What of a Redis client the cache uses, held in a dictionary that can be switched off."""

    down = False

    def _up(self) -> None:
        if self.down:
            raise redis.exceptions.TimeoutError

    def get(self, key: str) -> Any:  # type: ignore[override]
        self._up()
        return dict.get(self, key)

    def set(self, key: str, value: Any, ex: int | None = None) -> None:
        self._up()
        self[key] = value

    def delete(self, *keys: str) -> int:
        self._up()
        return sum(self.pop(key, None) is not None for key in keys)


def test_what_was_deleted_while_redis_hung_is_gone_when_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """C04: a session that was ended must not rise again out of a cache that had not heard."""
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    store = Pretended()
    monkeypatch.setattr(forgiving.ForgivingClient, "get_client", lambda *_a, **_k: store)
    cache = cache_at("redis://127.0.0.1:1/9")
    cache.set("session", "alive")
    cache.set("other", "kept")
    store.down = True
    assert cache.delete("session") is False
    store.down, clock[0] = False, clock[0] + 2.1
    assert cache.get("session") is None
    assert cache.get("other") == "kept"
    forgiving.breaker_of.cache_clear()
