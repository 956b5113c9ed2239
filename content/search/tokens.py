"""What a word is to the index: folded without capitals and accents, two by two where words are not spaced, signs each alone.

Both databases are handed these tokens, so that they give the same answers whatever they know of languages.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

LONGEST = 64  # characters of a token
_MARKS = "".join(chr(n) for n in range(0x300, 0x3100) if unicodedata.category(chr(n))[0] == "M")
# Han, kana, Thai, Lao, Khmer, Burmese: scripts that put no spaces between words.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Arrows, technical and other signs, pictographs; skin tones, joiners and selectors are how a sign is drawn, not what it is.
_SIGNS = "\u2190-\u21ff\u2300-\u23ff\u2500-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
_PIECE = re.compile(
    f"(?P<run>[{_UNSPACED}]+)|(?P<word>(?:[^\\W_{_UNSPACED}{_MARKS}]|[{_MARKS}])+)|(?P<sign>[{_SIGNS}])"
)
# Letters that are no other letter with a mark, as far as Unicode is concerned, but are typed as one.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ё": "е", "ـ": "", "ة": "ه", "ى": "ي"}
)

_THE = "ال"  # Arabic writes it onto the word


class Token(NamedTuple):
    """text: as the index has it. start, end: where it stands in the original. last: it is the last of an unspaced run."""

    text: str
    start: int
    end: int
    unspaced: bool = False
    last: bool = False


def tokens_of(text: str) -> Iterator[Token]:
    """Of an unspaced run each character with the one after it, and the last one alone."""
    for found in _PIECE.finditer(text):
        if found.lastgroup == "run":
            yield from _pairs(found[0], found.start())
        elif word := fold(found[0]):
            yield Token(word, found.start(), found.end())


def _pairs(run: str, start: int) -> Iterator[Token]:
    for at in range(len(run)):
        pair = fold(run[at : at + 2])
        if pair:
            yield Token(pair, start + at, start + min(at + 2, len(run)), True, at == len(run) - 1)


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """Café, cafe and CAFÉ are one word; so is مَرحبا with and without its vowels. Marks that make another letter stay."""
    if word.isascii():
        return word.lower()[:LONGEST]
    plain = unicodedata.normalize("NFKD", word.casefold().translate(_LETTERS))
    kept = unicodedata.normalize("NFC", "".join(sign for sign in plain if not _is_accent(sign))).translate(_LETTERS)
    if len(kept) == 1 and not kept.isalnum():
        return kept
    word = "".join(sign for sign in kept if sign.isalnum() or unicodedata.category(sign)[0] == "M").lower()[:LONGEST]
    return word[2:] if word.startswith(_THE) and len(word) > 4 else word


def _is_accent(sign: str) -> bool:
    """Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic; not the marks of kana, Thai and Indian scripts."""
    height = unicodedata.combining(sign)
    return 9 < height < 36 or height >= 200


_DOUBLED = re.compile(r"[^aeiou][aeiou]([bdgklmnprt])$")
_HISSES = ("s", "x", "z", "ch", "sh")
_VOWEL = re.compile("[aeiouy]")


@lru_cache(maxsize=4096)
def forms_of(word: str) -> frozenset[str]:
    """The English forms that go with a word: print, prints, printed, printing. Words of other scripts have none."""
    if not (word.isascii() and word.isalpha() and 3 <= len(word) <= 24):
        return frozenset({word})
    return frozenset({word}).union(*(_bent(stem) for stem in _stems(word) or {word}))


def _stems(word: str) -> set[str]:
    """What it may be a form of; empty where it looks like none."""
    stems = set()
    if word.endswith(("ies", "ied")):
        stems.add(word[:-3] + "y")
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        stems.add(word[:-1])
    if word.endswith("es") and word[:-2].endswith((*_HISSES, "o")):
        stems.add(word[:-2])
    for ending in ("ed", "ing"):
        stem = word.removesuffix(ending)
        if stem == word or word.endswith("eed") or not _VOWEL.search(stem):
            continue
        stems |= {stem, stem + "e"}
        if stem[-2:-1] == stem[-1:]:
            stems.add(stem[:-1])
    return {stem for stem in stems if len(stem) >= 3}


def _bent(stem: str) -> set[str]:
    bent = {stem, stem + ("es" if stem.endswith(_HISSES) else "s")}
    if stem.endswith("e"):
        return bent | ({stem + "d", stem[:-1] + "ing"} if _VOWEL.search(stem[:-1]) else set())
    if stem.endswith("o"):
        bent.add(stem + "es")
    if re.search("[^aeiou]y$", stem):
        return bent | {stem[:-1] + "ies", stem[:-1] + "ied", stem + "ing"}
    doubled = stem + stem[-1] if _DOUBLED.search(stem) else stem
    return bent | {one + ending for one in (stem, doubled) for ending in ("ed", "ing")}
