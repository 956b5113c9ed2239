"""How files stand under a text: pictures in boxes whose size is known before they are there, and a line for everything else."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html_join

from communities.files.models import File

ALONE, AMONG = (360, 320), (200, 160)  # pixels of the box in which a picture stands whole


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture. width, height: pixels at which it stands there."""

    file: File
    width: int
    height: int

    @property
    def src(self) -> str:
        return self.file.src(self.width)


def as_links(files: Sequence[File]) -> str:
    """For the desk: each by its name, with what it shows."""
    return format_html_join(", ", '<a href="{}">{}</a>{}', [(row.url, row.name, f" {row.alt}") for row in files])


def as_shown(files: Sequence[File]) -> tuple[list[Shot], list[File]]:
    """The pictures, and what else there is."""
    pictures = [row for row in files if row.is_picture]
    box = ALONE if len(pictures) == 1 else AMONG
    return [Shot(row, *row.within(*box)) for row in pictures], [row for row in files if not row.is_picture]
