"""Bytes on disk below MEDIA_ROOT: written whole or not at all, under random names, with room checked first."""

import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from communities.files.refusal import UploadRefused

FOLDER = "files"
RESERVE = 64 * 1024 * 1024  # bytes of the disk that uploads leave to everybody else
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def place(path: str) -> Path:
    return Path(settings.MEDIA_ROOT) / path


def no_room() -> UploadRefused:
    return UploadRefused(
        _("There is no room left for files on this server. Your text is safe; please tell the team."), 507
    )


def require_room(size: int) -> None:
    """size: bytes about to be written. UploadRefused (507) where the disk would be filled beyond the reserve."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(root).free < size + RESERVE:
        raise no_room()


def keep(chunks: Iterable[bytes], extension: str) -> str:
    """Writes to a temporary name, syncs, renames; returns the path below MEDIA_ROOT. extension: ".jpg"."""
    name = secrets.token_hex(16)
    path = f"{FOLDER}/{name[:2]}/{name}{extension}"
    final = place(path)
    part = final.with_suffix(".part")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        part.rename(final)
        _sync_folder(final.parent)
    except OSError as problem:
        part.unlink(missing_ok=True)
        if problem.errno in NO_ROOM:
            raise no_room() from problem
        raise
    return path


def _sync_folder(folder: Path) -> None:
    """A rename lasts only once its folder is on disk too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def drop(*paths: str) -> None:
    for path in paths:
        place(path).unlink(missing_ok=True)


def kept_before(age: float) -> Iterator[str]:
    """Paths of everything that was last written more than `age` seconds ago, left-over parts too.

    Each hour begins in another folder: who stops early has seen everything after a few days all the same.
    """
    root, now = Path(settings.MEDIA_ROOT), time.time()
    folders = sorted((root / FOLDER).glob("*/"))
    first = int(now // 3600) % len(folders) if folders else 0
    for folder in folders[first:] + folders[:first]:
        for path in folder.iterdir():
            if path.is_file() and path.stat().st_mtime < now - age:
                yield path.relative_to(root).as_posix()
