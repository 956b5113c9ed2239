"""The production shape on this machine: PostgreSQL and Valkey where they are, the threaded WSGI server with two workers."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.bootstrap import ROOT
from config.processes import Part, end, free_port
from tests.servers import find_postgres, start_postgres, start_valkey

WORKERS = 2


@dataclass(slots=True)
class House:
    """env: what every process of the installation runs with. database: the name to print beside a figure."""

    folder: Path
    env: dict[str, str]
    database: str
    parts: list[Part]

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, check=True, capture_output=True, text=True).stdout

    def serve(self, application: str, *, threads: str = "2", **more: str) -> tuple[Part, str]:
        """The application under the production server; returns the part and its address once it answers."""
        port = free_port()
        granian = Path(sys.executable).parent / "granian"
        command = [
            str(granian),
            "--interface",
            "wsgi",
            "--workers",
            str(WORKERS),
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ]
        command += ["--no-ws", "--blocking-threads", threads, "--log-level", "warning", application]
        part = Part.start(application, command, env={**self.env, **more}, cwd=ROOT, log=self.folder / "web.log")
        self.parts.append(part)
        address = f"http://127.0.0.1:{port}"
        wait_for(address + "/healthz", part)
        return part, address


@contextmanager
def house() -> Iterator[House]:
    """Everything is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hearth-bench-"))
    parts: list[Part] = []
    try:
        env = {
            **os.environ,
            "HEARTH_DATA": str(folder / "data"),
            "HEARTH_MODE": "demo",
            "LOG_LEVEL": "ERROR",
            "WRITING_LIMITS": "false",
        }
        (folder / "data").mkdir()
        (folder / "data" / "secret_key").write_text("benchmark-" + "x" * 50)
        if valkey := start_valkey(folder):
            parts.append(valkey[0])
            env["REDIS_URL"] = valkey[1] + "/0"
        database = "SQLite"
        if programs := find_postgres():
            part, env["DATABASE_URL"] = start_postgres(folder, programs)
            parts.append(part)
            database = "PostgreSQL"
        yield House(folder, env, database, parts)
    finally:
        end(parts, patience=3)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(address: str, part: Part, seconds: float = 60.0) -> None:
    """Any answer will do: a bare application knows no addresses."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server did not answer: " + " / ".join(part.last_lines()))
