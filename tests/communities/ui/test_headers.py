"""What every response tells the browser, and what a reader sees of a lost database."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from communities.people.models import User
from communities.ui.headers import SecurityHeaders, content_policy, is_outage

urlpatterns: list[Any] = []
handler500 = "communities.ui.errors.broken"


def at(route: str) -> Callable[..., Any]:
    def keep(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        urlpatterns.append(path(route, view))
        return view

    return keep


@at("plain/")
def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("plain")


@at("shared/")
def shared(request: HttpRequest) -> HttpResponse:
    """Opts in to shared caching, though it reads who is there."""
    return HttpResponse(str(request.user.is_authenticated), headers={"Cache-Control": "public, max-age=60"})


@at("sheet/")
def sheet(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(
        str(bool(request.user.pk) and ""), headers={"Cache-Control": "public, max-age=31536000, immutable"}
    )
    response.for_everyone = True
    return response


@at("framed/")
def framed(request: HttpRequest) -> HttpResponse:
    return HttpResponse(headers={"Content-Security-Policy": content_policy(frame_ancestors="'self'")})


@at("lost/")
def lost(request: HttpRequest) -> HttpResponse:
    raise OperationalError("server closed the connection unexpectedly; SELECT secret FROM vault")


@at("bug/")
def bug(request: HttpRequest) -> HttpResponse:
    raise ProgrammingError("column vault.secret does not exist")


@pytest.fixture
def pages() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.mark.django_db
def test_every_response_carries_the_strict_policy(pages: None) -> None:
    response = Client().get("/plain/")
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy == {
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
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "publickey-credentials-get=(self)" in response.headers["Permissions-Policy"]


@pytest.mark.django_db
def test_the_404_and_the_500_carry_it_too(pages: None) -> None:
    client = Client(raise_request_exception=False)
    for address, status in (("/nowhere/", 404), ("/bug/", 500)):
        response = client.get(address)
        assert response.status_code == status
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; ")
        assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_a_view_may_set_its_own_policy(pages: None) -> None:
    response = Client().get("/framed/")
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.django_db
def test_what_says_nothing_about_caching_is_not_cached(pages: None) -> None:
    assert Client().get("/plain/").headers["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_a_shared_page_is_shared_for_visitors_and_never_for_somebody_signed_in(
    pages: None, outsider: User, client_of: Callable[[Any], Client]
) -> None:
    """A19."""
    visitor = Client().get("/shared/")
    assert visitor.headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in visitor.headers["Vary"]
    signed_in = client_of(outsider).get("/shared/")
    assert (signed_in.content, signed_in.headers["Cache-Control"]) == (b"True", "private, no-store")
    assert "Cookie" in signed_in.headers["Vary"]


@pytest.mark.django_db
def test_only_what_depends_on_nobody_stays_cacheable_for_somebody_signed_in(
    pages: None, outsider: User, client_of: Callable[[Any], Client]
) -> None:
    response = client_of(outsider).get("/sheet/")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_an_answer_that_sets_a_cookie_is_never_shared() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(headers={"Cache-Control": "public, max-age=60"})
        response.for_everyone = True
        response.set_cookie("csrftoken", "x")
        return response

    response = SecurityHeaders(view)(RequestFactory().get("/"))
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_a_lost_database_is_a_503_that_says_when_to_come_back_and_nothing_else(pages: None) -> None:
    """X6, H03."""
    response = Client().get("/lost/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert b"SELECT" not in response.content and b"vault" not in response.content
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert response.headers["Cache-Control"] == "private, no-store"


def test_a_database_that_is_lost_before_the_view_is_a_503_too(
    pages: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(self: SessionBase) -> dict[str, Any]:
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.contrib.sessions.backends.cached_db.SessionStore.load", gone)
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    response = client.get("/shared/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


@pytest.mark.django_db
def test_a_bug_stays_a_500(pages: None) -> None:
    response = Client(raise_request_exception=False).get("/bug/")
    assert response.status_code == 500
    assert b"vault" not in response.content


def sqlite_error(code: int) -> OperationalError:
    cause = sqlite3.OperationalError("words")
    cause.sqlite_errorcode = code
    problem = OperationalError("words")
    problem.__cause__ = cause
    return problem


@pytest.mark.parametrize(
    ("problem", "outage"),
    [
        (OperationalError("canceling statement due to statement timeout"), True),
        (InterfaceError("connection already closed"), True),
        (ProgrammingError("syntax error"), False),
        (ValueError("connection"), False),
        (None, False),
        (sqlite_error(sqlite3.SQLITE_BUSY), True),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE), True),
        (sqlite_error(sqlite3.SQLITE_FULL), True),
        (sqlite_error(sqlite3.SQLITE_ERROR), False),
    ],
)
def test_an_outage_is_told_from_a_bug(problem: Exception | None, outage: bool) -> None:
    assert is_outage(problem) is outage
