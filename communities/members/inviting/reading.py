"""Links with who came by them and whether they took part, in a fixed number of queries."""

from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Count
from django.urls import reverse

from communities.activity.models import Activity
from communities.activity.registry import VERBS
from communities.members.invitations import standing_makers, state_of
from communities.members.models import Invitation, JoinRequest, Member, Visit

MOST = 50
DAYS = 2  # on which somebody came, or they wrote something: that is taking part


@dataclass
class Came:
    member: Member
    active: bool


@dataclass
class Row:
    """gone: in two words why the link opens nothing any more, "" while it does. waiting: who came by it and stands in line."""

    link: Invitation
    url: str
    gone: str
    came: list[Came] = field(default_factory=list)
    waiting: int = 0


def links_of(community_id: int, creator_id: int | None = None) -> list[Row]:
    """The newest links, of one person or of everybody."""
    links = Invitation.objects.filter(community=community_id).select_related("creator").order_by("-created_at", "-pk")
    rows = list((links if creator_id is None else links.filter(creator=creator_id))[:MOST])
    return dressed(rows)


def dressed(links: list[Invitation]) -> list[Row]:
    members = list(Member.objects.filter(invitation__in=links).select_related("user").order_by("joined_at", "pk"))
    active = active_among(members)
    waits = JoinRequest.objects.filter(invitation__in=links, state=JoinRequest.State.QUEUED)
    in_line = dict(waits.values_list("invitation").annotate(n=Count("pk")))
    stand, rows = standing_makers(links), {}
    for link in links:
        url = settings.SITE_URL + reverse("members:invited", args=[link.token])
        rows[link.pk] = Row(link, url, state_of(link, stands=link.pk in stand), waiting=in_line.get(link.pk, 0))
    for member in members:
        rows[member.invitation_id or 0].came.append(Came(member, member.pk in active))
    return list(rows.values())


def active_among(members: list[Member]) -> set[int]:
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
