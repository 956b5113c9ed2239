"""Links with who came by them and whether they took part, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import Http404
from django.urls import reverse

from communities.activity.models import Activity
from communities.activity.registry import VERBS
from communities.members.invitations import standing_makers, state_of
from communities.members.models import Invitation, JoinRequest, Member, Visit

PAGE = 20
MOST_CAME = 12  # of a link, by name; the others are counted
DAYS = 2  # on which somebody came, or they wrote something: that is taking part


@dataclass
class Came:
    member: Member
    active: bool


@dataclass
class Row:
    """gone: in two words why the link opens nothing any more, "" while it does. came: the last ones; more: how many besides.
    waiting: who came by it and stands in line."""

    link: Invitation
    url: str
    gone: str
    came: list[Came] = field(default_factory=list)
    more: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Page:
    """next: what stands in the address of the page after this, "" at the end."""

    rows: list[Row]
    next: str = ""


def own_links(community_id: int, user_id: int, before: str) -> Page:
    return _page(Invitation.objects.filter(community=community_id, creator=user_id), before)


def links_of_others(community_id: int, user_id: int, before: str) -> Page:
    return _page(Invitation.objects.filter(community=community_id).exclude(creator=user_id), before)


def _page(links: QuerySet[Invitation], before: str) -> Page:
    """The newest first. Http404 for a place that is none."""
    if before:
        if not before.isdecimal() or len(before) > 18:
            raise Http404
        links = links.filter(pk__lt=int(before))
    found = list(links.select_related("creator").order_by("-pk")[: PAGE + 1])
    rows = dressed(found[:PAGE])
    return Page(rows, str(found[PAGE - 1].pk) if len(found) > PAGE else "")


def dressed(links: list[Invitation]) -> list[Row]:
    everybody = Member.objects.filter(invitation__in=links)
    by_link = F("invitation_id")
    rank = Window(RowNumber(), partition_by=by_link, order_by=[F("joined_at").desc(), F("pk").desc()])
    total = Window(Count("pk"), partition_by=by_link)
    last = everybody.annotate(rank=rank, total=total).filter(rank__lte=MOST_CAME)
    members = list(last.select_related("user").order_by("-joined_at", "-pk"))
    active = active_among(members)
    waits = JoinRequest.objects.filter(invitation__in=links, state=JoinRequest.State.QUEUED)
    in_line = dict(waits.values_list("invitation").annotate(n=Count("pk")))
    stand, rows = standing_makers(links), {}
    for link in links:
        url = settings.SITE_URL + reverse("members:invited", args=[link.token])
        rows[link.pk] = Row(link, url, state_of(link, stands=link.pk in stand), waiting=in_line.get(link.pk, 0))
    for member in members:
        row = rows[member.invitation_id or 0]
        row.came.append(Came(member, member.pk in active))
        row.more = max(0, member.total - MOST_CAME)
    return list(rows.values())


def active_among(members: Sequence[Member]) -> set[int]:
    """Of these those who wrote something here, or came on two days."""
    counts = [verb.name for verb in VERBS.values() if verb.weight]
    wrote = Activity.objects.filter(
        actor__in=[member.user_id for member in members],
        community__in={member.community_id for member in members},
        verb__in=counts,
    )
    writers = set(wrote.values_list("actor_id", "community_id").distinct())
    visits = Visit.objects.filter(member__in=members).values("member").annotate(days=Count("pk")).filter(days__gte=DAYS)
    came = set(visits.values_list("member_id", flat=True))
    return {one.pk for one in members if one.pk in came or (one.user_id, one.community_id) in writers}
