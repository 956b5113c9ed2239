"""What changed from one text of a comment to the next, word by word, in a time that its length bounds."""

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

MOST_WORDS, MOST_PAIRS = (
    2_000,
    100_000,
)  # comparing costs their squares and their sum; beyond, lines are compared, or nothing
MOST_STEPS = 100  # edits that a page shows
_WORDS = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """how: "same", "gone" or "new"."""

    how: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One edit: when, and the text with what went and what came."""

    at: dt.datetime
    pieces: list[Piece]


def steps_of(comment: Any) -> list[Step]:
    """Of a comment or a message: every edit, the latest first; of somebody who edits without end the latest alone."""
    revisions = list(comment.revisions.order_by("-pk")[:MOST_STEPS])[::-1]
    texts = [revision.source for revision in revisions] + [comment.source]
    steps = [
        Step(revision.at, pieces_of(before, after))
        for revision, (before, after) in zip(revisions, pairwise(texts), strict=True)
    ]
    return steps[::-1]


def pieces_of(before: str, after: str) -> list[Piece]:
    return _compared(_WORDS.findall(before), _WORDS.findall(after))


def _compared(old: list[str], new: list[str]) -> list[Piece]:
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    middle = _middle(old[start : len(old) - end], new[start : len(new) - end])
    pieces = [Piece("same", "".join(old[:start])), *middle, Piece("same", "".join(old[len(old) - end :]))]
    return [piece for piece in pieces if piece.text]


def _alike(old: list[str], new: list[str]) -> int:
    """How many words at the beginning are the same."""
    many = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        many += 1
    return many


def _middle(old: list[str], new: list[str]) -> list[Piece]:
    if not _is_quick(old, new):
        old, new = ("".join(words).splitlines(keepends=True) for words in (old, new))
    if not _is_quick(old, new):
        return [Piece("gone", "".join(old)), Piece("new", "".join(new))]
    pieces: list[Piece] = []
    for how, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
        else:
            pieces += [Piece("gone", "".join(old[a:b])), Piece("new", "".join(new[c:d]))]
    return pieces


def _is_quick(old: list[str], new: list[str]) -> bool:
    """A long text takes long, and so does one of few words that come again and again."""
    many = Counter(new)
    return len(old) + len(new) <= MOST_WORDS and sum(many[word] for word in old) <= MOST_PAIRS
