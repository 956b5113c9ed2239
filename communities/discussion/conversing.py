"""Writes of conversations between people: the first message begins one, and the same people always meet in the same one."""

import secrets
import uuid
from collections.abc import Iterable, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.models import NOBODY, Pass, State
from communities.access.pace import ask_pace
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.discussion.actions import take_number, write_message
from communities.discussion.direct import MOST, left_by, may_leave, party_of, why_not
from communities.discussion.models import Marker, Message, Room
from communities.discussion.telling import tell
from communities.files.waiting import Enclosed
from communities.live.publishing import ask_doors
from communities.people.models import User
from communities.safety.limits import is_new
from communities.spaces.models import Community

SOURCE = "conversation"  # of the passes


@transaction.atomic
def begin_conversation(
    viewer: Viewer,
    *,
    place: Community,
    people: Iterable[User],
    body: str,
    request: uuid.UUID | None = None,
    files: Sequence[Enclosed] = (),
) -> Message:
    """The first message to these people, or the next one where they talk already.

    Raises PermissionDenied for whoever takes no part here, ValidationError at `to`, `body` or `files` (TooMuch for one who begins too
    many). Records direct.begun once, and direct.written.
    """
    if not viewer.takes_part or viewer.user_id is None:
        raise PermissionDenied(_("Members write to each other here."))
    others = {person.pk for person in people} - {viewer.user_id}
    if not others:
        raise ValidationError({"to": _("Choose somebody to write to.")})
    if len(others) >= MOST:
        raise ValidationError({"to": _("At most %(most)s people talk in one conversation, with you.") % {"most": MOST}})
    party = party_of({*others, viewer.user_id})
    room = Room.objects.filter(community=place, party=party).first()
    if room is None:
        told = why_not(viewer, place, sorted(others))
        if told:
            raise ValidationError({"to": told})
        ask_pace("begin-as-new" if is_new(viewer) else "begin", viewer.user_id)
        room = _opened(viewer.user_id, place, party)
    room.community = place
    return write_message(viewer, room=room, body=body, request=request, files=files)


def _opened(user_id: int, place: Community, party: str) -> Room:
    """One, however many begin it at once: the key decides whose row stands."""
    row = Room(
        community=place,
        author_id=user_id,
        party=party,
        slug=f"dm-{secrets.token_hex(8)}",
        posting=Room.Posting.READERS,
        state=State.PUBLISHED,
        opens_at=timezone.now(),
        **dict.fromkeys(("own_rung", "rung", "own_listed_rung", "listed_rung"), NOBODY),
    )
    Room.objects.bulk_create([row], ignore_conflicts=True)
    room = Room.objects.get(community=place, party=party)
    passes = [Pass(user_id=pk, kind=Room.KIND, object_id=room.pk, source=SOURCE) for pk in room.people_ids]
    Pass.objects.bulk_create(passes, ignore_conflicts=True)
    marks = [Marker(room=room, user_id=pk, level=Marker.Level.ALL) for pk in room.people_ids]
    Marker.objects.bulk_create(marks, ignore_conflicts=True)
    record("direct.begun", community=place.pk, actor=user_id, obj=room, key=f"direct.begun:{room.pk}")
    return room


@transaction.atomic
def leave_conversation(viewer: Viewer, *, room: Room) -> None:
    """Out of a conversation of several, for good: the others see it, what was said stays theirs, and the same people, writing to
    each other again, begin anew. Needs `community` loaded. Records direct.left.

    Raises PermissionDenied for whoever is not in it (any more), or where only two are left.
    """
    assert viewer.user_id is not None
    row = Message(community=room.community, room=room, author_id=viewer.user_id, left=True, request=uuid.uuid4())
    take_number(row)  # holds the room, so that of two who leave at once the second sees the first gone
    room.party = Room.objects.values_list("party", flat=True).get(pk=room.pk)
    if not may_leave(viewer, room):
        raise PermissionDenied(_("You leave a conversation of three or more that you are in."))
    room.party = left_by(room, viewer.user_id)
    Room.objects.filter(pk=room.pk).update(party=room.party)
    row.save(force_insert=True)
    Pass.objects.filter(user=viewer.user_id, kind=Room.KIND, object_id=room.pk, source=SOURCE).delete()
    Marker.objects.filter(user=viewer.user_id, room=room).delete()
    record("direct.left", community=room.community_id, actor=viewer.user_id, obj=room)
    transaction.on_commit(lambda: ask_doors(room.topic), robust=True)
    tell(row)
