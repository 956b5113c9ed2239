"""Hostile texts (E01, E02, E11): what comes out is inert, is read by a browser as it is written, and comes out soon."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communities.ui.markdown import TextTooHard, render
from communities.ui.markdown_allow import BLOCKS, INLINE, clean

CORPUS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href="&#x6A;avascript:alert(1)">x</a>',
    '<a href=" &#1;javascript:alert(1)">x</a>',
    "[x](javascript&colon;alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "<data:text/html,x>",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](/f/Kx81hTzq02bL/a.png)',
    '![x](/f/Kx81hTzq02bL/a.png "x\\" onload=\\"alert(1)")',
    '<svg><p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<math><mtext><table><mglyph><style><img src=x onerror="alert(1)"></style></mglyph></table></mtext></math>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<svg></p><style><g title="</style><img src onerror=alert(1)>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    '<style>@import "https://spy.example/x.css";</style>',
    '<p style="background:url(https://spy.example/)">x</p>',
    '<div id="content" name="body" class="scroll" onclick="x()">x</div>',
    '<a id="attributes" name="cookie" href="#x">x</a><form id="forms"><input name="action"></form>',
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[><img src=x onerror=alert(1)>]]>",
    "<?php <img src=x onerror=alert(1)> ?>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<iframe src=javascript:alert(1)></iframe>",
    '<object data="data:text/html,x"></object><embed src="data:image/svg+xml,x">',
    '<base href="https://spy.example/"><meta http-equiv="refresh" content="0;url=https://spy.example/">',
    '<link rel="stylesheet" href="https://spy.example/x.css">',
    '<video poster="https://spy.example/p.png"><source src="https://spy.example/v.mp4" onerror="x()"></video>',
    '<table background="https://spy.example/p.png"><tr><td background="//spy.example/">x</td></tr></table>',
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<title></title><img src=x onerror=alert(1)>",
    "<x<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<<script>alert(1);//<</script>",
    "<a href='https://a.example' onmouseover='x()'>y",
    "<b><p></b></p><i><table><tr><td></i></table><a><a><a>",
    "<select><style></select><img src=x onerror=alert(1)></style>",
    "[^x]\n\n[^x]: <img src=x onerror=alert(1)> [y](javascript:alert(1))",
    '# <img src=x onerror=alert(1)> {#"onclick="x}',
    '```"><img/src=x/onerror=alert(1)>\n```',
    "| <script> | [a](javascript:x) |\n|---|---|\n| `|` | <img src=x onerror=y> |",
    "\x00<scr\x00ipt>alert(1)</script>",
    "\ud800 lone half of a character",
]
TAGS = BLOCKS | INLINE
# fmt: off
ATTRIBUTES = frozenset({
    "href", "rel", "title", "id", "class", "aria-label", "dir", "open", "role", "tabindex", "src", "srcset", "sizes", "width",
    "height", "loading", "decoding", "alt", "start", "type", "colspan", "rowspan", "scope", "datetime",
})
# fmt: on


class Reader(HTMLParser):
    """Reads as a browser reads and objects to whatever could act."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        for name, value in attrs:
            assert name in ATTRIBUTES, name
            if name == "href":
                assert re.match(r"(https?:|mailto:|tel:)", value or "") or not re.match(r"[^/?#]*:", value or ""), value
            elif name in ("src", "srcset"):
                assert (value or "").startswith("/f/"), value
            elif name == "id":
                assert (value or "").startswith("at-"), value

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def assert_inert(html: str) -> None:
    assert clean(html) == html
    reader = Reader()
    reader.feed(html)
    reader.close()


@pytest.mark.parametrize("source", CORPUS)
@pytest.mark.parametrize(
    "frame", ["{}", "para {} graph", "- {}", "> {}", "<div>{}", "<table><tr><td>{}", "a\n\n{}\n\nb"]
)
def test_nothing_of_the_corpus_acts(source: str, frame: str) -> None:
    assert_inert(render(frame.format(source)).html)


PIECES = [
    *"[]()<>!*_`~#|\\&;:\"'=-/ \n\t",
    *(
        f"<{tag}>"
        for tag in ("a", "b", "p", "div", "table", "tr", "td", "th", "caption", "li", "ul", "svg", "math", "style")
    ),
    *(
        f"</{tag}>"
        for tag in ("a", "b", "p", "div", "table", "tr", "td", "th", "caption", "li", "ul", "svg", "math", "style")
    ),
    *(
        "<h1>",
        "</h2>",
        "<section class=footnotes>",
        "</section>",
        "<noscript>",
        "<template>",
        "<details open>",
        "<summary>",
    ),
    *("<img src=/f/Kx81hTzq02bL/a.png title=x>", "![a](/f/Kx81hTzq02bL/a.png)", "<a href=//x.example/>", "<a id=x>"),
    *(
        "javascript:",
        "data:",
        "https://a.example/(b)",
        "onerror=x",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "&#x3c;",
    ),
    *(
        "[^a]",
        "\n\n[^a]: ",
        "\n- ",
        "\n> ",
        "\n\n    ",
        "\n```\n",
        "|a|b|\n|-|-|\n",
        "<pre>",
        "<code class=language-x>",
        "{#x}",
    ),
    *("\u202e", "\u05d0", "漢", "\x00", "\x0c", "\xa0", "é"),
]


