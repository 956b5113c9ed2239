"""From an archive's text to ours: shortcodes, links between its posts, and which files beside it the text shows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from content.posts.archive.documents import Document
from content.posts.archive.links import Index, addresses, rewrite
from content.posts.archive.reading import Archive
from content.posts.archive.shortcodes import to_markdown
from content.posts.models import Imported


@dataclass(slots=True)
class Place:
    """Where one document goes. pk is a guess in a dry run."""

    document: Document
    pk: int
    imported: Imported | None
    new: bool
    url: str


class Translator:
    """Knows where every post of the run goes, and so what the links between them become."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.places: list[Place] = []
        self._index = Index(archive.hosts())

    def learn(self) -> None:
        """Once `places` is complete. A post's own address claims before its place in the folder, that before old ones."""
        for claim in (lambda d: d.addresses[:1], lambda d: (d.file, d.served), lambda d: d.addresses[1:]):
            for number, place in enumerate(self.places):
                for address in claim(place.document):
                    self._index.add(address, number)

    def translate(self, place: Place) -> tuple[str, dict[str, Path]]:
        """(Markdown with shortcodes and links between posts rewritten, the files that it shows by their addresses)."""
        document = place.document
        sources = (document.file, *document.addresses)

        def path_of(address: str) -> str:
            found = self._index.find(address, sources=sources, by_name=True)
            _path, mark, fragment = address.partition("#")
            return "" if found is None else self.places[found].url + mark + fragment

        def resolve(address: str) -> str | None:
            path, mark, fragment = address.partition("#")
            found = self._index.find(path, sources=sources) if path else None
            return None if found is None else self.places[found].url + mark + fragment

        text = to_markdown(document.body, liquid=document.is_liquid, path_of=path_of, title=document.title)
        text = rewrite(_without_title(text, document.title), resolve).strip("\n") + "\n"
        files: dict[str, Path] = {}
        for address in [*addresses(text), document.facts.image]:
            path = self._archive.beside(document, address) if address else None
            if path is not None:
                files[address] = path
        return text, files

    def digest(self, document: Document, files: dict[str, Path], rung: int) -> str:
        """What makes a file the same: its bytes, those of the files that it shows, and who was to read it."""
        digest = hashlib.sha256(f"1 {rung} {document.digest}".encode())
        for address, path in sorted(files.items()):
            with path.open("rb") as file:
                digest.update(address.encode() + hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()


def _without_title(text: str, title: str) -> str:
    """The page shows the title; a body that begins with it would say it twice."""
    first, _newline, rest = text.lstrip().partition("\n")
    said = first.removeprefix("# ").rstrip("# ").casefold()
    return rest.lstrip("\n") if first.startswith("# ") and said == title.casefold() else text
