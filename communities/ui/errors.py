"""Error pages: the same bytes for everybody, made without looking at the request."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

TEXTS = ("title", "body")  # the fields that hold what somebody wrote for a while


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """“Not yours” and “not there” cannot be told apart."""
    return HttpResponse(render_to_string("404.html"), status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(render_to_string("403.html"), status=403)


def broken(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: the page says how to go on.

    Who signed in anew in another tab sends an old token: a text from a page of our own comes back in a form with a fresh
    one. What another site sends gets nothing of the kind, so that nobody is led to confirm a stranger's words.
    """
    ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if ours and any(request.POST.get(name, "").strip() for name in TEXTS):
        kept = [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
        page = {"kept": kept, "texts": TEXTS, "send_to": request.get_full_path()}
        return HttpResponse(render_to_string("ui/kept_text.html", page, request), status=403)
    return HttpResponse(render_to_string("403.html"), status=403)
