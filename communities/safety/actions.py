"""Acts of the team, each with a reason and an inverse: hide and restore, suspend and reinstate, mute and unmute, warn and unsay."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.models import State
from communities.access.rules import has, require
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.members.actions import set_muted, set_standing
from communities.members.models import Member, Role, Standing
from communities.safety.models import Act, Report
from communities.safety.subjects import subject
from communities.ui import pagecache


@transaction.atomic
def hide(viewer: Viewer, *, obj: Any, reason: str) -> Act:
    """Takes a published row of a registered kind out of everybody's sight but the team's and its author's. Records safety.hidden."""
    require(viewer, "moderate", obj)
    move(obj, State.PUBLISHED, State.HIDDEN, _("Only what is published can be hidden."))
    return _act(viewer, Act.Verb.HIDE, obj, obj.KIND, reason, {"state": State.PUBLISHED}, {"state": State.HIDDEN})


@transaction.atomic
def restore(viewer: Viewer, *, obj: Any, reason: str) -> Act:
    """Takes the hiding back: the thing stands where it stood, with the audience it had. Records safety.restored."""
    require(viewer, "moderate", obj)
    move(obj, State.HIDDEN, State.PUBLISHED, _("Only what is hidden can be restored."))
    states = {"state": State.HIDDEN}, {"state": State.PUBLISHED}
    return _act(
        viewer, Act.Verb.RESTORE, obj, obj.KIND, reason, *states, undoes=_open_act(obj.KIND, obj.pk, Act.Verb.HIDE)
    )


@transaction.atomic
def confirm_hidden(viewer: Viewer, *, obj: Any, reason: str) -> Act:
    """The team stands by what reports hid by themselves. Records safety.hidden."""
    require(viewer, "moderate", obj)
    if obj.state != State.HIDDEN:
        raise ValidationError(_("Only what is hidden already can stay so."))
    states = {"state": State.HIDDEN}, {"state": State.HIDDEN}
    return _act(viewer, Act.Verb.HIDE, obj, obj.KIND, reason, *states)


@transaction.atomic
def dismiss(viewer: Viewer, *, obj: Any, reason: str) -> Act:
    """Reports on it are answered: it is fine. It is not hidden by itself again. Records safety.dismissed."""
    require(viewer, "moderate")
    reports = {"reports": Report.State.OPEN}, {"reports": Report.State.DISMISSED}
    kind = getattr(obj, "KIND", obj._meta.model_name)
    return _act(viewer, Act.Verb.DISMISS, obj, kind, reason, *reports)


def move(obj: Any, before: str, after: str, refusal: str) -> None:
    """From one state to the other, once, whoever else tries at the same moment; then what hangs on it follows."""
    if not type(obj)._default_manager.filter(pk=obj.pk, state=before).update(state=after):
        raise ValidationError(refusal)
    obj.state = after
    known = subject(obj.KIND)
    if known is not None:
        known.changed(obj)
    pagecache.bump(obj.community.slug)


@transaction.atomic
def suspend_member(viewer: Viewer, *, member: Member, reason: str, until: dt.datetime | None = None) -> Act:
    """The member reads as a visitor and writes nothing, until the date or for good; what they wrote stays. Records safety.suspended."""
    _may_act_on(viewer, member)
    if until is not None and until <= timezone.now():
        raise ValidationError({"until": _("That moment has passed.")})
    if member.standing == Standing.LEFT:
        raise ValidationError(_("This person has left the community."))
    before = {"standing": member.standing, "until": _iso(member.suspended_until)}
    set_standing(member, Standing.SUSPENDED, until)
    after = {"standing": Standing.SUSPENDED, "until": _iso(until)}
    return _act(viewer, Act.Verb.SUSPEND, member, "member", reason, before, after)


@transaction.atomic
def reinstate_member(viewer: Viewer, *, member: Member, reason: str) -> Act:
    """Ends a suspension. Records safety.reinstated."""
    _may_act_on(viewer, member)
    if member.standing != Standing.SUSPENDED:
        raise ValidationError(_("This member is not suspended."))
    before = {"standing": Standing.SUSPENDED, "until": _iso(member.suspended_until)}
    set_standing(member, Standing.MEMBER)
    after = {"standing": Standing.MEMBER, "until": None}
    undoes = _open_act("member", member.pk, Act.Verb.SUSPEND)
    return _act(viewer, Act.Verb.REINSTATE, member, "member", reason, before, after, undoes=undoes)


