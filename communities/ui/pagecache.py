"""Whole public pages, kept in each process for readers without a session, so that a stream costs a dictionary look-up.

A page is kept for at most a minute and never past the next opening. What is on the page is known by a version in Redis,
one a community; writes bump it after commit. A page about one thing has a second version, the thing's own, so that a comment
makes that page alone stale. Where Redis is away, pages simply run out.
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
from django.utils.translation import get_language_from_request

from communities.ui.ahead import is_looking_ahead

MOST_SECONDS = 60
MOST_PAGES = 1000
MOST_BYTES = 64 * 1024 * 1024  # of all pages of a process together
MOST_BYTES_A_PAGE = 2 * 1024 * 1024
PART_SECONDS = 60 * 60  # longer than any page is kept: until then a thing's version has to be remembered
MOST_CHANGES = 10_000
IN_COMMUNITY = re.compile(r"/c/([^/]+)/(?:([a-z]+)/(\d{1,18})/)?")
TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
# What a 304 repeats of the page it stands for.
REPEATED = frozenset({"cache-control", "content-language", "vary"})

# When this process last changed what the pages of a community, or of one thing in it, show: true even while Redis is away.
# slug or part -> time.monotonic()
_changed: dict[str, float] = {}
_kinds: dict[str, str] = {}  # the word in an address -> the kind of thing whose page it is
_request = threading.local()


@dataclass(frozen=True, slots=True)
class Page:
    """made, ends: time.monotonic() seconds. tag: the quoted part of the weak ETag."""

    slug: str
    part: str
    version: str
    made: float
    ends: float
    headers: tuple[tuple[str, str], ...]
    tag: str
    body: bytes
    gzipped: bytes

    @property
    def weight(self) -> int:
        return len(self.body) + len(self.gzipped)


def share(response: HttpResponse, request: HttpRequest, *, until: dt.datetime | None = None) -> HttpResponse:
    """Opts a page for readers without a session in to caching, at most until the next moment that changes it by the clock.

    Anybody who came with a session, signed in or not, gets the page uncached.
    """
    if settings.SESSION_COOKIE_NAME in request.COOKIES or response.status_code != 200:
        return response
    seconds = MOST_SECONDS
    if until is not None:
        seconds = min(seconds, int((until - timezone.now()).total_seconds()))
    response["Cache-Control"] = f"public, max-age={max(seconds, 0)}"
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    response.__dict__["kept_seconds"] = seconds
    return response


def register_part(word: str, kind: str) -> None:
    """/c/<community>/<word>/<id>/… is about the thing of that kind and id: `bump_part` makes those pages stale alone."""
    _kinds[word] = kind


def bump(slug: str | None) -> None:
    """After commit, every kept page of that community (None: of the brand's own pages) is stale, in every process.

    In this one at once: whoever changed something reads it in the same breath. What others keep before the commit is
    stale again after it.
    """

    _bump({"", slug or ""}, None)


def bump_part(slug: str, kind: str, object_id: int) -> None:
    """The same for the pages about one thing only: what is under it changed, nothing else of the community did."""
    _bump({_part(slug, kind, object_id)}, PART_SECONDS)


def _bump(names: set[str], seconds: int | None) -> None:
    def here() -> None:
        at = time.monotonic()
        if len(_changed) > MOST_CHANGES:
            for old in [name for name, then in list(_changed.items()) if at - then > MOST_SECONDS]:
                _changed.pop(old, None)
        for name in names:
            _changed[name] = at
            getattr(_request, "versions", {}).pop(name, None)

    def everywhere() -> None:
        here()
        fresh = secrets.token_hex(8)
        for name in names:
            cache.set(_version_key(name), fresh, seconds)

    if not is_looking_ahead():
        here()
    transaction.on_commit(everywhere)


def version(slug: str) -> str | None:
    """What a community's pages show now, as a word that changes with it; None before the first one and where Redis is away.

    Asked once a request: what a page is made of is of one version.
    """
    known: dict[str, str | None] | None = getattr(_request, "versions", None)
    if known is None:
        return _version(slug)
    if slug not in known:
        known[slug] = _version(slug)
    return known[slug]


def first_version(slug: str) -> str:
    """Of pages that exist, so that made-up addresses fill nothing. "" where somebody changed them just now or Redis is away."""
    fresh = secrets.token_hex(8)
    cache.add(_version_key(slug), fresh, None)
    if _version(slug) != fresh:
        return ""
    getattr(_request, "versions", {})[slug] = fresh
    return fresh


def changed_since(slug: str, moment: float) -> bool:
    """Has this process changed it since? True even while Redis is away. moment: time.monotonic() seconds."""
    return _changed.get(slug, 0.0) >= moment


def _version_key(name: str) -> str:
    return f"page-version:{name}"


def _part(slug: str, kind: str, object_id: int | str) -> str:
    """No slug holds a slash."""
    return f"{slug}/{kind}:{object_id}"


class PageCache:
    """Answers GETs that carry no session cookie from memory where a fresh enough page is there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.pages: OrderedDict[str, Page] = OrderedDict()
        self.weight = 0
        self.lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if (
            request.method not in ("GET", "HEAD")
            or settings.SESSION_COOKIE_NAME in request.COOKIES
            or "HTTP_AUTHORIZATION" in meta
            or "HTTP_HX_REQUEST" in meta  # fragments of a page are made for one moment
        ):
            return self._once(request)
        key = f"{_language(request)}|{request.scheme}|{meta.get('HTTP_HOST', '')}{request.path_info}?{meta.get('QUERY_STRING', '')}"
        page = self.pages.get(key)
        now = time.monotonic()
        if page is not None and page.ends > now and not _changed_in_it(page):
            own, its = _versions(page.slug, page.part)
            # None: Redis is away, and what is kept may be shown until it runs out.
            if own is None or own + its == page.version:
                return _answer(request, page, now)
        return self._make(request, key, now)

    def _once(self, request: HttpRequest) -> HttpResponse:
        """The request, in which each version is asked for once."""
        _request.versions = {}
        try:
            return self.get_response(request)
        finally:
            _request.__dict__.pop("versions", None)

    def _make(self, request: HttpRequest, key: str, now: float) -> HttpResponse:
        """The page itself. Its version is read before it is made: what changes meanwhile makes it stale at once."""
        slug, part = _about(request.path_info)
        own, its = _versions(slug, part)
        response = self._once(request)
        seconds = getattr(response, "kept_seconds", 0)
        if seconds <= 0 or response.streaming or response.cookies:
            return response
        own = own or first_version(slug)
        page = _page(response, (slug, part), own and own + its, now, now + seconds)
        # A page made for a browser with a form token of its own may carry that token.
        if page.version and settings.CSRF_COOKIE_NAME not in request.COOKIES and len(page.body) <= MOST_BYTES_A_PAGE:
            self._keep(key, page, front=not request.META.get("QUERY_STRING"))
        return _answer(request, page, now)

    def _keep(self, key: str, page: Page, *, front: bool) -> None:
        """front: a page that people come to; the endless filtered ones are the first to go when it gets tight."""
        with self.lock:
            before = self.pages.pop(key, None)
            self.weight += page.weight - (before.weight if before else 0)
            self.pages[key] = page
            self.pages.move_to_end(key, last=front)
            while len(self.pages) > MOST_PAGES or self.weight > MOST_BYTES:
                _key, gone = self.pages.popitem(last=False)
                self.weight -= gone.weight


def _language(request: HttpRequest) -> str:
    return get_language_from_request(request) if len(settings.LANGUAGES) > 1 else ""


def _about(path: str) -> tuple[str, str]:
    """The community of an address, and the part of it that the address is about ("" where it is about no one thing)."""
    found = IN_COMMUNITY.match(path)
    if found is None:
        return "", ""
    kind = _kinds.get(found[2] or "")
    return found[1], _part(found[1], kind, int(found[3])) if kind else ""


def _changed_in_it(page: Page) -> bool:
    return changed_since(page.slug, page.made) or (bool(page.part) and changed_since(page.part, page.made))


def _version(slug: str) -> str | None:
    return cache.get(_version_key(slug))


def _versions(slug: str, part: str) -> tuple[str | None, str]:
    """The community's and the thing's in one look; a thing that nobody changed lately has "" for one."""
    if not part:
        return _version(slug), ""
    found = cache.get_many([_version_key(slug), _version_key(part)])
    return found.get(_version_key(slug)), found.get(_version_key(part), "")


def _page(response: HttpResponse, about: tuple[str, str], version: str, made: float, ends: float) -> Page:
    body = response.content
    return Page(
        slug=about[0],
        part=about[1],
        version=version,
        made=made,
        ends=ends,
        headers=tuple(response.headers.items()),
        tag=f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"',
        body=body,
        gzipped=gzip.compress(body, 6, mtime=0) if len(body) > 500 else b"",
    )


def _answer(request: HttpRequest, page: Page, now: float) -> HttpResponse:
    response: HttpResponse
    asked = request.META.get("HTTP_IF_NONE_MATCH", "")
    if asked and (page.tag in asked or asked.strip() == "*"):
        response = HttpResponseNotModified()
        for name, value in page.headers:
            if name.lower() in REPEATED:
                response[name] = value
    else:
        body = page.body
        packed = page.gzipped and TAKES_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        if packed:
            body = page.gzipped
        response = HttpResponse(body if request.method == "GET" else b"")
        for name, value in page.headers:
            response[name] = value
        response["Content-Length"] = str(len(body))
        if packed:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = f"W/{page.tag}"
    # Whoever keeps it downstream keeps it no longer than we do.
    response["Cache-Control"] = f"public, max-age={max(0, int(page.ends - now + 0.001))}"
    return response
