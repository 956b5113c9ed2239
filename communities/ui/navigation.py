"""What the rail, the studio and /me/ show: upper apps register entries here, so that nothing below knows them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from communities.access.request import Request


@dataclass(frozen=True, slots=True)
class Entry:
    """One link. group: "" (the community), "spaces", "studio", "me", or "write" for the pen. current: is this where we are?"""

    label: str | Promise
    url: str
    icon: str = ""
    group: str = ""
    current: bool = False


# request -> entries; request.community and request.viewer are set.
Provider = Callable[[Request], list[Entry]]
_providers: list[tuple[int, Provider]] = []


def register(provider: Provider, *, order: int = 50) -> None:
    """Providers run on every page of a community: they may not query what the page has not loaded anyway."""
    _providers.append((order, provider))
    _providers.sort(key=lambda pair: pair[0])


# Groups stand together on the page, whichever app their entries come from.
GROUPS = ("", "write", "spaces", "me", "studio")


def entries(request: Request) -> list[Entry]:
    known = [entry for _order, provider in _providers for entry in provider(request)]
    return sorted(known, key=lambda entry: GROUPS.index(entry.group) if entry.group in GROUPS else len(GROUPS))
