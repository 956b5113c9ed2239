"""A real server in a thread of its own, and sockets that speak to it as a browser's do."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from django.conf import settings
from django.db import connections
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from config.listening import open_socket
from config.valkey import find_server
from tests.communities.live.place import Place

PATIENCE = 8.0  # seconds for something that takes milliseconds, on a machine with much to do


class House:
    """The server under test. origin: as a browser sends it."""

    def __init__(self, port: int) -> None:
        self.port, self.origin = port, f"http://localhost:{port}"

    def socket(self, user: Any = None, **options: Any) -> "Tab":
        headers = {}
        if user is not None:
            client = Client()
            client.force_login(user)
            headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        given = {"origin": self.origin, "additional_headers": headers, "max_size": None, "max_queue": None} | options
        return Tab(connect(f"ws://localhost:{self.port}/ws/", **given).__enter__())


class Tab:
    """What one socket heard."""

    def __init__(self, line: ClientConnection) -> None:
        self.line = line
        self.heard: list[dict[str, Any]] = []

    def say(self, **what: Any) -> None:
        self.line.send(json.dumps(what))

    def join(self, topic: str, after: int | None = None) -> dict[str, Any]:
        self.say(do="join", topic=topic, **({} if after is None else {"after": after}))
        return self.until(lambda frame: frame.get("kind") == "joined" or "error" in frame)

    def until(self, wanted: Callable[[dict[str, Any]], bool], patience: float = PATIENCE) -> dict[str, Any]:
        """The next frame that is wanted; the others are kept in `heard` as well."""
        end = time.monotonic() + patience
        while True:
            frame = json.loads(self.line.recv(timeout=max(0.01, end - time.monotonic())))
            self.heard.append(frame)
            if wanted(frame):
                return frame

    def closed(self, patience: float = PATIENCE) -> int:
        """The code with which the house ended it."""
        end = time.monotonic() + patience
        try:
            while True:
                self.heard.append(json.loads(self.line.recv(timeout=max(0.01, end - time.monotonic()))))
        except ConnectionClosed as over:
            return over.rcvd.code if over.rcvd else 0

    def messages(self) -> list[tuple[int, int]]:
        return [(frame["seq"], frame["id"]) for frame in self.heard if frame.get("kind") == "message"]


@pytest.fixture
def house(transactional_db: None) -> Iterator[House]:
    from communities.live.routing import sockets

    with served(sockets) as house:
        yield house


@contextmanager
def served(application: Any) -> Iterator[House]:
    """The application on a free port, in this process: it sees what the test sees."""
    listening = open_socket("127.0.0.1", 0)
    port = listening.getsockname()[1]
    options: dict[str, Any] = {
        "lifespan": "off",
        "access_log": False,
        "log_config": None,
        "timeout_graceful_shutdown": 1,
    }
    server = uvicorn.Server(uvicorn.Config(application, ws_per_message_deflate=False, **options))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield House(port)
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
        connections.close_all()


@pytest.fixture
def place(tmp_path: Path, settings: Any, transactional_db: None) -> Iterator[Place]:
    settings.SECRET_KEY = uuid.uuid4().hex * 2
    if find_server() is None:
        pytest.skip("no Valkey on this machine")
    place = Place(tmp_path, settings.SECRET_KEY)
    yield place
    place.close()
