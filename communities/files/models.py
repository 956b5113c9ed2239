"""File and its renditions. A file has no audience of its own: whoever may read what it hangs on may have it."""

import secrets
from pathlib import PurePosixPath

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

WIDTHS = (400, 800, 1200, 1600)
FACE_WIDTHS = (64, 128, 256)
PERSON = "user"  # the parent of a face
REPORTED = "report"  # the parent of what was taken away after somebody had reported it
WAITING = "waiting"  # the parent of what hangs on nothing yet; its id is that of whoever handed it in


def new_token() -> str:
    """22 characters, 128 bits: nobody guesses a file's address, and access is asked all the same."""
    return secrets.token_urlsafe(16)


class File(models.Model):
    """`path` is random and below MEDIA_ROOT; `name` is what the person called it and only ever a download name.

    parent_kind, parent_id: what it hangs on ("post" 12, "message" 7, "user" 7); access decides by that. position: its place
    among several there. community: None for what belongs to a person, not to a place. width, height: pixels, 0 where it is not
    a picture. bytes: size of the kept original. sized: nothing is left to do for the worker; until then size_at is the next try
    (or the end of a worker's lease) and size_tries counts them.
    """

    token = models.CharField(max_length=32, unique=True, default=new_token)
    community = models.ForeignKey("spaces.Community", null=True, on_delete=models.PROTECT, related_name="+")
    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    parent_kind = models.CharField(max_length=20)
    parent_id = models.BigIntegerField()
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=200)
    mime = models.CharField(max_length=80)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    animated = models.BooleanField(default=False)
    alt = models.CharField(max_length=500, blank=True)
    path = models.CharField(max_length=200)
    sized = models.BooleanField(default=False)
    size_at = models.DateTimeField(default=timezone.now)
    size_tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["parent_kind", "parent_id"], name="file_by_parent"),
            models.Index(fields=["size_at"], name="file_to_size", condition=models.Q(sized=False)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        return reverse("files:original", args=[self.token, self.name])

    @property
    def is_picture(self) -> bool:
        return self.width > 0

    @property
    def sort(self) -> str:
        """What people call this sort of file: the ending of its name, in capitals; "" where it has none."""
        return PurePosixPath(self.name).suffix[1:].upper()

    def within(self, width: int, height: int) -> tuple[int, int]:
        """The pixels at which a picture stands whole in such a box, never larger than it is."""
        part = min(1.0, width / self.width, height / self.height)
        return max(1, round(self.width * part)), max(1, round(self.height * part))

    @property
    def widths(self) -> list[int]:
        """The WebP widths that this file has or will have: known from the first moment, so that a page can name them."""
        if self.animated or not self.is_picture or self.mime == "image/svg+xml":
            return []
        sizes = FACE_WIDTHS if self.parent_kind == PERSON else WIDTHS
        return [width for width in sizes if width < self.width]

    def src(self, width: int) -> str:
        """The smallest address that is at least `width` pixels wide; the original where no rendition is."""
        fitting = [size for size in self.widths if size >= width]
        return reverse("files:size", args=[self.token, fitting[0]]) if fitting else self.url

    @property
    def srcset(self) -> str:
        """For <img srcset>; empty where there is only the original. A width not made yet is answered with the original."""
        if not self.widths:
            return ""
        sizes = [f"{reverse('files:size', args=[self.token, size])} {size}w" for size in self.widths]
        return ", ".join([*sizes, f"{self.url} {self.width}w"])


class Rendition(models.Model):
    """A WebP of the file, `width` pixels wide; made by the worker."""

    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="renditions")
    width = models.PositiveIntegerField()
    bytes = models.BigIntegerField()
    path = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "width"], name="rendition_once_a_width")]

    def __str__(self) -> str:
        return f"{self.file} at {self.width} px"
