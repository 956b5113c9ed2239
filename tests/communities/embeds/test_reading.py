"""What a page says about itself becomes three short lines of plain text, however it is written."""

import time

import pytest

from communities.embeds.reading import HEAD, Said, read
from communities.fetch import Page


def said(html: str, *, charset: str = "utf-8", url: str = "https://www.print.example/a") -> Said:
    return read(Page(url, "text/html", charset, html.encode(charset or "utf-8")))


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("<title>Drums</title>", Said("Drums", "", "print.example")),
        ("<TITLE lang=en>\n Two \t drums </TITLE>", Said("Two drums", "", "print.example")),
        ('<title>A</title><meta property="og:title" content="B &amp; &lt;b&gt;">', Said("B & <b>", "", "print.example")),
        ("<title>A</title><meta content='C > D' name='description'/>", Said("A", "C > D", "print.example")),
        ("<title>A</title><meta name=description content=Short><meta name=description content=No>", Said("A", "Short", "print.example")),
        ('<title>A</title><meta property="og:site_name" content="Post"><meta name="description" content="A">', Said("A", "", "Post")),
        ("<title>\u202egnorw\u202c \u200bhere\x07</title>", Said("gnorw here", "", "print.example")),
        ("<title>" + "x" * 500, Said("x" * 159 + "…", "", "print.example")),
        ("<title></title>", Said()),
        ("<title> &nbsp; </title>", Said()),
        ("", Said()),
        ("\0\0\0", Said()),
    ],
)  # fmt: skip
def test_title_and_words(head: str, found: Said) -> None:
    assert said(head) == found


def test_letters_come_as_the_page_or_its_server_says() -> None:
    body = '<meta charset="iso-8859-1"><title>Öl</title>'.encode("iso-8859-1")
    for charset in ("iso-8859-1", "", "nonsense", "zip", "rot13"):
        assert read(Page("https://print.example/", "text/html", charset, body)).title == "Öl"
    assert read(Page("https://print.example/", "text/html", "", "<title>Öl</title>".encode())).title == "Öl"
    assert read(Page("https://print.example/", "text/html", "", b"<title>\xff\xfe</title>")).title == "\ufffd\ufffd"


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<meta ",
        "<meta a=",
        '<meta content="',
        "<meta '",
        "<title",
        "<title ",
        "<!--",
        "a=",
        "=",
        '"',
        "<meta " + "a " * 50,
        "&#",
    ],
)
def test_a_head_that_is_made_to_be_slow_is_not(piece: str) -> None:
    page = Page("https://print.example/", "text/html", "utf-8", (piece * HEAD)[:HEAD].encode())
    start = time.process_time()
    read(page)
    assert time.process_time() - start < 3
