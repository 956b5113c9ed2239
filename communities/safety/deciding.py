"""The team's answer to what was reported: one decision for a thing with all its reports, made once, told to whoever reported it."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.access.models import State
from communities.access.rules import require
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.members.models import Member
from communities.safety.actions import (
    confirm_hidden,
    dismiss,
    hide,
    mute_member,
    restore,
    suspend_member,
    warn_member,
)
from communities.safety.models import Act, Report
from communities.safety.subjects import author_id_of, row_of

HIDE, WARN, MUTE, SUSPEND, FINE = "hide", "warn", "mute", "suspend", "fine"
DECISIONS = (HIDE, WARN, MUTE, SUSPEND, FINE)
# What reporters read where the team adds no words of its own; what was done to a person stays between the team and them.
ANSWERS = {
    HIDE: gettext_lazy("The team took it out of sight. Thank you for saying so."),
    WARN: gettext_lazy("The team talked to whoever wrote it. Thank you for saying so."),
    MUTE: gettext_lazy("The team has acted on it. Thank you for saying so."),
    SUSPEND: gettext_lazy("The team has acted on it. Thank you for saying so."),
}


class AlreadyDecided(ValidationError):
    """Somebody else on the team was first; nothing happened twice."""


@transaction.atomic
def decide(
    viewer: Viewer,
    *,
    kind: str,
    object_id: int,
    decision: str,
    reason: str,
    until: dt.datetime | None = None,
    answer: str = "",
    also_hide: bool = False,
) -> None:
    """Answers every open report on a thing. reason: what the person concerned reads; where all is fine, what reporters read.

    answer: words for the reporters in place of the usual ones. Records the act, and report.decided once a report.
    """
    require(viewer, "moderate")
    row = row_of(kind, object_id)
    if row is None or row.community_id != viewer.community_id or decision not in DECISIONS:
        raise Http404
    if author_id_of(row) == viewer.user_id:
        raise PermissionDenied(_("This is about you. Somebody else decides."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say in a sentence why.")})
    told = reason if decision == FINE else answer.strip() or str(ANSWERS[decision])
    reports = _claim(viewer, kind, object_id, decision, told.strip())
    _act(viewer, row, decision, reason, until, also_hide=also_hide)
    for report in reports:
        record(
            "report.decided",
            community=viewer.community_id,
            actor=viewer.user_id,
            obj=report,
            key=f"report.decided:{report.pk}",
        )


@transaction.atomic
def act_on_the_spot(
    viewer: Viewer, *, row: Any, decision: str, reason: str, until: dt.datetime | None = None, also_hide: bool = False
) -> None:
    """What the team does about a thing where it stands, nobody having reported it; where somebody has, those are answered by it."""
    require(viewer, "moderate")
    waiting = Report.objects.filter(kind=row.KIND, object_id=row.pk, state=Report.State.OPEN)
    if waiting.filter(community_id=viewer.community_id or 0).exists():
        decide(
            viewer, kind=row.KIND, object_id=row.pk, decision=decision, reason=reason, until=until, also_hide=also_hide
        )
        return
    if row.community_id != viewer.community_id:
        raise Http404
    if author_id_of(row) == viewer.user_id:
        raise PermissionDenied(_("This is about you. Somebody else decides."))
    _act(viewer, row, decision, reason, until, also_hide=also_hide)


def _claim(viewer: Viewer, kind: str, object_id: int, decision: str, told: str) -> list[Report]:
    """Whoever changes the open reports first decides; the other finds none and is told who was quicker."""
    of_it = Report.objects.filter(community_id=viewer.community_id or 0, kind=kind, object_id=object_id)
    state = Report.State.DISMISSED if decision == FINE else Report.State.UPHELD
    now = timezone.now()
    mine = {"state": state, "decided_by_id": viewer.user_id, "decided_at": now, "outcome": told[:500]}
    if of_it.filter(state=Report.State.OPEN).update(**mine):
        return list(of_it.filter(decided_by_id=viewer.user_id, decided_at=now))
    last = of_it.exclude(state=Report.State.OPEN).select_related("decided_by").order_by("-decided_at").first()
    if last is None:
        raise Http404
    who = last.decided_by or _("Somebody else on the team")
    raise AlreadyDecided(
        _("%(who)s was quicker: %(what)s. Nothing happened twice.") % {"who": who, "what": last.get_state_display()}
    )


def _act(viewer: Viewer, row: Any, decision: str, reason: str, until: Any, *, also_hide: bool) -> None:
    hides = hasattr(row, "state") and row.state in (State.PUBLISHED, State.HIDDEN)
    if decision == FINE:
        if hides and hidden_by_itself(row):
            restore(viewer, obj=row, reason=reason)
        dismiss(viewer, obj=row, reason=reason)
        return
    if decision == HIDE and not hides:
        raise ValidationError(_("There is nothing left to hide: it is gone already."))
    if decision == HIDE or (also_hide and hides):
        if row.state == State.PUBLISHED:
            hide(viewer, obj=row, reason=reason)
        else:
            confirm_hidden(viewer, obj=row, reason=reason)
    if decision in (WARN, MUTE, SUSPEND):
        seat = seat_of(row)
        if seat is None:
            raise ValidationError(_("Whoever wrote this has never been a member here."))
        if decision == WARN:
            warn_member(viewer, member=seat, words=reason, about=row)
        elif decision == SUSPEND:
            suspend_member(viewer, member=seat, reason=reason, until=until)
        elif until is None:
            raise ValidationError({"until": _("Say until when.")})
        else:
            mute_member(viewer, member=seat, reason=reason, until=until)


def seat_of(row: Any) -> Member | None:
    """The membership of whoever a thing is of."""
    if isinstance(row, Member):
        return row
    return Member.objects.filter(community_id=row.community_id, user_id=author_id_of(row)).first()


def hidden_by_itself(row: Any) -> bool:
    """Out of sight because of reports, and nobody of the team has said anything about it yet."""
    if getattr(row, "state", "") != State.HIDDEN:
        return False
    last = Act.objects.filter(kind=kind_of(row), object_id=row.pk).order_by("-pk").first()
    return last is not None and last.verb == Act.Verb.HIDE and last.actor_id is None


def kind_of(row: Any) -> str:
    return getattr(row, "KIND", row._meta.model_name)
