"""The demo's letter box: every mail that went out, readable in the browser. Outside the demo these pages do not exist."""

import datetime as dt
from collections.abc import Callable
from email import policy
from email.parser import BytesParser
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from communities.mail.sink import sink_folder

SHOWN = 100
# The letter brings its own styles and nothing else; links open outside of the frame.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


def in_demo(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return require_safe(view)(request, *args, **kwargs)

    return gate


def _letter(mail_id: int, *, headers_only: bool = False) -> dict[str, Any]:
    try:
        with (sink_folder() / f"{mail_id}.eml").open("rb") as file:
            message = BytesParser(policy=policy.default).parse(file, headersonly=headers_only)
        at = dt.datetime.strptime(str(mail_id), "%Y%m%d%H%M%S%f").replace(tzinfo=dt.UTC)
    except (FileNotFoundError, ValueError) as missing:
        raise Http404 from missing
    return {"id": mail_id, "message": message, "subject": message["subject"], "to": message["to"], "at": at}


def _part(letter: dict[str, Any], subtype: str) -> str:
    part = letter["message"].get_body((subtype,))
    return part.get_content() if part is not None else ""


@in_demo
def mail_list(request: HttpRequest) -> HttpResponse:
    numbers = sorted((int(path.stem) for path in sink_folder().glob("*.eml") if path.stem.isdecimal()), reverse=True)
    letters = [_letter(number, headers_only=True) for number in numbers[:SHOWN]]
    return render(request, "mail_box/list.html", {"letters": letters, "total": len(numbers), "shown": SHOWN})


@in_demo
def mail_detail(request: HttpRequest, mail_id: int) -> HttpResponse:
    letter = _letter(mail_id)
    context = {"letter": letter, "text": _part(letter, "plain"), "has_html": bool(_part(letter, "html"))}
    return render(request, "mail_box/detail.html", context)


@in_demo
def mail_html(request: HttpRequest, mail_id: int) -> HttpResponse:
    """What the frame of the page shows: the HTML part alone, unable to run or load anything."""
    html = _part(_letter(mail_id), "html")
    if not html:
        raise Http404
    return HttpResponse(html, headers={"Content-Security-Policy": LETTER_POLICY})
