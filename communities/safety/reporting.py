"""Saying that something is wrong: a report is filed once, weighed by who files it, and three that weigh hide a thing by themselves."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Max, Q, Sum
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from communities.access.models import State
from communities.access.things import Thing, thing
from communities.access.viewer import Viewer, viewer_for
from communities.activity.actions import record
from communities.members.newcomers import here_since
from communities.safety.actions import move
from communities.safety.limits import NEW_DAYS, REPORTS, is_new
from communities.safety.models import Act, Report
from communities.safety.pace import keep_pace
from communities.safety.subjects import Subject, author_id_of, row_of, subject
from communities.safety.words import words_to_keep

HEAVY = 3  # reports that weigh, until a thing goes out of sight by itself
JUDGED = 2  # dismissed reports of somebody, from which on they may weigh against their word
BY_ITSELF = gettext_noop("Several people reported it. It is out of sight until the team has looked.")


def reported(viewer: Viewer, kind: str, object_id: int) -> tuple[Subject, Thing]:
    """What may be reported: anything registered that this viewer may open. Http404, or PermissionDenied where they know of it only."""
    known = subject(kind)
    found = thing(kind, object_id, viewer) if known is not None and object_id < 2**63 else None
    if known is None or found is None or found.community_id != viewer.community_id:
        raise Http404
    if not found.readable:
        raise PermissionDenied
    return known, found


def open_report(viewer: Viewer, kind: str, object_id: int) -> Report | None:
    """The report that this person has filed on it and that nobody has answered yet."""
    mine = Report.objects.filter(reporter_id=viewer.user_id, kind=kind, object_id=object_id)
    return mine.filter(state=Report.State.OPEN).first()


@transaction.atomic
def file_report(viewer: Viewer, *, kind: str, object_id: int, reason: str, note: str = "") -> Report:
    """The report, or the one that this person has open on it already. note: the reporter's own words, for the team alone. What the
    thing says now is kept with it.

    Records report.filed, and safety.hidden where it is the third that weighs.
    """
    known, found = reported(viewer, kind, object_id)
    if viewer.user_id is None or viewer.standing == "suspended":
        raise PermissionDenied
    if found.author_id == viewer.user_id:
        raise ValidationError(_("This is your own. You can change it or take it away yourself."))
    if reason not in Report.Reason.values:
        raise ValidationError({"reason": _("Choose what fits best.")})
    _take_turn(known, object_id)
    row = row_of(kind, object_id)
    already = open_report(viewer, kind, object_id)
    if already is not None:
        return already
    says = _("You reported a lot today. The team looks at all of it; you can go on %(soon)s.")
    keep_pace("report", viewer.user_id, most=REPORTS[0], seconds=REPORTS[1], says=says)
    report = Report(
        community_id=row.community_id,
        kind=kind,
        object_id=object_id,
        reporter_id=viewer.user_id,
        reason=reason,
        note=note.strip()[:500],
        words=words_to_keep(known, row),
        weight=weight_of(viewer),
    )
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:
        return Report.objects.get(reporter_id=viewer.user_id, kind=kind, object_id=object_id, state=Report.State.OPEN)
    record("report.filed", community=report.community_id, actor=viewer.user_id, obj=report)
    if known.hides and report.weight:
        _hide_by_itself(row)
    return report


def weight_of(viewer: Viewer) -> int:
    """1 for a member in good standing who is known here and whose reports were not mostly wrong; 0 for everybody else."""
    if viewer.user_id is None or viewer.community_id is None or is_new(viewer):
        return 0
    if not here_since(viewer.user_id, viewer.community_id, days=NEW_DAYS):
        return 0
    past = Report.objects.filter(reporter_id=viewer.user_id).aggregate(
        upheld=Count("pk", filter=Q(state=Report.State.UPHELD)),
        dismissed=Count("pk", filter=Q(state=Report.State.DISMISSED)),
    )
    return 0 if past["dismissed"] >= JUDGED and past["dismissed"] > past["upheld"] else 1


def _take_turn(known: Subject, object_id: int) -> None:
    """Reports on one thing stand in line, on either database, so that the third sees the two before it."""
    known.model._default_manager.filter(pk=object_id).update(community=F("community"))


def _hide_by_itself(row: Any) -> None:
    """Not what the team wrote, and not what the team has looked at and found to be fine, until its author changes it."""
    of_it = {"kind": row.KIND, "object_id": row.pk}
    fine = Act.objects.filter(**of_it, verb__in=[Act.Verb.DISMISS, Act.Verb.RESTORE])
    judged = fine.aggregate(last=Max("at"))["last"]
    open_ones = Report.objects.filter(**of_it, state=Report.State.OPEN)
    if judged is not None:
        if row.edited_at is None or row.edited_at <= judged:
            return
        open_ones = open_ones.filter(created_at__gt=judged)
    heavy = open_ones.aggregate(sum=Sum("weight"))["sum"] or 0
    if heavy < HEAVY or row.state != State.PUBLISHED or _is_the_teams(row):
        return
    move(row, State.PUBLISHED, State.HIDDEN, "")
    Act.objects.create(
        community_id=row.community_id,
        verb=Act.Verb.HIDE,
        reason=BY_ITSELF,
        before={"state": State.PUBLISHED},
        after={"state": State.HIDDEN, "reports": heavy},
        **of_it,
    )
    record("safety.hidden", community=row.community_id, **of_it)


def _is_the_teams(row: Any) -> bool:
    author = get_user_model().objects.get(pk=author_id_of(row))
    return viewer_for(author, row.community).speaks_for_team
