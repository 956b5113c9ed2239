"""What safety holds about a person: what they reported and muted, and what the team did about them and what they wrote."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from communities.members.models import Member
from communities.people.models import User
from communities.people.portable import (
    Leaver,
    Line,
    Section,
    forget_log,
    moment,
    register_eraser,
    register_section,
)
from communities.people.traveller import Traveller
from communities.safety.models import Act, Mute, Report
from communities.safety.reported_files import forget_files_of
from communities.safety.words import forget_words_of


def moderation_of(kind: str, ids: Iterable[int]) -> dict[int, list[Line]]:
    """By id, what the team did with these things and why; not who of them. For the sections of what people write."""
    found: dict[int, list[Line]] = defaultdict(list)
    for act in Act.objects.filter(kind=kind, object_id__in=list(ids)).order_by("pk"):
        found[act.object_id].append({"what": act.verb, "at": moment(act.at), "reason": act.reason})
    return found


def _about_you(user: User) -> QuerySet:
    seats = Member.objects.filter(user=user).values("pk")
    return Act.objects.filter(kind="member", object_id__in=seats).select_related("community")


def _acts(traveller: Traveller, rows: Sequence[Act]) -> list[Line]:
    return [
        {"what": row.verb, "at": moment(row.at), "community": traveller.place(row.community), "reason": row.reason}
        for row in rows
    ]


def _reports(traveller: Traveller, rows: Sequence[Report]) -> list[Line]:
    about = traveller.things((row.community, row.kind, row.object_id) for row in rows)
    return [
        {
            "community": traveller.place(row.community),
            "thing": about.get((row.kind, row.object_id)) or f"{row.kind} {row.object_id}",
            "reason": row.reason,
            "note": row.note,
            "state": row.state,
            "outcome": row.outcome,
            "at": moment(row.created_at),
        }
        for row in rows
    ]


def _mutes(_traveller: Traveller, rows: Sequence[Mute]) -> list[Line]:
    people = User.objects.in_bulk([row.object_id for row in rows if row.kind == "user"])
    return [
        {
            "thing": f"@{people[row.object_id].handle}"
            if row.kind == "user" and row.object_id in people
            else f"{row.kind} {row.object_id}",
            "at": moment(row.at),
        }
        for row in rows
    ]


def erase_words(leaver: Leaver) -> bool:
    """What they reported stays reported, without their words; what the team did stays, by whom it was done. Erased: no report keeps
    what they wrote or sent either."""
    if leaver.erase:
        forget_words_of(leaver.user)
        forget_files_of(leaver.user)
    mine = Report.objects.filter(reporter=leaver.user)
    forget_log(Report, mine.values_list("pk", flat=True))
    mine.update(note="", outcome="")
    Mute.objects.filter(user=leaver.user).delete()
    return False


register_section(
    Section(
        "reports",
        _("What you reported"),
        ("safety.Report",),
        lambda user: Report.objects.filter(reporter=user).select_related("community"),
        _reports,
        60,
    )
)
register_section(Section("acts", _("What the team did about you"), ("safety.Act",), _about_you, _acts, 61))
register_section(
    Section("mutes", _("What you muted"), ("safety.Mute",), lambda user: Mute.objects.filter(user=user), _mutes, 72)
)
register_eraser("words of reports", erase_words, order=50)
