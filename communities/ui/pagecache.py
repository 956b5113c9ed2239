"""Whole public pages, kept in each process for readers without a session, so that a stream costs a dictionary look-up.

A page is kept for at most a minute and never past the next opening. What is on the page is known by a version in Redis,
one a community; writes bump it after commit. Where Redis is away, pages simply run out.
"""

import datetime as dt
import gzip
import hashlib
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_vary_headers

MOST_SECONDS = 60
MOST_PAGES = 1000
IN_COMMUNITY = re.compile(r"^/c/([^/]+)/")


@dataclass(frozen=True, slots=True)
class Page:
    version: str
    ends: float  # time.monotonic() seconds
    status: int
    headers: tuple[tuple[str, str], ...]
    etag: str
    body: bytes
    gzipped: bytes


def share(response: HttpResponse, request: HttpRequest, *, until: dt.datetime | None = None) -> HttpResponse:
    """Opts a page for readers without a session in to caching, at most until the next moment that changes it by the clock.

    Anybody who came with a session, signed in or not, gets the page uncached.
    """
    if request.COOKIES.get(settings.SESSION_COOKIE_NAME) or response.status_code != 200:
        return response
    seconds = MOST_SECONDS
    if until is not None:
        seconds = min(seconds, int((until - timezone.now()).total_seconds()))
    response["Cache-Control"] = f"public, max-age={max(seconds, 0)}"
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    response.__dict__["kept_seconds"] = seconds
    return response


def bump(slug: str | None) -> None:
    """After commit, every kept page of that community (None: of the brand's own pages) is stale, in every process."""

    def now() -> None:
        fresh = secrets.token_hex(8)
        cache.set(_version_key(""), fresh, None)
        if slug:
            cache.set(_version_key(slug), fresh, None)

    transaction.on_commit(now)


def _version_key(slug: str) -> str:
    return f"page-version:{slug}"


class PageCache:
    """Answers GETs that carry no session cookie from memory where a fresh enough page is there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.pages: OrderedDict[str, Page] = OrderedDict()
        self.lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self.get_response(request)
        key = f"{request.META.get('HTTP_HOST', '')}{request.get_full_path()}"
        page = self.pages.get(key)
        # A path that was never kept is not looked up in Redis before its view has run.
        version = self._version(request.path) if page is not None else None
        if page is not None and page.ends > time.monotonic() and version in (page.version, None):
            return self._answer(request, page)
        version = version or self._version(request.path)
        response = self.get_response(request)
        seconds = getattr(response, "kept_seconds", 0)
        if seconds > 0 and version is not None and not response.streaming and not response.cookies:
            return self._answer(request, self._keep(key, version, seconds, response))
        return response

    def _version(self, path: str) -> str | None:
        """None where Redis is away: then what is kept may be shown until it runs out, and nothing new is kept."""
        found = IN_COMMUNITY.match(path)
        name = _version_key(found[1] if found else "")
        version = cache.get(name)
        if version is None:
            cache.add(name, secrets.token_hex(8), None)
            version = cache.get(name)
        return version

    def _keep(self, key: str, version: str, seconds: int, response: HttpResponse) -> Page:
        body = response.content
        page = Page(
            version=version,
            ends=time.monotonic() + seconds,
            status=response.status_code,
            headers=tuple(response.headers.items()),
            etag=f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"',
            body=body,
            gzipped=gzip.compress(body, 6, mtime=0) if len(body) > 500 else b"",
        )
        with self.lock:
            self.pages[key] = page
            self.pages.move_to_end(key)
            while len(self.pages) > MOST_PAGES:
                self.pages.popitem(last=False)
        return page

    def _answer(self, request: HttpRequest, page: Page) -> HttpResponse:
        response: HttpResponse
        if page.etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
            response = HttpResponseNotModified()
        elif page.gzipped and "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
            response = HttpResponse(page.gzipped, status=page.status)
            response["Content-Encoding"] = "gzip"
        else:
            response = HttpResponse(page.body, status=page.status)
        for name, value in page.headers:
            response[name] = value
        response["ETag"] = page.etag
        if response.status_code == 200:
            response["Content-Length"] = str(len(response.content))
        return response
