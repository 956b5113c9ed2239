"""One post of an archive, and the addresses that it had: those it declares, those its place in the folder gave it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf.locale import LANG_INFO

from content.posts.archive.front_matter import FrontMatter

_LANGUAGE = re.compile(r"\.([a-z]{2,3}(?:-[A-Za-z]{2,4})?)$")
_PLACEHOLDER = re.compile(r":(\w+)")


@dataclass(frozen=True, slots=True)
class Document:
    """One post as it lies in the folder. `addresses`: where it stood, its own first, as they were written;
    `served`: its place in the folder as generators count it."""

    file: str
    path: Path
    facts: FrontMatter
    body: str
    digest: str
    title: str
    slug: str
    date: dt.datetime | None
    draft: bool
    language: str
    addresses: tuple[str, ...] = ()
    served: str = ""

    @property
    def is_liquid(self) -> bool:
        """Jekyll's tags mean something only in Jekyll's files."""
        return self.facts.format == "yaml" and "{{<" not in self.body and "{{%" not in self.body


def old_addresses(parts: list[str], facts: FrontMatter, name: str, day: dt.datetime | None) -> Iterator[str]:
    slug = facts.slug or name
    declared = [_expanded(path, slug, facts, day) for path in facts.paths]
    declared = [path for path in declared if path]
    yield from declared
    if not declared and "_posts" in parts and day is not None:
        place = "/".join([*parts[: parts.index("_posts")], *(name.lower() for name in facts.categories)])
        dated = f"{place}/{day:%Y/%m/%d}/{slug}"
        yield from (dated, f"{dated}.html", f"{place}/{slug}", f"{day:%Y/%m/%d}/{slug}")
    elif not declared:
        here = "/".join([*parts[:-1], slug])
        yield here
        if parts and parts[0].lower() in LANG_INFO:
            yield "/".join([*parts[1:-1], slug])
    yield from facts.aliases
    if not declared and (facts.date or day):  # what a site's settings most often make of a dated post
        yield f"{facts.date or day:%Y/%m/%d}/{slug}"


def served_parts(root: Path, file: str) -> list[str]:
    """The parts of a page's address by its place in the folder: without `content`, `index` and the extension."""
    above = list(root.parts)
    prefix = above[len(above) - above[::-1].index("content") :] if "content" in above else []
    parts = [*prefix, *Path(file).parts]
    if parts[0] == "content":
        parts = parts[1:]
    stem = language_of(Path(parts[-1]).stem)[0]
    return parts[:-1] if stem == "index" and len(parts) > 1 else [*parts[:-1], stem]


def language_of(stem: str) -> tuple[str, str]:
    """(name, language) of `post.fr`; a name such as `node.js` has none."""
    match = _LANGUAGE.search(stem)
    if match is not None and match[1].lower() in LANG_INFO:
        return stem[: match.start()], match[1]
    return stem, ""


def _expanded(path: str, slug: str, facts: FrontMatter, day: dt.datetime | None) -> str:
    """A permalink with Jekyll's placeholders filled in; "" for a style's name (`pretty`) and for what we cannot fill."""
    if "/" not in path and "." not in path:
        return path if not path.isalpha() else ""
    moment = day or facts.date
    known = {"title": slug, "slug": slug}
    if moment is not None:
        known |= {"year": f"{moment:%Y}", "month": f"{moment:%m}", "day": f"{moment:%d}"}
    wanted = set(_PLACEHOLDER.findall(urlsplit(path).path))
    if wanted - set(known):
        return ""
    return _PLACEHOLDER.sub(lambda match: known[match[1]], path)
