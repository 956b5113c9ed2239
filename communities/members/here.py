"""Who of the team is here now: a topic a community ("team:3") that its people's open pages join, and that shows the team alone.

Nothing is stored. Whoever chose not to be seen is not told, and whoever blocks somebody does not hear of them.
"""

from collections.abc import Collection

from communities.access.models import Block
from communities.live.topics import Door, Frame, TopicKind
from communities.members.loading import viewers_of
from communities.members.team import team_of
from communities.people.models import User
from communities.spaces.models import Community

NAME = "team"
MOST = 24  # people that the team page names


def doors(community_id: int, user_ids: Collection[int]) -> dict[int, Door]:
    """Whoever may know the place hears it; seen are those whom its team page names. name: handle and name, by which pages find them."""
    place = Community.objects.filter(pk=community_id).first()
    if place is None:
        return {}
    some = [pk for pk, viewer in viewers_of(place, user_ids).items() if viewer.standing != "shut"]
    team = {member.user_id for member in team_of(place, MOST)}
    blocked: dict[int, set[int]] = {}
    for pk, other in Block.objects.filter(user__in=some).values_list("user_id", "blocked_id"):
        blocked.setdefault(pk, set()).add(other)
    people = User.objects.in_bulk(some)
    return {
        pk: Door(f"{user.handle} {user}", user.unseen or pk not in team, frozenset(blocked.get(pk, ())))
        for pk, user in people.items()
    }


def revs(ids: Collection[int]) -> dict[int, int]:
    """Who is here has no number: it is of this moment only."""
    return {}


def since(community_id: int, after: int, most: int) -> list[Frame]:
    return []


TEAM = TopicKind(NAME, doors, revs, since, present=True)
