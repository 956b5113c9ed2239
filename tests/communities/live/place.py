"""A server of its own, as `manage.py up` starts it, with a Valkey of its own, and people who write to it over HTTP."""

import http.client
import itertools
import os
import signal
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client

from communities.discussion.models import Room
from config.bootstrap import ROOT
from config.listening import open_socket
from config.processes import Part, end
from config.valkey import Valkey, find_server

TOKEN = "a" * 32


def address_of_database() -> str:
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


class Place:
    """The server and its Valkey; the door stays open while the server is replaced, as a proxy's would."""

    def __init__(self, folder: Path, secret: str) -> None:
        self.folder = folder
        self.door = open_socket("127.0.0.1", 0)
        self.port = self.door.getsockname()[1]
        self.valkey = Valkey.choose()
        foreign = ("HEARTH_LEG", "HEARTH_CLAIMS", "SITE_URL")
        self.env = {name: it for name, it in os.environ.items() if name not in foreign} | {
            "HEARTH_DATA": str(folder), "HEARTH_MODE": "demo", "PORT": str(self.port), "SECRET_KEY": secret,
            "DATABASE_URL": address_of_database(), "REDIS_URL": self.valkey.url(), "WRITING_LIMITS": "false",
        }  # fmt: skip
        self.memory, self.server = self.start_memory(), self.start_server()

    def start_memory(self) -> Part:
        part = self.valkey.start(find_server() or "", folder=None, log=self.folder / "valkey.log", env=os.environ)
        assert self.valkey.wait(part)
        return part

    def start_server(self) -> Part:
        number = self.door.fileno()
        env = self.env | {"HEARTH_SOCKET_FDS": str(number)}
        command = [sys.executable, "-m", "config.web"]
        return Part.start("web", command, env=env, cwd=ROOT, log=self.folder / "web.log", pass_fds=[number])

    def close(self) -> None:
        self.memory.signal(signal.SIGCONT)
        end([self.server, self.memory], patience=2)
        self.door.close()


def ask(place: Place, cookie: str, path: str, sent: dict[str, str] | None = None) -> int:
    """The status of a page, or of a form that is sent."""
    line = http.client.HTTPConnection("127.0.0.1", place.port, timeout=15)
    headers = {
        "Cookie": f"{cookie}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN, "X-Fragment": "1",
        "Content-Type": "application/x-www-form-urlencoded", "Host": f"localhost:{place.port}",
    }  # fmt: skip
    try:
        line.request("GET" if sent is None else "POST", path, urlencode(sent or {}), headers)
        answer = line.getresponse()
        answer.read()
        return answer.status
    finally:
        line.close()


class Writer(threading.Thread):
    """Somebody who writes again and again, and sends what got no answer once more, as outbox.js does. spans: seconds of each answer."""

    def __init__(self, place: Place, cookie: str, room: Room, name: str) -> None:
        super().__init__(daemon=True)
        self.place, self.cookie, self.path, self.name_ = place, cookie, f"{room.url}write/", name
        self.accepted: list[str] = []
        self.answers: list[int] = []
        self.spans: list[tuple[float, float]] = []
        self.over = threading.Event()

    def run(self) -> None:
        for n in itertools.count():
            if self.over.is_set():
                return
            body, request = f"{self.name_} {n}", uuid.uuid4().hex
            while not self.send(body, request):
                time.sleep(0.1)
            self.accepted.append(body)
            time.sleep(0.03)

    def send(self, body: str, request: str) -> bool:
        began = time.monotonic()
        try:
            self.answers.append(ask(self.place, self.cookie, self.path, {"body": body, "request": request}))
        except (OSError, http.client.HTTPException):
            return False
        self.spans.append((began, time.monotonic() - began))
        return self.answers[-1] == 201


def until(true: Any, patience: float, why: str) -> float:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < patience, why
        time.sleep(0.02)
    return time.monotonic() - began


def cookie_of(user: Any) -> str:
    client = Client()
    client.force_login(user, backend="communities.people.backend.Backend")
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"
