"""What the team looks at: one line for each thing that was reported, with all its reports, and what there is to know about its author."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Min

from communities.access.things import Thing, things
from communities.access.viewer import Viewer
from communities.files.models import File
from communities.members.models import Member
from communities.safety.models import Act, Report
from communities.safety.subjects import Subject, author_id_of, subject

MOST = 50
MOST_ACTS = 20
ON_PEOPLE = (Act.Verb.WARN, Act.Verb.MUTE, Act.Verb.SUSPEND)


@dataclass(slots=True)
class Case:
    """row: the thing itself, None where it is gone from the database. thing: how the team sees it, None where nobody does any
    more. seat: its author's membership. before: how often the author was warned or suspended here. by_itself: reports hid it."""

    kind: str
    object_id: int
    subject: Subject
    reports: list[Report] = field(default_factory=list)
    row: Any = None
    thing: Thing | None = None
    seat: Member | None = None
    before: int = 0
    by_itself: bool = False

    @property
    def since(self) -> Any:
        return self.reports[0].created_at

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """What people say is wrong, each with how many say so, the most frequent first."""
        counts: dict[str, int] = {}
        for report in self.reports:
            counts[report.get_reason_display()] = counts.get(report.get_reason_display(), 0) + 1
        return sorted(counts.items(), key=lambda pair: -pair[1])


def open_cases(viewer: Viewer) -> tuple[list[Case], bool]:
    """The things with open reports in the viewer's community, the one that waits longest first, and whether there are more."""
    open_ = Report.objects.filter(community_id=viewer.community_id or 0, state=Report.State.OPEN)
    groups = open_.values("kind", "object_id").annotate(first=Min("created_at"), many=Count("pk")).order_by("first")
    found = list(groups[: MOST + 1])
    keys = [(group["kind"], group["object_id"]) for group in found[:MOST]]
    rows = open_.filter(kind__in={kind for kind, _pk in keys}, object_id__in={pk for _kind, pk in keys})
    return _cases(viewer, keys, rows), len(found) > MOST


def case_of(viewer: Viewer, kind: str, object_id: int) -> Case | None:
    """One thing with every report on it, answered ones too; None where nobody in this community reported it."""
    rows = Report.objects.filter(community_id=viewer.community_id or 0, kind=kind, object_id=object_id)
    cases = _cases(viewer, [(kind, object_id)], rows)
    return cases[0] if cases and cases[0].reports else None


def _cases(viewer: Viewer, keys: list[tuple[str, int]], reports: Any) -> list[Case]:
    """A fixed number of queries a kind, however many things there are."""
    cases = {key: Case(*key, subject=known) for key in keys if (known := subject(key[0])) is not None}
    for report in reports.select_related("reporter", "decided_by").order_by("created_at", "pk"):
        if (case := cases.get((report.kind, report.object_id))) is not None:
            case.reports.append(report)
    for kind in {kind for kind, _pk in cases}:
        ids = [pk for one, pk in cases if one == kind]
        shown, rows = things(kind, ids, viewer), cases[kind, ids[0]].subject.model._default_manager.in_bulk(ids)
        for pk in ids:
            cases[kind, pk].thing, cases[kind, pk].row = shown.get(pk), rows.get(pk)
    _authors(viewer, cases.values())
    return list(cases.values())


def _authors(viewer: Viewer, cases: Iterable[Case]) -> None:
    told = [case for case in cases if case.row is not None]
    people = {author_id_of(case.row) for case in told}
    seats = Member.objects.filter(community_id=viewer.community_id or 0, user_id__in=people).select_related("user")
    by_user = {seat.user_id: seat for seat in seats}
    on_people = Act.objects.filter(kind="member", object_id__in=[seat.pk for seat in seats], verb__in=ON_PEOPLE)
    on_people = on_people.exclude(verb=Act.Verb.WARN, undone_by__isnull=False)
    counts = dict(on_people.order_by().values_list("object_id").annotate(Count("pk")))
    hidden = Act.objects.filter(kind__in={case.kind for case in told}, object_id__in=[case.object_id for case in told])
    last = {(act.kind, act.object_id): act for act in hidden.order_by("pk")}
    for case in told:
        case.seat = by_user.get(author_id_of(case.row))
        case.before = counts.get(case.seat.pk, 0) if case.seat else 0
        act = last.get((case.kind, case.object_id))
        case.by_itself = getattr(case.row, "state", "") == "hidden" and act is not None and act.actor_id is None


def history_of(case: Case) -> list[Act]:
    """What the team has done about this thing and about its author here, newest first."""
    acts = Act.objects.filter(kind=case.kind, object_id=case.object_id)
    if case.seat is not None:
        acts |= Act.objects.filter(kind="member", object_id=case.seat.pk)
    return list(acts.select_related("actor").order_by("-pk")[:MOST_ACTS])


def kept_of(case: Case) -> list[str]:
    """What it said when it was reported, where it says something else now; each of that once."""
    now = text_of(case)
    return [words for words in dict.fromkeys(report.words for report in case.reports) if words and words != now]


def files_of(case: Case) -> Sequence[File]:
    """What was sent along with it; it opens for whoever answers."""
    return case.subject.files(case.row) if case.row is not None and case.thing is not None else ()


def text_of(case: Case) -> str:
    """All that it says, as it stands now; nothing of what its author took away."""
    return case.subject.text(case.row) if case.row is not None and case.thing is not None else ""
