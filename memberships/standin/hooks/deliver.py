"""The couriers: several threads that take what is due and post it, signed, with compressed retries."""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from stripe import WebhookSignature

from memberships.standin.shapes import render
from memberships.standin.world import World

COURIERS = 4
TRIES = 12
PATIENCE = 10.0
Doc = dict[str, Any]


def wait_after(attempt: int) -> float:
    """Three days in a few minutes: 1, 2, 4 … seconds, a minute at most."""
    return min(60.0, 2.0 ** (attempt - 1))


@dataclass(slots=True)
class Couriers:
    world: World
    threads: list[threading.Thread] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    work: threading.Condition = field(default_factory=threading.Condition)

    def start(self) -> None:
        with self.world.turn():
            self.world.store.rows("UPDATE sent SET state = 'waiting' WHERE state = 'sending'")
        for number in range(COURIERS):
            thread = threading.Thread(target=self.run, name=f"courier-{number}", daemon=True)
            thread.start()
            self.threads.append(thread)

    def stop(self) -> None:
        self.ended.set()
        self.wake()

    def wake(self) -> None:
        with self.work:
            self.work.notify_all()

    def run(self) -> None:
        while not self.ended.is_set():
            row = self.take()
            if row is None:
                with self.work:
                    self.work.wait(0.1)
                continue
            number, event, endpoint, attempt = row
            answer = post(self.world, event, endpoint)
            self.note(number, event, attempt + 1, answer)

    def take(self) -> tuple[int, str, str, int] | None:
        """The next that is due, mine alone."""
        with self.world.lock:
            found = self.world.store.rows(
                "UPDATE sent SET state = 'sending' WHERE id = (SELECT id FROM sent WHERE state = 'waiting' AND due <= ? "
                "ORDER BY due, id LIMIT 1) RETURNING id, event, endpoint, attempt",
                (time.time(),),
            )
        return found[0] if found else None

    def note(self, number: int, event: str, attempt: int, answer: str) -> None:
        done = answer.startswith("2")
        state = "done" if done else "waiting" if attempt < TRIES else "failed"
        with self.world.turn():
            self.world.store.rows(
                "UPDATE sent SET state = ?, due = ?, attempt = ?, answer = ? WHERE id = ? AND state = 'sending'",
                (state, time.time() + wait_after(attempt), attempt, answer, number),
            )
            doc = self.world.store.find("event", event)
            if done and doc and doc["pending_webhooks"]:
                doc["pending_webhooks"] -= 1


def post(world: World, event: str, endpoint: str) -> str:
    """One delivery: the status that came back, or why there was none."""
    with world.lock:
        to = world.store.kinds.get("webhook_endpoint", {}).get(endpoint)
        doc = world.store.kinds.get("event", {}).get(event)
        if to is None or doc is None:
            return "gone"
        body = json.dumps(render(world, doc, whole=True), indent=2)
        url, secret = to["url"], to["_"]["secret"]
    return send(
        url, body, {"Stripe-Signature": WebhookSignature.generate_signature_header(body, secret, int(time.time()))}
    )


def send(url: str, body: str, headers: dict[str, str]) -> str:
    place = urlsplit(url)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    line = kind(place.hostname or "", place.port, timeout=PATIENCE)
    whole = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0 (stand-in)", **headers}
    try:
        line.request("POST", f"{place.path or '/'}{'?' + place.query if place.query else ''}", body.encode(), whole)
        answer = line.getresponse()
        answer.read()
        return str(answer.status)
    except (OSError, http.client.HTTPException) as problem:
        return f"no answer: {problem}"[:200]
    finally:
        line.close()
