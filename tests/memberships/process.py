"""The stand-in as its own process for tests, a mailbox that its messages come to, and hands to click its pages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

from config.bootstrap import ROOT
from config.processes import bound_to, free_port

KEY, SECRET = "sk_test_standin_demo", "whsec_demo"
GOOD, DECLINED, POOR = "4242424242424242", "4000000000000002", "4000000000009995"
ASKS_ONCE, ASKS_ALWAYS, FAILS_LATER = "4000002500003155", "4000002760003184", "4000000000000341"
REFUND_FAILS, DISPUTED = "4000000000005126", "4000000000000259"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_what: Any) -> None:
        return None


OPEN = urllib.request.build_opener(NoRedirect).open


@dataclass
class Answer:
    status: int
    text: str
    headers: dict[str, str]

    @property
    def to(self) -> str:
        return self.headers.get("Location", "")


@dataclass
class Mailbox:
    """What was delivered, in the order it came; `status` is what the next ones are answered with."""

    url: str = ""
    letters: list[dict[str, Any]] = field(default_factory=list)
    status: Callable[[dict[str, Any]], int] = lambda _letter: 200

    def types(self) -> list[str]:
        return [letter["event"]["type"] for letter in self.letters if letter["event"]]


@dataclass
class StandIn:
    port: int
    folder: Path
    webhook: str
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        env = {name: it for name, it in os.environ.items() if not name.startswith("STRIPE_")}
        env |= {
            "PORT": str(self.port - 1),
            "HEARTH_DATA": str(self.folder),
            "STANDIN_WEBHOOK": self.webhook,
            **self.env,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "memberships.standin"],
            cwd=ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("ab"),
            preexec_fn=bound_to(os.getpid()),
        )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.state()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"the stand-in did not start: {self.log()}")

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(timeout=10)

    # --- the console ---

    def do(self, verb: str, **asked: Any) -> Any:
        answer = self.fetch(f"/_standin/{verb}", asked, json_too=True)
        assert answer.status == 200, answer.text
        return json.loads(answer.text)

    def state(self) -> Any:
        return json.loads(self.fetch("/_standin/state").text)

    def dump(self) -> Any:
        return json.loads(self.fetch("/_standin/dump").text)

    def contract(self) -> Any:
        return json.loads(self.fetch("/_standin/contract").text)

    # --- pages ---

    def fetch(self, path: str, form: dict[str, Any] | None = None, *, json_too: bool = False, **headers: str) -> Answer:
        data = urlencode(form).encode() if form is not None else None
        if not json_too and form is not None:
            headers.setdefault("Accept", "text/html")
        request = urllib.request.Request(urljoin(self.base, path), data=data, headers=headers)
        try:
            with OPEN(request, timeout=30) as answer:
                return Answer(answer.status, answer.read().decode(), dict(answer.headers))
        except urllib.error.HTTPError as answer:
            return Answer(answer.code, answer.read().decode(), dict(answer.headers))

    def pay(self, url: str, card: str = GOOD, **fields: str) -> Answer:
        """Send the checkout form; a 3-D Secure step is left to the caller."""
        path = re.sub(r"^https?://[^/]+", "", url)
        return self.fetch(path, {"do": "pay", "card": card, "country": "DE", "name": "Ada", **fields})


def alert_in(answer: Answer) -> str:
    found = re.search(r'role="alert">(.*?)</p>', answer.text)
    return unescape(found[1]) if found else ""


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                event = json.loads(body)
            except ValueError:
                event = None
            letter = {"event": event, "body": body, "header": self.headers.get("Stripe-Signature", "")}
            status = box.status(letter)
            box.letters.append({**letter, "status": status})
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_what: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    box.url = f"http://127.0.0.1:{server.server_port}/stripe/webhook/"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()


def two_ports() -> int:
    """A free port; the one before it is only a number to the stand-in."""
    return free_port()
