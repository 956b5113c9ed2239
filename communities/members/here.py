"""Who of the team is here now: a topic a community ("team:3") that its people's open pages join, and that shows the team alone.

Nothing is stored. Whoever chose not to be seen is not told, and whoever blocks somebody does not hear of them.
"""

from collections.abc import Collection

from communities.access.crowd import blocks_of
from communities.live.topics import Asking, Door, Doors, Frame, TopicKind
from communities.members.loading import viewers_among
from communities.members.team import teams_of
from communities.people.models import User
from communities.spaces.models import Community

NAME = "team"
MOST = 24  # people that the team page names


def doors(asking: Asking) -> Doors:
    """Whoever may know the place hears it; seen are those whom its team page names. name: handle and name, by which pages find them.

    Seven queries.
    """
    places = list(Community.objects.filter(pk__in=asking))
    standing = viewers_among({place: asking[place.pk] for place in places})
    some = {
        place: [pk for pk, viewer in viewers.items() if viewer.standing != "shut"]
        for place, viewers in standing.items()
    }
    everybody = {pk for ids in some.values() for pk in ids}
    teams = {place: {seat.user_id for seat in seats} for place, seats in teams_of(some, MOST).items()}
    people, blocks = User.objects.in_bulk(everybody), blocks_of(everybody)
    found: Doors = {pk: {} for pk in asking}
    for place, ids in some.items():
        team = teams.get(place, set())
        for user in (people[pk] for pk in ids if pk in people):
            unseen = user.unseen or user.pk not in team
            found[place][user.pk] = Door(f"{user.handle} {user}", unseen, blocks[user.pk])
    return found


def revs(ids: Collection[int]) -> dict[int, int]:
    """Who is here has no number: it is of this moment only."""
    return {}


def since(community_id: int, after: int, most: int) -> list[Frame]:
    return []


TEAM = TopicKind(NAME, doors, revs, since, present=True)
