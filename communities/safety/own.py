"""Reads for somebody's own pages: their reports with what came of them, their suspensions, and what they muted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.http import Http404
from django.utils.translation import gettext as _

from communities.access.things import Thing, things
from communities.access.viewer import viewer_for
from communities.members.models import Member, Standing
from communities.safety.models import Act, Mute, Report
from communities.safety.subjects import subject

PAGE = 50


@dataclass(slots=True)
class Told:
    """A report of one's own. thing: what it was about, where one still sees it."""

    report: Report
    name: str
    thing: Thing | None = None


def reports_of(user: Any, before: str) -> tuple[list[Told], int | None]:
    """Newest first, a page; and where the next one goes on. A query for each community and kind on the page."""
    rows = Report.objects.filter(reporter_id=user.pk).select_related("community")
    if before:
        if not before.isdecimal() or len(before) > 18:
            raise Http404
        rows = rows.filter(pk__lt=int(before))
    page = list(rows.order_by("-pk")[: PAGE + 1])
    told = [Told(one, str(known.name) if (known := subject(one.kind)) else one.kind) for one in page[:PAGE]]
    for place in {one.report.community for one in told}:
        viewer = viewer_for(user, place)
        mine = [one for one in told if one.report.community_id == place.pk]
        for kind in {one.report.kind for one in mine}:
            found = things(kind, [one.report.object_id for one in mine if one.report.kind == kind], viewer)
            for one in mine:
                if one.report.kind == kind:
                    one.thing = found.get(one.report.object_id)
    return told, page[PAGE - 1].pk if len(page) > PAGE else None


@dataclass(frozen=True, slots=True)
class Suspension:
    """seat: of whoever is suspended, with its community. why: the team's words."""

    seat: Member
    why: str


def suspensions_of(user: Any) -> list[Suspension]:
    """Those that run now, in every community."""
    seats = Member.objects.filter(user_id=user.pk, standing=Standing.SUSPENDED).select_related("community")
    return [Suspension(seat, why_suspended(seat)) for seat in seats if seat.is_suspended]


def why_suspended(seat: Member) -> str:
    acts = Act.objects.filter(kind="member", object_id=seat.pk, verb=Act.Verb.SUSPEND)
    return acts.order_by("-pk").values_list("reason", flat=True).first() or ""


def why_muted(seat: Member) -> str:
    acts = Act.objects.filter(kind="member", object_id=seat.pk, verb=Act.Verb.MUTE)
    return acts.order_by("-pk").values_list("reason", flat=True).first() or ""


# kind of a mute -> (ids, whose mutes they are) -> what each is called and where it is; for what is no person.
Namer = Callable[[set[int], Any], dict[int, tuple[str, str]]]
_namers: dict[str, Namer] = {}


def register_muted(kind: str, namer: Namer) -> None:
    """A kind that can be muted says how one's own list names it."""
    _namers[kind] = namer


@dataclass(slots=True)
class Muted:
    mute: Mute
    name: str
    url: str = ""
    person: Any = None


def mutes_of(user: Any) -> list[Muted]:
    rows = list(Mute.objects.filter(user_id=user.pk).order_by("-pk"))
    people = get_user_model().objects.in_bulk([row.object_id for row in rows if row.kind == "user"])
    names: dict[tuple[str, int], tuple[str, str]] = {}
    for kind, namer in _namers.items():
        ids = {row.object_id for row in rows if row.kind == kind}
        names |= {(kind, pk): named for pk, named in (namer(ids, user) if ids else {}).items()}
    found = []
    for row in rows:
        person = people.get(row.object_id) if row.kind == "user" else None
        name, url = names.get((row.kind, row.object_id), (_("A conversation"), ""))
        found.append(Muted(row, str(person) if person else name, url, person))
    return found
