"""A nudge never makes anybody wait and may be lost."""

import threading
from typing import Any

import pytest

from communities.activity import nudge as nudging


@pytest.fixture
def told(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What reached the broker, behind a gate that the test opens; each test gets a thread of its own."""
    gate, arrived, names = threading.Event(), threading.Event(), []

    class Broker:
        def send_task(self, name: str, **_options: Any) -> None:
            gate.wait(5)
            names.append(name)
            if name == "last":
                arrived.set()
            if name == "refused":
                raise ConnectionRefusedError

    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(nudging, "current_app", Broker())
    monkeypatch.setattr(nudging, "_thread", None)
    monkeypatch.setattr(nudging, "_wake", threading.Event())
    monkeypatch.setattr(nudging, "_wanted", set())
    return gate, arrived, names


def test_nudges_that_come_together_become_one_and_a_broker_that_hangs_holds_nobody(told: Any) -> None:
    gate, arrived, names = told
    nudging.nudge("first")
    for _again in range(100):
        nudging.nudge("mail.send")
        nudging.nudge("last")
    gate.set()
    assert arrived.wait(5)
    assert names.count("mail.send") <= 2
    assert names.count("last") <= 2


def test_a_lost_nudge_does_not_stop_the_next(told: Any) -> None:
    gate, arrived, _names = told
    gate.set()
    nudging.nudge("refused")
    nudging.nudge("last")
    assert arrived.wait(5)


def test_without_a_broker_nobody_is_told(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CELERY_BROKER_URL = "memory://"
    monkeypatch.setattr(nudging, "_thread", None)
    nudging.nudge("mail.send")
    assert nudging._thread is None
