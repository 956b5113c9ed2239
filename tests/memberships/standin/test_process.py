"""The process itself: what it refuses to start with, what it keeps over a restart, that it ends when asked."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.bootstrap import ROOT
from config.processes import free_port
from memberships.standin.ledger.amounts import spread, tax_on
from tests.memberships.process import Mailbox, StandIn


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"STRIPE_API_KEY": "sk_live_real"}, "does not start beside a live STRIPE_API_KEY"),
        ({"STRIPE_API_KEY": "rk_live_real"}, "does not start beside a live STRIPE_API_KEY"),
        ({"HEARTH_HOST": "0.0.0.0"}, "serves this machine only"),
        ({"HEARTH_HOST": "192.0.2.7"}, "serves this machine only"),
        ({"PORT": "65535"}, "PORT leaves no room"),
    ],
)
def test_it_refuses_to_start_in_one_sentence(tmp_path: Path, env: dict[str, str], sentence: str) -> None:
    plain = {name: it for name, it in os.environ.items() if not name.startswith("STRIPE_")}
    done = subprocess.run(
        [sys.executable, "-m", "memberships.standin"],
        cwd=ROOT,
        env={**plain, "HEARTH_DATA": str(tmp_path), "PORT": str(free_port()), **env},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert "real" not in done.stderr


@pytest.fixture
def own(tmp_path: Path, letterbox: Mailbox) -> Iterator[StandIn]:
    process = StandIn(free_port(), tmp_path, letterbox.url)
    process.start()
    yield process
    process.stop()


def test_a_restart_keeps_everything_and_its_clock(own: StandIn) -> None:
    own.do("advance", days=3)
    own.fetch("/v1/products", {"name": "Kept"}, Authorization="Bearer sk_test_standin_demo")
    own.do("wait")
    before, state = own.dump(), own.state()
    own.stop()
    own.start()
    assert own.dump() == before
    assert own.state()["offset"] == state["offset"] == 3 * 86_400
    assert "Traceback" not in own.log()


def test_every_page_wears_the_bar(own: StandIn) -> None:
    for path in (
        "/_standin/",
        "/_standin/contract",
        "/c/pay/none",
        "/i/none",
        "/p/session/none",
        "/3ds/none",
        "/nowhere",
    ):
        page = own.fetch(path, Accept="text/html")
        assert "TEST MODE" in page.text, path
    assert "text/css" in own.fetch("/look.css").headers["Content-Type"]


def test_what_is_taken_off_several_lines_is_lost_nowhere() -> None:
    assert spread(100, [1, 1, 1]) == [34, 33, 33]
    assert spread(7, [500, 300, 200]) == [4, 2, 1]
    assert spread(0, [0, 0]) == [0, 0]


def test_tax_inside_and_beside() -> None:
    assert (tax_on(1000, "exclusive"), tax_on(1200, "inclusive"), tax_on(-999, "inclusive")) == (200, 200, -166)
