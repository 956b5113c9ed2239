"""Starting, watching and ending the processes that one command keeps together. Standard library only."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Ask the kernel to end this process when the one that started it is gone, even by kill -9. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def bound_to(parent: int) -> Callable[[], None]:
    """What a child runs before its program: it dies with the parent, also if that died a moment ago."""

    def prepare() -> None:
        die_with_parent()
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def free_port() -> int:
    """One that is free together with the next, which a demo needs for the stand-in."""
    while True:
        with socket.socket() as probe, socket.socket() as next_one, suppress(OSError, OverflowError):
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            next_one.bind(("127.0.0.1", port + 1))
            return port


@dataclass(slots=True)
class Part:
    """One process with everything that it starts itself: it leads a process group of its own."""

    name: str
    process: subprocess.Popen[Any]
    log: Path | None = None

    @classmethod
    def start(
        cls,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path | None = None,
        stdin: bytes | None = None,
        pass_fds: Sequence[int] = (),
        speaks: bool = False,
        **options: Any,
    ) -> Part:
        """Output goes to `log`, or where the caller's goes; what `speaks` keeps its standard output."""
        out: IO[bytes] | None = log.open("wb") if log else None
        try:
            process = subprocess.Popen(
                list(command),
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                stdout=None if speaks else out,
                stderr=out,
                pass_fds=pass_fds,
                # Ctrl-C in a terminal reaches the one who orders the end, not the parts.
                start_new_session=True,
                preexec_fn=bound_to(os.getpid()),
                **options,
            )
        finally:
            if out:
                out.close()
        if stdin is not None and process.stdin:
            process.stdin.write(stdin)
            process.stdin.close()
        return cls(name, process, log)

    @property
    def ended(self) -> int | None:
        return self.process.poll()

    def signal(self, number: int) -> None:
        """To the whole group; a group that is gone is what was wanted."""
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            if self.process.poll() is None:
                self.process.send_signal(number)

    def last_lines(self, count: int = 8) -> list[str]:
        if self.log is None or not self.log.exists():
            return []
        with self.log.open("rb") as lines:
            lines.seek(max(0, self.log.stat().st_size - 8000))
            return lines.read().decode("utf-8", "replace").splitlines()[-count:]


def end(parts: Sequence[Part], *, patience: float = 6.0) -> None:
    """Ask every part to finish, wait, then take what is left, with what those parts started."""
    for part in parts:
        if part.ended is None:
            part.process.terminate()
    deadline = time.monotonic() + patience
    while any(part.ended is None for part in parts) and time.monotonic() < deadline:
        time.sleep(0.02)
    for part in parts:
        part.signal(signal.SIGKILL)
    for part in parts:
        part.process.wait(timeout=2)
