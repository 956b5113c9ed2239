"""Front matter: the block of facts above a post, in YAML, TOML or JSON, as Hugo, Zola and Jekyll mean it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from content.posts.archive.blocks import Refused, parse, split
from content.posts.archive.dates import NoDate, read_date

MAX_ENTRIES = 100  # of a list that is read at all

_TRUE = frozenset({"true", "yes", "on", "y", "1"})
_FALSE = frozenset({"false", "no", "off", "n", "0"})
_NOTHING = frozenset({"", "~", "null"})
_TAG_KEYS = ("tags", "categories", "tag", "category")
_IMAGE_KEYS = ("image", "cover", "featured", "featured_image", "featuredImage", "thumbnail", "banner", "images")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a post says about itself. Dates carry a zone; paths are as they were written."""

    title: str = ""
    date: dt.datetime | None = None
    updated: dt.datetime | None = None
    slug: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    draft: bool = False
    description: str = ""
    paths: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    image: str = ""
    image_alt: str = ""
    language: str = ""
    format: str = ""


def read_front_matter(text: str, zone: ZoneInfo) -> tuple[FrontMatter, str]:
    """(the facts, the body below them). Raises Refused with a sentence."""
    kind, block, body = split(text)
    return understand(parse(kind, block), zone, kind), body


def understand(data: Mapping[str, Any], zone: ZoneInfo, kind: str = "") -> FrontMatter:
    """The same facts under the names that Hugo, Zola and Jekyll give them."""
    extra = data["extra"] if isinstance(data.get("extra"), dict) else {}
    taxonomies = data["taxonomies"] if isinstance(data.get("taxonomies"), dict) else {}
    image, alt = _image(data, extra)
    draft = _flag(data, "draft") is True or _flag(data, "published") is False
    return FrontMatter(
        title=" ".join(_text(data.get("title")).split())[:200],
        date=_date(data, ("date", "publishDate", "pubDate"), zone),
        updated=_date(data, ("lastmod", "updated", "last_modified_at", "modified"), zone),
        slug=_text(data.get("slug")).strip("/ "),
        authors=_people(_first(data, extra, taxonomies, "authors", "author")),
        tags=_unique(name for source in (taxonomies, data) for name in _tags(source, *_TAG_KEYS)),
        categories=_unique(_tags(data, "categories", "category")),
        draft=draft,
        description=_summary(data),
        paths=_unique(_text(data.get(key)) for key in ("path", "url", "permalink")),
        aliases=_unique(name for key in ("aliases", "redirect_from") for name in _names(data.get(key))),
        image=image,
        image_alt=alt,
        language=_text(data.get("lang") or data.get("language"))[:12],
        format=kind,
    )


def _text(value: Any) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return ""
    text = str(value).strip()
    return "" if text.lower() in _NOTHING else text


def _names(value: Any, separator: str = "") -> list[str]:
    """A list, or a text that stands for one; `separator` is what a text is cut at."""
    if isinstance(value, list):
        return [name for entry in value[:MAX_ENTRIES] if (name := _text(entry))]
    text = _text(value)
    return (
        [part.strip() for part in text.split(separator) if part.strip()]
        if separator and text
        else [text]
        if text
        else []
    )


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple({name.casefold(): name for name in names if name}.values())


def _flag(data: Mapping[str, Any], key: str) -> bool | None:
    value = data.get(key)
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if value is None or text in _NOTHING:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise Refused(_("“%(key)s” in its front matter is neither true nor false.") % {"key": key})


def _date(data: Mapping[str, Any], keys: Iterable[str], zone: ZoneInfo) -> dt.datetime | None:
    for key in keys:
        value = data.get(key)
        try:
            moment = read_date(None if isinstance(value, str) and value.strip().lower() in _NOTHING else value, zone)
        except NoDate as problem:
            shown = str(value)[:40]
            raise Refused(_("its %(key)s “%(value)s” is no date.") % {"key": key, "value": shown}) from problem
        if moment is not None:
            return moment
    return None


def _first(data: Mapping[str, Any], extra: Mapping[str, Any], taxonomies: Mapping[str, Any], *keys: str) -> Any:
    for source in (data, taxonomies, extra):
        for key in keys:
            if source.get(key):
                return source[key] if key == "author" or not isinstance(source[key], str) else source[key].split(",")
    return None


def _people(value: Any) -> tuple[str, ...]:
    entries = value if isinstance(value, list) else [value]
    names = (
        " ".join(
            _text(entry.get("name") or entry.get("display_name") or "" if isinstance(entry, dict) else entry).split()
        )
        for entry in entries[:MAX_ENTRIES]
    )
    return tuple(name[:80] for name in _unique(names))


def _tags(source: Mapping[str, Any], *keys: str) -> list[str]:
    """Jekyll cuts a text at blanks, people write commas; `tag` and `category` in the singular are one name."""
    found: list[str] = []
    for key in keys:
        value = source.get(key)
        separator = "," if "," in str(value) else " "
        found += _names(value, separator if key in ("tags", "categories") else "")
    return found


def _summary(data: Mapping[str, Any]) -> str:
    """The teaser's text. Jekyll's `excerpt` is not one: it is the body's own beginning."""
    text = _text(data.get("description")) or _text(data.get("summary"))
    return " ".join(strip_tags(text).split())[:600]


def _image(data: Mapping[str, Any], extra: Mapping[str, Any]) -> tuple[str, str]:
    for source in (data, extra):
        for key in _IMAGE_KEYS:
            value = source.get(key)
            if isinstance(value, list):
                value = value[0] if value else ""
            if isinstance(value, dict):
                alt = _text(value.get("alt"))
                value = value.get("image") or value.get("src") or value.get("path") or value.get("url")
            else:
                alt = _text(source.get(f"{key}_alt"))
            text = _text(value)
            if "." in text:
                return text, alt
    return "", ""
