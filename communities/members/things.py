"""How members are found by id for whatever hangs on them: reports, notifications."""

from collections.abc import Iterable

from django.urls import reverse

from communities.access.things import Thing
from communities.access.viewer import Viewer
from communities.members.models import Member
from communities.members.named import gone, present_q


def members_as_things(ids: Iterable[int], viewer: Viewer) -> dict[int, Thing]:
    """One query. Whoever may know the community comes across its people; who left or is suspended is there for the team only."""
    rows = Member.objects.filter(pk__in=set(ids), community_id=viewer.community_id or 0)
    if not viewer.is_team:
        rows = rows.filter(present_q())
    return {
        row.pk: Thing(
            kind="member",
            id=row.pk,
            community_id=row.community_id,
            title=str(row.user),
            url=reverse("members:person", args=[row.community.slug, row.user.handle]),
            readable=True,
            author_id=row.user_id,
        )
        for row in rows.select_related("user", "community")
        if not gone(row.user)
    }
