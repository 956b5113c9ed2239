"""Packs one person's zip in steps: lists of what the apps say, then both papers, then the files, one after the other.

What is done is written down in the work folder after each step. A worker that is killed loses one step: lists are cut back
to the length that was written down, and the zip to its last whole state.
"""

import json
import shutil
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from communities.files import store
from communities.files.models import REPORTED, File
from communities.people import packing_page
from communities.people.models import Export, User
from communities.people.portable import Section, moment, sections
from communities.people.traveller import Traveller

FOLDER = "exports"
BATCH = 200
FORMAT, VERSION = "hearth.person", 1


def folder_of(export: Export) -> Path:
    """Where the parts lie while it is packed."""
    return store.place(f"{FOLDER}/{export.token}.parts")


def path_of(export: Export) -> str:
    """Below MEDIA_ROOT, beside the files and never among them."""
    return f"{FOLDER}/{export.token}.zip"


def drop(export: Export) -> None:
    store.drop(path_of(export))
    shutil.rmtree(folder_of(export), ignore_errors=True)


class Packer:
    """One run over one export. until: time.monotonic() seconds."""

    def __init__(self, export: Export, until: float) -> None:
        self.export, self.user, self.until = export, export.user, until
        self.folder = folder_of(export)
        self.zip = self.folder / "me.zip"
        self.traveller = Traveller(self.user)
        self.done: dict[str, Any] = {"lists": {}, "tail": 0, "start": 0, "file": 0}

    def run(self) -> bool:
        """True where the zip is whole and in its place; False where the time was up before."""
        self._open()
        final = store.place(path_of(self.export))
        if final.is_file() and not self.zip.is_file():  # the last worker ended between the last two steps
            return True
        for section in sections():
            if not self._list(section):
                return False
        if not self.done["tail"]:
            self._papers()
        if not self._files():
            return False
        self.zip.rename(final)
        return True

    def _open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (self.folder / "done.json").is_file():
            self.done = json.loads((self.folder / "done.json").read_text(encoding="utf-8"))

    def _write_down(self) -> None:
        part = self.folder / "done.part"
        part.write_text(json.dumps(self.done), encoding="utf-8")
        part.rename(self.folder / "done.json")

    def _list(self, section: Section) -> bool:
        """One JSON object a line, batch by batch; `length` is what counts of the file."""
        done = self.done["lists"].setdefault(section.name, {"after": 0, "length": 0, "count": 0, "whole": False})
        with (self.folder / f"{section.name}.lines").open("ab") as out:
            out.truncate(done["length"])
            while not done["whole"]:
                if time.monotonic() > self.until:
                    return False
                rows = list(section.rows(self.user).filter(pk__gt=done["after"]).order_by("pk")[:BATCH])
                lines = section.lines(self.traveller, rows) if rows else []
                out.write(b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines))
                out.flush()
                done["after"] = rows[-1].pk if rows else done["after"]
                done["length"], done["whole"] = out.tell(), len(rows) < BATCH
                done["count"] += len(lines)
                self._write_down()
        return True

    def lines_of(self, section: Section) -> Iterator[bytes]:
        with (self.folder / f"{section.name}.lines").open("rb") as lines:
            yield from lines

    def _papers(self) -> None:
        """Both are made of the lists alone and go in together, so that they say the same."""
        store.require_room(sum(one["length"] for one in self.done["lists"].values()) * 3 + self._bytes_of_files())
        with zipfile.ZipFile(self.zip, "w", zipfile.ZIP_DEFLATED) as box:
            with box.open("data.json", "w") as out:
                self._data(out)
            with box.open("index.html", "w") as out:
                counts = {name: one["count"] for name, one in self.done["lists"].items()}
                for part in packing_page.page(self.user, sections(), counts, self.lines_of):
                    out.write(part.encode())
        self._keep_end(box)

    def _data(self, out: IO[bytes]) -> None:
        head = {"format": FORMAT, "version": VERSION, "site": settings.SITE_URL, "made_at": moment(timezone.now())}
        out.write(json.dumps(head, ensure_ascii=False, indent=1).encode()[:-2])
        for section in sections():
            out.write(b",\n " + json.dumps(section.name).encode() + b": [")
            for at, line in enumerate(self.lines_of(section)):
                out.write((b",\n  " if at else b"\n  ") + line.rstrip(b"\n"))
            out.write(b"\n ]")
        out.write(b"\n}\n")

    def _files(self) -> bool:
        """Originals as they are kept. A picture or a film does not get smaller by packing: they are stored."""
        self._mend()
        whole = True
        with zipfile.ZipFile(self.zip, "a", zipfile.ZIP_STORED) as box:
            for row in files_of(self.user).filter(pk__gt=self.done["file"]).order_by("pk").iterator(BATCH):
                if time.monotonic() > self.until:
                    whole = False
                    break
                if store.place(row.path).is_file():
                    box.write(store.place(row.path), name_in_zip(row))
                self.done["file"] = row.pk
        self._keep_end(box)
        return whole

    def _keep_end(self, box: zipfile.ZipFile) -> None:
        """The directory at the end of a zip is overwritten by what is added; a copy of it makes the zip whole again."""
        number = self.done["tail"] + 1
        with self.zip.open("rb") as file:
            file.seek(box.start_dir)
            (self.folder / f"end-{number}").write_bytes(file.read())
        self.done |= {"tail": number, "start": box.start_dir}
        self._write_down()
        (self.folder / f"end-{number - 1}").unlink(missing_ok=True)

    def _mend(self) -> None:
        end = (self.folder / f"end-{self.done['tail']}").read_bytes()
        with self.zip.open("r+b") as file:
            file.truncate(self.done["start"])
            file.seek(0, 2)
            file.write(end)

    def _bytes_of_files(self) -> int:
        return files_of(self.user).aggregate(total=Sum("bytes"))["total"] or 0


def files_of(user: User) -> Any:
    """Not what they took away and somebody had reported: they would learn of that by it."""
    return File.objects.filter(uploader=user).exclude(parent_kind=REPORTED)


def name_in_zip(row: File) -> str:
    """Its number makes it the only one of its name; `name` was made harmless when it came in."""
    return f"files/{row.pk}-{row.name}"
