"""What somebody typed into the box, read: words, phrases and operators. Whatever it is, it is a question and no mistake."""

import datetime as dt
import re
from dataclasses import dataclass, field

from content.search.tokens import Token, forms_of, tokens_of

LONGEST = 1000  # characters that are read; more is kept in the box and asked for nothing
MOST_WORDS = 12
LONGEST_PHRASE = 48  # tokens
OPERATORS = ("from", "kind", "in", "after", "before")
_PART = re.compile(r'(?P<name>[a-z]+):(?P<value>"[^"]*"|[^\s"]+)|"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+)', re.IGNORECASE)
_DAY = re.compile(r"(?P<year>[12]\d{3})(?:-(?P<month>\d{1,2}))?(?:-(?P<day>\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that follow each other. begins: the last one may go on."""

    tokens: tuple[str, ...]
    begins: bool = False


Word = tuple[Phrase, ...]  # one of these is enough


@dataclass(frozen=True, slots=True)
class Asked:
    """words: all of them have to be there. sender, kind, place: as typed after from:, kind:, in:. since, until: days, the last
    one no longer part of it."""

    words: tuple[Word, ...] = ()
    sender: str = ""
    kind: str = ""
    place: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def anything(self) -> bool:
        return self != Asked()


@dataclass(slots=True)
class _Read:
    words: list[Word] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    days: dict[str, dt.date] = field(default_factory=dict)


def read(typed: str) -> Asked:
    """The last word may be the beginning of one; quoted words stand as they are, in their order."""
    parts = list(_PART.finditer(typed[:LONGEST].replace("\x00", " ")))
    found = _Read()
    for number, part in enumerate(parts):
        name = (part["name"] or "").lower()
        value = (part["value"] or "").strip('"').strip()
        if name in OPERATORS and _take(found, name, value):
            continue
        quoted = part["phrase"] is not None
        text = part["phrase"] if quoted else part[0]
        found.words += _words(text, exact=quoted, begins=not quoted and number == len(parts) - 1)
    given, days = found.given, found.days
    return Asked(
        tuple(found.words[:MOST_WORDS]), given.get("from", ""), given.get("kind", ""), given.get("in", ""),
        days.get("after"), days.get("before"),
    )  # fmt: skip


def _take(found: _Read, name: str, value: str) -> bool:
    """False for an operator that says nothing: then it is words like any other."""
    if not value:
        return False
    if name in ("after", "before"):
        day = day_of(value)
        if day is None:
            return False
        found.days[name] = day
    else:
        found.given[name] = value.lower().lstrip("@#")[:80]
    return True


def day_of(value: str) -> dt.date | None:
    """2026-01-31, 2026-01 or 2026; the first day of what is named."""
    named = _DAY.fullmatch(value)
    try:
        return dt.date(*(int(named[part] or 1) for part in ("year", "month", "day"))) if named else None
    except ValueError:
        return None


def _words(text: str, *, exact: bool, begins: bool) -> list[Word]:
    tokens = list(tokens_of(text))
    if not tokens:
        return []
    alone = len(tokens) == 1 and not tokens[0].unspaced
    begins = begins and len(tokens[-1].text) > 1 and not tokens[-1].unspaced
    if exact or not alone:
        return [(_phrase(tokens, begins),)]
    word = tokens[0].text
    forms = tuple(Phrase((form,)) for form in sorted(forms_of(word)))
    return [(*forms, Phrase((word,), True)) if begins else forms]


def _phrase(tokens: list[Token], begins: bool) -> Phrase:
    """The pairs of an unspaced run say all of it; a character that stands alone begins every pair that it opens."""
    tokens = tokens[:LONGEST_PHRASE]
    if len(tokens) > 1 and tokens[-1].last and tokens[-2].unspaced and not tokens[-2].last:
        return Phrase(tuple(token.text for token in tokens[:-1]))
    return Phrase(tuple(token.text for token in tokens), begins or tokens[-1].last)
