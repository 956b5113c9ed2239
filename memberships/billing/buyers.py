"""Who pays in a community: counted by tier, and a list with names as far as whoever looks may know them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from communities.members.models import Member, Standing
from communities.members.named import Seat, seats_of
from communities.spaces.models import Community
from communities.ui.keyset import read_token, token_of
from memberships.billing.models import Subscription
from memberships.billing.money_page import state_of
from memberships.tiers.reading import words_of

PAGE = 50
OVERDUE = ("past_due", "unpaid", "paused")


@dataclass(frozen=True, slots=True)
class Buyer:
    """seat: their page; None where they have none. known: may the team read their name (they have not left)?"""

    row: Subscription
    words: str
    state: str
    known: bool
    seat: Seat | None


def running(community: Community) -> QuerySet[Subscription]:
    """What is paid or tried at this moment; visits to the till that came to nothing are none."""
    return Subscription.objects.filter(community=community, status__in=Subscription.RUNNING, paid_once=True)


def states(community: Community) -> dict[str, Q]:
    """What the list can be narrowed to. new: begun this month, by the community's clock."""
    first = timezone.localdate(timezone=community.zone).replace(day=1)
    began = dt.datetime.combine(first, dt.time(), community.zone)
    return {
        "new": Q(started_at__gte=began),
        "trial": Q(status="trialing"),
        "ending": Q(cancel_at__isnull=False),
        "overdue": Q(status__in=OVERDUE),
    }


def counts(community: Community) -> list[dict[str, Any]]:
    """By tier, the highest step first: all, new, trial, ending, overdue. One query."""
    asked: dict[str, Any] = {name: Count("pk", filter=how) for name, how in states(community).items()}
    rows: Any = running(community).values("price__tier", "price__tier__name", "price__tier__level")
    return list(rows.annotate(all=Count("pk"), **asked).order_by("-price__tier__level", "price__tier"))


def page_of(
    community: Community, *, state: str = "", tier: int | None = None, after: str = ""
) -> tuple[list[Buyer], str]:
    """One page, newest first, and the token of the next ("" at the end). Three queries. Http404 for a token that is none."""
    rows = running(community).select_related("user__profile", "price__tier").order_by("-created_at", "-pk")
    if state in (known := states(community)):
        rows = rows.filter(known[state])
    if tier is not None:
        rows = rows.filter(price__tier=tier)
    if after:
        at, pk = read_token(after)
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk))
    found = list(rows[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    return _named(found, community), token_of(found[-1].created_at, found[-1].pk) if more else ""


def _named(rows: Sequence[Subscription], community: Community) -> list[Buyer]:
    people = {row.user_id for row in rows}
    here = Member.objects.filter(community=community, user__in=people, user__left_at__isnull=True)
    living = set(here.exclude(standing=Standing.LEFT).values_list("user", flat=True))
    seats = seats_of(people, {community.pk: community})
    return [
        Buyer(row, words_of(row.price), state_of(row), row.user_id in living, seats.get((community.pk, row.user_id)))
        for row in rows
    ]
