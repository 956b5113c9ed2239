"""Files of what was reported: whoever takes them away takes them from everybody but those who answer the report, and not for ever."""

from collections.abc import Collection, Iterable

from django.db.models import Case, QuerySet, Value, When

from communities.access.rules import Sight, has
from communities.access.viewer import Viewer
from communities.files.actions import delete_file
from communities.files.models import REPORTED, File
from communities.files.parents import Parent
from communities.people.models import User
from communities.safety.models import Report
from communities.safety.words import kept_reports


def let_go(kind: str, object_id: int, files: Iterable[File]) -> None:
    """What hung on this thing is deleted; where it was reported it hangs on the report until that forgets its words too."""
    waiting_first = Case(When(state=Report.State.OPEN, then=Value(0)), default=Value(1))
    reports = kept_reports().filter(kind=kind, object_id=object_id).order_by(waiting_first, "-decided_at", "pk")
    report = reports.values_list("pk", flat=True).first()
    if report is not None:
        held = File.objects.filter(pk__in=[row.pk for row in files])
        held.update(parent_kind=REPORTED, parent_id=report)
        return
    for row in files:
        delete_file(row)


def taken_away(reports: Collection[Report]) -> QuerySet[File]:
    """What hung on the thing when it was reported and does no longer. The caller has asked who looks."""
    kept = kept_reports().filter(pk__in=[one.pk for one in reports]).values("pk")
    return File.objects.filter(parent_kind=REPORTED, parent_id__in=kept).order_by("pk")


def sight_of_reported(report_id: int, viewer: Viewer) -> Sight:
    """For whoever answers reports in that community; to nobody else is it there."""
    if not has(viewer, "moderate"):
        return Sight.NONE
    known = kept_reports().filter(pk=report_id, community_id=viewer.community_id or 0)
    return Sight.READABLE if known.exists() else Sight.NONE


def forget_files_of(user: User) -> None:
    """All that this person handed in."""
    for row in File.objects.filter(parent_kind=REPORTED, uploader=user):
        delete_file(row)


# The sweeper takes them with the words; no list of the admin shows them.
PARENT = Parent(REPORTED, lambda: kept_reports().values("pk"), lambda: Report.objects.none().values("pk"))
