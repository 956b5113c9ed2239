"""What somebody gets who tries too often: 429, when to come back, and the form they were at with what they typed."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from communities.people.limits import TooOften, in_words


class Throttle:
    """A form that was refused for trying too often comes back as 429; where there is no form, a page of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        response = self.get_response(request)
        wait = getattr(request, "wait", 0)
        if wait and response.status_code == 200:
            response.status_code = 429
        if response.status_code == 429 and "Retry-After" not in response:
            response["Retry-After"] = str(wait or 60)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return too_often(request, exception.wait) if isinstance(exception, TooOften) else None


def slow_down(request: Any, refused: TooOften) -> ValidationError:
    """The sentence for the form; the middleware makes the page a 429."""
    request.wait = refused.wait
    return ValidationError(
        _("That was often. Try again %(when)s.") % {"when": in_words(refused.wait)}, code="too_often"
    )


def too_often(request: HttpRequest, wait: int = 60) -> HttpResponse:
    """A page of its own, for tries that have no form to come back to."""
    response = render(request, "429.html", {"when": in_words(wait)}, status=429)
    response["Retry-After"] = str(wait)
    return response
