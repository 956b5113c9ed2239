"""One byte range of a file (RFC 9110), which players of sound and film ask for."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
CHUNK = 64 * 1024


def partial_content(request: HttpRequest, body: BinaryIO, headers: dict[str, str]) -> HttpResponseBase | None:
    """206, or 416 where the range lies outside; None where the whole is to be sent. Closes `body` unless it returns None."""
    wanted = _RANGE.fullmatch(request.headers.get("Range", ""))
    if (
        wanted is None
        or wanted[1] == wanted[2] == ""
        or request.headers.get("If-Range", headers["ETag"]) != headers["ETag"]
    ):
        return None
    size = body.seek(0, 2)
    first = int(wanted[1]) if wanted[1] else max(0, size - int(wanted[2]))
    last = min(int(wanted[2]), size - 1) if wanted[1] and wanted[2] else size - 1
    if first > last:
        body.close()
        return HttpResponse(
            status=416, headers={"Content-Range": f"bytes */{size}", "Cache-Control": "private, no-store"}
        )
    body.seek(first)
    length = last - first + 1
    answer = StreamingHttpResponse(_read(body, length), status=206, headers=headers)
    answer.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer.headers["Content-Length"] = str(length)
    return answer


def _read(body: BinaryIO, left: int) -> Iterator[bytes]:
    with body:
        while left > 0 and (chunk := body.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
