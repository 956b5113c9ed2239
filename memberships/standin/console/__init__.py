"""The console: what time it is, what was told, what was refused; and every trick, by form or by script."""

from __future__ import annotations

import json
from typing import Any

from memberships.standin.console import desk, tables
from memberships.standin.faults import Problem
from memberships.standin.pages.html import Answer, Ask, go, message
from memberships.standin.world import World

Doc = dict[str, Any]


def answer(world: World, ask: Ask) -> Answer:
    """A browser gets pages, everybody else JSON."""
    name = ask.path.removeprefix("/_standin").strip("/")
    browser = "text/html" in ask.headers.get("accept", "")
    try:
        if ask.method == "POST":
            said = desk.VERBS[name](world, read(ask)) if name in desk.VERBS else None
            if said is None:
                return message("No such verb", f"The console knows {', '.join(desk.VERBS)}.", status=404)
            return go("/_standin/") if browser else as_json(said)
        if name in ("", "state"):
            return tables.page_of(world) if browser and not name else as_json(tables.state(world))
        if name == "contract":
            with world.lock:
                log = world.store.note("contract", [])
            return tables.contract_page(log) if browser else as_json(log)
        if name == "dump":
            with world.lock:
                return as_json({kind: list(docs.values()) for kind, docs in world.store.kinds.items() if docs})
    except (Problem, ValueError) as problem:
        text = str(problem)
        return message("This does not work", text, status=400) if browser else as_json({"error": text}, status=400)
    return message("There is nothing here", "The console has no such page.", status=404)


def read(ask: Ask) -> dict[str, Any]:
    if "json" in ask.headers.get("content-type", ""):
        given = json.loads(ask.body or b"{}")
        if not isinstance(given, dict):
            raise ValueError("Send an object.")
        return {**ask.args(), **given}
    return {**ask.args(), **ask.form()}


def as_json(value: Any, *, status: int = 200) -> Answer:
    return status, "application/json", json.dumps(value, indent=1), {}
