"""What was reported, as it said it then: kept beside the report, so that taking it away is no way out, and gone when that is over.

Only whoever answers reports reads it (`cases.py`). It is in nobody's export: to the reporter they are another's words, and its author
would learn from it that somebody reported them.
"""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from communities.access.rules import has
from communities.access.viewer import Viewer
from communities.people.models import User
from communities.safety.models import Report
from communities.safety.subjects import Subject, subjects

KEPT = dt.timedelta(days=90)  # after the answer


def words_to_keep(known: Subject, row: Any) -> str:
    """What it says now; "" where a report that waits keeps the same already."""
    words = known.text(row)
    waiting = Report.objects.filter(kind=known.kind, object_id=row.pk, state=Report.State.OPEN)
    return "" if waiting.filter(words=words).exists() else words


def words_for(viewer: Viewer, report: Report) -> str:
    """Of one report, for whoever may answer it."""
    return report.words if has(viewer, "moderate") and report.community_id == viewer.community_id else ""


def kept_reports() -> QuerySet[Report]:
    """Those that still keep what they are about: they wait, or were answered less than a quarter ago."""
    return Report.objects.filter(Q(state=Report.State.OPEN) | Q(decided_at__gt=timezone.now() - KEPT))


def forget_words() -> int:
    """Those of reports that were answered a quarter ago. Returns how many."""
    kept = kept_reports().values("pk")
    return Report.objects.exclude(pk__in=kept).exclude(words="").update(words="")


def forget_words_of(user: User) -> None:
    """All that this person wrote."""
    for known in subjects():
        whose = "author" if any(field.name == "author" for field in known.model._meta.fields) else "user"
        mine = known.model._default_manager.filter(**{whose: user}).order_by().values("pk")
        Report.objects.filter(kind=known.kind, object_id__in=mine).exclude(words="").update(words="")
