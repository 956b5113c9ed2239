"""On /me/: the doors to one's data and out of the house."""

from typing import Any

from django.http import HttpRequest


def data(_request: HttpRequest) -> dict[str, Any]:
    """The links need to know nothing."""
    return {}
