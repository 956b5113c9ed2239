"""Markdown as people write it becomes the HTML that a page can show as it stands."""

import pytest

from communities.ui.markdown import Heading, Picture, TextTooHard, count_words, plain, render

TOKEN = "Kx81hTzq02bL"
OTHER = "Zz81hTzq02bL"
SIZES = 'sizes="(min-width: 46rem) 42rem, 100vw"'
IMG = f'<img src="/f/{TOKEN}/press.jpg" loading="lazy" decoding="async" alt="The press">'


def html(source: str, **options: object) -> str:
    return render(source, **options).html.strip()


def test_a_paragraph_carries_its_direction() -> None:
    assert html("Ink *and* **paper**") == '<p dir="auto">Ink <em>and</em> <strong>paper</strong></p>'


def test_only_the_outermost_block_carries_a_direction_so_that_it_is_read_as_one() -> None:
    assert html("> one\n>\n> - two") == (
        '<blockquote dir="auto">\n<p>one</p>\n<ul>\n<li>two</li>\n</ul>\n</blockquote>'
    )


def test_headings_begin_at_two_skip_no_level_and_have_anchors_of_their_own() -> None:
    shown = render("# Paper\n\n#### Weight\n\n## Paper\n\n### Ünder *glass* {#glass}")
    assert shown.headings == (
        Heading(2, "at-paper", "Paper"),
        Heading(3, "at-weight", "Weight"),
        Heading(2, "at-paper-2", "Paper"),
        Heading(3, "at-glass", "Ünder glass"),
    )
    assert '<h3 dir="auto" id="at-glass">Ünder <em>glass</em></h3>' in shown.html


def test_a_link_to_a_heading_follows_its_prefixed_anchor() -> None:
    assert 'href="#at-paper"' in html("[below](#paper)\n\n# Paper")


def test_links_of_members_vouch_for_nothing_and_those_of_the_team_do() -> None:
    link = "[shop](https://paper.example/)"
    assert 'rel="nofollow ugc noopener"' in html(link)
    assert 'rel="noopener"' in html(link, trusted=True)
    assert html("[post](/c/demo/p/1/a/)") == '<p dir="auto"><a href="/c/demo/p/1/a/">post</a></p>'


def test_bare_addresses_become_links_without_the_full_stop_of_their_sentence() -> None:
    shown = html("See https://paper.example/a_b_(c). Or (https://paper.example/d), not `https://code.example`.")
    assert '<a href="https://paper.example/a_b_(c)" rel="nofollow ugc noopener">' in shown
    assert '<a href="https://paper.example/d" rel="nofollow ugc noopener">' in shown
    assert shown.count("<a ") == 2


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://a/"]
)
def test_an_address_with_another_scheme_is_no_link(href: str) -> None:
    assert "href" not in html(f'<a href="{href}">here</a>')
    assert "href" not in html(f"[here]({href})")


@pytest.mark.parametrize("href", ["mailto:ines@halftone.example", "tel:+351123", "../other/", "#part", "?page=2"])
def test_mail_telephone_and_relative_addresses_are_links(href: str) -> None:
    assert "<a href=" in html(f"[here]({href})")


def test_relative_links_start_from_the_base() -> None:
    assert 'href="/c/demo/archive/other/"' in html("[on](../other/)", base="/c/demo/archive/this/")


def test_a_picture_that_stands_alone_is_a_figure_with_its_sizes() -> None:
    known = {TOKEN: Picture(1600, 1200, "A press", (960, 480))}
    assert html(f'![](/f/{TOKEN}/press.jpg "In *March*")', images=known) == (
        f'<figure><a href="/f/{TOKEN}/press.jpg" data-large="1600"><img src="/f/{TOKEN}/press.jpg" '
        f'srcset="/f/{TOKEN}/480.webp 480w, /f/{TOKEN}/960.webp 960w, /f/{TOKEN}/press.jpg 1600w" {SIZES} '
        'width="1600" height="1200" loading="lazy" decoding="async" alt="A press"></a>'
        '<figcaption dir="auto">In *March*</figcaption></figure>'
    )


def test_a_picture_within_a_sentence_stays_there() -> None:
    shown = render(f"a ![The press](/f/{TOKEN}/press.jpg) b")
    assert shown.html.strip() == f'<p dir="auto">a {IMG} b</p>'
    assert shown.pictures == 1


