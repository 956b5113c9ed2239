"""On /me/: the notice of a closing that is under way, and the doors to one's data."""

from typing import Any

from django.http import HttpRequest

from communities.people.leaving import closing_of


def closing(request: HttpRequest) -> dict[str, Any]:
    assert request.user.is_authenticated
    return {"closing": closing_of(request.user)}


def data(request: HttpRequest) -> dict[str, Any]:
    return {}
