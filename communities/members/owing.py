"""Whose payment did not come: a moment on the seat, which every page has loaded anyway, so that each can say so without a query."""

import datetime as dt

from communities.members.models import Member


def set_owing(*, community_id: int, user_id: int, until: dt.datetime | None) -> None:
    """until: what was paid for stays open up to this moment, and is closed after it; None: nothing is owed (any more)."""
    seat = Member.objects.filter(community=community_id, user=user_id)
    seat.exclude(owes_until=until).update(owes_until=until) if until else seat.update(owes_until=None)
