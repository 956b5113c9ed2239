"""The faces behind a community: who runs it, and whoever carries a title."""

from collections.abc import Iterable

from django.db.models import Case, IntegerField, QuerySet, Value, When

from communities.members.models import Member, Role, Standing

LEAD = {Role.OWNER: 0, Role.CREATOR: 1, Role.MODERATOR: 2}


def team_of(community_id: int, most: int = 6) -> list[Member]:
    """Owners first, then by how long they have been here; with their users, in one query."""
    return list(_named([community_id])[:most])


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
    people = Member.objects.filter(community_id__in=list(community_ids), standing=Standing.MEMBER)
    return people.exclude(role=Role.MEMBER, title="").select_related("user").order_by(rank, "joined_at")


def count_of(community_id: int) -> int:
    """Members in good standing."""
    return Member.objects.filter(community_id=community_id, standing=Standing.MEMBER).count()
