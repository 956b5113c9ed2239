"""Raw HTML rewritten tag by tag: balanced, bounded in depth, with our own links, pictures, headings and tables.

It stands before the allow-list, not in place of it; balanced input is also what keeps the HTML parser's work linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from django.utils.text import slugify
from django.utils.translation import gettext as _

from communities.ui.markdown_allow import BLOCKS, HEADINGS, INLINE, TABLE_PARTS, VOID, safe_href
from communities.ui.markdown_images import LARGE, Lookup, figure, image_tag, look_up, words_for
from communities.ui.markdown_mentions import MENTION, QUIET, Hrefs
from communities.ui.markdown_nesting import DIRECTED, ELSEWHERE, ENDS, MAX_DEPTH, PARENTS, RENAMED, SWALLOWED, WALLS, P
from communities.ui.markdown_tags import PLAIN_TAGS, Attributes, Names, link, read_attributes, written
from communities.ui.plain import plain

_ATTRIBUTE = r"\s++[a-zA-Z_:@][a-zA-Z0-9:._@\-]*+(?:\s*+=\s*+(?:[^\"'=<>`\s]++|'[^']*+'|\"[^\"]*+\"))?+"
_TAG = re.compile(rf"<(/?)([a-zA-Z][a-zA-Z0-9\-]*+)((?:{_ATTRIBUTE})*+)\s*+/?>")
_OWN_ID = re.compile(r"\s*\{#([\w\-]{1,80})\}\s*$")
PRESSED = frozenset({"a", "summary"})  # what is in these is pressed for something else
_CAPTION = re.compile(r"\x00([^\x00]*+)\x00")
_PICTURE = re.compile(r"(<a [^>]*+>)?\s*+(<img [^>]*+>)(?:\x00([^\x00]*+)\x00)?\s*+(?(1)</a>)")


class Heading(NamedTuple):
    """A heading as the page shows it: its level there, the anchor, the words."""

    level: int
    id: str
    text: str


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end, and where it stands in the output."""

    name: str
    end: str
    at: int


