"""Who carries their things away, and what they may know of at this moment: no name, title or address of anything else comes along."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from communities.access.rules import spaces_known_to
from communities.access.things import Thing, things
from communities.access.viewer import Viewer, viewer_for
from communities.people.models import User


class Traveller:
    """Asks access as the person would, and remembers the answers for as long as one run takes."""

    def __init__(self, user: User) -> None:
        self.user = user
        self._viewers: dict[int, Viewer] = {}

    def viewer(self, place: Any) -> Viewer:
        """How the person stands in this community now."""
        if place.pk not in self._viewers:
            self._viewers[place.pk] = viewer_for(self.user, place)
        return self._viewers[place.pk]

    def place(self, place: Any) -> dict[str, str] | None:
        """A community by name and address; None for one that does not exist for them any more."""
        if place is None or self.viewer(place).standing == "shut":
            return None
        return {"name": place.name, "address": f"{settings.SITE_URL}/c/{place.slug}/"}

    def space(self, space: Any, place: Any) -> str | None:
        """The name of a space that they may know of."""
        viewer = self.viewer(place)
        known = viewer.standing != "shut" and spaces_known_to(viewer, [space])
        return str(space) if known else None

    def things(self, asked: Iterable[tuple[Any, str, int]]) -> dict[tuple[str, int], dict[str, Any]]:
        """(community, kind, id) each -> what a link to it says, for those that they may know of; a query a kind and community."""
        wanted: dict[tuple[int, str], tuple[Any, set[int]]] = {}
        for place, kind, object_id in asked:
            if place is not None:
                wanted.setdefault((place.pk, kind), (place, set()))[1].add(object_id)
        found: dict[tuple[str, int], dict[str, Any]] = defaultdict(dict)
        for (_place, kind), (place, ids) in wanted.items():
            viewer = self.viewer(place)
            if viewer.standing != "shut":
                for pk, one in things(kind, ids, viewer).items():
                    found[kind, pk] = self._link(one)
        return found

    @staticmethod
    def _link(one: Thing) -> dict[str, Any]:
        return {"title": one.title, "address": settings.SITE_URL + one.url}
