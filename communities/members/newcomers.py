"""Who came only lately and stands on nothing but a member's own step."""

import datetime as dt

from django.utils import timezone

from communities.access.viewer import Viewer
from communities.members.models import MEMBER_LEVEL, Member, Standing


def came_lately(viewer: Viewer, *, days: int) -> bool:
    """A plain member for less than so many days. Not the team, not who holds a step above, not who is no member."""
    if viewer.user_id is None or viewer.community_id is None or viewer.is_team:
        return False
    if not viewer.is_member or viewer.rung > MEMBER_LEVEL:
        return False
    since = timezone.now() - dt.timedelta(days=days)
    seats = Member.objects.filter(user_id=viewer.user_id, community_id=viewer.community_id)
    return seats.filter(joined_at__gt=since).exists()


def here_since(user_id: int, community_id: int, *, days: int) -> bool:
    """In good standing now, and a member for at least so many days."""
    seat = Member.objects.filter(user_id=user_id, community_id=community_id).first()
    if seat is None or seat.standing == Standing.LEFT or seat.is_suspended:
        return False
    return seat.joined_at <= timezone.now() - dt.timedelta(days=days)
