"""Visits: that a member was here today, written once a day and member."""

from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from communities.members.seen import note_visit


class Visits:
    """Looks at the request after the page is made; a member's first page of the day leaves a Visit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.known: dict[tuple[int, int], str] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        viewer = getattr(request, "viewer", None)
        if viewer is not None and viewer.is_member and request.community is not None and response.status_code < 400:
            self.note(viewer.user_id, request.community)
        return response

    def note(self, user_id: int, community: object) -> None:
        """One dictionary look-up for all but the first request of the day."""
        day = timezone.now().astimezone(community.zone).date()
        who = (user_id, community.pk)
        if self.known.get(who) == day.isoformat():
            return
        if len(self.known) > 50_000:
            self.known.clear()
        self.known[who] = day.isoformat()
        if cache.add(f"visit:{user_id}:{community.pk}:{day}", 1, 60 * 60 * 26):
            note_visit(user_id=user_id, community_id=community.pk, day=day)
