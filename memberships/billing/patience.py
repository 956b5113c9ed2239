"""How long somebody at a page waits for Stripe in all: a worker has its time, a person has seconds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

AT_THE_TILL = 10.0  # seconds
ON_THE_WAY_BACK = 5.0
LEAST = 0.1

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All calls inside end within these seconds together, each tried once."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def is_short() -> bool:
    return _deadline.get() is not None


def left(most: float) -> float:
    """Seconds for the next call."""
    deadline = _deadline.get()
    return most if deadline is None else min(most, max(LEAST, deadline - time.monotonic()))
