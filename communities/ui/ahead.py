"""Looking ahead: a page is made of what is not out and will be taken back; no cache may keep it or answer in its place."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_looking: ContextVar[bool] = ContextVar("looking_ahead", default=False)


@contextmanager
def looking_ahead() -> Iterator[None]:
    before = _looking.set(True)
    try:
        yield
    finally:
        _looking.reset(before)


def is_looking_ahead() -> bool:
    return _looking.get()
