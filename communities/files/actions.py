"""Taking files in (take_image, take_file), making their sizes (make_sizes), and sweeping up what nobody owns any more."""

import datetime as dt
import hashlib
import logging
import mimetypes
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.activity.nudge import nudge
from communities.files import pictures, store, svg
from communities.files.models import PERSON, REPORTED, WAITING, File, Rendition
from communities.files.names import clean_name
from communities.files.parents import parents
from communities.files.refusal import UploadRefused

log = logging.getLogger(__name__)
Upload = UploadedFile | Path | str | bytes
HEAD = 4096
LEASE = dt.timedelta(seconds=60)
MAX_TRIES = 5
BUDGET = 15.0  # seconds one run may take; a task ends after 30
ORPHAN_AGE = dt.timedelta(days=1)
WAITING_AGE = dt.timedelta(days=3)  # a message that could not be sent over a weekend still finds its pictures
BATCH = 500
SVG_MIME = "image/svg+xml"
# What a stored file may call itself; anything else is plain bytes. All of it is only ever downloaded.
MIMES = (
    "audio/",
    "video/",
    "font/",
    "application/pdf",
    "application/zip",
    "application/epub+zip",
    "text/plain",
    "text/csv",
)


def take_image(
    *,
    community: Any,
    uploader: Any,
    parent_kind: str,
    parent_id: int,
    upload: Upload,
    name: str,
    alt: str = "",
    square: int = 0,
) -> File:
    """A picture, encoded anew without metadata; an SVG as it is. upload: what came in, or a path, or bytes.

    square: cut out of the middle and made this many pixels wide; no SVG then, for nothing is drawn here.
    parent: what it hangs on; that decides who may have it. UploadRefused says why not, in a sentence. The caller has asked
    whether the uploader may write there.
    """
    with _readable(upload) as (file, size):
        _require_quota(uploader, size)
        head = file.read(HEAD)
        file.seek(0)
        if pictures.looks_like_picture(head):
            made = pictures.square_picture(file, square) if square else pictures.clean_picture(file)
            data, mime, extension = made.data, made.mime, pictures.EXTENSIONS[made.mime]
            facts = {"width": made.width, "height": made.height, "animated": made.animated}
        elif svg.looks_like_svg(head) and not square:
            data, mime, extension = file.read(), SVG_MIME, ".svg"
            facts = dict(zip(("width", "height"), svg.measure_svg(data), strict=True))
        else:
            raise UploadRefused(
                _("This is not a photograph or drawing that we can cut. JPEG, PNG, WebP, GIF, AVIF and HEIC work.")
                if square
                else _("This is not a picture. JPEG, PNG, WebP, GIF, AVIF, HEIC and SVG work.")
            )
    row = File(
        community=community,
        uploader=uploader,
        parent_kind=parent_kind,
        parent_id=parent_id,
        name=clean_name(name, extension),
        mime=mime,
        alt=clean_alt(alt),
        **facts,
    )
    row.sized = not row.widths
    _keep(row, [data], len(data), extension)
    if not row.sized:
        transaction.on_commit(partial(nudge, "files.size"))
    return row


def take_file(
    *, community: Any, uploader: Any, parent_kind: str, parent_id: int, upload: Upload, name: str, alt: str = ""
) -> File:
    """Any file, stored as it is and only ever downloaded; pictures go the way of pictures, so that none keeps its metadata."""
    with _readable(upload) as (file, size):
        head = file.read(HEAD)
        file.seek(0)
        if not pictures.looks_like_picture(head) and not svg.looks_like_svg(head):
            _require_quota(uploader, size)
            row = File(
                community=community,
                uploader=uploader,
                parent_kind=parent_kind,
                parent_id=parent_id,
                name=clean_name(name),
                mime=_mime_of(name),
                alt=clean_alt(alt),
                sized=True,
            )
            _keep(row, iter(lambda: file.read(256 * 1024), b""), size, ".bin")
            return row
    return take_image(
        community=community,
        uploader=uploader,
        parent_kind=parent_kind,
        parent_id=parent_id,
        upload=upload,
        name=name,
        alt=alt,
    )


@contextmanager
def _readable(upload: Upload) -> Iterator[tuple[BinaryIO, int]]:
    """(open file at its start, size in bytes), within the limit for one upload."""
    with ExitStack() as opened:
        file: Any
        if isinstance(upload, bytes):
            file, size = BytesIO(upload), len(upload)
        elif isinstance(upload, UploadedFile):
            file, size = upload, upload.size or 0
        else:
            file, size = opened.enter_context(Path(upload).open("rb")), Path(upload).stat().st_size
        if size > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
            raise UploadRefused(_("This file is larger than %(limit)s MB.") % {"limit": limit}, 413)
        if size == 0:
            raise UploadRefused(_("This file is empty."))
        file.seek(0)
        yield file, size


def _require_quota(uploader: Any, size: int) -> None:
    mine = File.objects.filter(uploader=uploader).exclude(parent_kind=REPORTED)  # by those one would learn of a report
    used = mine.aggregate(total=Sum("bytes"))["total"] or 0
    if used + size > settings.UPLOAD_QUOTA_BYTES:
        limit = settings.UPLOAD_QUOTA_BYTES // (1024 * 1024)
        raise UploadRefused(_("Your files fill the %(limit)s MB that each person has here.") % {"limit": limit}, 413)


