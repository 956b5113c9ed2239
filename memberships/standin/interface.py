"""One call of the interface: who asks, is it known, does it fit, was it asked before, what comes back."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from memberships.standin import forms, routes
from memberships.standin.faults import Contract, Locked, Problem, Unauthorized, Unknown
from memberships.standin.judge import judge
from memberships.standin.shapes import render
from memberships.standin.world import World

KEY = "sk_test_standin_demo"
KEEP_KEYS = 30 * 86_400
Doc = dict[str, Any]
Answer = tuple[int, Doc, dict[str, str]]


def answer(world: World, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Answer:
    """Status, body and further headers. What is refused leaves nothing behind but its line in the contract log."""
    own = {"Request-Id": world.id("req", 14)}
    try:
        with world.turn():
            world.request = {"id": own["Request-Id"], "idempotency_key": headers.get("idempotency-key")}
            try:
                check_key(headers.get("authorization", ""))
                status, shown, more = call(world, method, path, query, headers, body)
            finally:
                world.request = {"id": None, "idempotency_key": None}
            return status, shown, {**own, **more}
    except Problem as problem:
        if isinstance(problem, Contract):
            record(world, method, path, problem)
        return problem.status, {"error": {**problem.body, "request_log_url": f"{world.base}/_standin/"}}, own


def check_key(header: str) -> None:
    kind, _, given = header.partition(" ")
    if kind == "Basic":
        try:
            given = base64.b64decode(given).decode().partition(":")[0]
        except ValueError:
            given = ""
    if not given:
        raise Unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header."
        )
    if given != KEY:
        shown = f"{given[:8]}{'*' * 8}{given[-4:]}" if len(given) > 16 else "*" * len(given)
        raise Unauthorized(f"Invalid API Key provided: {shown}")


def call(world: World, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Answer:
    found = routes.find(method, path)
    if found is None:
        raise Unknown(f"Unrecognized request URL ({method}: {path}).")
    route, names = found
    sent = {**forms.decode(query), **forms.decode(body.decode())}
    params = judge(route.params, sent)
    key = headers.get("idempotency-key", "")
    if not key or method == "GET":
        return 200, render(world, route.answer(world, params, *names), whole=True), {}
    print_ = hashlib.sha256(json.dumps([method, path, sent], sort_keys=True).encode()).hexdigest()
    before = world.store.find("key", key)
    if before is not None and before["_"]["at"] > world.now() - KEEP_KEYS:
        if before["_"]["print"] != print_:
            raise Locked(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request.",
                code="idempotency_key_in_use",
            )
        return before["_"]["status"], before["_"]["body"], {"Idempotent-Replayed": "true"}
    shown = render(world, route.answer(world, params, *names), whole=True)
    world.add("key", {"id": key, "_": {"print": print_, "status": 200, "body": shown, "at": world.now()}})
    return 200, shown, {}


def record(world: World, method: str, path: str, problem: Problem) -> None:
    with world.turn():
        log = world.store.note("contract", [])
        said = {
            "at": world.now(),
            "method": method,
            "path": path,
            "said": str(problem),
            "param": problem.body.get("param", ""),
        }
        world.store.keep("contract", [*log, said][-500:])
