"""The members' feed: newest first, nothing dropped, and a line where this member was caught up.

The cards are the same for everybody of an audience and are kept; where the line stands is a member's own.
"""

import datetime as dt
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from communities.access.viewer import Viewer
from communities.members.models import Member
from communities.members.team import count_of, team_of
from communities.spaces.models import Community, Space
from content.posts import reading


@dataclass(frozen=True, slots=True)
class Cards:
    """One page of the feed. at[n] is the date of cards[n]. lead: the first card is the large one. after: the next page's token."""

    cards: tuple[str, ...]
    at: tuple[dt.datetime, ...]
    beside: str
    lead: bool
    after: str


def cards_of(place: Community, viewer: Viewer, spaces: list[Space], asked: dict[str, str]) -> Cards:
    """Everything on the page that an audience shares, in a fixed number of queries."""
    posts = reading.stream(place, viewer, kind=asked["kind"], space=asked["space"], tag=asked["tag"])
    rows, after = reading.page_after(posts, asked["after"])
    reading.dress(rows, [place])
    reading.count(rows)
    lead = bool(rows) and not any(asked.values())
    cards = tuple(
        render_to_string("posts/_card.html", {"community": place, "post": post, "lead_story": lead and not at})
        for at, post in enumerate(rows)
    )
    around = {
        "community": place,
        "spaces": spaces,
        "team": team_of(place),
        "counts": {"members": count_of(place.pk)},
    }
    beside = render_to_string("posts/_beside.html", around) if lead else ""
    return Cards(cards, tuple(post.opens_at for post in rows if post.opens_at), beside, lead, after)


def feed_of(kept: Cards, *, seat: Member, asked: dict[str, str], top: str) -> dict[str, object]:
    """What the template puts together. top: the date of the newest post where this reading began ("" on the first page)."""
    since = seat.caught_up_at or seat.joined_at
    plain = not any(asked[name] for name in ("kind", "space", "tag"))
    began = top or (kept.at[0].isoformat() if kept.at and not asked["after"] else "")
    line = _line(kept, since, asked["after"]) if plain else None
    if line == 0 and seat.caught_up_at is None and not asked["after"]:
        line = None  # who has just come needs no line to say that they have just come
    first = 1 if kept.lead else 0
    cut = len(kept.cards) if line is None else max(line, first)
    more = {name: value for name, value in asked.items() if value and name != "after"}
    if plain and line is None and began:
        more["top"] = began
    return {
        "lead": SafeString(kept.cards[0]) if kept.lead else "",
        "beside": SafeString(kept.beside),
        "line": "" if line is None else "top" if line == 0 else "between",
        "fresh": SafeString("".join(kept.cards[first:cut])),
        "rest": SafeString("".join(kept.cards[cut:])),
        "is_feed": True,
        "since": since,
        "top": began,
        "next_url": "?" + urlencode({**more, "after": kept.after}) if kept.after else "",
    }


def _line(kept: Cards, since: dt.datetime, after: str) -> int | None:
    """Before which card the line stands; None where it is on no card of this page.

    On a later page it stands on top only where the page before ended with something new.
    """
    for index, at in enumerate(kept.at):
        if at <= since:
            return None if index == 0 and after and reading.moment_of(after) <= since else index
    return None


def moment_in(raw: str) -> dt.datetime | None:
    """The moment that a form sent back; None for what is none or lies ahead."""
    try:
        at = parse_datetime(raw)
    except ValueError:
        return None
    return at if at is not None and timezone.is_aware(at) and at <= timezone.now() else None
