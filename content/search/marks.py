"""What of a text is shown where it was found: a few lines around the first word that was asked for, each such word apart."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from content.search.query import Asked, Phrase
from content.search.tokens import Token, tokens_of

LENGTH, BEFORE = 240, 70  # characters
READ = 20_000  # characters that are looked through


@dataclass(frozen=True, slots=True)
class Piece:
    """hit: was it asked for? The template puts a mark around it; nothing here is HTML."""

    text: str
    hit: bool = False


class Finder:
    """Knows where in a text stands what was asked for."""

    def __init__(self, asked: Asked) -> None:
        phrases = [phrase for word in asked.words for phrase in word]
        self.longest = max((len(phrase.tokens) for phrase in phrases), default=1)
        self.by_first: dict[str, list[Phrase]] = {}
        self.begun = [phrase for phrase in phrases if phrase.begins and len(phrase.tokens) == 1]
        for phrase in phrases:
            self.by_first.setdefault(phrase.tokens[0], []).append(phrase)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Phrases as a whole; what touches is one."""
        start = end = -1
        for window in _windows(tokens_of(text), self.longest):
            stop = self._end(window)
            if stop < 0:
                continue
            if window[0].start > end:
                if end > 0:
                    yield start, end
                start = window[0].start
            end = max(end, stop)
        if end > 0:
            yield start, end

    def _end(self, window: Sequence[Token]) -> int:
        """Where the longest phrase ends that begins here; -1 for none."""
        first = window[0].text
        begun = [phrase for phrase in self.begun if first.startswith(phrase.tokens[0])]
        some = self.by_first.get(first, [])
        return max((_end_of(phrase, window) for phrase in some + begun), default=-1)


def _windows(tokens: Iterator[Token], size: int) -> Iterator[Sequence[Token]]:
    """From each token on, with those that follow it."""
    ahead = deque(islice(tokens, size))
    while ahead:
        yield ahead
        ahead.popleft()
        ahead.extend(islice(tokens, 1))


def _end_of(phrase: Phrase, window: Sequence[Token]) -> int:
    if len(window) < len(phrase.tokens):
        return -1
    *some, last = zip(phrase.tokens, window, strict=False)
    asked, token = last
    fits = token.text.startswith(asked) if phrase.begins else token.text == asked
    if not fits or any(one != other.text for one, other in some):
        return -1
    return token.start + len(asked) if phrase.begins and token.unspaced else token.end


def marked(text: str, finder: Finder) -> list[Piece]:
    """All of a short text."""
    return _pieces(text, list(finder.spans(text)))


def around(text: str, finder: Finder) -> tuple[list[Piece], bool]:
    """A few lines of a long one, and whether anything that was asked for stands in it."""
    text = " ".join(text[:READ].split())
    first = next(finder.spans(text), None)
    start = 0 if first is None or first[0] <= BEFORE else text.rfind(" ", 0, first[0] - BEFORE + 20) + 1
    if first is not None and first[0] - start > BEFORE * 2:  # no space far and wide
        start = first[0] - BEFORE
    part = text[start : start + LENGTH]
    if start + LENGTH < len(text):
        cut = part.rfind(" ", LENGTH // 2)
        part = (part[:cut] if cut > 0 else part) + " …"
    if start:
        part = "… " + part
    return _pieces(part, list(finder.spans(part))), first is not None


def _pieces(text: str, spans: list[tuple[int, int]]) -> list[Piece]:
    pieces, at = [], 0
    for start, end in spans:
        pieces += [Piece(text[at:start]), Piece(text[start:end], True)]
        at = end
    return [piece for piece in [*pieces, Piece(text[at:])] if piece.text]
