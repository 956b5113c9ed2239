"""Conversations between people: who is in one, what it is called to whoever looks, and what keeps somebody from writing in it."""

from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from communities.access.models import Block
from communities.access.viewer import Viewer
from communities.discussion.models import Marker, Room
from communities.members.models import Member, Reach
from communities.members.named import present
from communities.people.models import User
from communities.spaces.models import Community
from communities.spaces.modules import is_on

MOST = 8  # people in one conversation


def party_of(user_ids: Collection[int]) -> str:
    """The key of the conversation between exactly these people."""
    return ".".join(str(pk) for pk in sorted(set(user_ids)))


def left_by(room: Room, user_id: int) -> str:
    """The key of this conversation without that person: of its own, since the others may have one between them already."""
    return f"{party_of([pk for pk in room.people_ids if pk != user_id])}-{room.pk}"


def may_leave(viewer: Viewer, room: Room) -> bool:
    """Of two nobody leaves: there one is quiet, or blocks the other."""
    return viewer.user_id in room.people_ids and len(room.people_ids) > 2


def conversations_of(place: Community, viewer: Viewer) -> QuerySet[Room]:
    """Those that this viewer is in, the one with the last word first. None where the part is off."""
    rows = Room.objects.conversations().standing().filter(community=place).readable_by(viewer)
    return rows.order_by("-spoken_at", "-pk") if is_on(place, "messages") else rows.none()


def name_rooms(rooms: Iterable[Room], viewer: Viewer) -> None:
    """A conversation is called by the others in it, who stand in `people`. One query where there is one, else none."""
    direct = [room for room in rooms if room.direct]
    if not direct:
        return
    known = User.objects.in_bulk({pk for room in direct for pk in room.people_ids})
    for room in direct:
        people = [known[pk] for pk in room.people_ids if pk in known and pk != viewer.user_id]
        room.__dict__["people"] = people
        room.name = get_text_list([str(one) for one in people], _("and"))


def ask_party(viewer: Viewer, room: Room) -> None:
    """Raises ValidationError at `body` where what is written would reach nobody, or nobody who wants it."""
    others = [pk for pk in room.people_ids if pk != viewer.user_id]
    if len(others) == 1:
        told = why_not(viewer, room.community, others)
    else:  # among several a block hides and forbids nothing
        anybody = present(room.community_id).filter(user_id__in=others).exists()
        told = "" if anybody else _("Nobody else is here any more: it would reach nobody.")
    if told:
        raise ValidationError({"body": told})


def why_not(viewer: Viewer, place: Community, others: Collection[int]) -> str:
    """Why this viewer does not write to these people now; "" where nothing is in the way. Five queries at most.

    Whoever blocks the viewer, and whoever takes messages from nobody, says it in the same words: a block is told to nobody.
    """
    people = User.objects.in_bulk(list(others))
    seats = {seat.user_id: seat for seat in present(place.pk).filter(user_id__in=[*others, viewer.user_id or 0])}
    mine = seats.pop(viewer.user_id or 0, None)
    blocks = Block.objects.filter(
        Q(user=viewer.user_id, blocked__in=others) | Q(user__in=others, blocked=viewer.user_id)
    )
    pairs = set(blocks.values_list("user_id", "blocked_id"))
    for pk in others:
        name = {"name": people[pk]} if pk in people else {"name": _("Somebody")}
        if pk not in seats:
            return _("%(name)s is not here any more.") % name
        if (viewer.user_id, pk) in pairs:
            return _("You block %(name)s. To write to them, end that first.") % name
        if (pk, viewer.user_id) in pairs or not _takes(seats[pk], viewer):
            return _("%(name)s does not take messages from you.") % name
    if mine is not None and mine.reach == Reach.NOBODY:
        return _("You take messages from nobody, so nobody could answer. You change that under “How you appear here”.")
    return ""


def _takes(seat: Member, viewer: Viewer) -> bool:
    """Does this person let the viewer write to them? Who was written to first may answer."""
    if seat.reach != Reach.WROTE:
        return seat.reach == Reach.EVERYBODY
    party = party_of([seat.user_id, viewer.user_id or 0])
    wrote = Marker.objects.filter(user=seat.user_id, room__community=seat.community_id, room__party=party)
    return wrote.filter(said_at__isnull=False).exists()
