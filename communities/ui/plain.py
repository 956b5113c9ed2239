"""Text without its marks: what a feed, a description or a count sees of clean HTML."""

from __future__ import annotations

import html as entities
import re

# What stands apart on a page stands on a line of its own here; the marks of footnotes are no words.
_NOTES = re.compile(r'<sup class="footnote-ref">.*?</sup>|<a [^>]*class="footnote-backref"[^>]*>.*?</a>', re.DOTALL)
_APART = re.compile(
    r"<(?:/?(?:p|h[1-6]|ul|ol|li|blockquote|pre|div|section|figure|figcaption|table|caption|tr|dl|dt|dd|details|summary)"
    r"|br|hr)(?=[\s/>])[^>]*>"
)
_CELL = re.compile(r"</t[hd]>\s*")
_TAG = re.compile(r"<[a-zA-Z/!][^>]*>")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
# Scripts that put no spaces between words: Han, kana, Thai, Lao, Khmer, Burmese.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_WORD = re.compile(r"\w+(?:['’.,\-]\w+)*")


def plain(html: str) -> str:
    """The text of clean HTML, a line for each block. Not safe as HTML: it is unescaped."""
    text = _NOTES.sub("", html)
    text = _APART.sub("\n", _CELL.sub(" ", text))
    text = entities.unescape(_TAG.sub("", text))
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def count_words(text: str) -> int:
    """Words of a text in any script; where words are not spaced, two characters count as one."""
    unspaced = 0

    def take(match: re.Match[str]) -> str:
        nonlocal unspaced
        unspaced += (len(match[0]) + 1) // 2
        return " "

    spaced = _UNSPACED.sub(take, text)
    return unspaced + sum(1 for _ in _WORD.finditer(spaced))
