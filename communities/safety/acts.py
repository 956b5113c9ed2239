"""The log of the team's acts as pages show it: with what each is about, whether it still holds, and how it is taken back."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _

from communities.access.models import State
from communities.access.things import Thing, things
from communities.access.viewer import Viewer
from communities.members.models import Member
from communities.safety.actions import reinstate_member, restore, take_warning_back, unmute_member
from communities.safety.models import Act
from communities.safety.subjects import row_of, subject, subjects

PAGE = 50


@dataclass(slots=True)
class Line:
    """thing: what it is about as this viewer sees it; member: whom, where it is about a person. holds: it can be taken back."""

    act: Act
    name: str = ""
    thing: Thing | None = None
    member: Member | None = None
    holds: bool = False


def page_of(viewer: Viewer, before: str) -> tuple[list[Line], int | None]:
    """One page of a community's log, newest first, and where the next one goes on (None at the end)."""
    rows = Act.objects.filter(community_id=viewer.community_id or 0).select_related("actor", "undone_by")
    return _page(rows, before, viewer)


def line_of(viewer: Viewer, act_id: int) -> Line | None:
    """An act of this community that still holds; None for any other."""
    rows = Act.objects.filter(community_id=viewer.community_id or 0, pk=act_id).select_related("actor", "undone_by")
    lines = _lines(viewer, rows)
    return lines[0] if lines and lines[0].holds else None


def take_back(viewer: Viewer, act: Act, *, reason: str) -> Act:
    """The inverse of an act, by its own action; ValidationError where somebody did it already."""
    if act.verb == Act.Verb.SUSPEND:
        return reinstate_member(viewer, member=Member.objects.get(pk=act.object_id), reason=reason)
    if act.verb == Act.Verb.MUTE:
        return unmute_member(viewer, member=Member.objects.get(pk=act.object_id), reason=reason)
    if act.verb == Act.Verb.WARN:
        return take_warning_back(viewer, warning=act, reason=reason)
    row = row_of(act.kind, act.object_id)
    if row is None:
        raise ValidationError(_("It is gone."))
    return restore(viewer, obj=row, reason=reason)


def concerning(user_id: int, before: str) -> tuple[list[Act], int | None]:
    """What teams did about this person and what they wrote, in every community, newest first; for their own eyes."""
    seats = Member.objects.filter(user_id=user_id).values("pk")
    rows = Act.objects.filter(kind="member", object_id__in=seats).exclude(verb=Act.Verb.DISMISS)
    for known in subjects():
        if known.hides:
            mine = known.model._default_manager.filter(author_id=user_id).values("pk")
            rows |= Act.objects.filter(kind=known.kind, object_id__in=mine, verb__in=[Act.Verb.HIDE, Act.Verb.RESTORE])
    page, after = _cut(rows.select_related("community", "undone_by"), before)
    return page, after


def _page(rows: object, before: str, viewer: Viewer) -> tuple[list[Line], int | None]:
    page, after = _cut(rows, before)
    return _lines(viewer, page), after


def _cut(rows: object, before: str) -> tuple[list[Act], int | None]:
    if before:
        if not before.isdecimal() or len(before) > 18:
            raise Http404
        rows = rows.filter(pk__lt=int(before))  # type: ignore[attr-defined]
    page = list(rows.order_by("-pk")[: PAGE + 1])  # type: ignore[attr-defined]
    return page[:PAGE], page[PAGE - 1].pk if len(page) > PAGE else None


def _lines(viewer: Viewer, rows: Iterable[Act]) -> list[Line]:
    """A fixed number of queries, however many acts."""
    lines = [Line(act) for act in rows]
    people = [line.act.object_id for line in lines if line.act.kind == "member"]
    seats = Member.objects.filter(pk__in=people).select_related("user").in_bulk() if people else {}
    for kind in {line.act.kind for line in lines} - {"member"}:
        ids = [line.act.object_id for line in lines if line.act.kind == kind]
        known, found = subject(kind), things(kind, ids, viewer)
        hidden: set[int] = set()
        if known is not None:
            away = known.model._default_manager.filter(pk__in=ids, state=State.HIDDEN)
            hidden = set(away.values_list("pk", flat=True))
        for line in (one for one in lines if one.act.kind == kind):
            line.thing = found.get(line.act.object_id)
            line.name = str(known.name) if known else kind
            line.holds = _open(line.act, Act.Verb.HIDE) and line.act.object_id in hidden
    for line in lines:
        if line.act.kind == "member":
            line.member = seats.get(line.act.object_id)
            seat = line.member
            suspended, muted = (seat.is_suspended, seat.is_muted) if seat is not None else (False, False)
            line.holds = (
                (_open(line.act, Act.Verb.SUSPEND) and suspended)
                or (_open(line.act, Act.Verb.MUTE) and muted)
                or _open(line.act, Act.Verb.WARN)
            )
    return lines


def _open(act: Act, verb: str) -> bool:
    return act.verb == verb and not hasattr(act, "undone_by")
