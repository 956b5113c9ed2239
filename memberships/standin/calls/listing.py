"""Lists as Stripe gives them: newest first, a page at a time, with its few filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from memberships.standin.faults import Invalid
from memberships.standin.shapes import as_list, opened
from memberships.standin.world import World

Doc = dict[str, Any]


def paged(world: World, docs: list[Doc], params: Doc, url: str, keep: Callable[[Doc], bool] = lambda _doc: True) -> Doc:
    """`docs` oldest first; what `keep` refuses is left out."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise Invalid("Invalid integer: limit must be between 1 and 100.", param="limit")
    found = [doc for doc in reversed(docs) if keep(doc) and in_time(doc, params.get("created"))]
    names = [doc["id"] for doc in found]
    if after := params.get("starting_after"):
        found = found[place(names, after, "starting_after") + 1 :]
    elif before := params.get("ending_before"):
        found = found[: place(names, before, "ending_before")][-limit:]
    paths = [path.removeprefix("data.") for path in params.get("expand") or []]
    return as_list([opened(world, doc, paths) for doc in found[:limit]], url, more=len(found) > limit)


def place(names: list[str], name: str, param: str) -> int:
    if name not in names:
        raise Invalid(f"No such object: '{name}'", param=param, code="resource_missing")
    return names.index(name)


def in_time(doc: Doc, wanted: Any) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return bool(doc["created"] == wanted)
    tests = {
        "gt": doc["created"].__gt__,
        "gte": doc["created"].__ge__,
        "lt": doc["created"].__lt__,
        "lte": doc["created"].__le__,
    }
    return all(tests[name](it) for name, it in wanted.items())


def equal(params: Doc, *names: str) -> Callable[[Doc], bool]:
    """Keep those that have what was asked for under these names."""
    wanted = {name: params[name] for name in names if name in params}
    return lambda doc: all(doc.get(name) == it for name, it in wanted.items())


def merge_metadata(doc: Doc, params: Doc) -> None:
    """New notes beside the old ones; an empty one is taken out, an empty text takes out all."""
    if "metadata" not in params:
        return
    if params["metadata"] == "":
        doc["metadata"] = {}
        return
    check_metadata(params["metadata"])
    doc["metadata"] = {name: it for name, it in {**(doc["metadata"] or {}), **params["metadata"]}.items() if it != ""}


def check_metadata(metadata: Any) -> Doc:
    notes = dict(metadata or {})
    if len(notes) > 50:
        raise Invalid("Metadata can have up to 50 keys.", param="metadata")
    for name, it in notes.items():
        if not isinstance(it, str):
            raise Invalid("Metadata values must be strings.", param=f"metadata[{name}]")
        if len(name) > 40 or len(it) > 500:
            raise Invalid("Metadata keys can be 40 and values 500 characters long.", param=f"metadata[{name}]")
    return {name: it for name, it in notes.items() if it != ""}
