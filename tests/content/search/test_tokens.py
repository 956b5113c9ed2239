"""What a word is: folded, cut two by two where nothing is spaced, bent as English bends it."""

import pytest

from content.search.tokens import forms_of, tokens_of


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Café CAFÉ cafe\u0301", "cafe cafe cafe"),
        ("Straße, Øl & Łódź", "strasse ol lodz"),
        ("مَرحبا بالورشة الورشة أهلا", "مرحبا بالورشه ورشه اهلا"),
        ("日本語tower", "日本 本語 語 tower"),
        ("が か", "が か"),
        ("हिन्दी 한국어", "हिन्दी 한국어"),
        ("🎉❤️👍🏽", "🎉 ❤ 👍"),
        ("don't_stop №5 ½", "don t stop 5 12"),
        ("* : \" - ' \\ ( ) \x00 \u200d \ufe0f", ""),
        ("", ""),
    ],
)
def test_words_are_folded_and_signs_stand_alone(text: str, tokens: str) -> None:
    assert " ".join(token.text for token in tokens_of(text)) == tokens


def test_each_token_knows_where_it_stands() -> None:
    text = "Ein Café, 東京!"
    assert [text[token.start : token.end] for token in tokens_of(text)] == ["Ein", "Café", "東京", "京"]


@pytest.mark.parametrize("word", ["print", "prints", "printed", "printing"])
def test_forms_of_one_word_lead_to_each_other(word: str) -> None:
    assert {"print", "prints", "printed", "printing"} <= forms_of(word)


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("running", "run"),
        ("studies", "study"),
        ("study", "studied"),
        ("boxes", "box"),
        ("make", "making"),
        ("making", "make"),
    ],
)
def test_an_ending_is_taken_off_as_one_would(word: str, other: str) -> None:
    assert other in forms_of(word)


@pytest.mark.parametrize(
    ("word", "other"),
    [("thing", "the"), ("the", "thing"), ("shed", "she"), ("press", "pres"), ("need", "nee"), ("bus", "bu")],
)
def test_what_only_looks_like_an_ending_stays(word: str, other: str) -> None:
    assert other not in forms_of(word)


def test_other_scripts_and_numbers_have_one_form() -> None:
    assert [forms_of(word) for word in ("ورشه", "2026", "x7", "日本")] == [{"ورشه"}, {"2026"}, {"x7"}, {"日本"}]
