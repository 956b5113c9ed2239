"""`manage.py test`: the suite on SQLite and on PostgreSQL at the same time, with servers of its own. A third process takes of what
no database changes, so that nobody idles while a browser is waited for."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from config.bootstrap import ROOT
from config.processes import Part, bound_to, end
from tests.legs import LEGS, SKIPS_ARE_FATAL, chromium_path
from tests.servers import find_postgres, start_postgres, start_valkey

NOTHING_SELECTED = 5  # pytest's own code


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
    lacking = []
    redis = ""
    if valkey := start_valkey(folder):
        parts.append(valkey[0])
        redis = valkey[1]
    else:
        lacking.append("No Valkey or Redis here: what needs one is not tested.")
    legs = [Leg("SQLite", {"DATABASE_URL": ""}, redis, 0)]
    if programs := find_postgres():
        part, url = start_postgres(folder, programs)
        parts.append(part)
        legs.append(Leg("PostgreSQL", {"DATABASE_URL": url}, redis, 1))
    else:
        lacking.append("NO POSTGRESQL HERE: THE SUITE RUNS ON SQLITE ONLY (apt install postgresql).")
    legs.append(Leg("SQLite", {"DATABASE_URL": "", "HEARTH_ONLY_ONCE": "1"}, redis, 2, "what runs once, on SQLite"))
    if chromium_path() is None:
        lacking.append("No Chromium here: the browser journeys are skipped (apt install chromium).")
    for sentence in lacking:
        print(sentence, file=sys.stderr, flush=True)
    code = run_legs(legs, arguments, folder)
    if lacking and SKIPS_ARE_FATAL:
        print("Something is missing, which HEARTH_CI does not accept.", file=sys.stderr, flush=True)
        return code or 1
    return code


@dataclass(frozen=True, slots=True)
class Leg:
    name: str
    database: Mapping[str, str]
    redis: str
    number: int
    title: str = ""

    def env(self, folder: Path) -> dict[str, str]:
        """Only what the leg is about: nothing of the caller's own installation reaches a test."""
        foreign = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS", "PORT")
        kept = {name: it for name, it in os.environ.items() if name not in foreign and not name.startswith("STRIPE_")}
        data = folder / f"data-{self.number}"
        data.mkdir(mode=0o700)
        claims = folder / "claims"
        claims.mkdir(exist_ok=True)
        env = {**kept, "HEARTH_DATA": str(data), "HEARTH_MODE": "demo", "HEARTH_LEG": self.name, **self.database}
        env["HEARTH_CLAIMS"] = str(claims)
        env["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in the thread of the test
        if self.redis:
            env["REDIS_URL"] = f"{self.redis}/{self.number}"
        return env

    def command(self, arguments: Sequence[str], workers: int) -> list[str]:
        split = ["-n", str(workers), "--dist", "loadscope"] if workers > 1 else []
        return [sys.executable, "-m", "pytest", *split, *arguments]


def run_legs(legs: Sequence[Leg], arguments: Sequence[str], folder: Path) -> int:
    """The first leg speaks while it runs, the next ones when it is done. 0 only where every leg is green."""
    workers = min(5, max(1, (os.cpu_count() or 2) // 2))  # of each database; Redis keeps sixteen apart
    running = []
    for leg in legs:
        out = (folder / f"leg-{leg.number}.out").open("w+b") if running else None
        command = leg.command(arguments, 1 if leg.number == LEGS - 1 else workers)
        env = leg.env(folder)
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out, preexec_fn=bound_to(os.getpid()))
        running.append((leg, process, out))
        if out is None:
            announce(leg)
    try:
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
    print(f"=== {leg.title or leg.name}", flush=True)
