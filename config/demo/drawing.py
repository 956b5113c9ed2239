"""Draws the pictures of the demo in a pool of processes, and keeps each as a file that hangs on its post or community."""

import hashlib
import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from communities.files import store
from communities.files.models import File
from config.demo import art

Drawn = tuple[str, bytes, int, int]  # name, bytes, width, height


def in_processes(names: Iterable[str]) -> Iterator[Drawn]:
    """Each picture as soon as it and those before it are drawn. New processes, so that none inherits a database connection."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(8, os.cpu_count() or 1), mp_context=context) as pool:
        yield from pool.map(art.draw, names, chunksize=3)


def file_row(drawn: Drawn, *, alt: str, **place: Any) -> File:
    """The bytes on disk and the row that will point to them; the worker makes its sizes. place: community, uploader, parent."""
    name, data, width, height = drawn
    kind, extension = ("image/png", ".png") if data.startswith(b"\x89PNG") else ("image/jpeg", ".jpg")
    return File(
        name=f"{name}{extension}",
        mime=kind,
        alt=alt,
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        width=width,
        height=height,
        path=store.keep([data], extension),
        **place,
    )
