"""What a tag out of a text may say: its attributes, read from raw HTML and written anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import urljoin

from django.utils.translation import gettext as _

from communities.ui.markdown_allow import ID_PREFIX, safe_href

_ATTRIBUTE = re.compile(r"([a-zA-Z_:@][a-zA-Z0-9:._@\-]*+)(?:\s*+=\s*+([^\"'=<>`\s]++|'[^']*+'|\"[^\"]*+\"))?+")
OUTWARD = re.compile(r"https?:|[/\\]{2}", re.IGNORECASE)  # to a browser /\a.example is //a.example
_ALIGN = re.compile(r"text-align:\s*(center|right)")
_LANGUAGE = re.compile(r"language-[A-Za-z0-9_+#.\-]{1,40}")
_DATETIME = re.compile(r"[0-9A-Za-z:+.\- ]{1,40}")
_SMALL_NUMBER = re.compile(r"\d{1,5}")
_NOT_IN_IDS = re.compile(r"[^\w\-]+")

Attributes = dict[str, str]


def read_attributes(raw: str) -> Attributes:
    """Attributes by name, the first of each, as a browser takes them."""
    found: Attributes = {}
    for match in _ATTRIBUTE.finditer(raw):
        value = match[2] or ""
        if value[:1] in ("'", '"'):
            value = value[1:-1]
        found.setdefault(match[1].lower(), unescape(value))
    return found


def written(name: str, value: str) -> str:
    return f' {name}="{escape(value)}"'


class Names:
    """The ids of one text: prefixed, and none twice."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._count: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        stem = _NOT_IN_IDS.sub("-", wanted).strip("-")[:90] or "part"
        name = stem
        while name in self._taken:
            self._count[stem] = self._count.get(stem, 1) + 1
            name = f"{stem}-{self._count[stem]}"
        self._taken.add(name)
        return ID_PREFIX + name


def fragment(target: str) -> str:
    return f"#{ID_PREFIX}{_NOT_IN_IDS.sub('-', target).strip('-')[:90]}"


def link(attributes: Attributes, *, base: str, rel: str, names: Names) -> str | None:
    """What stands in an <a>, or None where it leads nowhere that a text may lead."""
    href = safe_href(attributes.get("href", ""))
    if not href:
        anchor = attributes.get("id") or attributes.get("name")
        return written("id", names.take(anchor)) if anchor else None
    outward = OUTWARD.match(href) is not None
    if href.startswith("#"):
        href = fragment(href[1:]) if len(href) > 1 else "#"
    elif base and not outward and not href.startswith(("/", "mailto:", "tel:")):
        href = urljoin(base, href)
    parts = [written("href", href)]
    if outward:
        parts.append(written("rel", rel))
    if attributes.get("title"):
        parts.append(written("title", attributes["title"]))
    if attributes.get("id"):
        parts.append(written("id", names.take(attributes["id"])))
    if attributes.get("class") == "footnote-backref":
        parts.append(written("class", "footnote-backref") + written("aria-label", _("Back to the text")))
    return "".join(parts)


def _cell(attributes: Attributes) -> str:
    parts = [written(name, attributes[name]) for name in ("colspan", "rowspan") if _is_number(attributes.get(name, ""))]
    aligned = _ALIGN.search(attributes.get("style", "")) or _ALIGN.search(f"text-align:{attributes.get('align', '')}")
    if aligned:
        parts.append(written("class", "to-center" if aligned[1] == "center" else "to-end"))
    return "".join(parts)


def _head_cell(attributes: Attributes) -> str:
    scope = attributes.get("scope", "")
    return _cell(attributes) + (written("scope", scope) if scope in ("col", "row") else "")


def _ordered(attributes: Attributes) -> str:
    start = attributes.get("start", "")
    kind = attributes.get("type", "")
    return (written("start", start) if _is_number(start) else "") + (
        written("type", kind) if kind in ("1", "a", "A", "i", "I") else ""
    )


def _code(attributes: Attributes) -> str:
    match = _LANGUAGE.search(attributes.get("class", ""))
    return written("class", match[0]) if match else ""


def _is_number(value: str) -> bool:
    return _SMALL_NUMBER.fullmatch(value) is not None


def _time(attributes: Attributes) -> str:
    value = attributes.get("datetime", "")
    return written("datetime", value) if _DATETIME.fullmatch(value) else ""


PLAIN_TAGS: dict[str, Callable[[Attributes], str]] = {
    "abbr": lambda attributes: written("title", attributes["title"]) if attributes.get("title") else "",
    "code": _code,
    "details": lambda attributes: ' open=""' if "open" in attributes else "",
    "ol": _ordered,
    "pre": lambda _attributes: ' dir="ltr"',
    "section": lambda _attributes: ' class="footnotes"',
    "sup": lambda attributes: ' class="footnote-ref"' if attributes.get("class") == "footnote-ref" else "",
    "td": _cell,
    "th": _head_cell,
    "time": _time,
}
