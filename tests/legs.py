"""The pytest plugin of a leg: which files it runs and which its siblings have, what this machine lacks, and skips that the CI does
not accept."""

from __future__ import annotations

import atexit
import gc
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SKIPS_ARE_FATAL = os.environ.get("HEARTH_CI", "") not in ("", "0")
# Where the legs say who takes what; without it, this process runs everything that it is asked for.
CLAIMS = os.environ.get("HEARTH_CLAIMS", "")
LEG = os.environ.get("HEARTH_LEG", "")
FROM_THE_END = os.environ.get("HEARTH_FROM_THE_END", "") == "1"
DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}
skipped: list[str] = []
claimed: dict[str, bool] = {}


def pytest_addoption() -> None:
    """Before anything reads the settings: a bare `pytest` must not meet the data of a running installation."""
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


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was loaded so far stays: whoever looks for rubbish need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(300_000, 20, 50)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What every database runs comes first, then the journeys, last what needs no database: whoever is early takes more of it.
    One process begins with the journeys, which wait a lot, and meets the others coming from the last file."""
    if FROM_THE_END:
        files = {name: -number for number, name in enumerate(dict.fromkeys(map(file_of, items)))}
        items.sort(key=lambda item: (not is_journey(item), runs_once(item), files[file_of(item)]))
    else:
        items.sort(key=lambda item: (runs_once(item), not is_journey(item)))
    if chromium_path() is not None:
        return
    for item in items:
        if is_journey(item):
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: the browser journeys were left out"))


def is_journey(item: pytest.Item) -> bool:
    return item.get_closest_marker("browser") is not None


def runs_once(item: pytest.Item) -> bool:
    """A second database could not change what it says: a browser looks at it, it is marked so, or it may not touch one at all."""
    touches = item.get_closest_marker("django_db") or DATABASE & set(getattr(item, "fixturenames", ()))
    return is_journey(item) or item.get_closest_marker("once") is not None or not touches


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """True: another leg has it, and nothing of it happens here."""
    if claim(item):
        return None
    item.session._setupstate.teardown_exact(nextitem)  # so that the next one finds what it would after this one
    item.session.testscollected -= 1
    item.config.hook.pytest_deselected(items=[item])
    return True


def claim(item: pytest.Item) -> bool:
    """A journey is taken alone, everything else by its file, which shares what it set up; each database has all of its files."""
    if is_journey(item):
        return take(item.nodeid)
    return take(f"once {file_of(item)}" if runs_once(item) else f"{LEG} {file_of(item)}")


def file_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def take(name: str) -> bool:
    """Whoever comes first has it; everybody where nobody shares."""
    if not CLAIMS:
        return True
    if name not in claimed:
        try:
            Path(CLAIMS, hashlib.sha256(name.encode()).hexdigest()).touch(exist_ok=False)
            claimed[name] = True
        except FileExistsError:
            claimed[name] = False
    return claimed[name]


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
