"""What the data folder remembers between starts: its mode, its secret key, who runs in it. Standard library only."""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.bootstrap import ROOT

MODES = ("demo", "live")


class Refusal(Exception):
    """A start that cannot be; its text is the one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    path: Path

    @classmethod
    def from_environment(cls) -> DataFolder:
        return cls(Path(os.environ.get("HEARTH_DATA") or ROOT / "var").expanduser().resolve())

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def run(self) -> Path:
        """What is true only while it runs."""
        return self.path / "run"

    @property
    def redis_url_file(self) -> Path:
        return self.path / "redis_url"

    def open(self) -> None:
        """Make what is missing and make sure that everything in it can be written."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self.logs, self.run):
                folder.mkdir(mode=0o700, exist_ok=True)
            probe = self.run / f"probe.{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
            database = self.path / "hearth.sqlite3"
            if database.exists() and not os.access(database, os.W_OK):
                raise PermissionError(13, "not writable", str(database))
        except OSError as problem:
            raise Refusal(f"The data folder {self.path} cannot be written: {problem.strerror or problem}.") from None

    def lock(self) -> int:
        """Held until this process ends, however it ends: two starts must not share a folder."""
        held = os.open(self.run / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(held)
            raise Refusal(f"Hearth already runs in {self.path}; stop it first or name another HEARTH_DATA.") from None
        return held

    def remembered(self, name: str, default: str = "") -> str:
        """What a start wrote down: "mode", "port", "secret_key", and while it runs its "redis_url"."""
        kept = self.path / name
        return (kept.read_text(encoding="utf-8").strip() if kept.is_file() else "") or default

    def settle_mode(self, asked: str) -> str:
        """The mode of this start, written down the first time. What is remembered can't be turned into the other."""
        if asked not in ("", *MODES):
            raise Refusal(f"HEARTH_MODE is demo or live, not {asked!r}.")
        remembered = self.remembered("mode")
        if remembered and asked and asked != remembered:
            raise Refusal(
                f"The data folder {self.path} was made in {remembered} mode and cannot start in {asked} mode; "
                "name another HEARTH_DATA."
            )
        mode = remembered or asked or "live"
        if not remembered:
            (self.path / "mode").write_text(f"{mode}\n", encoding="utf-8")
        return mode

    def keep_secret_key(self) -> None:
        """Made once, readable by its owner only."""
        kept = self.path / "secret_key"
        if kept.is_file() and kept.stat().st_size:
            return
        unfinished = self.write_private("secret_key", secrets.token_urlsafe(50))
        with suppress(FileExistsError):  # of two commands at once the first one's key stays
            os.link(unfinished, kept)
        unfinished.unlink()

    def publish_redis_url(self, url: str) -> None:
        """Where other commands on this folder find the running Valkey; its password is in it, so only for the owner."""
        self.write_private("redis_url", url).replace(self.redis_url_file)

    def write_private(self, name: str, text: str) -> Path:
        """A complete file that only the owner can read, beside the place it is meant for."""
        unfinished = self.run / f"{name}.{os.getpid()}"
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(f"{text}\n")
        return unfinished

    def withdraw_redis_url(self) -> None:
        self.redis_url_file.unlink(missing_ok=True)

    def fresh_log(self, name: str, keep: int = 3) -> Path:
        """The log of a part, emptied; the ones of the last starts stay beside it as .1, .2 and .3."""
        log = self.logs / f"{name}.log"
        for number in range(keep, 0, -1):
            older = self.logs / f"{name}.log.{number - 1}" if number > 1 else log
            if older.exists():
                older.replace(self.logs / f"{name}.log.{number}")
        return log
