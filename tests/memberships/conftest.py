"""One stand-in and one mailbox for all tests of memberships; each test begins in an empty world at the real time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from tests.memberships.openapi import judge_record
from tests.memberships.process import KEY, SECRET, Mailbox, StandIn, free_port, mailbox


@pytest.fixture(scope="session")
def letterbox() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


@pytest.fixture(scope="session")
def standin_process(letterbox: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """Ends with a look at its contract log and at every answer it gave."""
    folder = tmp_path_factory.mktemp("standin")
    record = folder / "record.jsonl"
    process = StandIn(free_port(), folder, letterbox.url, {"STANDIN_RECORD": str(record)})
    process.start()
    try:
        yield process
        refused = process.contract()
    finally:
        process.stop()
    assert refused == []
    assert "Traceback" not in process.log(), process.log()[-4000:]
    assert "\n".join(judge_record(record)) == ""


@pytest.fixture
def standin(standin_process: StandIn, letterbox: Mailbox, settings: Any) -> Iterator[StandIn]:
    """The gateway speaks to it; nothing is there yet."""
    settings.STRIPE_MODE, settings.STRIPE_API_KEY = "standin", KEY
    settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_API_BASE = [SECRET], standin_process.base
    standin_process.do("reset", webhook=letterbox.url)
    letterbox.letters.clear()
    letterbox.status = lambda _letter: 200
    yield standin_process
    refused = standin_process.do("contract")["emptied"]
    assert refused == [], "refused by the contract"


@contextmanager
def meanwhile(query: str, act: Callable[[], Any]) -> Iterator[None]:
    """Somebody else's turn falls right after our first query that begins so: what they do, we have not seen."""
    waiting = [act]

    def step_in(execute: Any, sql: str, *how: Any) -> Any:
        answer = execute(sql, *how)
        if waiting and sql.startswith(query):
            waiting.pop()()
        return answer

    with connection.execute_wrapper(step_in):
        yield
    assert not waiting, "nothing was asked like that"
