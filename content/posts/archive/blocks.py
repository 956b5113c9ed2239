"""The block of facts above a post: found, cut off and parsed as YAML, TOML or JSON, without making anything of it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

import yaml
from django.utils.translation import gettext as _

MAX_BLOCK = 65_536  # characters
MAX_ALIASES = 10  # merging aliases of aliases doubles with each
MAX_DEPTH = 20

_FENCES = {
    "---": ("yaml", re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)),
    "+++": ("toml", re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)),
}


class Refused(Exception):
    """Why a file is not taken, as a sentence for the person who runs the import."""


def split(text: str) -> tuple[str, str, str]:
    """(format, block, body) of a file's text."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    first, _newline, rest = text.partition("\n")
    if first.rstrip() in _FENCES:
        kind, fence = _FENCES[first.rstrip()]
        end = fence.search(rest)
        if end is None:
            raise Refused(_("its front matter has no end (a line %(fence)s).") % {"fence": first.rstrip()})
        block, body = rest[: end.start()], rest[end.end() :].removeprefix("\n")
    elif text.startswith("{") and not text.startswith(("{{", "{%")):
        try:
            _data, length = json.JSONDecoder().raw_decode(text[: MAX_BLOCK + 1])
        except (ValueError, RecursionError) as problem:
            raise Refused(_("its front matter is not valid JSON.")) from problem
        kind, block, body = "json", text[:length], text[length:].lstrip("\n")
    else:
        raise Refused(_("it has no front matter (facts between two lines --- or +++ at its top)."))
    if len(block) > MAX_BLOCK:
        raise Refused(_("its front matter is longer than %(limit)d KB.") % {"limit": MAX_BLOCK // 1024})
    return kind, block, body


class _Bounded(yaml.BaseLoader):
    """Every scalar stays text, no tag makes an object, and neither depth nor aliases can run away."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._aliases = 0
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self._aliases += self.check_event(yaml.AliasEvent)
        self._depth += 1
        if self._aliases > MAX_ALIASES or self._depth > MAX_DEPTH:
            raise Refused(_("its front matter refers to itself too often or lies too deep."))
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def parse(kind: str, block: str) -> Mapping[str, Any]:
    try:
        if kind == "toml":
            data: Any = tomllib.loads(block)
        elif kind == "json":
            data = json.loads(block)
        else:
            data = _Bounded(block).get_single_data()
    except Refused:
        raise
    except yaml.MarkedYAMLError as problem:
        line = (problem.problem_mark.line + 2) if problem.problem_mark else 1
        why = " ".join((problem.problem or "").split())
        raise Refused(
            _("its front matter is not valid YAML (line %(line)d: %(why)s).") % {"line": line, "why": why}
        ) from problem
    except tomllib.TOMLDecodeError as problem:
        raise Refused(_("its front matter is not valid TOML (%(why)s).") % {"why": problem}) from problem
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as problem:
        raise Refused(_("its front matter cannot be read.")) from problem
    if data is None or data == "":
        return {}
    if not isinstance(data, dict):
        raise Refused(_("its front matter is not a list of names and values."))
    return {str(key): value for key, value in data.items()}
