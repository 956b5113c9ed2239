"""Front matter as Hugo, Zola and Jekyll write it, and as people get it wrong."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from content.posts.archive.blocks import Refused
from content.posts.archive.dates import date_in_name, date_in_path
from content.posts.archive.front_matter import FrontMatter, read_front_matter

LISBON = ZoneInfo("Europe/Lisbon")


def facts(block: str, fence: str = "---") -> FrontMatter:
    return read_front_matter(f"{fence}\n{block}\n{fence}\nBody.\n", LISBON)[0]


def refusal(text: str) -> str:
    with pytest.raises(Refused) as caught:
        read_front_matter(text, LISBON)
    return str(caught.value)


def test_hugo_yaml_is_read_with_all_that_it_says() -> None:
    found, body = read_front_matter(
        "---\n"
        'title: "Ink: a love story"\n'
        "date: 2024-03-01T10:00:00+01:00\n"
        "lastmod: 2024-04-02\n"
        "slug: ink\n"
        "authors: [Ines Vidal, Tomas Reyes]\n"
        "tags:\n  - Ink\n  - Paper\n"
        'categories: ["Notes", "ink"]\n'
        "draft: true\n"
        "summary: How we *mix* <b>black</b>.\n"
        "aliases: [/old/ink/, /older/ink.html]\n"
        "url: /writing/ink/\n"
        "cover: {image: ink.jpg, alt: A spoon of ink}\n"
        "lang: pt\n"
        "---\n\nThe body.\n",
        LISBON,
    )
    assert found == FrontMatter(
        title="Ink: a love story",
        date=dt.datetime(2024, 3, 1, 9, tzinfo=dt.UTC),
        updated=dt.datetime(2024, 4, 2, tzinfo=LISBON),
        slug="ink",
        authors=("Ines Vidal", "Tomas Reyes"),
        tags=("ink", "Paper", "Notes"),
        categories=("Notes", "ink"),
        draft=True,
        description="How we *mix* black.",
        paths=("/writing/ink/",),
        aliases=("/old/ink/", "/older/ink.html"),
        image="ink.jpg",
        image_alt="A spoon of ink",
        language="pt",
        format="yaml",
    )
    assert body == "\nThe body.\n"


def test_zola_toml_has_its_taxonomies_extra_and_real_dates() -> None:
    found = facts(
        'title = "Wood"\ndate = 2021-05-01\nupdated = 2021-06-01T08:00:00Z\npath = "2021/05/01/wood"\nauthors = ["Ana"]\n'
        '[taxonomies]\ntags = ["type"]\ncategories = ["Shop"]\n[extra]\nimage = "wood.png"\nimage_alt = "A case"',
        "+++",
    )
    assert found.date == dt.datetime(2021, 5, 1, tzinfo=LISBON)
    assert found.updated == dt.datetime(2021, 6, 1, 8, tzinfo=dt.UTC)
    assert (found.paths, found.authors, found.tags) == (("2021/05/01/wood",), ("Ana",), ("type", "Shop"))
    assert (found.image, found.image_alt, found.format) == ("wood.png", "A case", "toml")


def test_jekyll_writes_texts_for_lists_and_people_as_mappings() -> None:
    found = facts(
        'title: Press\ndate: "2013-07-14 19:38:02 +0200"\nauthor: {name: Ines}\ntags: ink paper\ncategory: Big news\n'
        "redirect_from: /a.html\npublished: false\npermalink: /press.html\nexcerpt: The first words of the body."
    )
    assert found.date == dt.datetime(2013, 7, 14, 17, 38, 2, tzinfo=dt.UTC)
    assert (found.authors, found.tags) == (("Ines",), ("ink", "paper", "Big news"))
    assert (found.aliases, found.paths, found.draft) == (("/a.html",), ("/press.html",), True)
    assert found.description == ""


def test_json_front_matter_is_read_too() -> None:
    found, body = read_front_matter('{"title": "J", "date": "2020-01-02", "tags": ["a"]}\n\nBody', LISBON)
    assert (found.title, found.tags, found.format, body) == ("J", ("a",), "json", "Body")


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("author: Josh Ray, Director", ("Josh Ray, Director",)),
        ("authors: Ana, Bo", ("Ana", "Bo")),
        ("authors:\n  - name: Ana\n  - display_name: Bo", ("Ana", "Bo")),
        ("author: [Ana, ana, Bo]", ("ana", "Bo")),
        ("extra: {author: Ana}", ("Ana",)),
        ("author:", ()),
        ("author: 5", ("5",)),
    ],
)
def test_authors_come_in_every_shape(author: str, names: tuple[str, ...]) -> None:
    assert facts(author).authors == names


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-03-01", dt.datetime(2024, 3, 1, tzinfo=LISBON)),
        ("2024-07-01 10:00", dt.datetime(2024, 7, 1, 9, tzinfo=dt.UTC)),
        ("2024-03-01 10:00:00 +0100", dt.datetime(2024, 3, 1, 9, tzinfo=dt.UTC)),
        ("2024-03-01T10:00:00.250-05:30", dt.datetime(2024, 3, 1, 15, 30, tzinfo=dt.UTC)),
        ("2024-03-01T10:00:00Z", dt.datetime(2024, 3, 1, 10, tzinfo=dt.UTC)),
        ("2024/3/1", dt.datetime(2024, 3, 1, tzinfo=LISBON)),
        ("March 1, 2024", dt.datetime(2024, 3, 1, tzinfo=LISBON)),
        ("1st March 2024", None),
        ("1 Mar 2024", dt.datetime(2024, 3, 1, tzinfo=LISBON)),
        ("Fri, 01 Mar 2024 10:00:00 +0000", dt.datetime(2024, 3, 1, 10, tzinfo=dt.UTC)),
        ("0001-01-01T00:00:00Z", dt.datetime.min),
        ("", dt.datetime.min),
        ("2024-13-01", None),
        ("2024-02-30", None),
        ("2024-03-01 25:00", None),
        ("2024-03-01T10:00:00+99:00", None),
        ("99999-01-01", None),
        ("soon", None),
        ("[2024]", None),
    ],
)
def test_dates_come_in_many_shapes(written: str, meant: dt.datetime | None) -> None:
    if meant is None:
        assert "is no date." in refusal(f"---\ndate: {written}\n---\n")
    else:
        assert facts(f"date: {written}").date == (None if meant == dt.datetime.min else meant)


def test_a_day_stands_in_the_name_or_in_the_address() -> None:
    assert date_in_name("2024-03-01-ink", LISBON) == (dt.datetime(2024, 3, 1, tzinfo=LISBON), "ink")
    assert date_in_name("2015-10-8_ink", LISBON) == (dt.datetime(2015, 10, 8, tzinfo=LISBON), "ink")
    assert date_in_name("2024-13-01-ink", LISBON) == (None, "2024-13-01-ink")
    assert date_in_name("1984-ink", LISBON) == (None, "1984-ink")
    assert date_in_path("/2021/05/01/foo/", LISBON) == dt.datetime(2021, 5, 1, tzinfo=LISBON)
    assert date_in_path("blog/2021/05/foo.html", LISBON) == dt.datetime(2021, 5, 1, tzinfo=LISBON)
    assert date_in_path("/posts/2021-05-01-foo", LISBON) == dt.datetime(2021, 5, 1, tzinfo=LISBON)
    assert date_in_path("/posts/foo", LISBON) is None


def test_what_looks_like_yaml_magic_stays_what_was_written() -> None:
    found = facts("title: Yes\nslug: 1.10\ntags: [on, 2024-01-01, null]")
    assert (found.title, found.slug, found.tags) == ("Yes", "1.10", ("on", "2024-01-01"))


def test_windows_line_ends_and_a_byte_order_mark_are_no_obstacle() -> None:
    found, body = read_front_matter("\ufeff---\r\ntitle: A\r\n---\r\nB\r\n", LISBON)
    assert (found.title, body) == ("A", "B\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("# Just a page\n", "it has no front matter (facts between two lines --- or +++ at its top)."),
        ("", "it has no front matter (facts between two lines --- or +++ at its top)."),
        ("---\ntitle: x\n", "its front matter has no end (a line ---)."),
        ("---\n- a\n- b\n---\n", "its front matter is not a list of names and values."),
        ("---\ntitle: [a\n---\n", "its front matter is not valid YAML (line 3: "),
        (
            "---\ntitle: a: b\n---\n",
            "its front matter is not valid YAML (line 2: mapping values are not allowed here).",
        ),
        ("+++\ntitle = \n+++\n", "its front matter is not valid TOML ("),
        ("{not json\n", "its front matter is not valid JSON."),
        ("---\ndraft: perhaps\n---\n", "“draft” in its front matter is neither true nor false."),
        ("---\ndate: soon\n---\n", "its date “soon” is no date."),
        ("---\nx: " + "y" * 70_000 + "\n---\n", "its front matter is longer than 64 KB."),
        ("---\nx: " + "[" * 50 + "]" * 50 + "\n---\n", "its front matter refers to itself too often or lies too deep."),
        (
            "---\na: &a [x]\nb: [" + ", ".join(["*a"] * 20) + "]\n---\n",
            "its front matter refers to itself too often or lies too deep.",
        ),
        ("+++\nx = " + "[" * 5000 + "]" * 5000 + "\n+++\n", "its front matter cannot be read."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(text: str, sentence: str) -> None:
    assert refusal(text).startswith(sentence)


def test_front_matter_makes_no_objects() -> None:
    found = facts('title: !!python/object/apply:os.system ["true"]\ndescription: !ruby/object:Gem {a: b}')
    assert (found.title, found.description) == ("", "")


def test_an_empty_block_is_fine() -> None:
    assert read_front_matter("---\n---\nBody", LISBON) == (FrontMatter(format="yaml"), "Body")