class Weaver:
    """Weaves one text; afterwards `pictures`, `headings` and `called` (handles) say what it held."""

    def __init__(self, *, images: Lookup | None, base: str, trusted: bool, people: Hrefs | None = None) -> None:
        self._images = images
        self._people = people or {}
        self.called: dict[str, None] = {}
        self._base = base
        self._rel = "noopener" if trusted else "nofollow ugc noopener"
        self.pictures = 0
        self.headings: list[Heading] = []
        self._out: list[str] = []
        self._stack: list[_Open] = []
        self._names = Names()
        self._level = 1
        self._missing: set[str] = set()

    def weave(self, html: str) -> str:
        html = html.replace("\x00", "")
        at = 0
        while (begin := html.find("<", at)) >= 0:
            self._text(html[at:begin])
            at = self._markup(html, begin)
        self._text(html[at:])
        self._end_from(0)
        return _CAPTION.sub("", "".join(self._out))

    def _text(self, text: str) -> None:
        """What stands between tags. Nobody is called in code, in somebody else's words or in a link."""
        if self._people and "@" in text and not any(entry.name in QUIET for entry in self._stack):
            text = MENTION.sub(self._mention, text)
        self._out.append(text)

    def _mention(self, match: re.Match[str]) -> str:
        name = match[1] if match[1].lower() in self._people else match[1].rstrip("-_")
        href = self._people.get(name.lower())
        if href is None:
            return match[0]
        self.called[name.lower()] = None
        return f'<a{written("href", href)} class="mention">@{name}</a>{match[1][len(name) :]}'

    def _markup(self, html: str, begin: int) -> int:
        """Handles what begins with `<` and says where to go on."""
        match = _TAG.match(html, begin)
        if match is None:
            return self._not_a_tag(html, begin)
        name = match[2].lower()
        if match[1]:
            self._close(RENAMED.get(name, name))
        elif name in SWALLOWED:
            return self._after(html, f"</{name}>", match.end()) or match.end()
        elif name in ELSEWHERE:
            self._elsewhere(read_attributes(match[3]))
        else:
            self._begin(name, read_attributes(match[3]) if match[3] else {})
        return match.end()

    def _not_a_tag(self, html: str, begin: int) -> int:
        if html.startswith(("<!", "<?"), begin):
            after = self._after(html, "-->" if html.startswith("<!--", begin) else ">", begin)
            if after is not None:
                return after
        self._out.append("&lt;")
        return begin + 1

    def _after(self, html: str, end: str, begin: int) -> int | None:
        """The place after `end`. What is missing is looked for once, or a text of openings would take forever."""
        if end in self._missing:
            return None
        place = html.find(end, begin)
        if place < 0:
            self._missing.add(end)
            return None
        return place + len(end)

    def _begin(self, asked: str, attributes: Attributes) -> None:
        kind = attributes.get("class", "")
        name = "section" if asked == "section" and kind == "footnotes" else RENAMED.get(asked, asked)
        if name == "img":
            self._image(attributes)
            return
        if (name not in BLOCKS and name not in INLINE) or kind == "footnotes-sep":
            return
        if name in BLOCKS:
            self._end_open(P, WALLS)
        if name in ENDS:
            ending, walls = ENDS[name]
            self._end_open(ending, walls)
        misplaced = name in PARENTS and (not self._stack or self._stack[-1].name not in PARENTS[name])
        if misplaced or len(self._stack) >= MAX_DEPTH:
            return
        said = self._said(asked, name, attributes)
        if said is None:
            return
        if name in VOID:
            self._out.append(f"<{name}>")
            return
        written_name = f"h{self._level}" if name in HEADINGS else name
        before, after = "", f"</{written_name}>"
        if name == "table":
            before, after = (
                f'<div class="scroll" role="group" tabindex="0"{written("aria-label", _("Table"))}>',
                after + "</div>",
            )
        self._stack.append(_Open(name, after, len(self._out)))
        self._out.append(f"{before}<{written_name}{said}>")

    def _said(self, asked: str, name: str, attributes: Attributes) -> str | None:
        """The attributes of a tag, each with its leading space; None where the tag is to be left out."""
        if name == "a":
            return link(attributes, base=self._base, rel=self._rel, names=self._names)
        if name in HEADINGS:
            # A page has one h1, and no level is skipped on the way down.
            self._level = max(2, min(int(asked[1]), self._level + 1))
        said = PLAIN_TAGS[name](attributes) if name in PLAIN_TAGS else ""
        if attributes.get("id") and (name in HEADINGS or name in ("li", "sup")):
            said += written("id", self._names.take(attributes["id"]))
        if name in DIRECTED and not any(entry.name in DIRECTED for entry in self._stack):
            said += ' dir="auto"'
        return said

    def _end_open(self, names: frozenset[str], walls: frozenset[str]) -> None:
        """Ends the innermost open tag of these names, as a browser would, unless a wall stands between."""
        for index in range(len(self._stack) - 1, -1, -1):
            name = self._stack[index].name
            if name in names:
                self._end_from(index)
                return
            if name in walls:
                return

    def _close(self, name: str) -> None:
        same = HEADINGS if name in HEADINGS else frozenset({name, "section"}) if name == "div" else frozenset({name})
        self._end_open(same, frozenset() if name in TABLE_PARTS or name == "table" else WALLS)

    def _end_from(self, index: int) -> None:
        while len(self._stack) > index:
            entry = self._stack.pop()
            if entry.name == "p":
                self._end_paragraph(entry)
            elif entry.name in HEADINGS:
                self._end_heading(entry)
            else:
                self._out.append(entry.end)

    def _end_paragraph(self, entry: _Open) -> None:
        """A paragraph of nothing but pictures becomes figures."""
        inner = "".join(self._out[entry.at + 1 :])
        alone = "<img " in inner and not _PICTURE.sub("", inner).replace("<br>", "").strip()
        if alone and not any(open_.name in INLINE or open_.name == "figure" for open_ in self._stack):
            figures = [
                figure(f"{match[1] or ''}{match[2]}{'</a>' if match[1] else ''}", match[3] or "")
                for match in _PICTURE.finditer(inner)
            ]
            self._out[entry.at :] = ["\n".join(figures)]
        else:
            self._out[entry.at + 1 :] = [inner, entry.end]

    def _end_heading(self, entry: _Open) -> None:
        inner = "".join(self._out[entry.at + 1 :])
        own = _OWN_ID.search(inner[-100:])
        if own:
            inner = inner[: len(inner) - len(own[0])]
        begin, text = self._out[entry.at], plain(_CAPTION.sub("", inner))
        named = re.search(r' id="([^"]+)"', begin)
        anchor = named[1] if named else self._names.take(own[1] if own else slugify(text, allow_unicode=True))
        if not named:
            begin = f"{begin[:-1]}{written('id', anchor)}>"
        self._out[entry.at :] = [begin, inner, entry.end]
        self.headings.append(Heading(int(entry.end[3]), anchor, text))

    def _image(self, attributes: Attributes) -> None:
        src = attributes.get("src", "").strip()
        alt = attributes.get("alt", "")
        picture = look_up(self._images, src)
        if picture is None:
            self._picture_elsewhere(src, alt)
            return
        self.pictures += 1
        image = image_tag(picture, src=src, alt=alt)
        caption = attributes.get("title", "").replace("\x00", "")
        large = picture.width >= LARGE and (alt or picture.alt).strip()
        if large and not any(entry.name in PRESSED for entry in self._stack):
            before, after = f"<a{written('href', src)}{written('data-large', str(picture.width))}>", "</a>"
        else:
            before = after = ""
        if not self._stack or self._stack[-1].name == "div":
            self._out.append(figure(f"{before}{image}{after}", caption))
        else:
            kept = f"\x00{caption}\x00" if caption else ""
            self._out.append(f"{before}{image}{kept}{after}")

    def _picture_elsewhere(self, src: str, alt: str) -> None:
        """A picture of another house is linked, never loaded: its owner would learn who reads here."""
        said = link({"href": src}, base=self._base, rel=self._rel, names=self._names) if src else None
        words = escape(words_for(src, alt))
        in_link = any(entry.name == "a" for entry in self._stack)
        self._out.append(f"<a{said}>{words}</a>" if said and not in_link else words)

    def _elsewhere(self, attributes: Attributes) -> None:
        """A player or frame of another house becomes the link that it was."""
        src = safe_href(attributes.get("src", ""))
        if not src or any(entry.name == "a" for entry in self._stack):
            return
        said = link({"href": src}, base=self._base, rel=self._rel, names=self._names)
        words = escape(attributes.get("title") or src)
        if not self._stack or self._stack[-1].name == "div":
            self._out.append(f'<p dir="auto"><a{said}>{words}</a></p>')
        else:
            self._out.append(f"<a{said}>{words}</a>")
