"""What stands at a community's door for somebody: what is asked, what they wait for, and what is open to everybody anyway."""

from dataclasses import dataclass, field
from typing import Any

from communities.access.rules import gated_models
from communities.access.things import Thing, things
from communities.access.viewer import Viewer
from communities.members.door import REST, last_no
from communities.members.guidelines import current, has_accepted
from communities.members.models import Invitation, JoinQuestion, JoinRequest, Member
from communities.members.paying_in import WayIn, way_in
from communities.members.questions import asked_by
from communities.members.seats import has_room, line_of, place_in_line
from communities.members.team import team_of
from communities.spaces.models import Community, Guidelines

MOST_OPEN = 5


@dataclass
class Doorway:
    """guidelines: what is to be accepted, None where there is nothing or it was done. line: how many wait for a place."""

    place: Community
    viewer: Viewer
    invitation: Invitation | None = None
    guidelines: Guidelines | None = None
    questions: list[JoinQuestion] = field(default_factory=list)
    waiting: JoinRequest | None = None
    said_no: JoinRequest | None = None
    full: bool = False
    paid_way: WayIn | None = None
    line: int = 0
    team: list[Member] = field(default_factory=list)

    @property
    def shut(self) -> bool:
        """Only who is invited comes in, and this person is not."""
        return self.invitation is None and self.place.join_mode == Community.Join.INVITATION

    @property
    def asks(self) -> bool:
        return self.invitation is None and self.place.join_mode == Community.Join.REQUEST

    @property
    def by_paying(self) -> bool:
        """One comes in by taking a step that is paid."""
        return self.invitation is None and self.place.join_mode == Community.Join.PAID

    @property
    def in_line(self) -> bool:
        return self.waiting is not None and self.waiting.state == JoinRequest.State.QUEUED

    @property
    def number(self) -> int:
        return place_in_line(self.waiting) if self.waiting is not None and self.in_line else 0

    @property
    def again_at(self) -> Any:
        """When somebody who was turned down may ask again."""
        return self.said_no.decided_at + REST if self.said_no is not None and self.said_no.decided_at else None

    @property
    def open_to_all(self) -> list[Thing]:
        return open_things(self.place)


def doorway(user: Any, place: Community, viewer: Viewer, invitation: Invitation | None = None) -> Doorway:
    """A fixed number of queries, whoever asks."""
    way = Doorway(place, viewer, invitation)
    way.guidelines, way.team = current(place), team_of(place, most=3)
    if way.asks:
        way.questions = asked_by(place)
    if way.by_paying:
        way.paid_way = way_in(place)
    way.line = line_of(place.pk).count()
    way.full = bool(way.line) or not has_room(place.pk)
    if viewer.signed_in:
        open_ones = JoinRequest.objects.filter(community=place, user=user, state__in=JoinRequest.OPEN)
        way.waiting = open_ones.first()
        way.said_no = last_no(user, place) if way.asks else None
        if way.guidelines is not None and has_accepted(user, place):
            way.guidelines = None
    return way


def open_things(place: Community) -> list[Thing]:
    """The newest of what a visitor may read here, of whatever kind."""
    eyes = Viewer(community_id=place.pk)
    found: list[Thing] = []
    for model in gated_models():
        rows: Any = model._default_manager.filter(community=place)
        newest = rows.readable_by(eyes).order_by("-opens_at", "-pk")
        ids = list(newest.values_list("pk", flat=True)[:MOST_OPEN])
        known = things(model.KIND, ids, eyes)
        found += [known[pk] for pk in ids if pk in known]
    return found[:MOST_OPEN]