def test_a_picture_leads_to_itself_in_full_where_that_shows_more_and_says_what() -> None:
    large, small = {TOKEN: Picture(width=800, height=600)}, {TOKEN: Picture(width=399, height=300)}
    src = f"/f/{TOKEN}/press.jpg"
    shown = html(f'![The press]({src} "In March")', images=large)
    assert shown.startswith(f'<figure><a href="{src}" data-large="800"><img src="{src}" width="800"')
    assert shown.endswith('alt="The press"></a><figcaption dir="auto">In March</figcaption></figure>')
    assert html(f"See ![The press]({src}) here", images=large).startswith(
        f'<p dir="auto">See <a href="{src}" data-large="800"><img '
    )
    for bare, how in ((f"![The press]({src})", small), (f"![]({src})", large), (f'<img src="{src}" alt=" ">', large)):
        assert "<a " not in html(bare, images=how)
    typed = html('<a href="/c/demo/" data-large="9">x</a>')
    assert "data-large" not in typed
    led = html(f"[![The press]({src})](/c/demo/)", images=large)
    assert led.count("<a ") == 1 and '<a href="/c/demo/"><img ' in led
    assert "<a " not in html(f'<details><summary><img src="{src}" alt="x"></summary></details>', images=large)


def test_two_pictures_in_one_paragraph_are_two_figures() -> None:
    one = f"![The press](/f/{TOKEN}/press.jpg)"
    assert html(f"{one}\n{one}") == f"<figure>{IMG}</figure>\n<figure>{IMG}</figure>"


def test_a_picture_written_as_html_keeps_its_own_attributes_out() -> None:
    source = (
        f'<img src="/f/{TOKEN}/press.jpg" alt="The press" onerror="x()" srcset="https://spy.example/ 1x" style="a">'
    )
    assert html(source) == f"<figure>{IMG}</figure>"


@pytest.mark.parametrize("src", ["https://spy.example/p.gif", "//spy.example/p.gif", "http://spy.example/p.gif"])
def test_a_picture_of_another_house_is_a_link_and_never_loaded(src: str) -> None:
    for source in (f"![a dot]({src})", f'<img src="{src}" alt="a dot">'):
        shown = render(source)
        assert "<img" not in shown.html
        assert f'<a href="{src}" rel="nofollow ugc noopener">a dot</a>' in shown.html
        assert shown.pictures == 0


def test_a_file_that_the_text_may_not_show_is_not_shown() -> None:
    assert "<img" not in html(f"![x](/f/{OTHER}/secret.jpg)", images={TOKEN: Picture()})
    assert "<img" not in html(f"![x](/f/{OTHER}/secret.jpg)", images=lambda token: None)


def test_a_player_of_another_house_is_the_link_that_it_was() -> None:
    assert html('<iframe src="https://video.example/e/1" title="How we print"></iframe>') == (
        '<p dir="auto"><a href="https://video.example/e/1" rel="nofollow ugc noopener">How we print</a></p>'
    )


def test_a_table_scrolls_in_a_region_that_the_keyboard_reaches() -> None:
    shown = html("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert shown.startswith('<div class="scroll" role="group" tabindex="0" aria-label="Table"><table dir="auto">')
    assert '<td class="to-end">2</td>' in shown
    assert "style" not in shown


def test_code_names_its_language_and_reads_left_to_right() -> None:
    assert html("```python hl_lines=3\n<b>\n```") == (
        '<pre dir="ltr"><code class="language-python">&lt;b&gt;\n</code></pre>'
    )


def test_footnotes_strike_through_and_task_boxes() -> None:
    shown = html("~~old~~ new[^1]\n\n- [ ] cut\n- [x] fold\n\n[^1]: Since May.")
    assert "<s>old</s>" in shown
    assert '<sup class="footnote-ref"><a href="#at-fn1" id="at-fnref1">[1]</a></sup>' in shown
    assert '<li id="at-fn1"><p>Since May. <a href="#at-fnref1" class="footnote-backref"' in shown
    assert "<li>☐ cut</li>\n<li>☑ fold</li>" in shown


def test_html_that_was_left_open_is_closed_where_a_browser_would() -> None:
    assert html("<div><b>one\n\ntwo</div>\n\nthree") == (
        '<div><b>one\n<p dir="auto">two</p></b></div>\n<p dir="auto">three</p>'
    )


def test_plain_text_has_a_line_for_each_block_and_no_marks() -> None:
    shown = render("# A &amp; B\n\none[^1] *two*\n\n- x\n- y\n\n| a | b |\n|-|-|\n\n[^1]: note")
    assert plain(shown.html) == "A & B\none two\nx\ny\na b\nnote"


def test_words_are_counted_in_any_script() -> None:
    assert count_words("It's a well-known fact, 3.5 times") == 6
    assert count_words("印刷工房 letterpress") == 3
    assert count_words("한국어 문장 입니다") == 3
    assert count_words("… — !") == 0
    assert render("one **two**\n\nthree").words == 3


def test_a_text_past_one_megabyte_is_refused_with_both_sizes() -> None:
    with pytest.raises(TextTooHard, match=r"^This text has 1024 KB; a text may have 1024 KB\.$"):
        render("a" * 1_048_577)
