"""People that a text calls by their handle: where one is meant, and how many a text may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Hrefs = Mapping[str, str]
# All handles of a text -> the addresses of those who can be called, by handle. Asked once a text.
People = Callable[[frozenset[str]], Hrefs]

MOST_ASKED = 50  # handles that are looked up a text; whoever writes more names than that means nobody
# A handle is 2 to 30 characters, so that looking for its end stays short; `ada@example.org` and `@ada@example.org` call nobody.
MENTION = re.compile(r"(?<![\w@/.+-])@([a-zA-Z0-9][a-zA-Z0-9_-]{1,29})(?![\w@-])")
QUIET = frozenset({"a", "blockquote", "cite", "code", "kbd", "pre", "q", "samp"})


def handles_in(source: str) -> frozenset[str]:
    """Whom a text may mean, code and quotes not yet left out."""
    found: dict[str, None] = {}
    for match in MENTION.finditer(source):
        name = match[1].lower()
        found.update(dict.fromkeys((name, name.rstrip("-_"))))
        if len(found) >= MOST_ASKED:
            break
    return frozenset(found)
