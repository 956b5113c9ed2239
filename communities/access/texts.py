"""The gates that a text of a person passes before others read it; whoever limits what people write registers one here.

Comments, posts and messages ask in their actions, after they know that it is not the same request sent twice:

    facts = facts_of(source, html)
    ask_text_gates(viewer, kind=Comment.KIND, text=source, facts=facts)

What says no is a ValidationError at the field `body`; where it is a question of pace it is `TooMuch`, and the view
answers 429 by `unhurried(response, problem)`, with everything that was typed still in the form.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse

from communities.access.viewer import Viewer

# As browsers read it: https:\\a.example and /\a.example lead away just like //a.example.
OUTWARD = re.compile(r"""href=["']((?:https?:|[/\\]{2}|mailto:)[^"']*)""", re.IGNORECASE)
HOST = re.compile(r"(?:https?:)?[/\\]*([^/?#]*)", re.IGNORECASE)
CALLED = re.compile(r"(?<![\w@/])@[a-z0-9][a-z0-9_-]{1,29}", re.IGNORECASE)
TYPED = re.compile(r"""\bhttps?://[^\s<>()\[\]"']+""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What a gate weighs beside the words. links: out of this site; files: what goes along and is
    no picture; new: False where something is edited that stands already."""

    links: int = 0
    mentions: int = 0
    pictures: int = 0
    files: int = 0
    new: bool = True


class TooMuch(ValidationError):
    """Too often, too fast. seconds: when trying again is worth it."""

    def __init__(self, message: Any, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = max(1, seconds)


Gate = Callable[[Viewer, str, str, TextFacts], None]
_gates: list[Gate] = []
_unasked: ContextVar[bool] = ContextVar("unasked", default=False)


def register_text_gate(gate: Gate) -> None:
    """gate(viewer, kind, text, facts) raises ValidationError({"body": sentence}) or TooMuch; it is asked inside the action."""
    _gates.append(gate)


def ask_text_gates(viewer: Viewer, *, kind: str, text: str, facts: TextFacts) -> None:
    if are_unasked():
        return
    for gate in _gates:
        gate(viewer, kind, text, facts)


@contextmanager
def unasked() -> Iterator[None]:
    """For what nobody types: seeds and imports."""
    token = _unasked.set(True)
    try:
        yield
    finally:
        _unasked.reset(token)


def are_unasked() -> bool:
    return _unasked.get()


def facts_of(source: str, html: str, *, new: bool = True) -> TextFacts:
    """Counted from what was written and from what it became; links to this site itself are none, a name called twice is one."""
    typed = [address for address in TYPED.findall(source) if _leads_away(address)]
    made = [address for address in OUTWARD.findall(html) if _leads_away(address)]
    called = {name.lower() for name in CALLED.findall(source)}
    return TextFacts(links=max(len(typed), len(made)), mentions=len(called), pictures=html.count("<img"), new=new)


def _leads_away(address: str) -> bool:
    """To any host but the site's own; one with a name and a password before it, or with a strange sign in it, is another."""
    host = HOST.match(address)
    return host is None or host[1].lower() != urlsplit(settings.SITE_URL).netloc.lower()


def unhurried(response: HttpResponse, problem: ValidationError) -> HttpResponse:
    """429 with Retry-After where a pace was too fast; anything else is answered as it was."""
    if isinstance(problem, TooMuch):
        response.status_code = 429
        response["Retry-After"] = str(problem.seconds)
    return response
