"""The world of the stand-in: its objects, its clock, its one lock, and what it tells about changes."""

from __future__ import annotations

import secrets
import string
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from memberships.standin.faults import Missing
from memberships.standin.shapes import render
from memberships.standin.store import Doc, Store

API_VERSION = "2026-10-28.endive"
LETTERS = string.ascii_letters + string.digits
SETTINGS = {"dunning_end": "cancel", "charges_enabled": True}


class World:
    def __init__(self, path: Path | str, *, base: str, site: str) -> None:
        self.store = Store(path)
        self.base, self.site = base, site
        self.lock = threading.RLock()
        self.depth = 0
        self.age = 0  # how often it was made anew
        self.frozen: int | None = None
        self.request: Doc = {"id": None, "idempotency_key": None}
        self.after: Callable[[], None] = lambda: None
        self.record = ""

    # --- clock ---

    def now(self) -> int:
        """The real clock and what `advance` added; while it advances, the moment it has come to."""
        if self.frozen is not None:
            return self.frozen
        return int(time.time()) + int(self.store.note("offset", 0))

    # --- one turn at a time ---

    @contextmanager
    def turn(self) -> Iterator[None]:
        """All of it or nothing, and nobody beside it; one inside another belongs to the outer one."""
        with self.lock:
            if self.depth:
                yield
                return
            self.depth = 1
            self.store.begin()
            try:
                yield
            except BaseException:
                self.store.roll_back()
                raise
            else:
                self.store.commit()
            finally:
                self.depth = 0
        self.after()

    def setting(self, name: str) -> Any:
        return {**SETTINGS, **self.store.note("settings", {})}[name]

    # --- objects ---

    def id(self, prefix: str, length: int = 16) -> str:
        return f"{prefix}_{''.join(secrets.choice(LETTERS) for _ in range(length))}"

    def get(self, kind: str, name: str, *, param: str = "id", in_path: bool = False) -> Doc:
        doc = self.store.find(kind, name)
        if doc is None:
            raise Missing(kind.replace("_", " ").replace(".", " "), name, param=param, in_path=in_path)
        return doc

    def live(self, kind: str, name: str, *, param: str = "id", in_path: bool = False) -> Doc:
        """As `get`, but one that was deleted is not there."""
        doc = self.get(kind, name, param=param, in_path=in_path)
        if doc.get("deleted"):
            raise Missing(kind, name, param=param, in_path=in_path)
        return doc

    def add(self, kind: str, doc: Doc) -> Doc:
        return self.store.add(kind, doc)

    def all(self, kind: str) -> list[Doc]:
        return self.store.all(kind)

    def mine(self, kind: str, **fields: Any) -> list[Doc]:
        """Those with these values, oldest first, to change."""
        found = [doc["id"] for doc in self.all(kind) if all(doc.get(name) == it for name, it in fields.items())]
        return [self.get(kind, name) for name in found]

    # --- events ---

    def tell(self, name: str, doc: Doc, *, kind: str = "") -> Doc:
        """An event with the object as it is at this moment, and a row for every endpoint that listens."""
        data: Doc = {"object": render(self, doc)}
        if name.endswith(".updated"):
            old = render(self, self.store.was(kind or doc["object"], doc["id"]))
            data["previous_attributes"] = {
                key: old.get(key) for key, it in data["object"].items() if old.get(key) != it
            }
        event: Doc = {
            "id": self.id("evt", 24),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "data": data,
            "livemode": False,
            "pending_webhooks": 0,
            "request": dict(self.request),
            "type": name,
        }
        self.add("event", event)
        for endpoint in self.all("webhook_endpoint"):
            wanted = endpoint["enabled_events"]
            if endpoint["status"] == "enabled" and ("*" in wanted or name in wanted):
                event["pending_webhooks"] += 1
                self.store.rows(
                    "INSERT INTO sent (event, endpoint, state, due, attempt, answer) VALUES (?, ?, ?, ?, 0, '')",
                    (event["id"], endpoint["id"], self.first_state(), time.time()),
                )
        return event

    def first_state(self) -> str:
        """Whether a message goes out, waits in the console, or is lost on the way."""
        dropping = int(self.store.note("drop", 0))
        if dropping:
            self.store.keep("drop", dropping - 1 if dropping > 0 else -1)
            return "dropped"
        return "held" if self.store.note("hold", False) else "waiting"
