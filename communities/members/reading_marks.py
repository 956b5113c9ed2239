"""What a member's own feed remembers: how far they have read, whether it suggests things, that the first steps are put away."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone

from communities.access.viewer import Viewer
from communities.members.models import Member


def move_caught_up(viewer: Viewer, *, top: dt.datetime) -> bool:
    """They have seen everything up to `top`, the date of the newest thing on their page; only ever forward. Records nothing."""
    if top > timezone.now():
        return False
    behind = Q(caught_up_at__isnull=True) | Q(caught_up_at__lt=top)
    return bool(_seats(viewer).filter(behind).update(caught_up_at=top))


def switch_suggestions(viewer: Viewer, *, on: bool) -> None:
    """Records nothing: it is nobody else's business."""
    _seats(viewer).update(suggestions=on)


def put_first_steps_away(viewer: Viewer) -> None:
    """For good. Records nothing."""
    _seats(viewer).filter(settled_at__isnull=True).update(settled_at=timezone.now())


def _seats(viewer: Viewer) -> QuerySet[Member]:
    if not viewer.is_member or viewer.user_id is None or viewer.community_id is None:
        raise PermissionDenied
    return Member.objects.filter(user_id=viewer.user_id, community_id=viewer.community_id)
