"""SecurityHeaders puts on every response what a browser must be told; DatabaseDown makes an honest 503 of a lost database."""

import logging
import re
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)
RETRY_AFTER = "5"
PAYS = re.compile(r"^/me/money/|^/c/[^/]+/(tiers|checkout)/")

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "media-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}
# What comes out of an upload runs nothing and loads nothing, wherever it is opened.
SANDBOX_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
PERMISSIONS = ", ".join(
    [
        "publickey-credentials-get=(self)",
        "publickey-credentials-create=(self)",
        *(f"{name}=()" for name in ("browsing-topics", "camera", "geolocation", "microphone", "payment", "usb")),
    ]
)


def content_policy(**changes: str) -> str:
    """The site's policy with single directives changed: content_policy(frame_ancestors="'self'") for a page shown in a frame."""
    policy = POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in policy.items())


STRICT_POLICY = content_policy()


class SecurityHeaders:
    """First in the chain. A view may set any of these headers before; it may not make a signed-in page cacheable.

    `response.for_everyone = True` is a view's word that these bytes depend on nobody (a stylesheet at a versioned URL):
    only then does its own Cache-Control stand for somebody signed in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", _policy_for(request))
        policy = headers["Content-Security-Policy"]
        headers.setdefault("X-Frame-Options", "SAMEORIGIN" if "frame-ancestors 'self'" in policy else "DENY")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.cookies or (_knows_who(request) and not getattr(response, "for_everyone", False)):
            headers["Cache-Control"] = "private, no-store"
        else:
            headers.setdefault("Cache-Control", "private, no-store")
        if _session_read(request):
            patch_vary_headers(response, ["Cookie"])
        return response


def _policy_for(request: HttpRequest) -> str:
    """A form of the account pages may end at the provider that signs people in, one of the money pages where one pays:
    browsers ask for the whole way there."""
    if settings.FORM_TARGETS and request.path.startswith("/accounts/"):
        return content_policy(form_action=" ".join(["'self'", *settings.FORM_TARGETS]))
    if settings.PAYMENT_TARGETS and PAYS.search(request.path):
        return content_policy(form_action=" ".join(["'self'", *settings.PAYMENT_TARGETS]))
    return STRICT_POLICY


def _session_read(request: HttpRequest) -> bool:
    session = getattr(request, "session", None)
    return session is not None and session.accessed


def _knows_who(request: HttpRequest) -> bool:
    """Decided by the cookie, not by looking into the session: the database that holds it may be what just failed."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and _session_read(request)


class DatabaseDown:
    """Answers 503 with Retry-After where the database is gone, stalled or full; every other error goes its way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        # What a middleware or a URL check raises never reaches process_exception; Django announces it by this signal.
        got_request_exception.connect(_remember, dispatch_uid="ui.database_down")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 500 and getattr(request, "database_down", False):
            return unavailable()
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_outage(exception):
            return None
        log.error("database unavailable at %s %s: %s", request.method, request.path, type(exception).__name__)
        return unavailable()


def _remember(request: HttpRequest | None = None, **_rest: Any) -> None:
    if request is not None and is_outage(sys.exc_info()[1]):
        request.database_down = True  # type: ignore[attr-defined]


SQLITE_OUTAGES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)


def is_outage(problem: BaseException | None) -> bool:
    """Lost, refused, timed out, locked or full. SQLite calls a wrong query an OperationalError too: that one is a bug."""
    if not isinstance(problem, OperationalError | InterfaceError):
        return False
    cause = problem.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE_OUTAGES
    return True


def unavailable() -> HttpResponse:
    """The 503 page; rendered without a request, for nothing in it may ask the database."""
    try:
        body: str = render_to_string("503.html")
    except TemplateDoesNotExist:
        body = _("We cannot reach our database right now. Please try again in a moment.")
    return HttpResponse(body, status=503, headers={"Retry-After": RETRY_AFTER})
