"""What the console does to messages: again, late, in another order, lost, forged."""

from __future__ import annotations

import json
import random
import time
from typing import Any

from stripe import WebhookSignature

from memberships.standin.faults import Invalid
from memberships.standin.hooks.deliver import send
from memberships.standin.shapes import render
from memberships.standin.world import World

Doc = dict[str, Any]
FORGERIES = ("wrong_secret", "unsigned", "stale", "altered", "garbage")


def find_event(world: World, name: str) -> Doc:
    """By its id, by its type (the last of it), or the last one."""
    events = world.all("event")
    found = [it for it in events if name in ("", "last", it["id"], it["type"])]
    if not found:
        raise Invalid(f"No such event: {name}")
    return found[-1]


def resend(world: World, *, event: str = "", times: int = 1, since: int | None = None) -> list[str]:
    """Put it, or everything since a moment, on the way once more to every endpoint."""
    events = (
        [find_event(world, event)] if since is None else [it for it in world.all("event") if it["created"] >= since]
    )
    names = [it["id"] for it in events]
    for name in names:
        for endpoint in world.all("webhook_endpoint"):
            kind = world.get("event", name)["type"]
            if endpoint["status"] != "enabled" or not ({"*", kind} & set(endpoint["enabled_events"])):
                continue
            for _time in range(times):
                put(world, name, endpoint["id"], "waiting")
    return names


def put(world: World, event: str, endpoint: str, state: str) -> None:
    world.store.rows(
        "INSERT INTO sent (event, endpoint, state, due, attempt, answer) VALUES (?, ?, ?, ?, 0, '')",
        (event, endpoint, state, time.time()),
    )


def hold(world: World) -> None:
    """From now on messages wait."""
    world.store.keep("hold", True)


def release(world: World, *, order: str = "same", times: int = 1) -> int:
    """Let go what waits: in its order, in reverse or shuffled, each as often as asked."""
    world.store.keep("hold", False)
    rows = world.store.rows("SELECT id, event, endpoint FROM sent WHERE state = 'held' ORDER BY id")
    wanted = [(event, endpoint) for _id, event, endpoint in rows for _time in range(times)]
    if order == "reverse":
        wanted.reverse()
    elif order == "shuffle":
        random.shuffle(wanted)
    elif order != "same":
        raise Invalid("order is same, reverse or shuffle.")
    world.store.rows("DELETE FROM sent WHERE state = 'held'")
    for event, endpoint in wanted:
        put(world, event, endpoint, "waiting")
    return len(wanted)


def drop(world: World, *, event: str = "", next_: int = 1) -> Doc:
    """Lose what an event still has to deliver; or the next so many messages, -1 all from now on, 0 none any more."""
    if event:
        name = find_event(world, event)["id"]
        gone = world.store.rows(
            "UPDATE sent SET state = 'dropped' WHERE event = ? AND state IN ('waiting', 'held') RETURNING id", (name,)
        )
        return {"dropped": len(gone), "event": name}
    world.store.keep("drop", next_)
    return {"dropping": next_}


def forge(world: World, *, how: str = "wrong_secret", event: str = "", kind: str = "") -> Doc:
    """A message that Stripe never sent, to every endpoint: what each answered."""
    if how not in FORGERIES:
        raise Invalid(f"how is one of {', '.join(FORGERIES)}.")
    with world.lock:
        events = world.all("event")
        doc = (
            render(world, find_event(world, event), whole=True)
            if events
            else {"id": "evt_forged", "object": "event", "data": {"object": {}}}
        )
        ends = [(it["url"], it["_"]["secret"]) for it in world.all("webhook_endpoint") if it["status"] == "enabled"]
    doc |= {"id": world.id("evt", 24), "type": kind or doc.get("type", "checkout.session.completed")}
    body, now, answers = json.dumps(doc), int(time.time()), {}
    for url, secret in ends:
        header = WebhookSignature.generate_signature_header(
            body, "whsec_forged" if how == "wrong_secret" else secret, now
        )
        if how == "stale":
            header = WebhookSignature.generate_signature_header(body, secret, now - 3600)
        sent = {"altered": body.replace("evt_", "evt_x"), "garbage": "not json"}.get(how, body)
        answers[url] = send(url, sent, {} if how == "unsigned" else {"Stripe-Signature": header})
    return {"how": how, "event": doc["id"], "answers": answers}
