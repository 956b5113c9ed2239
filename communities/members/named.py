"""What stands beside a name in a community: title or role, and where the name leads; for everybody on a page in one query."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from communities.members.models import Member, Role, Standing
from communities.people.models import User
from communities.spaces.models import Community
from communities.ui.written import written


@dataclass(frozen=True, slots=True)
class Seat:
    """badge: their title, or what they are where they help to run the place; "" for everybody else. url: their page."""

    badge: str | Promise
    url: str
    team: bool = False


def present_q(path: str = "", *, now: dt.datetime | None = None) -> Q:
    """Who counts as being there now: in good standing at this minute, with an account that is open. path: to the member."""
    now = now or timezone.now()
    good = Q(**{f"{path}standing": Standing.MEMBER})
    over = Q(**{f"{path}standing": Standing.SUSPENDED, f"{path}suspended_until__lte": now})
    return (good | over) & Q(**{f"{path}user__left_at__isnull": True, f"{path}user__is_active": True})


def present(community_id: int) -> QuerySet[Member]:
    return Member.objects.filter(present_q(), community_id=community_id)


def seats_of(user_ids: Iterable[int], places: Mapping[int, Community]) -> dict[tuple[int, int], Seat]:
    """By (community, person), everybody who has a page there now. places: communities by their ids. One query."""
    return {
        (place, person): Seat(badge(title, role), page_of(places[place].slug, handle), role != Role.MEMBER)
        for place, person, title, role, handle in _seats(tuple(places), tuple(set(user_ids)), timezone.now())
    }


@written
def _seats(places: tuple[int, ...], people: tuple[int, ...], now: dt.datetime) -> QuerySet[Member, tuple[Any, ...]]:
    rows = Member.objects.filter(present_q(now=now), community__in=places, user__in=people)
    return rows.values_list("community_id", "user_id", "title", "role", "user__handle")


def seat_of(member: Member, community: Community) -> Seat:
    """The same from a member that was loaded with their user."""
    return Seat(
        badge(member.title, member.role), page_of(community.slug, member.user.handle), member.role != Role.MEMBER
    )


def badge(title: str, role: str) -> str | Promise:
    return title or ("" if role == Role.MEMBER else Role(role).label)


@lru_cache(maxsize=4096)
def page_of(slug: str, handle: str) -> str:
    """A person's page in a community."""
    return reverse("members:person", args=[slug, handle])


def month_of(moment: dt.datetime, community: Community) -> dt.date:
    """The first of the month, as the community's clock had it: the day itself is nobody's business."""
    return timezone.localtime(moment, community.zone).date().replace(day=1)


def gone(user: User) -> bool:
    """Has this person closed their account?"""
    return user.left_at is not None
