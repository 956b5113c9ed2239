"""index.html of an export: the same lines as data.json, to be read by a person. One file, no script, nothing from elsewhere."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi, ngettext
from django.utils.translation import gettext as _

from communities.people.models import User
from communities.people.packing_words import WORDS
from communities.people.portable import Section

LOOK = """
:root { color-scheme: light dark; --paper: #f7f3ec; --sheet: #fffdf9; --ink: #2b2622; --quiet: #6a5f55; --line: #e6ddd0; --link: #8a3c12 }
@media (prefers-color-scheme: dark) {
 :root { --paper: #1c1815; --sheet: #26211d; --ink: #ece5dc; --quiet: #b5a99c; --line: #3a332d; --link: #f0a878 } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 Georgia, serif }
main, header, nav { max-inline-size: 46rem; margin-inline: auto; padding-inline: 1rem }
header { padding-block: 2.5rem 1rem } h1 { margin: 0; font-size: 2.1rem; line-height: 1.2 } h2 { margin-block: 2.5rem .5rem }
a { color: var(--link) } nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1rem; margin: 0; padding: 0; list-style: none }
article { margin-block: .75rem; padding: 1rem 1.25rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 10px }
dl { display: grid; grid-template-columns: minmax(7rem, 12rem) 1fr; gap: .25rem 1rem; margin: 0 }
dt { color: var(--quiet); font: .9rem/1.75 system-ui, sans-serif } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap }
dd article { margin-block: .25rem; padding: .5rem .75rem; white-space: normal } .quiet { color: var(--quiet) }
@media (max-width: 32rem) { dl { grid-template-columns: 1fr } dd { margin-block-end: .5rem } }
@media print { article { break-inside: avoid } }
"""


def page(
    user: User,
    sections: Iterable[Section],
    counts: Mapping[str, int],
    lines_of: Callable[[Section], Iterable[bytes]],
) -> Iterator[str]:
    """The page piece by piece, so that a long life here needs no more memory than a short one."""
    shown = [section for section in sections if counts.get(section.name)]
    title = _("Everything about %(name)s on %(brand)s") % {"name": user, "brand": settings.BRAND}
    direction = "rtl" if get_language_bidi() else "ltr"
    yield (
        f'<!doctype html>\n<html lang="{escape(get_language() or "en")}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{LOOK}</style>\n</head>\n<body>\n"
    )
    made = _("Made on %(day)s. The same, for programs, is in data.json; what you uploaded is in the folder files.")
    yield f'<header><h1 dir="auto">{escape(title)}</h1>\n<p class="quiet">'
    yield escape(made % {"day": date_format(timezone.now(), "j F Y, H:i e")}) + "</p></header>\n<nav><ul>"
    for section in shown:
        yield f'<li><a href="#{section.name}">{escape(str(section.title))}</a> <span class="quiet">{counts[section.name]}</span></li>'
    yield "</ul></nav>\n<main>\n"
    for section in shown:
        count = counts[section.name]
        lines = ngettext("%(count)d line", "%(count)d lines", count) % {"count": count}
        yield f'<section id="{section.name}"><h2>{escape(str(section.title))}</h2>\n'
        yield f'<p class="quiet">{escape(lines)}</p>\n' if count > 1 else ""
        for line in lines_of(section):
            yield _article(json.loads(line))
        yield "</section>\n"
    yield "</main>\n</body>\n</html>\n"


def _article(line: Mapping[str, Any]) -> str:
    known = [(name, value) for name, value in line.items() if value not in (None, "", [], {})]
    rows = "".join(f'<dt>{escape(_word(name))}</dt><dd dir="auto">{_value(name, value)}</dd>' for name, value in known)
    return f"<article><dl>{rows}</dl></article>\n"


def _word(name: str) -> str:
    return str(WORDS.get(name) or name.replace("_", " "))


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return escape(_("yes") if value else _("no"))
    if isinstance(value, list):
        if all(not isinstance(one, dict | list) for one in value):
            return escape(", ".join(map(str, value)))
        return "".join(_value(name, one) for one in value)
    if isinstance(value, dict):
        return _linked(value) if set(value) in ({"name", "address"}, {"title", "address"}) else _article(value)
    if name == "path" and isinstance(value, str) and value.startswith("files/"):
        return f'<a href="{escape(value)}">{escape(value)}</a>'
    return escape(_moment(value) if name == "at" or name.endswith(("_at", "day")) else str(value))


def _linked(value: Mapping[str, str]) -> str:
    """A link only to the site itself."""
    words = escape(value.get("name") or value.get("title") or value["address"])
    if not value["address"].startswith(settings.SITE_URL + "/"):
        return words
    return f'<a href="{escape(value["address"])}">{words}</a>'


def _moment(value: Any) -> str:
    try:
        at = parse_datetime(str(value))
        day = None if at else parse_date(str(value))
    except ValueError:
        return str(value)
    if at is not None:
        return date_format(at, "j F Y, H:i e")
    return date_format(day, "j F Y") if day is not None else str(value)
