"""Group `start`: from a bare checkout to `Ready on` with nothing kept (cold), and the second start of the same folder (warm)."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from config.bootstrap import ROOT
from config.processes import free_port
from tests.bench.figures import Figure

PATIENCE = 300


def run(scale: float) -> Iterator[Figure]:
    folder = Path(tempfile.mkdtemp(prefix="hearth-start-"))
    try:
        copy = folder / "checkout"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], check=True)
        env = {name: value for name, value in os.environ.items() if not name.startswith(("HEARTH_", "VIRTUAL_ENV"))}
        env |= {
            "HEARTH_DATA": str(folder / "data"),
            "PIP_NO_CACHE_DIR": "1",
            "UV_NO_CACHE": "1",
            "PORT": str(free_port()),
        }
        env["PATH"] = os.pathsep.join(one for one in env["PATH"].split(os.pathsep) if ".venv" not in one)
        for name in ("cold", "warm"):
            note = "clone, environment without a package cache, demo" if name == "cold" else "the same folder again"
            yield Figure(f"start.{name}", round(until_ready(copy, env), 1), "s", note=note)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def until_ready(checkout: Path, env: dict[str, str]) -> float:
    """Seconds from `make run` to its word that it serves; Ctrl-C afterwards, as a person would."""
    began = time.monotonic()
    started = subprocess.Popen(
        ["make", "run"], cwd=checkout, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert started.stdout is not None
    try:
        for line in started.stdout:
            if line.startswith("Ready on"):
                return time.monotonic() - began
            if time.monotonic() - began > PATIENCE:
                break
        raise RuntimeError("make run did not get ready.")
    finally:
        os.killpg(started.pid, signal.SIGINT)
        started.wait(timeout=20)
        started.stdout.close()
