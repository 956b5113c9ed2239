"""Reading a folder of posts: which files are posts, what each says, where it stood before, and the files beside it."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from communities.ui.markdown import MAX_SOURCE
from content.posts.archive.blocks import MAX_BLOCK, Refused
from content.posts.archive.dates import date_in_name, date_in_path
from content.posts.archive.documents import Document, language_of, old_addresses, served_parts
from content.posts.archive.front_matter import FrontMatter, read_front_matter
from content.posts.writing import slug_of

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".heic", ".svg"})
ATTACHMENTS = frozenset(
    {".pdf", ".zip", ".csv", ".txt", ".epub", ".mp3", ".ogg", ".mp4", ".webm", ".ods", ".odt", ".docx"}
)
# Folders of the three generators that hold no posts, and what they make.
NOT_POSTS = frozenset({"_site", "_includes", "_layouts", "_data", "_sass", "archetypes", "layouts", "themes", "public"})
NOT_POSTS |= {"node_modules", "vendor", "resources"}
STATIC = ("", "static", "assets", "content")
_HOST = re.compile(r"^\s*(?:baseURL|base_url|url)\s*[:=]\s*[\"']?https?://([^\s\"'/:]+)", re.MULTILINE | re.IGNORECASE)
_CONFIGS = ("config.toml", "hugo.toml", "zola.toml", "_config.yml", "config.yaml", "hugo.yaml", "config.yml")
_NEWLINES = re.compile(r"[\x00-\x1f\x7f]")


class Archive:
    """A folder, read without following anything out of it."""

    def __init__(self, root: Path, zone: ZoneInfo) -> None:
        self.root = root.resolve(strict=True)
        self.zone = zone

    def files(self) -> Iterator[tuple[str, Path]]:
        """(name relative to the folder, path) of everything that could be a post, in order of names."""
        for folder, folders, names in os.walk(self.root):
            here = Path(folder)
            for name in sorted(folders):
                if (here / name).is_symlink() and not self.holds(here / name):
                    yield self.name_of(here / name), here / name
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in NOT_POSTS)
            for name in sorted(names):
                path = here / name
                if path.suffix.lower() in MARKDOWN and not name.startswith(".") and path.stem.split(".")[0] != "_index":
                    yield self.name_of(path), path

    def name_of(self, path: Path) -> str:
        name = os.fsencode(path.relative_to(self.root).as_posix()).decode("utf-8", "replace")
        return _NEWLINES.sub("\ufffd", name)

    def holds(self, path: Path) -> bool:
        try:
            return path.resolve(strict=True).is_relative_to(self.root)
        except (OSError, RuntimeError):
            return False

    def hosts(self) -> set[str]:
        """The site's own host names, where its configuration lies in the folder and says them."""
        found: set[str] = set()
        for name in _CONFIGS:
            path = self.root / name
            if path.is_file() and self.holds(path) and path.stat().st_size < 1_000_000:
                found |= set(_HOST.findall(path.read_text("utf-8", "replace")))
        return found

    def read(self, file: str, path: Path) -> Document:
        """Raises Refused with a sentence."""
        data = self._bytes(path)
        if len(file) > 500:
            raise Refused(_("its name is longer than 500 characters."))
        try:
            text = data.decode("utf-8-sig").replace("\x00", "")
        except UnicodeDecodeError as problem:
            raise Refused(_("it is not UTF-8 text (byte %(place)d).") % {"place": problem.start}) from problem
        facts, body = read_front_matter(text, self.zone)
        if len(body.encode()) > MAX_SOURCE:
            size = len(body.encode()) // 1024
            raise Refused(
                _("its text has %(size)d KB; up to %(limit)d are taken.") % {"size": size, "limit": MAX_SOURCE // 1024}
            )
        return self._document(file, path, facts, body, hashlib.sha256(data).hexdigest())

    def _bytes(self, path: Path) -> bytes:
        if not self.holds(path):
            raise Refused(_("it is a link that leads out of the folder, or nowhere."))
        if not path.is_file():
            raise Refused(_("it is not a file."))
        size = path.stat().st_size
        if size > MAX_SOURCE + 2 * MAX_BLOCK:
            raise Refused(
                _("it has %(size)d KB; up to %(limit)d are taken.")
                % {"size": size // 1024, "limit": MAX_SOURCE // 1024}
            )
        try:
            return path.read_bytes()
        except OSError as problem:
            raise Refused(_("it cannot be read (%(why)s).") % {"why": problem.strerror or problem}) from problem

    def _document(self, file: str, path: Path, facts: FrontMatter, body: str, digest: str) -> Document:
        stem, language = language_of(path.stem)
        if stem == "index" and path.parent != self.root:
            stem = path.parent.name
        in_name, name = date_in_name(stem, self.zone)
        date = facts.date or in_name
        for written in (*facts.paths, *facts.aliases):
            date = date or date_in_path(written, self.zone)
        date = date or date_in_path(file.rsplit("/", 1)[0], self.zone)
        draft = facts.draft or "_drafts" in Path(file).parts
        if date is None and not draft:
            raise Refused(_("it has no date: not in the front matter, the file name or its address."))
        title = facts.title or name.replace("-", " ").replace("_", " ").strip().capitalize() or file
        parts = served_parts(self.root, file)
        return Document(
            file=file, path=path, facts=facts, body=body, digest=digest, title=title[:200],
            slug=slug_of(facts.slug.rsplit("/", 1)[-1] or title), date=date, draft=draft,
            language=facts.language or language,
            addresses=tuple(dict.fromkeys(old_addresses(parts, facts, name, date if in_name else None))),
            served="/".join(parts),
        )  # fmt: skip

    def beside(self, document: Document, address: str) -> Path | None:
        """The picture or attachment of the archive that an address in this post means, or None."""
        parts = urlsplit(address)
        path = unquote(parts.path)
        if parts.scheme or parts.netloc or "\x00" in path or Path(path).suffix.lower() not in PICTURES | ATTACHMENTS:
            return None
        if path.startswith("/"):
            places = [self.root / folder / path.lstrip("/") for folder in STATIC]
        else:
            places = [document.path.parent / path, *(self.root / folder / path for folder in STATIC)]
        for place in places:
            try:
                if place.is_file() and self.holds(place):
                    return place.resolve()
            except (OSError, ValueError):
                return None
        return None
