"""Delivery: first the question whether this viewer may have the file, then everything else (ranges, ETags, methods)."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from communities.access.rules import Sight, sight, sight_of_files
from communities.access.viewer import ANONYMOUS, load, wanderer
from communities.files import store
from communities.files.models import File
from communities.files.ranges import partial_content
from communities.ui.headers import SANDBOX_POLICY

SVG = "image/svg+xml"
INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


def original(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    file = _file(request, token)
    return _delivered(request, file, path=file.path, mime=file.mime, etag=file.sha256[:32])


def size(request: HttpRequest, token: str, width: int) -> HttpResponseBase:
    """A rendition; while it is not made yet the original, so that a page can name its widths from the first moment."""
    file = _file(request, token)
    if width not in file.widths:
        raise Http404
    made = file.renditions.filter(width=width).first()
    if made is None:
        response = _delivered(request, file, path=file.path, mime=file.mime, etag=file.sha256[:32])
        response.headers["Cache-Control"] = "private, no-store"
        return response
    return _delivered(request, file, path=made.path, mime="image/webp", etag=f"{file.sha256[:28]}-{width}")


def _file(request: HttpRequest, token: str) -> File:
    """404 where this viewer may not know of it, 403 where they may know but not open it."""
    file = File.objects.select_related("community").filter(token=token).first()
    if file is None:
        raise Http404
    if file.community is None:
        seen = _sight_of_person(request, file)
    else:
        found = load(request.user, file.community)
        seen = sight_of_files(file.parent_kind, file.parent_id, found.viewer) if found is not None else Sight.NONE
    if seen is Sight.NONE:
        raise Http404
    if seen is Sight.LISTED:
        raise PermissionDenied
    return file


def _sight_of_person(request: HttpRequest, file: File) -> Sight:
    """What belongs to a person and everybody may see is the same for whoever asks: browsers keep it for a minute."""
    if sight(file.parent_kind, file.parent_id, ANONYMOUS) is Sight.READABLE:
        file.__dict__["for_everyone"] = True
        return Sight.READABLE
    return sight(file.parent_kind, file.parent_id, wanderer(request.user))


def _delivered(request: HttpRequest, file: File, *, path: str, mime: str, etag: str) -> HttpResponseBase:
    response = _answer(request, file, path=path, mime=mime, etag=etag)
    response.__dict__["for_everyone"] = file.__dict__.get("for_everyone", False)
    return response


def _answer(request: HttpRequest, file: File, *, path: str, mime: str, etag: str) -> HttpResponseBase:
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    headers = _headers(request, file, mime)
    headers["ETag"] = f'"{etag}"'
    conditional = get_conditional_response(request, etag=headers["ETag"])
    if conditional is not None:
        for header in headers.keys() - {"Content-Type"}:
            conditional.headers[header] = headers[header]
        return conditional
    if settings.FILES_ACCEL_PREFIX:
        return HttpResponse(
            headers={**headers, "X-Accel-Redirect": f"{settings.FILES_ACCEL_PREFIX.rstrip('/')}/{path}"}
        )
    try:
        body = store.place(path).open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    ranged = partial_content(request, body, headers)
    if ranged is not None:
        return ranged
    whole = FileResponse(body)
    for header, value in headers.items():  # afterwards: FileResponse takes type and name from the path on disk
        whole.headers[header] = value
    return whole


def _headers(request: HttpRequest, file: File, mime: str) -> dict[str, str]:
    """An SVG is a picture where a page shows it and a download where somebody goes to it: a document it never is."""
    shown = mime in INLINE or (mime == SVG and request.headers.get("Sec-Fetch-Dest") == "image")
    headers = {
        "Content-Type": mime,
        "Content-Disposition": content_disposition_header(not shown, file.name) or "attachment",
        "Content-Security-Policy": SANDBOX_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
    }
    if mime == SVG:
        headers["Vary"] = "Sec-Fetch-Dest"
    if file.__dict__.get("for_everyone") or not request.user.is_authenticated:  # what a visitor may have, everybody may
        headers["Cache-Control"] = "public, max-age=60"
        # Feed readers show pictures of public posts inside their own pages.
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return headers
