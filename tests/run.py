"""`manage.py test`: the suite on SQLite and on PostgreSQL at the same time, with servers of its own.

Two processes more than there are cores, so that no core idles while browsers and clocks are waited for. Which files each of them
runs they settle while they run (`tests/legs.py`).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from config.bootstrap import ROOT
from config.processes import Part, bound_to, end
from tests.legs import SKIPS_ARE_FATAL, chromium_path
from tests.servers import find_postgres, start_postgres, start_valkey

NOTHING_SELECTED = 5  # pytest's own code
MOST = 15  # processes: Redis keeps sixteen databases apart


def main(arguments: list[str]) -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    folder = Path(tempfile.mkdtemp(prefix="hearth-tests-"))
    parts: list[Part] = []
    try:
        return run(arguments, folder, parts)
    except KeyboardInterrupt:
        return 130
    finally:
        end(parts, patience=3)
        shutil.rmtree(folder, ignore_errors=True)


def interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def run(arguments: list[str], folder: Path, parts: list[Part]) -> int:
    lacking: list[str] = []

    def lacks(sentence: str) -> None:
        lacking.append(sentence)
        print(sentence, file=sys.stderr, flush=True)

    if chromium_path() is None:
        lacks("No Chromium here: the browser journeys are skipped (apt install chromium-headless-shell).")
    code = run_legs(legs_of(folder, parts, lacks), arguments, folder)
    if lacking and SKIPS_ARE_FATAL:
        print("Something is missing, which HEARTH_CI does not accept.", file=sys.stderr, flush=True)
        return code or 1
    return code


def legs_of(folder: Path, parts: list[Part], lacks: Callable[[str], None]) -> Iterator[Leg]:
    """Each as soon as its servers stand: while PostgreSQL starts, the first leg compiles the tests for all."""
    redis = ""
    if valkey := start_valkey(folder):
        parts.append(valkey[0])
        redis = valkey[1]
    else:
        lacks("No Valkey or Redis here: what needs one is not tested.")
    yield Leg(0, redis)
    postgres = ""
    if programs := find_postgres():
        part, postgres = start_postgres(folder, programs)
        parts.append(part)
    else:
        lacks("NO POSTGRESQL HERE: THE SUITE RUNS ON SQLITE ONLY (apt install postgresql).")
    last = min(MOST, max(2, os.cpu_count() or 2) + 2) - 1
    for number in range(1, last + 1):
        yield Leg(number, redis, postgres if number % 2 or number == last else "", number == last)


@dataclass(frozen=True, slots=True)
class Leg:
    """One process: every other one on PostgreSQL where there is one, and the last as well, which begins at the other end."""

    number: int
    redis: str
    postgres: str = ""
    is_last: bool = False

    @property
    def name(self) -> str:
        return "PostgreSQL" if self.postgres else "SQLite"

    def env(self, folder: Path) -> dict[str, str]:
        """Only what the leg is about: nothing of the caller's own installation reaches a test."""
        foreign = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS", "PORT"}
        foreign.add("PYTHONDONTWRITEBYTECODE")  # dozens of processes start: once compiled is enough
        kept = {name: it for name, it in os.environ.items() if name not in foreign and not name.startswith("STRIPE_")}
        data = folder / f"data-{self.number}"
        data.mkdir(mode=0o700)
        claims = folder / "claims"
        claims.mkdir(exist_ok=True)
        env = {**kept, "HEARTH_DATA": str(data), "HEARTH_MODE": "demo", "HEARTH_LEG": self.name, "DATABASE_URL": ""}
        if self.name == "PostgreSQL":
            env["DATABASE_URL"] = f"{self.postgres}{self.number}"  # a database of its own
        env |= {"HEARTH_CLAIMS": str(claims), "HEARTH_FROM_THE_END": str(int(self.is_last))}
        env["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in the thread of the test
        if self.redis:
            env["REDIS_URL"] = f"{self.redis}/{self.number}"
        return env


def run_legs(legs: Iterable[Leg], arguments: Sequence[str], folder: Path) -> int:
    """The first leg speaks while it runs, the next ones when it is done. 0 only where every leg is green."""
    running = []
    try:
        for leg in legs:
            out = (folder / f"leg-{leg.number}.out").open("w+b") if running else None
            command, env = [sys.executable, "-m", "pytest", *arguments], leg.env(folder)
            process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=out, stderr=out, preexec_fn=bound_to(os.getpid())
            )
            running.append((leg, process, out))
            if out is None:
                announce(leg)
        codes = []
        for leg, process, out in running:
            codes.append(process.wait())
            if out is not None:
                with out:
                    if codes[-1] != NOTHING_SELECTED or all(code == NOTHING_SELECTED for code in codes):
                        announce(leg)
                        out.seek(0)
                        shutil.copyfileobj(out, sys.stdout.buffer)
                        sys.stdout.flush()
    finally:
        for _leg, process, _out in running:
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=10)
    if all(code == NOTHING_SELECTED for code in codes):
        return NOTHING_SELECTED
    return next((code for code in codes if code not in (0, NOTHING_SELECTED)), 0)


def announce(leg: Leg) -> None:
    print(f"=== {leg.name}, process {leg.number + 1}", flush=True)
