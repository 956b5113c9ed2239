"""The two daily facts: a visit, and what was on screen. Insert or ignore, never changed."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from communities.access.rules import gated_models
from communities.access.viewer import Viewer
from communities.members.models import Member, Seen, Visit


def note_visit(*, user_id: int, community_id: int, day: dt.date) -> None:
    """day: in the community's time zone."""
    member_id = Member.objects.filter(user_id=user_id, community_id=community_id).values_list("pk", flat=True).first()
    if member_id is not None:
        Visit.objects.bulk_create([Visit(member_id=member_id, day=day)], ignore_conflicts=True)


def note_seen(viewer: Viewer, *, kind: str, object_ids: Iterable[int], day: dt.date) -> int:
    """What a member had on screen for a second; ids that they may not know of are dropped. Returns how many were kept."""
    if viewer.user_id is None or viewer.community_id is None:
        return 0
    seats = Member.objects.filter(user_id=viewer.user_id, community_id=viewer.community_id)
    member_id = seats.values_list("pk", flat=True).first()
    models = [model for model in gated_models() if kind == model.KIND]
    if member_id is None or not models:
        return 0
    asked: Any = models[0]._default_manager.filter(pk__in=list(object_ids)[:100])
    known = asked.listed_to(viewer).values_list("pk", flat=True)
    rows = [Seen(member_id=member_id, kind=kind, object_id=pk, day=day) for pk in known]
    Seen.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
