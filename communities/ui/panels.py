"""The panels of /me/: upper apps register what they have to show about oneself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from communities.access.request import Request


@dataclass(frozen=True, slots=True)
class Panel:
    """template: an included fragment. context: what it needs, asked once a page."""

    template: str
    context: Callable[[Request], dict[str, Any]]
    order: int = 50


_panels: list[Panel] = []


def register_panel(panel: Panel) -> None:
    _panels.append(panel)
    _panels.sort(key=lambda one: one.order)


def panels_for(request: Request) -> list[dict[str, Any]]:
    return [{"template": panel.template, **panel.context(request)} for panel in _panels]
