"""What a page says about itself in its head: title, what it is about, the name of its site; as plain text and no longer than that."""

import codecs
import html as entities
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from communities.fetch import Page

HEAD = 256 * 1024  # characters that are looked through
TITLE, ABOUT, SITE = 160, 300, 80
# Each tag has one way to be read (possessive), so that a head made to be slow is not.
_META = re.compile(r"""<meta\b((?>[^>"']|"[^"]{0,3000}"|'[^']{0,3000}'){0,1200}+)>""", re.IGNORECASE)
_PAIR = re.compile(r"""([a-zA-Z:-]{1,20}+)\s{0,9}+=\s{0,9}+(?:"([^"]{0,3000})"|'([^']{0,3000})'|([^\s"'>]{1,3000}+))""")
_TITLE = re.compile(r"<title\b[^>]{0,300}+>([^<]{0,2000}+)", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset=["']?([a-zA-Z0-9_-]{2,20})""", re.IGNORECASE)
# Control signs, and those that turn the direction of what comes after them.
_SIGNS = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
MOST_TAGS = 300


@dataclass(frozen=True, slots=True)
class Said:
    title: str = ""
    about: str = ""
    site: str = ""


def read(page: Page) -> Said:
    """Said() where the page has no title: there is nothing to show then."""
    head = _text(page)[:HEAD]
    given: dict[str, str] = {}
    for number, tag in enumerate(_META.finditer(head)):
        if number >= MOST_TAGS:
            break
        pairs = {name.lower(): one or two or three for name, one, two, three in _PAIR.findall(tag[1])}
        name = pairs.get("property") or pairs.get("name") or ""
        given.setdefault(name.lower(), pairs.get("content", ""))
    named = _TITLE.search(head)
    title = _one_line(given.get("og:title") or (named[1] if named else ""), TITLE)
    if not title:
        return Said()
    about = _one_line(given.get("og:description") or given.get("description", ""), ABOUT)
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    site = _one_line(given.get("og:site_name", ""), SITE) or host[:SITE]
    return Said(title, "" if about == title else about, site)


def _text(page: Page) -> str:
    found = _CHARSET.search(page.body[:4096])
    for name in (page.charset, found[1].decode("ascii") if found else ""):
        try:
            if name and codecs.lookup(name)._is_text_encoding:  # "zip" and "rot13" are none
                return page.body.decode(name, "replace")
        except (LookupError, UnicodeError):
            continue
    return page.body.decode("utf-8", "replace")


def _one_line(text: str, most: int) -> str:
    text = " ".join(_SIGNS.sub(" ", entities.unescape(text[: 4 * most + 200])).split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
