"""HTTP on loopback: reads a request, asks the interface, a page or the console, answers; faults on demand."""

from __future__ import annotations

import json
import socket
import time
import traceback
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from memberships.standin import console, interface, pages
from memberships.standin.world import World

MOST = 1_000_000
LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")


@dataclass(slots=True)
class Reply:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Server(ThreadingHTTPServer):
    """On a socket that is open already."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, line: socket.socket, world: World) -> None:
        super().__init__(line.getsockname()[:2], Handler, bind_and_activate=False)
        self.socket.close()
        line.setblocking(True)
        self.socket, self.world = line, world
        self.address_family = line.family


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server
    timeout = 65
    wbufsize = -1
    disable_nagle_algorithm: ClassVar[bool] = True

    def log_message(self, *_what: Any) -> None:
        """Nothing: a request may hold what is nobody's business."""

    def do_GET(self) -> None:
        self.serve()

    do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = do_GET

    def serve(self) -> None:
        """A fault of the stand-in's own is a 500 with its traceback in the log, and undoes what was begun."""
        try:
            self.answer()
        except Exception:
            traceback.print_exc()
            self.close_connection = True
            said = {"error": {"type": "api_error", "message": "The stand-in broke; its log says where."}}
            self.give(Reply(500, json.dumps(said).encode(), {"Content-Type": "application/json"}))

    def answer(self) -> None:
        world = self.server.world
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST:
            self.close_connection = True
            self.give(Reply(413, b"Too much."))
            return
        body = self.rfile.read(length)
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not from_here(headers):
            self.give(Reply(403, b"The stand-in answers this machine only."))
            return
        if not url.path.startswith("/v1/"):
            self.give(self.page(url.path, url.query, headers, body))
            return
        fault = take_fault(world, f"{self.command} {url.path}")
        if fault and fault.get("ms"):
            age = world.age
            time.sleep(fault["ms"] / 1000)
            if world.age != age:
                self.fail({"status": 0})
                return
        if fault and fault.get("when") != "after" and "status" in fault:
            self.fail(fault)
            return
        status, shown, more = interface.answer(world, self.command, unquote(url.path), url.query, headers, body)
        if fault and "status" in fault:
            self.fail(fault)
            return
        remember(world, self.command, url.path, status, shown)
        self.give(
            Reply(
                status,
                json.dumps(shown, indent=2).encode(),
                {"Content-Type": "application/json", "Stripe-Version": interface_version(), **more},
            )
        )

    def page(self, path: str, query: str, headers: dict[str, str], body: bytes) -> Reply:
        world = self.server.world
        if self.command == "POST" and headers.get("origin", "null") not in ("null", *origins(headers)):
            return Reply(403, b"A form of this page only.")
        ask = pages.Ask(self.command, path, query, headers, body)
        if path == "/_standin" or path.startswith("/_standin/"):
            status, kind, text, more = console.answer(world, ask)
        else:
            status, kind, text, more = pages.answer(world, ask)
        return Reply(status, text.encode(), {"Content-Type": kind, **pages.HEADERS, **more})

    def fail(self, fault: dict[str, Any]) -> None:
        """An error of the server, or with status 0 a line that goes dead."""
        if not fault["status"]:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        said = {"error": {"type": "api_error", "message": "The stand-in was told to fail."}}
        self.give(Reply(fault["status"], json.dumps(said).encode(), {"Content-Type": "application/json"}))

    def give(self, reply: Reply) -> None:
        try:
            self.send_response_only(reply.status)
            # Its own clock: whoever counts a deadline from here counts right.
            self.send_header("Date", formatdate(self.server.world.now(), usegmt=True))
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)
            self.wfile.flush()
        except OSError:
            self.close_connection = True


def interface_version() -> str:
    from memberships.standin.world import API_VERSION

    return API_VERSION


def from_here(headers: dict[str, str]) -> bool:
    """No name of somebody else's that leads here."""
    host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
    return host in LOOPBACK


def origins(headers: dict[str, str]) -> tuple[str, ...]:
    return (f"http://{headers.get('host', '')}",)


def take_fault(world: World, what: str) -> dict[str, Any] | None:
    """The first fault that fits this request, used up by one."""
    with world.turn():
        faults = world.store.note("faults", [])
        for fault in faults:
            if fault.get("path", "") in what:
                if fault["next"] > 0:
                    fault["next"] -= 1
                world.store.keep("faults", [it for it in faults if it["next"]])
                return dict(fault)
    return None


def remember(world: World, method: str, path: str, status: int, shown: Any) -> None:
    """For the suite, which holds every answer against Stripe's own document."""
    if world.record:
        with world.lock, Path(world.record).open("a", encoding="utf-8") as out:
            out.write(json.dumps([method, path, status, shown]) + "\n")
