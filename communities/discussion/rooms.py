"""Writes of rooms themselves: making and changing one, closing it for good."""

from django.db import transaction
from django.utils import timezone

from communities.access.models import State
from communities.access.rules import require
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.discussion.models import Room
from communities.ui import pagecache


@transaction.atomic
def save_room(viewer: Viewer, *, room: Room) -> Room:
    """Adds or changes a room; a new one is open at once. Records room.saved. ValidationError by field."""
    require(viewer, "manage")
    if room._state.adding:
        room.author_id = viewer.user_id or 0
        room.state, room.opens_at = State.PUBLISHED, timezone.now()
    room.rung = max(room.own_rung, room.own_listed_rung)
    room.listed_rung = room.own_listed_rung
    room.full_clean(exclude=["author"])
    room.save()
    record("room.saved", community=room.community_id, actor=viewer.user_id, obj=room)
    pagecache.bump(room.community.slug)
    return room


@transaction.atomic
def close_room(viewer: Viewer, *, room: Room) -> None:
    """It is gone for everybody; nothing that was said in it is read any more. Records room.closed."""
    require(viewer, "manage", room)
    if Room.objects.filter(pk=room.pk).exclude(state=State.REMOVED).update(state=State.REMOVED):
        record("room.closed", community=room.community_id, actor=viewer.user_id, obj=room)
        pagecache.bump(room.community.slug)
