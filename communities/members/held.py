"""The names that are held here: of places, for those who speak for them, and of the people who run them, for themselves."""

from collections.abc import Iterable

from communities.members.models import Member, Role, Standing
from communities.people.models import User
from communities.spaces.models import Community


def held_names(user_id: int) -> tuple[Iterable[str], Iterable[str]]:
    """(names of places that this person does not speak for, names of others who run one or belong to the brand)."""
    team = Member.objects.exclude(role=Role.MEMBER).filter(standing=Standing.MEMBER)
    places = Community.objects.exclude(pk__in=team.filter(user=user_id).values("community"))
    runs = User.objects.filter(pk__in=team.values("user")) | User.objects.filter(is_staff=True, is_active=True)
    return places.values_list("name", flat=True), runs.exclude(pk=user_id).exclude(name="").values_list(
        "name", flat=True
    )
