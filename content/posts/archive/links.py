"""Addresses inside an archive: which old path, file or reference means which post, and links rewritten to where it is now."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from html import escape, unescape
from urllib.parse import unquote, urlsplit

from content.posts.archive.code import code_apart

_INLINE = re.compile(r"(\]\(\s*+)(?:<([^<>\n]*+)>|([^\s()<>]*+(?:\([^\s()]*+\)[^\s()<>]*+)*+))")
_REFERENCE = re.compile(r"^([ \t]{0,3}\[[^\]\n]{1,999}\]:[ \t]*)(?:<([^<>\n]*)>|(\S+))", re.MULTILINE)
_ATTRIBUTE = re.compile(r"(\s(?:href|src)\s*=\s*)(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>=`]+))", re.IGNORECASE)
_POST_NAME = re.compile(r"\.(?:md|markdown|mdown|mkd|html?)$", re.IGNORECASE)

Resolve = Callable[[str], str | None]  # the new address of an old one, or None where it stays


def old_path(address: str) -> str:
    """An address as it is kept and compared: no host, no slashes at its ends, no query."""
    path = unquote(urlsplit(address).path).strip("/ ")
    return re.sub(r"/{2,}", "/", path)[:300]


def key_of(address: str) -> str:
    """What two spellings of one address have in common: no .html, no /index, no capitals."""
    path = _POST_NAME.sub("", old_path(address).casefold())
    path = re.sub(r"(?:^|/)index$", "", path)
    return path.strip("/")


class Index:
    """From addresses to whatever stands for a post; the first that claims an address keeps it."""

    def __init__(self, hosts: Iterable[str] = ()) -> None:
        self._posts: dict[str, int] = {}
        self._names: dict[str, int | None] = {}
        self._hosts = frozenset(host.casefold() for host in hosts)

    def add(self, address: str, post: int) -> None:
        key = key_of(address)
        if not key:
            return
        self._posts.setdefault(key, post)
        name = key.rsplit("/", 1)[-1]
        self._names[name] = post if self._names.get(name, post) == post else None

    def find(self, address: str, *, sources: Iterable[str], by_name: bool = False) -> int | None:
        """The post of an address written in a post whose own addresses are `sources` (its file first)."""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            return (
                self._posts.get(key_of(address))
                if (parts.hostname or "") in self._hosts and parts.path.strip("/")
                else None
            )
        path = parts.path
        if path.startswith("@/"):
            return self._posts.get(key_of(path[2:]))
        if path.startswith("/"):
            return self._posts.get(key_of(path))
        if not path.strip("./"):
            return None
        for source in self._places(path, list(sources)):
            found = self._posts.get(key_of(source))
            if found is not None:
                return found
        found = self._posts.get(key_of(path)) if by_name else None
        return self._names.get(key_of(path).rsplit("/", 1)[-1]) if by_name and found is None else found

    @staticmethod
    def _places(path: str, sources: list[str]) -> Iterable[str]:
        """Beside the file, then as a browser read it on the old site: from the folder that the page was."""
        folder = posixpath.dirname(sources[0])
        beside = posixpath.normpath(posixpath.join("/", folder, path))
        pages = [posixpath.normpath(posixpath.join("/", key_of(source), path)) for source in sources]
        files = [posixpath.normpath(posixpath.join("/", posixpath.dirname(source), path)) for source in sources[1:]]
        return [beside, *pages, *files] if _POST_NAME.search(path) else [*pages, beside, *files]


def rewrite(body: str, resolve: Resolve) -> str:
    """The Markdown with the addresses that `resolve` knows replaced; code, and everything else, stays to the letter."""
    out = []
    for text, is_code in code_apart(body):
        out.append(text if is_code else _rewrite_prose(text, resolve))
    return "".join(out)


def addresses(body: str) -> list[str]:
    """Every address that `rewrite` would ask for, in order."""
    found: list[str] = []

    def note(address: str) -> None:
        found.append(address)

    rewrite(body, note)
    return found


def _rewrite_prose(text: str, resolve: Resolve) -> str:
    def markdown(match: re.Match[str]) -> str:
        old = match[2] if match[2] is not None else match[3]
        new = resolve(old) if old else None
        return match[0] if new is None else f"{match[1]}{_in_markdown(new)}"

    def attribute(match: re.Match[str]) -> str:
        old = next(group for group in match.groups()[1:] if group is not None)
        new = resolve(unescape(old)) if old else None
        return match[0] if new is None else f'{match[1]}"{escape(new)}"'

    if "](" in text:
        text = _INLINE.sub(markdown, text)
    if "]:" in text:
        text = _REFERENCE.sub(markdown, text)
    return _ATTRIBUTE.sub(attribute, text) if "<" in text else text


def _in_markdown(address: str) -> str:
    return f"<{address}>" if re.search(r"[\s()]", address) else address
