"""Parts of pages for our own scripts: the same templates as the whole page, asked for by a header that no form can send."""

from django.http import HttpRequest

HEADER = "X-Fragment"


def wants_fragment(request: HttpRequest) -> str:
    """Which one: a word that the asking script and the view agree on; "" for the whole page."""
    return request.headers.get(HEADER, "")
