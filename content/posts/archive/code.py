"""Markdown cut into what is code and what is prose, so that only prose is ever rewritten."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^[ \t>]*(?:[-*+] |\d+\. )?[ \t]*(`{3,}|~{3,})")
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)


def code_apart(body: str) -> list[tuple[str, bool]]:
    """(text, whether it is code) in order: fenced blocks and code spans apart from what is prose."""
    parts: list[tuple[str, bool]] = []
    prose: list[str] = []
    block: list[str] = []
    fence = ""
    for line in body.splitlines(keepends=True):
        match = _FENCE.match(line)
        if fence:
            block.append(line)
            if match and match[1][0] == fence[0] and len(match[1]) >= len(fence) and not line[match.end() :].strip():
                parts.append(("".join(block), True))
                block, fence = [], ""
        elif match and not (match[1][0] == "`" and "`" in line[match.end() :]):
            parts += _spans("".join(prose))
            prose, block, fence = [], [line], match[1]
        else:
            prose.append(line)
    parts.append(("".join(block), True))
    return [part for part in [*parts, *_spans("".join(prose))] if part[0]]


def _spans(text: str) -> list[tuple[str, bool]]:
    """Code spans apart, a paragraph at a time: a span never reaches over an empty line."""
    parts: list[tuple[str, bool]] = []
    for paragraph in re.split(r"(\n[ \t]*\n)", text):
        at = 0
        if paragraph.count("`") <= 400:
            for match in _SPAN.finditer(paragraph):
                parts += [(paragraph[at : match.start()], False), (match[0], True)]
                at = match.end()
        parts.append((paragraph[at:], False))
    return _joined(parts)


def _joined(parts: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Neighbours of one sort as one, so that a tag over several paragraphs is seen whole."""
    out: list[tuple[list[str], bool]] = []
    for text, is_code in parts:
        if out and out[-1][1] == is_code and not is_code:
            out[-1][0].append(text)
        else:
            out.append(([text], is_code))
    return [("".join(texts), is_code) for texts, is_code in out]