def clean_alt(alt: str) -> str:
    """The words in a picture's place as they are stored."""
    return " ".join(alt.replace("\x00", "").split())[:500]


def _mime_of(name: str) -> str:
    mime = mimetypes.guess_type(name)[0] or ""
    return mime if mime.startswith(MIMES) else "application/octet-stream"


def _keep(row: File, chunks: Iterable[bytes], size: int, extension: str) -> None:
    """The bytes first, then the row: a crash between the two leaves a file that the sweeper finds, never a row without one."""
    store.require_room(size)
    digest, written = hashlib.sha256(), 0

    def counted() -> Iterator[bytes]:
        nonlocal written
        for chunk in chunks:
            digest.update(chunk)
            written += len(chunk)
            yield chunk

    row.path = store.keep(counted(), extension)
    row.sha256, row.bytes = digest.hexdigest(), written
    try:
        row.save(force_insert=True)
    except BaseException:
        store.drop(row.path)
        raise


def make_sizes(limit: int = 20) -> int:
    """Makes the renditions that are due, a file at a time. Returns how many files were done.

    A worker claims a file by moving its size_at; one that dies loses the claim after LEASE. After five tries a file is
    left as it is: its original is served in place of every size.
    """
    done, until = 0, time.monotonic() + BUDGET
    for row in File.objects.filter(sized=False, size_at__lte=timezone.now()).order_by("size_at")[:limit]:
        if time.monotonic() > until:
            break
        mine = File.objects.filter(pk=row.pk, sized=False, size_at=row.size_at)
        if mine.update(size_at=timezone.now() + LEASE, size_tries=F("size_tries") + 1):
            done += _make_sizes_of(row)
    return done


def _make_sizes_of(row: File) -> bool:
    missing = sorted(set(row.widths) - set(row.renditions.values_list("width", flat=True)))
    try:
        if missing:
            with store.place(row.path).open("rb") as file:
                for width, data in pictures.renditions(file, missing):
                    _keep_rendition(row, width, data)
    except (UploadRefused, OSError) as problem:
        log.exception("sizes of file %s failed", row.pk)
        gone = isinstance(problem, FileNotFoundError) or row.size_tries + 1 >= MAX_TRIES
        File.objects.filter(pk=row.pk).update(sized=gone)
        return False
    File.objects.filter(pk=row.pk).update(sized=True)
    return True


def _keep_rendition(row: File, width: int, data: bytes) -> None:
    store.require_room(len(data))
    path = store.keep([data], ".webp")
    _row, made = Rendition.objects.get_or_create(file=row, width=width, defaults={"bytes": len(data), "path": path})
    if not made:
        store.drop(path)


def describe_file(row: File, alt: str) -> None:
    """The words in a picture's place. The caller has asked whether this person may write where it hangs."""
    row.alt = clean_alt(alt)
    File.objects.filter(pk=row.pk).update(alt=row.alt)


def delete_file(row: File) -> None:
    """The row now, the bytes once that is committed."""
    paths = [row.path, *row.renditions.values_list("path", flat=True)]
    with transaction.atomic():
        row.delete()
        transaction.on_commit(lambda: store.drop(*paths))


@transaction.atomic
def delete_unless_moved(row: File) -> bool:
    """False where it hangs on something else by now: it was sent at the very moment somebody thought it was left over."""
    same = File.objects.filter(pk=row.pk, parent_kind=row.parent_kind, parent_id=row.parent_id)
    if not same.update(parent_id=row.parent_id):  # holds the row until the commit
        return False
    delete_file(row)
    return True


def sweep_files() -> tuple[int, int]:
    """Deletes rows whose parent is gone and bytes without a row, both once a day old, and what waited three days for something
    to hang on. Returns (rows, files) deleted. Stops after BUDGET; the next run goes on elsewhere.
    """
    rows, until = 0, time.monotonic() + BUDGET
    old = File.objects.filter(created_at__lt=timezone.now() - ORPHAN_AGE)
    faces = get_user_model()._default_manager.exclude(face_token="").values("face_token")
    unseen = [old.filter(parent_kind=PERSON).exclude(token__in=faces)]
    unseen += [old.filter(parent_kind=one.kind).exclude(parent_id__in=one.there()) for one in parents()]
    unseen.append(File.objects.filter(parent_kind=WAITING, created_at__lt=timezone.now() - WAITING_AGE))
    for lost in unseen:
        for row in lost[:BATCH]:
            rows += delete_unless_moved(row)
    files = 0
    paths = store.kept_before(ORPHAN_AGE.total_seconds())
    while time.monotonic() < until and (batch := list(islice(paths, BATCH))):
        files += _drop_unowned(batch)
    return rows, files


def _drop_unowned(paths: list[str]) -> int:
    owned = set(File.objects.filter(path__in=paths).values_list("path", flat=True))
    owned |= set(Rendition.objects.filter(path__in=paths).values_list("path", flat=True))
    unowned = [path for path in paths if path not in owned]
    store.drop(*unowned)
    return len(unowned)
