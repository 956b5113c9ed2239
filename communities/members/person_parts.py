"""What upper apps have to say on somebody's page: buttons to block or report, later badges. They register it here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from communities.access.request import Request
from communities.members.models import Member


@dataclass(frozen=True, slots=True)
class Part:
    """template: an included fragment that gets `part`. context: what it needs, or None where it says nothing to this viewer."""

    template: str
    context: Callable[[Request, Member], dict[str, Any] | None]
    order: int = 50


_parts: list[Part] = []


def register_part(part: Part) -> None:
    """Visitors read these pages from any cache: a part with a form is for the signed-in only."""
    _parts.append(part)
    _parts.sort(key=lambda one: one.order)


def parts_for(request: Request, member: Member) -> list[dict[str, Any]]:
    told = [(part.template, part.context(request, member)) for part in _parts]
    return [{"template": template, **context} for template, context in told if context is not None]
