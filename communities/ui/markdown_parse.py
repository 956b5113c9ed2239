"""Markdown to raw HTML: CommonMark with tables, strike-through, footnotes, task boxes and bare links, metered."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType
from mdit_py_plugins.footnote import footnote_plugin

from communities.ui.markdown_allow import TextTooHard

# What reading costs, in units of about 7 µs. Real posts take one unit in 4 to 10 characters; a text of nothing but marks runs
# out of its allowance long before it has taken 300 ms. Counted, not timed: the same text gets the same answer anywhere.
ALLOWANCE = 12_000
CHARACTERS_A_UNIT = 5
BLOCK, LINE, BAR, TAG, LINK, EMPTY_ITEM = 6, 1, 4, 2, 6, 2
MARK = {"\n": 1, "[": 6, "!": 3, "*": 4, "_": 3, "~": 3, "`": 3}
OTHER_MARK = 2
MAX_NESTING = 30  # levels of the parser: a list takes two, a quote one

_MARKS = re.compile(r"[\n!&*<\[\\\]_`~]")
_BARE_LINK = re.compile(r"(?<![\w/])https?://[^\s<>\"`{}|\\^\[\]]{1,2000}")
_EMPTY_ITEMS = re.compile(r"^[ \t]*+(?:[-+*]|\d{1,9}[.)])[ \t]*+$", re.MULTILINE)
_TAIL = ".,:;!?'*_~"
_LINK_TAG = re.compile(r"<(/?)a[\s>]", re.IGNORECASE)
_BOX = re.compile(r"\[([ xX])\]\s")


def _spend(env: EnvType, units: int) -> None:
    env["left"] -= units
    if env["left"] < 0:
        raise TextTooHard.too_tangled()


def _meter_inline(state: StateInline, _silent: bool) -> bool:
    _spend(state.env, MARK.get(state.src[state.pos], OTHER_MARK))
    return False


def _meter_block(state: StateBlock, _start: int, _end: int, silent: bool) -> bool:
    _spend(state.env, LINE if silent else BLOCK)
    if state.level >= MAX_NESTING - 2:
        raise TextTooHard.too_deep()  # the parser would drop what lies deeper without a word
    return False


def _bare_links(state: StateCore) -> None:
    """Makes http and https addresses in running text links, in one pass over the tokens."""
    for block in state.tokens:
        if block.type == "inline" and block.children and "://" in block.content:
            _spend(state.env, block.content.count("://") * LINK)
            block.children = _linked(block.children)


def _linked(children: list[Token]) -> list[Token]:
    out: list[Token] = []
    inside = 0
    for token in children:
        if token.type in ("link_open", "link_close"):
            inside += token.nesting
        elif token.type == "html_inline" and (tag := _LINK_TAG.match(token.content)):
            inside = 0 if tag[1] else 1
        if token.type == "text" and inside <= 0 and "://" in token.content:
            out.extend(_split(token))
        else:
            out.append(token)
    return out


def _split(token: Token) -> list[Token]:
    out: list[Token] = []
    last = 0
    text = token.content
    for match in _BARE_LINK.finditer(text):
        address = _without_tail(match[0])
        if len(address) <= len("https://"):
            continue
        out.append(Token("text", "", 0, content=text[last : match.start()], level=token.level))
        out.append(
            Token("link_open", "a", 1, attrs={"href": address}, level=token.level, markup="linkify", info="auto")
        )
        out.append(Token("text", "", 0, content=address, level=token.level + 1))
        out.append(Token("link_close", "a", -1, level=token.level, markup="linkify", info="auto"))
        last = match.start() + len(address)
    out.append(Token("text", "", 0, content=text[last:], level=token.level))
    return out


def _without_tail(address: str) -> str:
    """The address without the full stop of its sentence, or the bracket that was opened before it."""
    closing = address.count(")") - address.count("(")
    while address:
        if address[-1] in _TAIL:
            address = address[:-1]
        elif address[-1] == ")" and closing > 0:
            address, closing = address[:-1], closing - 1
        else:
            break
    return address


def _task_boxes(state: StateCore) -> None:
    """`- [ ]` and `- [x]` become drawn boxes: a text holds no form control."""
    for index, token in enumerate(state.tokens):
        if token.type != "inline" or index < 2 or state.tokens[index - 2].type != "list_item_open":
            continue
        match = _BOX.match(token.content)
        if match and token.children and token.children[0].type == "text":
            first = token.children[0]
            first.content = ("☐ " if match[1] == " " else "☑ ") + first.content[match.end() :]


def _make(*, breaks: bool) -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": True, "xhtmlOut": False, "maxNesting": MAX_NESTING, "breaks": breaks})
    md.enable(["table", "strikethrough"]).use(footnote_plugin, inline=False)
    md.inline.terminator_re = _MARKS
    md.inline.ruler.after("text", "meter", _meter_inline)
    md.block.ruler.before("table", "meter", _meter_block, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    md.core.ruler.push("bare_links", _bare_links)
    md.core.ruler.push("task_boxes", _task_boxes)
    return md


_PARSERS = {breaks: _make(breaks=breaks) for breaks in (False, True)}


def parse(source: str, *, breaks: bool = False) -> str:
    """Raw HTML of Markdown. It is not clean: it goes to the weaver and the allow-list. breaks: a new line is one on the page too."""
    env: EnvType = {"left": ALLOWANCE + len(source) // CHARACTERS_A_UNIT}
    _spend(env, source.count("|") * BAR + source.count("<") * TAG)
    _spend(env, sum(EMPTY_ITEM for _ in _EMPTY_ITEMS.finditer(source)))
    return _PARSERS[breaks].render(source, env)
