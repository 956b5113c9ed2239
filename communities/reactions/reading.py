"""Reads of reactions: how many of which sign on the things of a page, and how a bar of signs looks to one person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from communities.reactions.models import EMOJI, Reaction
from communities.reactions.names import NAMES
from communities.ui.written import written

Key = tuple[str, int]  # kind and id of a thing
Counts = dict[str, int]  # sign -> how many gave it


@dataclass(frozen=True, slots=True)
class Sign:
    """One button: the sign, its name, how many, and whether the viewer is among them."""

    emoji: str
    name: str | Promise
    count: int
    mine: bool

    @property
    def said(self) -> str:
        """“Applause, 12, you too”."""
        parts = [str(self.name), *([str(self.count)] if self.count else []), *([_("you too")] if self.mine else [])]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Bar:
    """given: the signs that somebody gave. offered: all of them. open: may the viewer press?

    whole: all six stand there to be pressed, as under a post; else those that were given and the first.
    """

    id: str
    url: str
    offered: tuple[Sign, ...]
    open: bool
    whole: bool = False

    @property
    def pressed(self) -> list[Sign]:
        """The buttons: one press each."""
        first = self.offered[0]
        return [sign for sign in self.offered if self.whole or sign.count or sign is first]

    @property
    def given(self) -> list[Sign]:
        return [sign for sign in self.offered if sign.count]

    @property
    def total(self) -> int:
        return sum(sign.count for sign in self.offered)

    @property
    def mine(self) -> bool:
        return any(sign.mine for sign in self.offered)


def bar_of(slug: str, about: Key, counts: Counts, *, mine: str = "", open: bool, whole: bool = False) -> Bar:
    """slug: the community's. mine: the viewer's own sign, already counted."""
    kind, object_id = about
    signs = tuple(Sign(emoji, NAMES[emoji], counts.get(emoji, 0), emoji == mine) for emoji in EMOJI)
    return Bar(f"{kind}-{object_id}", reverse("reactions:react", args=[slug, kind, object_id]), signs, open, whole)


def counts_of(ids: Mapping[str, Iterable[int]]) -> dict[Key, Counts]:
    """One grouped query for everything on a page. ids: by kind."""
    found: dict[Key, Counts] = {}
    asked = [part for kind, some in ids.items() if (many := tuple(some)) for part in (kind, many)]
    for kind, object_id, emoji, n in _counts(*asked) if asked else ():
        found.setdefault((kind, object_id), {})[emoji] = n
    return found


@written
def _counts(*asked: Any) -> QuerySet[Reaction, tuple[str, int, str, int]]:
    """asked: a kind, its ids, a kind, …"""
    wanted = reduce(or_, (Q(kind=kind, object_id__in=ids) for kind, ids in zip(asked[::2], asked[1::2], strict=True)))
    return Reaction.objects.filter(wanted).order_by().values_list("kind", "object_id", "emoji").annotate(n=Count("pk"))


def totals_of(kind: str, ids: Iterable[int]) -> dict[int, int]:
    """How many people reacted, by id: what a card shows."""
    rows = Reaction.objects.filter(kind=kind, object_id__in=list(ids)).order_by().values_list("object_id")
    return dict(rows.annotate(n=Count("pk")))


def sign_of(user_id: int | None, about: Key) -> str:
    """What this person gave to this thing, "" for nothing."""
    kind, object_id = about
    rows = Reaction.objects.filter(kind=kind, object_id=object_id, user_id=user_id or 0)
    return rows.values_list("emoji", flat=True).first() or ""
