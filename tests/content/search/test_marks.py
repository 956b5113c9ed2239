"""What is shown around what was found: few lines, the words apart, nothing of it HTML."""

import pytest

from content.search.marks import Finder, around, marked
from content.search.query import read


def told(text: str, typed: str) -> str:
    return "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in marked(text, Finder(read(typed))))


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("We printed in the Café.", "print cafe", "We [printed] in the [Café]."),
        ("Marginal margins", "marg", "[Marginal] [margins]"),
        ("Slow is smooth, smooth is slow", '"smooth is"', "Slow is smooth, [smooth is] slow"),
        ("東京の印刷所", "印刷", "東京の[印刷]所"),
        ("日本と日光", "日", "[日]本と[日]光"),
        ("مَرحبا بكم", "مرحبا", "[مَرحبا] بكم"),
        ("Right! 🎉", "🎉", "Right! [🎉]"),
        ("<b>bold</b> & more", "b bold", "<[b]>[bold]</[b]> & more"),
        ("Nothing of it", "else", "Nothing of it"),
        ("", "else", ""),
    ],
)
def test_words_that_were_asked_for_stand_apart(text: str, typed: str, expected: str) -> None:
    assert told(text, typed) == expected


def test_of_a_long_text_the_lines_around_the_first_word_are_shown() -> None:
    text = "ink " * 200 + "the margin is right " + "paper " * 200
    pieces, found = around(text, Finder(read("margin")))
    line = "".join(piece.text for piece in pieces)
    assert found and line.startswith("… ink ink") and line.endswith("paper …") and 200 < len(line) < 260
    assert [piece.text for piece in pieces if piece.hit] == ["margin"]


def test_where_it_is_not_said_the_beginning_is_shown() -> None:
    pieces, found = around("ink " * 200, Finder(read("margin")))
    assert not found and pieces[0].text.startswith("ink ink") and pieces[0].text.endswith("ink …")


def test_a_word_without_end_is_cut() -> None:
    pieces, found = around("a" * 5000 + " margin " + "b" * 5000, Finder(read("margin")))
    assert found and sum(len(piece.text) for piece in pieces) < 260
