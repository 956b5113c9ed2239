"""The pytest plugin of the two legs: marks, what this machine lacks, and skips that the CI does not accept."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SKIPS_ARE_FATAL = os.environ.get("HEARTH_CI", "") not in ("", "0")
skipped: list[str] = []


def pytest_addoption() -> None:
    """Before anything reads the settings: a bare `pytest` must not meet the data of a running installation."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker and os.environ.get("REDIS_URL"):
        # Each worker empties its cache before each test; it must not be another's. Even numbers and odd ones are the legs.
        server, _, leg = os.environ["REDIS_URL"].rpartition("/")
        os.environ["REDIS_URL"] = f"{server}/{int(leg) % 2 + 2 * int(worker.removeprefix('gw'))}"
    if "HEARTH_LEG" not in os.environ:
        os.environ.setdefault("HEARTH_MODE", "demo")
        if "HEARTH_DATA" not in os.environ:
            os.environ["HEARTH_DATA"] = tempfile.mkdtemp(prefix="hearth-tests-")
            atexit.register(shutil.rmtree, os.environ["HEARTH_DATA"], ignore_errors=True)
    # WhiteNoise warns of a folder that is not there.
    Path(os.environ["HEARTH_DATA"], "static").mkdir(parents=True, exist_ok=True)


def chromium_path() -> str | None:
    """The browser of the machine; CHROMIUM names another one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chromium_path() is not None:
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: the browser journeys were left out"))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        skipped.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        skipped.append(report.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    yield
    if SKIPS_ARE_FATAL and skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if SKIPS_ARE_FATAL and skipped:
        terminalreporter.section("skipped, which HEARTH_CI does not accept", red=True)
        for name in skipped:
            terminalreporter.line(name)
