"""The texts of the demo: how many there are, that each is whole, and that none of it is filler."""

import re
from collections import Counter
from itertools import pairwise

import pytest

from config.demo.art import parse
from config.demo.people import rows
from config.demo.texts import PICTURE, Text, texts
from content.posts.kinds import KINDS

ALL = texts()
HALFTONE = [text for text in ALL if text.community == "demo"]
FILLER = (
    "lorem ipsum", "dolor sit", "placeholder", "tapestry", "delve", "testament to", "game-changer", "game changer",
    "in today's", "fast-paced", "unlock", "elevate", "seamless", "cutting-edge", "vibrant", "bustling", "embark",
    "let's dive", "it's worth noting", "more than just", "at the end of the day", "TODO", "xxx",
)  # fmt: skip


def test_there_are_sixty_eight_posts_of_halftone_and_eleven_of_atelier() -> None:
    assert Counter(text.community for text in ALL) == {"demo": 68, "atelier": 11}


def test_halftone_has_every_kind_of_post_in_every_space() -> None:
    assert {text.kind for text in HALFTONE} == set(KINDS)
    assert Counter(text.space for text in HALFTONE) == {"journal": 41, "insiders": 8, "bench": 15, "table": 4}


def test_some_are_drafts_some_scheduled_one_is_hidden_and_three_open_by_steps() -> None:
    assert [text.file for text in HALFTONE if text.state == "draft"] == [
        "58-draft-the-hen",
        "59-draft-workshop-for-teachers",
    ]
    assert [text.days for text in HALFTONE if text.days < 0] == [-2, -6]
    assert [text.file for text in HALFTONE if text.state == "hidden"] == ["60-cheap-stickers"]
    assert [text.openings for text in HALFTONE if text.openings] == [
        [[20, 2], [0, 5]],
        [[20, 3], [0, 8]],
        [[20, -3], [0, 2]],
    ]


def test_the_year_is_covered_without_a_gap_of_three_weeks() -> None:
    days = sorted({text.days for text in HALFTONE if text.days >= 0})
    assert days[0] <= 1
    assert days[-1] >= 355
    assert max(later - sooner for sooner, later in pairwise(days)) <= 20


@pytest.mark.parametrize("text", ALL, ids=lambda text: text.file)
def test_a_post_is_whole(text: Text) -> None:
    joined = {row.handle: row.joined for row in rows() if row.community == text.community}
    assert text.title
    assert text.teaser
    assert text.days <= joined[text.author]
    assert set(text.bylines) <= joined.keys()
    assert not text.bylines or text.bylines[0] == text.author
    known = {detail.name for detail in KINDS[text.kind].details}
    assert {name.replace("until_days", "until") for name in text.details} <= known
    required = {detail.name for detail in KINDS[text.kind].details if detail.required}
    assert required <= text.details.keys()


def test_no_text_stands_there_twice() -> None:
    for part in ("title", "teaser", "body", "file"):
        assert len({getattr(text, part) for text in ALL}) == len(ALL)
    paragraphs = [part.strip() for text in ALL for part in text.body.split("\n\n") if len(part) > 60]
    assert [part for part, times in Counter(paragraphs).items() if times > 1] == []


@pytest.mark.parametrize("words", FILLER)
def test_none_of_it_is_filler(words: str) -> None:
    assert [text.file for text in ALL if words.lower() in f"{text.title} {text.teaser} {text.body}".lower()] == []


def test_every_picture_can_be_drawn_is_used_once_and_says_in_words_what_it_shows() -> None:
    pictures = [picture for text in ALL for picture in text.pictures]
    assert len(pictures) == 77
    assert len({name for name, _alt in pictures}) == 77
    for name, alt in pictures:
        parse(name)
        assert len(alt.split()) >= 6, name
    assert len({alt for _name, alt in pictures}) == 77
    marks = [mark for text in ALL for mark in re.findall(r"!\[", text.body)]
    assert len(marks) == sum(len(PICTURE.findall(text.body)) for text in ALL)


def test_a_teaser_gives_no_sentence_of_a_closed_body_away() -> None:
    closed = [text for text in ALL if text.rung > 0 or text.space in {"insiders", "table", "kiln"}]
    assert len(closed) == 16
    for text in closed:
        assert text.teaser not in text.body
