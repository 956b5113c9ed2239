"""The team's word about who asked to join: yes or no, once, by whoever came first."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.rules import require
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.members.invitations import give_back
from communities.members.models import JoinRequest
from communities.members.seats import Full, join_community, take_turn

State = JoinRequest.State


def asked_in(community_id: int) -> QuerySet[JoinRequest]:
    """Who waits for the team's word, the longest first."""
    rows = JoinRequest.objects.filter(community=community_id, state=State.ASKED).select_related("user")
    return rows.order_by("created_at", "pk")


def decided_in(community_id: int) -> QuerySet[JoinRequest]:
    """What became of the others, the newest first."""
    rows = JoinRequest.objects.filter(community=community_id).exclude(state__in=JoinRequest.OPEN)
    return rows.select_related("user", "decided_by").order_by("-decided_at", "-pk")


@transaction.atomic
def approve_request(viewer: Viewer, *, request: JoinRequest, note: str = "") -> None:
    """Lets them in; where every place is taken they stand in line and come in by themselves. Records join.approved or join.queued.

    ValidationError where somebody decided before, with who it was.
    """
    require(viewer, "admit", request)
    take_turn(request.community_id)
    _decide(viewer, request, State.APPROVED, note)
    try:
        join_community(request.user, request.community, invitation=request.invitation)
    except Full:
        now = timezone.now()
        JoinRequest.objects.filter(pk=request.pk).update(state=State.QUEUED, queued_at=now)
        request.state, request.queued_at = State.QUEUED, now
        record("join.queued", community=request.community_id, actor=viewer.user_id, obj=request)
        return
    key = f"join.approved:{request.pk}"
    record("join.approved", community=request.community_id, actor=viewer.user_id, obj=request, key=key)


@transaction.atomic
def decline_request(viewer: Viewer, *, request: JoinRequest, note: str = "") -> None:
    """Says no, to who waits in line as well; they see the word and may ask again after a week. Records join.declined."""
    require(viewer, "admit", request)
    take_turn(request.community_id)
    _decide(viewer, request, State.DECLINED, note)
    give_back(request.invitation_id)
    key = f"join.declined:{request.pk}"
    record("join.declined", community=request.community_id, actor=viewer.user_id, obj=request, key=key)


def _decide(viewer: Viewer, request: JoinRequest, state: str, note: str) -> None:
    """From "asked" to the answer; a no is also said to who stands in line."""
    before = JoinRequest.OPEN if state == State.DECLINED else (State.ASKED,)
    fields = {"state": state, "note": note.strip()[:500], "decided_by_id": viewer.user_id, "decided_at": timezone.now()}
    if JoinRequest.objects.filter(pk=request.pk, state__in=before).update(**fields):
        for name, value in fields.items():
            setattr(request, name, value)
        return
    request.refresh_from_db()
    if request.decided_by is not None:
        who = {"who": request.decided_by, "what": request.get_state_display()}
        raise ValidationError(_("%(who)s was quicker: %(what)s."), params=who)
    raise ValidationError(_("It needs no answer any more: %(what)s."), params={"what": request.get_state_display()})
