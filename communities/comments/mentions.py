"""Whom a text may call: people of the community who may read the thing that it hangs on."""

from django.db.models import F

from communities.access.things import Thing, readable
from communities.access.viewer import Viewer
from communities.comments.models import Mention
from communities.members.loading import viewer_of
from communities.members.models import MEMBER_LEVEL, Member
from communities.members.named import page_of, present
from communities.spaces.models import Community
from communities.ui.markdown_mentions import MOST_ASKED


class Calling:
    """Asked by the renderer once a text; afterwards knows who the called ones are. Old handles call whoever had them."""

    def __init__(self, place: Community, about: Thing | None) -> None:
        self._place, self._about = place, about
        self._found: dict[str, Member] = {}

    def __call__(self, handles: frozenset[str]) -> dict[str, str]:
        people = present(self._place.pk).select_related("user")
        found = {member.user.handle: member for member in people.filter(user__handle__in=handles)}
        left = handles - set(found)
        if left:
            old = people.filter(user__old_handles__handle__in=left).annotate(asked=F("user__old_handles__handle"))
            found |= {member.asked: member for member in old}
        self._found = self._readers(found)
        return {name: page_of(self._place.slug, one.user.handle) for name, one in self._found.items()}

    def _readers(self, found: dict[str, Member]) -> dict[str, Member]:
        """Mostly everybody here may read it, which is one question; else each is asked about."""
        if not found or self._about is None:
            return found
        kind, object_id = self._about.kind, self._about.id
        anybody = Viewer(community_id=self._place.pk, rung=MEMBER_LEVEL, standing="member")
        if readable(kind, [object_id], anybody):
            return found
        kept = {}
        for name, member in found.items():
            member.community = self._place
            if readable(kind, [object_id], viewer_of(member)):
                kept[name] = member
        return kept

    def people(self, called: tuple[str, ...]) -> set[int]:
        """The ids of the users who were called."""
        return {self._found[name].user_id for name in called}


def called_by(kind: str, object_id: int) -> set[int]:
    """Everybody whom this text has called, today or before an edit."""
    return set(Mention.objects.filter(kind=kind, object_id=object_id).values_list("user", flat=True))


def note_mentions(kind: str, object_id: int, user_ids: set[int]) -> set[int]:
    """Writes down who is called by a text and returns who was not before: each is told once, however often it is edited.

    All its versions together call no more people than one text may.
    """
    known = called_by(kind, object_id)
    fresh = set(sorted(user_ids - known)[: max(0, MOST_ASKED - len(known))])
    rows = [Mention(kind=kind, object_id=object_id, user_id=user_id) for user_id in sorted(fresh)]
    Mention.objects.bulk_create(rows, ignore_conflicts=True)
    return fresh
