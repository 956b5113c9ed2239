"""The door: whoever knocks comes in, asks, or stands in line; and takes a knock back."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.pace import ask_pace
from communities.activity.actions import record
from communities.members.guidelines import accept_version, has_accepted
from communities.members.invitations import give_back, use_invitation
from communities.members.models import Invitation, JoinQuestion, JoinRequest, Member, Standing
from communities.members.seats import Full, join_community, let_in_waiting, take_turn
from communities.spaces.models import Community

REST = dt.timedelta(days=7)  # after a no, before one may ask again
LONGEST_ANSWER = 2000
State = JoinRequest.State


class Shut(PermissionDenied):
    """Only whoever is invited, or pays, comes in here."""


@transaction.atomic
def knock(
    user: Any,
    community: Community,
    *,
    answers: Sequence[tuple[JoinQuestion, str]] = (),
    version: int | None = None,
    invitation: Invitation | None = None,
) -> Member | JoinRequest:
    """Lets somebody in, or leaves a request: for the team's word where the community wants one, for a place where it is full.

    An invitation of this community opens the door in whatever mode it is, but makes no place. Whoever is in stays as they
    are, whoever asked already keeps their request. version: of the guidelines that they agreed to; ValidationError by
    field ("agreed", "answer_12") where something is missing. Shut without the invitation that is needed; Gone where it
    opens nothing any more; TooMuch for who comes and goes without end (going is always free). Records guidelines.accepted, then
    member.joined, join.asked or join.queued.
    """
    take_turn(community.pk)
    member = Member.objects.filter(community=community, user=user).exclude(standing=Standing.LEFT).first()
    if member is not None:
        return member
    community.refresh_from_db(fields=["join_mode", "guidelines_version"])
    if invitation is None and community.join_mode in (Community.Join.INVITATION, Community.Join.PAID):
        raise Shut
    asks = invitation is None and community.join_mode == Community.Join.REQUEST
    written = _checked(community, answers) if asks else []
    ask_pace("door", f"{user.pk}:{community.pk}")
    if not has_accepted(user, community):
        accept_version(user, community, version=version)
    waiting = JoinRequest.objects.filter(community=community, user=user, state__in=JoinRequest.OPEN).first()
    if waiting is not None and (waiting.state == State.QUEUED or asks):
        return waiting
    if asks:
        _rested(user, community)
        return _leave_request(user, community, State.ASKED, answers=written)
    if invitation is not None:
        use_invitation(invitation, community)
    let_in_waiting(community)
    try:
        member = join_community(user, community, invitation=invitation)
    except Full:
        return _stand_in_line(user, community, waiting, invitation)
    if waiting is not None:  # they had asked; now a way in without asking has opened
        JoinRequest.objects.filter(pk=waiting.pk).update(state=State.APPROVED, decided_at=timezone.now())
    return member


def _checked(community: Community, answers: Sequence[tuple[JoinQuestion, str]]) -> list[list[str]]:
    """Every question that is asked now with its answer, in the words it was asked in."""
    given = {question.pk: text.strip()[:LONGEST_ANSWER] for question, text in answers}
    asked = list(JoinQuestion.objects.filter(community=community, retired=False))
    missing = {
        f"answer_{question.pk}": _("Please answer this one: the team decides by it.")
        for question in asked
        if question.required and not given.get(question.pk)
    }
    if missing:
        raise ValidationError(missing)
    return [[question.text, given.get(question.pk, "")] for question in asked]


def _rested(user: Any, community: Community) -> None:
    no = last_no(user, community)
    if no is not None and no.decided_at is not None and no.decided_at > timezone.now() - REST:
        raise ValidationError(_("The team said no a few days ago. You can ask again a week after that."))


def last_no(user: Any, community: Community) -> JoinRequest | None:
    """The newest request, where the team turned it down."""
    newest = JoinRequest.objects.filter(community=community, user=user).order_by("-created_at", "-pk").first()
    return newest if newest is not None and newest.state == State.DECLINED else None


def _leave_request(user: Any, community: Community, state: str, **fields: Any) -> JoinRequest:
    row = JoinRequest.objects.create(community=community, user=user, state=state, **fields)
    record("join.asked" if state == State.ASKED else "join.queued", community=community, actor=user, obj=row)
    return row


def _stand_in_line(
    user: Any, community: Community, waiting: JoinRequest | None, invitation: Invitation | None
) -> JoinRequest:
    """An invitation stays used while they wait: nobody else takes the place that it promises."""
    now = timezone.now()
    if waiting is None:
        return _leave_request(user, community, State.QUEUED, queued_at=now, invitation=invitation)
    waiting.state, waiting.queued_at, waiting.invitation = State.QUEUED, now, invitation
    waiting.save(update_fields=["state", "queued_at", "invitation"])
    record("join.queued", community=community, actor=user, obj=waiting)
    return waiting


@transaction.atomic
def withdraw_request(user: Any, *, request: JoinRequest) -> None:
    """Takes one's own request back; the use of an invitation goes back too. Records join.withdrawn.

    ValidationError where it is decided already.
    """
    if request.user_id != user.pk:
        raise PermissionDenied
    take_turn(request.community_id)
    mine = JoinRequest.objects.filter(pk=request.pk, state__in=JoinRequest.OPEN)
    if not mine.update(state=State.WITHDRAWN, decided_at=timezone.now()):
        raise ValidationError(_("It was decided a moment ago."))
    give_back(request.invitation_id)
    record("join.withdrawn", community=request.community_id, actor=user, obj=request)
