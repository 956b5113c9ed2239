"""All objects as JSON documents in one SQLite file, kept in memory while it runs; what a refused request did is undone.

A document's `_` holds what only the stand-in knows; it is cut off before anybody sees it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Doc = dict[str, Any]
TABLES = """
CREATE TABLE IF NOT EXISTS thing (place INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT, id TEXT, body TEXT, UNIQUE (kind, id));
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, body TEXT);
CREATE TABLE IF NOT EXISTS sent (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT, endpoint TEXT, state TEXT, due REAL, attempt INTEGER, answer TEXT
);
CREATE INDEX IF NOT EXISTS sent_due ON sent (state, due);
"""


class Store:
    def __init__(self, path: Path | str) -> None:
        self.line = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=20)
        self.line.execute("PRAGMA journal_mode=WAL")
        self.line.execute("PRAGMA synchronous=NORMAL")
        self.line.executescript(TABLES)
        self.kinds: dict[str, dict[str, Doc]] = {}
        self.before: dict[tuple[str, str], str | None] = {}
        for kind, name, body in self.line.execute("SELECT kind, id, body FROM thing ORDER BY place"):
            self.kinds.setdefault(kind, {})[name] = json.loads(body)

    # --- one turn: everything or nothing ---

    def begin(self) -> None:
        self.before = {}
        self.line.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        for (kind, name), old in self.before.items():
            doc = self.kinds.get(kind, {}).get(name)
            if doc is None:
                self.line.execute("DELETE FROM thing WHERE kind = ? AND id = ?", (kind, name))
                continue
            body = json.dumps(doc)
            if old is None:
                self.line.execute("INSERT INTO thing (kind, id, body) VALUES (?, ?, ?)", (kind, name, body))
            elif body != old:
                self.line.execute("UPDATE thing SET body = ? WHERE kind = ? AND id = ?", (body, kind, name))
        self.line.execute("COMMIT")

    def roll_back(self) -> None:
        for (kind, name), old in self.before.items():
            if old is None:
                self.kinds[kind].pop(name, None)
            else:
                self.kinds.setdefault(kind, {})[name] = json.loads(old)
        self.line.execute("ROLLBACK")

    # --- documents ---

    def find(self, kind: str, name: str) -> Doc | None:
        """To read and to change: a change is written when the turn ends."""
        doc = self.kinds.get(kind, {}).get(name)
        if doc is not None and (kind, name) not in self.before:
            self.before[kind, name] = json.dumps(doc)
        return doc

    def all(self, kind: str) -> list[Doc]:
        """To read only, oldest first; whoever changes one takes it by `find`."""
        return list(self.kinds.get(kind, {}).values())

    def add(self, kind: str, doc: Doc) -> Doc:
        self.before.setdefault((kind, doc["id"]), None)
        self.kinds.setdefault(kind, {})[doc["id"]] = doc
        return doc

    def drop(self, kind: str, name: str) -> None:
        if self.find(kind, name) is not None:
            del self.kinds[kind][name]

    def was(self, kind: str, name: str) -> Doc:
        """As it stood before this turn."""
        old = self.before.get((kind, name))
        return dict(json.loads(old)) if old else {}

    # --- small things ---

    def note(self, name: str, default: Any = None) -> Any:
        row = self.line.execute("SELECT body FROM note WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else default

    def keep(self, name: str, value: Any) -> None:
        self.line.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, json.dumps(value)))

    def rows(self, question: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        return self.line.execute(question, tuple(values)).fetchall()
