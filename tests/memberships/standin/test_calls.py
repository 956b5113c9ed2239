"""The stand-in answers exactly the calls that the gateway makes: no more, since nobody would know, and no less."""

import ast
import inspect
import re
from pathlib import Path

import stripe

from memberships.billing import gateway
from memberships.standin.judge import description, fields_of
from memberships.standin.routes import ROUTES


def calls_in_the_gateway() -> set[tuple[str, str]]:
    """Every `api().checkout.sessions.create` in the source, as the method and path that the SDK sends."""
    chains = set()
    for node in ast.walk(ast.parse(Path(gateway.__file__).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("api()."):
            chains.add(ast.unparse(node).removeprefix("api()."))
    deepest = {chain for chain in chains if not any(other.startswith(f"{chain}.") for other in chains)}
    client = stripe.StripeClient("sk_test_nobody").v1
    return {sent_by(client, chain) for chain in deepest}


def sent_by(client: object, chain: str) -> tuple[str, str]:
    call = client
    for step in chain.split("."):
        call = getattr(call, step)
    source = inspect.getsource(call)  # type: ignore[arg-type]
    found = re.search(r'self\._request\(\s*"(\w+)",\s*"(/v1/[^"]+)"', source)
    assert found, chain
    return found[1].upper(), re.sub(r"\{\w+\}", "{}", found[2])


def test_both_lists_are_the_same() -> None:
    answered = {(route.method, re.sub(r"\{\w+\}", "{}", route.path)) for route in ROUTES}
    assert answered == calls_in_the_gateway()
    assert len(answered) == len(ROUTES)


def test_each_call_is_judged_by_the_sdks_own_parameters() -> None:
    for route in ROUTES:
        assert fields_of(description(route.params)) is not None
