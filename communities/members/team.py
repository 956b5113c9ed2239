"""The faces behind a community: who runs it, and whoever carries a title, as far as they want to be found."""

from collections.abc import Iterable

from django.db.models import Case, IntegerField, QuerySet, Value, When

from communities.members.models import Member, Role, Standing
from communities.members.named import present_q, seat_of
from communities.spaces.models import Community

LEAD = {Role.OWNER: 0, Role.CREATOR: 1, Role.MODERATOR: 2}


def team_of(community: Community, most: int = 6) -> list[Member]:
    """Owners first, then by how long they have been here; with user, profile and `seat`, in one query."""
    people = list(_named([community.pk])[:most])
    for member in people:
        member.community = community
        member.__dict__["seat"] = seat_of(member, community)
    return people


def teams_of(community_ids: Iterable[int], most: int = 6) -> dict[int, list[Member]]:
    """The same for several communities at once, in one query."""
    teams: dict[int, list[Member]] = {}
    for member in _named(community_ids):
        team = teams.setdefault(member.community_id, [])
        if len(team) < most:
            team.append(member)
    return teams


def _named(community_ids: Iterable[int]) -> QuerySet[Member]:
    rank = Case(*(When(role=role, then=Value(at)) for role, at in LEAD.items()), default=3, output_field=IntegerField())
    people = Member.objects.filter(present_q(), community_id__in=list(community_ids), listed=True)
    named = people.exclude(role=Role.MEMBER, title="").select_related("user__profile")
    return named.order_by(rank, "joined_at", "pk")


def count_of(community_id: int) -> int:
    """Members in good standing."""
    return Member.objects.filter(community_id=community_id, standing=Standing.MEMBER).count()
