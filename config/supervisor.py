"""`manage.py up`: one small supervisor over Valkey, the web, the worker and a demo's stand-in. If one of them dies, all end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from config.bootstrap import ROOT
from config.datafolder import DataFolder, Refusal
from config.listening import LOOPBACK, listen, read_port, serves
from config.prepare import REFUSED
from config.processes import Part, end
from config.valkey import NONE_HERE, Valkey, find_server
from memberships.billing.modes import STANDIN, Misconfigured, settle

PATIENCE_TO_SERVE = 180.0
DEMO_WORD = "hearth-demo"
DEMO_PEOPLE = (
    ("owner@demo.example", "owns Halftone"),
    ("staff@demo.example", "moderates, may enter the admin"),
    ("circle@demo.example", "Inner Circle, the highest step"),
    ("insider@demo.example", "Insider"),
    ("member@demo.example", "member"),
    ("outsider@demo.example", "an account that belongs nowhere yet"),
    ("maker@demo.example", "owns Atelier"),
)


class Ended(Exception):
    """Somebody asked for the end."""


asked_to_end: list[bool] = []


def main(arguments: list[str]) -> int:
    if arguments:
        print(
            "`up` takes no arguments; set PORT, HEARTH_DATA, HEARTH_MODE or HEARTH_HOST.", file=sys.stderr, flush=True
        )
        return 1
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask_for_the_end)
    house = House(DataFolder.from_environment())
    try:
        house.check()
        house.start()
        house.announce()
        return house.watch()
    except Refusal as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1
    except Ended:
        return 0
    finally:
        house.close()


def ask_for_the_end(_number: int, _frame: FrameType | None) -> None:
    """Only noted here: an exception in the middle of a start could lose track of a process."""
    asked_to_end.append(True)


@dataclass(slots=True)
class House:
    folder: DataFolder
    parts: list[Part] = field(default_factory=list)
    sockets: list[socket.socket] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    port: int = 8000
    mode: str = "live"
    is_new: bool = False
    held: int = -1
    standin: list[socket.socket] = field(default_factory=list)

    def check(self) -> None:
        """Everything that can be refused without starting anything."""
        host = os.environ.get("HEARTH_HOST") or "127.0.0.1"
        self.port = read_port(os.environ.get("PORT") or "8000")
        self.folder.open()
        self.held = self.folder.lock()
        self.is_new = not self.folder.remembered("mode")
        asked = os.environ.get("HEARTH_MODE", "")
        if host not in LOOPBACK and (asked or self.folder.remembered("mode")) == "demo":
            raise Refusal(f"Demo mode has people with a public password and serves this machine only, not {host}.")
        self.sockets = listen(host, self.port)
        self.mode = self.folder.settle_mode(asked)
        self.check_money()
        self.folder.keep_secret_key()
        (self.folder.path / "port").write_text(f"{self.port}\n", encoding="utf-8")
        self.env = {
            **os.environ,
            "HEARTH_DATA": str(self.folder.path),
            "HEARTH_MODE": self.mode,
            "PORT": str(self.port),
        }
        # Compiled modules make the second start fast; they are ignored by git and by the image.
        self.env.pop("PYTHONDONTWRITEBYTECODE", None)

    def check_money(self) -> None:
        """Whether Stripe's settings go together; in a demo of its own the stand-in gets the next port."""
        given = os.environ.get
        secrets = (given("STRIPE_WEBHOOK_SECRET", ""), *given("STRIPE_WEBHOOK_SECRETS", "").split(","))
        mode, key, base = (given(f"STRIPE_{name}", "") for name in ("MODE", "API_KEY", "API_BASE"))
        try:
            stripe = settle(demo=self.mode == "demo", port=self.port, mode=mode, key=key, secrets=secrets, base=base)
        except Misconfigured as problem:
            raise Refusal(str(problem)) from None
        if stripe.mode == STANDIN and not base:
            if self.port == 65535:
                raise Refusal(
                    "PORT leaves no room for Stripe's stand-in, which is served one higher; choose a lower one."
                )
            self.standin = listen("127.0.0.1", self.port + 1)

    def start(self) -> None:
        self.start_valkey()
        self.start_standin()
        ready, go = os.pipe()
        self.start_web(ready)
        os.close(ready)
        try:
            self.prepare()
            os.write(go, b"g")
        finally:
            os.close(go)
        self.start_worker()
        self.wait_until_served()

    def start_valkey(self) -> None:
        if os.environ.get("REDIS_URL"):
            self.folder.withdraw_redis_url()
            return
        server = find_server()
        if server is None:
            raise Refusal(NONE_HERE)
        kept = self.folder.path / "valkey"
        for _attempt in range(2):
            valkey = Valkey.choose()
            log = self.folder.fresh_log("valkey")
            part = valkey.start(server, folder=kept, log=log, env=self.env)
            self.parts.append(part)
            if valkey.wait(part):
                self.env["REDIS_URL"] = valkey.url()
                self.folder.publish_redis_url(valkey.url())
                return
            # An older server cannot read the files of a newer one. Nothing in them is owed: that is in the outbox.
            self.parts.remove(part)
            end([part])
            shutil.rmtree(kept, ignore_errors=True)
        raise Refusal(f"Valkey did not start; {log} says why.")

    def part(
        self,
        name: str,
        command: Sequence[str],
        *,
        extra: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        speaks: bool = False,
    ) -> Part:
        part = Part.start(
            name,
            [sys.executable, *command],
            env={**self.env, **(extra or {})},
            cwd=ROOT,
            log=self.folder.fresh_log(name),
            pass_fds=pass_fds,
            speaks=speaks,
        )
        self.parts.append(part)
        return part

    def start_standin(self) -> None:
        """The offline Stripe of a demo that names no key."""
        if self.standin:
            numbers = [listening.fileno() for listening in self.standin]
            extra = {"HEARTH_SOCKET_FDS": ",".join(map(str, numbers))}
            self.part("standin", ["-m", "memberships.standin"], extra=extra, pass_fds=numbers)

    def start_web(self, ready: int) -> None:
        """It reads its code while the database is prepared, and serves when the pipe says so."""
        numbers = [listening.fileno() for listening in self.sockets]
        extra = {"HEARTH_GO_FD": str(ready), "HEARTH_SOCKET_FDS": ",".join(map(str, numbers))}
        self.part("web", ["-m", "config.web"], extra=extra, pass_fds=(ready, *numbers))

    def start_worker(self) -> None:
        """The worker carries beat inside: one machine, one of each."""
        schedule = str(self.folder.path / "beat-schedule")
        command = ["-m", "celery", "--app", "config.celery", "worker", "--beat", "--schedule", schedule]
        quick = ["--without-mingle", "--without-gossip", "--loglevel", "INFO", "--concurrency", "2"]
        self.part("worker", [*command, *quick])

    def prepare(self) -> None:
        part = self.part("prepare", ["-m", "config.prepare"], speaks=True)
        while part.ended is None:
            self.look(except_for=part)
            time.sleep(0.02)
        self.parts.remove(part)
        if part.ended == REFUSED:
            raise Refusal(part.last_lines(1)[0])
        if part.ended:
            raise Refusal(describe(part))

    def wait_until_served(self) -> None:
        deadline = time.monotonic() + PATIENCE_TO_SERVE
        address = self.sockets[0].getsockname()[0]
        while not serves(address, self.port):
            self.look()
            if time.monotonic() > deadline:
                raise Refusal(f"The web part does not answer; {self.folder.logs / 'web.log'} may say why.")
            time.sleep(0.02)

    def announce(self) -> None:
        say(f"Ready on http://127.0.0.1:{self.port}")
        if self.mode == "demo":
            say(f"Sign in at http://localhost:{self.port}/accounts/login/ with the password {DEMO_WORD}:")
            for address, what in DEMO_PEOPLE:
                say(f"  {address:<24}{what}")
            if self.standin:
                say(
                    f"No money moves: the stand-in for Stripe has its console at http://localhost:{self.port + 1}/_standin/"
                )
        elif self.is_new:
            say("Nobody can sign in yet: `python3 manage.py createsuperuser` makes the first account.")
        say(f"Everything it knows lies in {self.folder.path}; Ctrl-C ends it.")

    def watch(self) -> int:
        while True:
            self.look()
            time.sleep(0.1)

    def look(self, *, except_for: Part | None = None) -> None:
        if asked_to_end:
            raise Ended
        for part in self.parts:
            if part is not except_for and part.ended is not None:
                raise Refusal(describe(part))

    def close(self) -> None:
        for listening in (*self.sockets, *self.standin):
            listening.close()
        # The worker first hands back what it holds, so Valkey goes last.
        end([part for part in self.parts if part.name != "valkey"])
        end([part for part in self.parts if part.name == "valkey"], patience=2)
        if self.held >= 0:
            self.folder.withdraw_redis_url()
            os.close(self.held)


def describe(part: Part) -> str:
    lines = "".join(f"\n  {line}" for line in part.last_lines())
    return f"The {part.name} part ended with {part.ended}, so all were stopped; its last lines in {part.log}:{lines}"


def say(sentence: str) -> None:
    print(sentence, flush=True)
