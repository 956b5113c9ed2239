"""The allow-list: which tags, attributes and addresses a text may carry. Nothing reaches a page around it."""

from __future__ import annotations

import re

import nh3
from django.utils.translation import gettext as _

from communities.ui.markdown_images import OWN, SIZES, SRCSET

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
TABLE_PARTS = frozenset({"caption", "thead", "tbody", "tfoot", "tr", "th", "td"})
VOID = frozenset({"br", "hr", "img", "wbr"})
# fmt: off
BLOCKS = TABLE_PARTS | (HEADINGS - {"h1"}) | {
    "p", "ul", "ol", "li", "blockquote", "pre", "hr", "div", "section", "figure", "figcaption", "table", "dl", "dt", "dd",
    "details", "summary",
}
INLINE = frozenset({
    "a", "abbr", "b", "bdi", "br", "cite", "code", "del", "dfn", "em", "i", "img", "ins", "kbd", "mark", "q", "rp", "rt",
    "ruby", "s", "samp", "small", "strong", "sub", "sup", "time", "u", "var", "wbr",
})
# fmt: on
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
ID_PREFIX = "at-"  # an id out of a text can never be one that a page, a script or a form relies on
REL = {"nofollow ugc noopener", "noopener"}

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*):")
_BLANK = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029\ufeff]+")
_CLASSES = {
    "code": re.compile(r"language-[A-Za-z0-9_+#.\-]{1,40}"),
    "td": re.compile(r"to-center|to-end"),
    "th": re.compile(r"to-center|to-end"),
    "div": re.compile(r"scroll"),
    "section": re.compile(r"footnotes"),
    "sup": re.compile(r"footnote-ref"),
    "a": re.compile(r"footnote-backref|mention"),
}
_NUMBER = re.compile(r"\d{1,5}")
_ID = re.compile(re.escape(ID_PREFIX) + r"[\w\-]{1,120}")
_DATETIME = re.compile(r"[0-9A-Za-z:+.\- ]{1,40}")
_EXACT = {
    ("img", "loading"): {"lazy"},
    ("img", "decoding"): {"async"},
    ("img", "sizes"): {SIZES},
    ("th", "scope"): {"col", "row"},
    ("div", "role"): {"group"},
    ("div", "tabindex"): {"0"},
    ("ol", "type"): {"1", "a", "A", "i", "I"},
    ("a", "rel"): REL,
}
_FREE = {"alt", "title", "aria-label"}
_NUMBERS = {"data-large", "width", "height", "colspan", "rowspan", "start"}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"dir"},
    "a": {"href", "rel", "title", "id", "class", "aria-label", "data-large"},
    "abbr": {"title"},
    "code": {"class"},
    "details": {"open"},
    "div": {"class", "role", "tabindex", "aria-label"},
    "img": {"src", "srcset", "sizes", "width", "height", "loading", "decoding", "alt"},
    "li": {"id"},
    "ol": {"start", "type"},
    "section": {"class"},
    "sup": {"class", "id"},
    "td": {"class", "colspan", "rowspan"},
    "th": {"class", "colspan", "rowspan", "scope"},
    "time": {"datetime"},
    **{heading: {"id"} for heading in HEADINGS - {"h1"}},
}


class TextTooHard(ValueError):
    """A text that would take too long to read; its words are for the writer."""

    @classmethod
    def too_long(cls, size: int, limit: int) -> TextTooHard:
        return cls(
            _("This text has %(size)d KB; a text may have %(limit)d KB.")
            % {"size": size // 1024, "limit": limit // 1024}
        )

    @classmethod
    def too_tangled(cls) -> TextTooHard:
        return cls(_("This text has too many marks (brackets, stars, bars) for its length. Put them in a code block."))

    @classmethod
    def too_deep(cls) -> TextTooHard:
        return cls(_("Lists or quotes in this text lie too deep inside one another."))


def safe_href(href: str) -> str | None:
    """The address without what could hide its scheme, or None where a text may not link there."""
    address = _BLANK.sub(lambda match: "%20" if match[0].strip(" ") == "" else "", href.strip())
    match = _SCHEME.match(address)
    if match is not None:
        return address if match[1].lower() in SCHEMES else None
    head = re.split(r"[/?#]", address, maxsplit=1)[0]
    return None if ":" in head or "&" in head else address


def _attribute(tag: str, name: str, value: str) -> str | None:
    allowed = True
    if name == "dir":
        allowed = value in {"auto", "ltr"}
    elif name == "class":
        allowed = _CLASSES[tag].fullmatch(value) is not None
    elif name == "href":
        allowed = safe_href(value) == value
    elif name == "src":
        allowed = OWN.fullmatch(value) is not None
    elif name == "srcset":
        allowed = SRCSET.fullmatch(value) is not None
    elif name == "id":
        allowed = _ID.fullmatch(value) is not None
    elif name == "datetime":
        allowed = _DATETIME.fullmatch(value) is not None
    elif name in _NUMBERS:
        allowed = _NUMBER.fullmatch(value) is not None
    elif name == "open":
        allowed = value == ""
    elif name not in _FREE:
        allowed = value in _EXACT[(tag, name)]
    return value if allowed else None


_CLEANER = nh3.Cleaner(
    tags=set(BLOCKS | INLINE),
    clean_content_tags={"script", "style"},
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    url_schemes=set(SCHEMES),
    link_rel=None,
)


def clean(html: str) -> str:
    """One pass of the allow-list."""
    return _CLEANER.clean(html)


def settle(html: str) -> str:
    """HTML that a browser reads exactly as it is written: cleaning it again changes nothing."""
    for _turn in range(6):
        again = clean(html)
        if again == html:
            return html
        html = again
    raise TextTooHard.too_tangled()
