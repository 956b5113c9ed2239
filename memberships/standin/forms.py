"""Stripe's form encoding, `items[0][price]=x`, as nested dicts and lists of text."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from memberships.standin.faults import Contract

NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


def decode(text: str) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, strict_parsing=False):
        found = NAME.fullmatch(name)
        if not found:
            raise Contract(f"Invalid parameter name: {name}", param=name)
        put(tree, [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])], value)
    return {name: lists(it) for name, it in tree.items()}


def put(node: dict[str, Any], steps: list[str], value: str) -> None:
    step = steps[0] or str(len(node))
    if len(steps) == 1:
        node[step] = value
        return
    inner = node.setdefault(step, {})
    if not isinstance(inner, dict):
        raise Contract(f"Invalid parameter: {step}", param=step)
    put(inner, steps[1:], value)


def lists(node: Any) -> Any:
    """A dict whose names are 0, 1, 2 … was a list."""
    if not isinstance(node, dict):
        return node
    inner = {name: lists(it) for name, it in node.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
