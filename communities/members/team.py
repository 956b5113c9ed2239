"""The faces behind a community: who runs it, and whoever carries a title."""

from django.db.models import Case, IntegerField, Value, When

from communities.members.models import Member, Role, Standing

LEAD = {Role.OWNER: 0, Role.CREATOR: 1, Role.MODERATOR: 2}


def team_of(community_id: int, most: int = 6) -> list[Member]:
    """Owners first, then by how long they have been here; with their users, in one query."""
    rank = Case(*(When(role=role, then=Value(at)) for role, at in LEAD.items()), default=3, output_field=IntegerField())
    people = Member.objects.filter(community_id=community_id, standing=Standing.MEMBER)
    named = people.exclude(role=Role.MEMBER, title="").select_related("user")
    return list(named.order_by(rank, "joined_at")[:most])
