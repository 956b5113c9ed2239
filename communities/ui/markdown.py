"""A person's Markdown turned into the HTML that pages show: parse, weave, clean, and never more than that."""

from __future__ import annotations

from dataclasses import dataclass, field

from communities.ui.markdown_allow import TextTooHard, settle
from communities.ui.markdown_images import Lookup, Picture
from communities.ui.markdown_mentions import People, handles_in
from communities.ui.markdown_parse import parse
from communities.ui.markdown_weave import Heading, Weaver
from communities.ui.plain import count_words, plain

__all__ = ["MAX_SOURCE", "Heading", "People", "Picture", "Rendered", "TextTooHard", "count_words", "plain", "render"]

MAX_SOURCE = 1_048_576  # bytes of UTF-8: the longest body that is taken anywhere


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is stored beside the source: clean HTML and what it holds, counted once."""

    html: str
    words: int
    pictures: int
    headings: tuple[Heading, ...] = field(default=())
    called: tuple[str, ...] = field(default=())


def render(
    source: str,
    *,
    images: Lookup | None = None,
    base: str = "",
    trusted: bool = False,
    people: People | None = None,
    breaks: bool = False,
) -> Rendered:
    """Clean HTML of Markdown (with HTML in it, where people wrote some).

    `images` answers for the token of a `/f/<token>/<name>` address with a `Picture`, or None where the text may not
    show that file; without `images` every such address is shown as it stands, without sizes. `base` is the path that
    relative links start from. `trusted` is the team's own text: its links carry no `nofollow ugc`. `people` is asked once
    for all handles that a text may call (`@ada`) and answers with the addresses of those who can be called here; who was
    called, in `called`. `breaks`: a new line begins one on the page too, as in what people say to each other.
    Raises TextTooHard, with a sentence for the writer, where a text would take too long to read or is too long.
    """
    size = len(source.encode("utf-8", "replace"))
    if size > MAX_SOURCE:
        raise TextTooHard.too_long(size, MAX_SOURCE)
    asked = handles_in(source) if people is not None else frozenset()
    known = people(asked) if people is not None and asked else None
    weaver = Weaver(images=images, base=base, trusted=trusted, people=known)
    html = settle(weaver.weave(parse(source.encode("utf-8", "replace").decode(), breaks=breaks)))
    return Rendered(
        html=html,
        words=count_words(plain(html)),
        pictures=weaver.pictures,
        headings=tuple(weaver.headings),
        called=tuple(weaver.called),
    )