@transaction.atomic
def mute_member(viewer: Viewer, *, member: Member, reason: str, until: dt.datetime) -> Act:
    """The member reads rooms and reacts and writes in none until then; everything else stays open. Once more sets another
    moment. Records safety.muted."""
    _may_act_on(viewer, member)
    if until <= timezone.now():
        raise ValidationError({"until": _("That moment has passed.")})
    if member.standing == Standing.LEFT:
        raise ValidationError(_("This person has left the community."))
    before = {"until": _iso(member.muted_until)}
    set_muted(member, until)
    return _act(viewer, Act.Verb.MUTE, member, "member", reason, before, {"until": _iso(until)})


@transaction.atomic
def unmute_member(viewer: Viewer, *, member: Member, reason: str) -> Act:
    """They write in rooms again at once. Records safety.unmuted."""
    _may_act_on(viewer, member)
    if not member.is_muted:
        raise ValidationError(_("This member is not muted."))
    before = {"until": _iso(member.muted_until)}
    set_muted(member, None)
    undoes = _open_act("member", member.pk, Act.Verb.MUTE)
    return _act(viewer, Act.Verb.UNMUTE, member, "member", reason, before, {"until": None}, undoes=undoes)


@transaction.atomic
def warn_member(viewer: Viewer, *, member: Member, words: str, about: Any = None) -> Act:
    """Tells a member what to leave be; they read the words, and they stay in the log. about: the row it is about. Records safety.warned."""
    _may_act_on(viewer, member)
    if member.standing == Standing.LEFT:
        raise ValidationError(_("This person has left the community."))
    before = warnings_of(member).count()
    after: dict[str, Any] = {"warnings": before + 1}
    if about is not None and not isinstance(about, Member):
        after["about"] = f"{about.KIND} {about.pk}"
    return _act(viewer, Act.Verb.WARN, member, "member", words, {"warnings": before}, after)


def take_warning_back(viewer: Viewer, *, warning: Act, reason: str) -> Act:
    """It counts no longer; whoever was warned reads that, and why. Records safety.unwarned. ValidationError where it was done."""
    try:
        return _unwarned(viewer, warning, reason)
    except IntegrityError:  # somebody else on the team, at the same moment
        raise ValidationError(_("This warning was taken back already.")) from None


@transaction.atomic
def _unwarned(viewer: Viewer, warning: Act, reason: str) -> Act:
    member = Member.objects.filter(pk=warning.object_id).first()
    if warning.verb != Act.Verb.WARN or member is None:
        raise Http404
    _may_act_on(viewer, member)
    if Act.objects.filter(undoes=warning).exists():
        raise ValidationError(_("This warning was taken back already."))
    before = warnings_of(member).count()
    counts = {"warnings": before}, {"warnings": before - 1}
    return _act(viewer, Act.Verb.UNWARN, member, "member", reason, *counts, undoes=warning)


def warnings_of(member: Member) -> models.QuerySet[Act]:
    """Those that stand, the newest first."""
    said = Act.objects.filter(kind="member", object_id=member.pk, verb=Act.Verb.WARN, undone_by__isnull=True)
    return said.order_by("-pk")


def _may_act_on(viewer: Viewer, member: Member) -> None:
    """Moderators act on members; on the team only who manages the community, and nobody on themselves or its owners."""
    require(viewer, "moderate")
    if member.community_id != viewer.community_id or member.user_id == viewer.user_id or member.role == Role.OWNER:
        raise PermissionDenied
    if member.role != Role.MEMBER and not has(viewer, "manage"):
        raise PermissionDenied


def _open_act(kind: str, object_id: int, verb: str) -> Act | None:
    """The latest such act on this thing that nothing has taken back yet."""
    acts = Act.objects.filter(kind=kind, object_id=object_id, undone_by__isnull=True, undoes__isnull=True)
    return acts.filter(verb=verb).order_by("-pk").first()


def _act(
    viewer: Viewer,
    verb: str,
    obj: Any,
    kind: str,
    reason: str,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    undoes: Act | None = None,
) -> Act:
    if not reason.strip():
        raise ValidationError({"reason": _("A reason is needed: it stays in the log.")})
    assert viewer.user_id is not None  # whoever may act is signed in
    row: models.Model = obj
    act = Act.objects.create(
        community_id=obj.community_id,
        actor_id=viewer.user_id,
        verb=verb,
        kind=kind,
        object_id=row.pk,
        reason=reason.strip()[:500],
        before=before,
        after=after,
        undoes=undoes,
    )
    record(f"safety.{verb}", community=obj.community_id, actor=viewer.user_id, kind=kind, object_id=row.pk)
    return act


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