@settings(max_examples=2500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_mixture_of_marks_and_tags_comes_out_inert_and_stable(source: str) -> None:
    assert_inert(render(source).html)


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=300))
def test_any_text_at_all_comes_out_inert_and_stable(source: str) -> None:
    assert_inert(render(source).html)


ENDLESS = {
    **{
        mark: mark
        for mark in (
            "[",
            "<",
            "&",
            "*",
            "_",
            "~",
            "@a@a",
            ">",
            "> ",
            "![",
            "`",
            "|",
            "#",
            "\\",
            "- ",
            "\u202e",
            "\u05d0 ",
        )
    },
    **{
        mark: mark
        for mark in ("[a](", "![a](", "[^", "[^a]", "***a", "_*_*", "1)\n", "a\n", "x\n=\n", "[a]: b\n", "~~~\n")
    },
    **{
        mark: mark
        for mark in ("<a", "<a b=", "<b>", "<b><p>", "<div>", "<!--", "<?", "<![CDATA[", "<table><tr><td>", "&#x41;")
    },
    **{
        mark: mark
        for mark in (
            "http://",
            "https://a.",
            "https://a.example/(",
            "mailto:a",
            "a|b\n-|-\n",
            "- a\n  ",
            "a\u0301",
            "漢",
        )
    },
    "ticks": "".join("`" * length + " " for length in range(1, 450)),
    "clones": "".join(f"<b t={n}>" for n in range(50)) + "<p></p>" * 14_000,
    "labels": "[" * 50_000 + "]" * 50_000,
    "columns": "a|" * 15_000 + "\n" + "-|" * 15_000 + "\n" + "x\n" * 10_000,
    "references": "".join(f"[a{n}]: b\n" for n in range(8_000)),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_hundred_kilobytes_of_marks_are_read_soon_or_refused(name: str) -> None:
    piece = ENDLESS[name]
    source = (piece * (100_000 // len(piece) + 1))[:100_000]
    began = time.thread_time()
    try:
        assert len(render(source).html) < 1_500_000
    except TextTooHard as refusal:
        assert str(refusal)
    # 300 ms is the figure of a quiet machine; what fails here is a cost that grows faster than the text.
    assert time.thread_time() - began < 5


def test_the_parser_never_drops_what_lies_too_deep() -> None:
    assert "kept" in render("> " * 27 + "kept").html
    with pytest.raises(TextTooHard, match="too deep"):
        render("> " * 28 + "lost")
    with pytest.raises(TextTooHard, match="too deep"):
        render("".join("  " * depth + "- a\n" for depth in range(20)))


def test_a_long_honest_text_with_many_marks_is_not_refused() -> None:
    line = "- Print the *second* plate ([#104](https://paper.example/104), thanks **Tomas**)\n"
    assert render(line * 400).html.count("<li>") == 400
    assert render("roses are red\n" * 7_000).words == 21_000
    row = "| Sabon | 10 pt | 120 g |\n"
    assert render("| a | b | c |\n|---|---|---|\n" + row * 700).html.count("<tr>") == 701


CALLS = [
    "@a@a",
    "@ab@ab",
    " @ab",
    "@",
    " @a_",
    "@ab-",
    " @abcdefghijklmnopqrstuvwxyz0123456789",
    "@@",
    "@ada ",
    "\u202e@ada ",
    "> @ada\n",
]


def ada(handles: frozenset[str]) -> dict[str, str]:
    """A place where everybody with a short handle can be called."""
    assert len(handles) <= 60
    return {handle: f"/c/demo/people/{handle}/" for handle in handles if len(handle) < 8}


@pytest.mark.parametrize("piece", [*CALLS, "".join(f" @n{number}" for number in range(20_000))])
def test_a_hundred_kilobytes_of_calls_are_read_soon_or_refused(piece: str) -> None:
    began = time.thread_time()
    try:
        assert len(render((piece * (100_000 // len(piece) + 1))[:100_000], people=ada).called) <= 60
    except TextTooHard as refusal:
        assert str(refusal)
    assert time.thread_time() - began < 5


@pytest.mark.parametrize("source", CORPUS)
@pytest.mark.parametrize(
    "frame", ["@ada {} @ada", "{}@ada", "<b>@ada{}", "- @ada\n- {}", "[@ada{}](/x)", "@ada\n\n{}\n\n@ada"]
)
def test_nothing_of_the_corpus_acts_beside_a_call(source: str, frame: str) -> None:
    assert_inert(render(frame.format(source), people=ada).html)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([*PIECES, "@ada", "@", "ada"]), max_size=40).map("".join))
def test_any_text_with_calls_stays_inert(source: str) -> None:
    try:
        html = render(source, people=ada).html
    except TextTooHard:
        return
    assert_inert(html)
    assert not re.search(r'<a [^>]*class="mention"[^>]*><a|<code>[^<]*<a', html)
