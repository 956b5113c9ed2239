"""The names that are held here: of places, for those who speak for them, and of the people who run them, for themselves."""

from collections.abc import Iterable

from django.db.models import Q

from communities.members.models import Member, Role, Standing
from communities.people.models import User
from communities.spaces.models import Community


def held_names(user_id: int) -> tuple[Iterable[str], Iterable[str]]:
    """(names of places that this person does not speak for, names of others who run one or belong to the brand).

    Only of places that they may know of: a refusal would say that a guessed name exists.
    """
    seats = Member.objects.filter(user=user_id).exclude(standing=Standing.LEFT)
    known = Community.objects.filter(Q(listed=True) | Q(pk__in=seats.values("community")))
    team = Member.objects.exclude(role=Role.MEMBER).filter(standing=Standing.MEMBER)
    places = known.exclude(pk__in=team.filter(user=user_id).values("community"))
    runs = User.objects.filter(pk__in=team.filter(community__in=known).values("user")) | User.objects.filter(
        is_staff=True, is_active=True
    )
    return places.values_list("name", flat=True), runs.exclude(pk=user_id).exclude(name="").values_list(
        "name", flat=True
    )
