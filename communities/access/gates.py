"""Decorators that put the question in front of a whole view."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse

from communities.access.request import Request
from communities.access.rules import may


def needs_account(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Signed out: on to sign-in and back here."""

    @wraps(view)
    def gate(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return gate


def needs(ability: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Signed out: on to sign-in. Signed in without the ability: the page does not exist."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @needs_account
        @wraps(view)
        def gate(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(request.viewer, ability):
                raise Http404
            return view(request, *args, **kwargs)

        return without_agreeing(gate)

    return wrap


def without_agreeing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Takes what is sent from somebody who has new guidelines to accept as well: leaving, reporting, saying what was seen.

    Everything else waits until they agreed, but for the desks of the team (`needs`).
    """

    @wraps(view)
    def gate(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    gate.without_agreeing = True  # type: ignore[attr-defined]
    return gate


def for_writing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page to write on: whoever has new guidelines to accept is led to them first, before they type a word."""

    @wraps(view)
    def gate(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    gate.for_writing = True  # type: ignore[attr-defined]
    return gate
