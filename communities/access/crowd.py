"""One question asked for a whole crowd: whoever stands alike gets the same answer, so each standing is asked once."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils import timezone

from communities.access.models import Block, Gated, Opening, Pass, passes_at
from communities.access.viewer import TEAM_ROLES, Viewer

FEW = 20  # so few are asked one by one
AT_ONCE = 60  # standings that one query tells apart


def crowd_of(
    viewers: Collection[Viewer], question: Callable[[Viewer], bool], *, apart: Collection[int] = ()
) -> set[int]:
    """The ids of those signed-in viewers, all of one community, for whom the question is true.

    The shared question is asked through nobody's eyes. apart: whoever may have an answer of their own (a pass, their own
    work) and is asked for themselves as well.
    """
    yes: set[int] = set()
    known: dict[Viewer, bool] = {}
    for viewer in viewers:
        if viewer.user_id is None:
            continue
        if len(viewers) <= FEW or viewer.user_id in apart:
            answer = question(viewer)
        else:
            nobody = replace(viewer, user_id=0)
            if nobody not in known:
                known[nobody] = question(nobody)
            answer = known[nobody]
        if answer:
            yes.add(viewer.user_id)
    return yes


def holders(things: Iterable[tuple[str, int]], user_ids: Collection[int]) -> set[int]:
    """Who of these people ever got a pass to one of these things (kind, id): for them access may have an answer of their own."""
    some = Q(pk__in=[])
    for kind, object_id in things:
        some |= Q(kind=kind, object_id=object_id)
    passes = Pass.objects.filter(some, user_id__in=user_ids, starts__lte=timezone.now())
    return set(passes.values_list("user_id", flat=True))


def readers_among(model: type[Gated], asking: Mapping[int, Collection[Viewer]]) -> dict[int, set[int]]:
    """Of each of these rows (by id) the ids of those viewers, all of its community, who may read it: what `readable_by` says to each
    of them. Two queries for any number of rows and people, a third and so on for more standings than installations have."""
    now = timezone.now()
    people = [viewer for some in asking.values() for viewer in some]
    standings = list(dict.fromkeys(map(_standing, people)))
    as_its_author: Any = F("author_id")
    facts = {"out": model.out_q(now), "own": model._own_q(Viewer(user_id=as_its_author))}
    known: dict[int, dict[Any, Any]] = {pk: {} for pk in asking}
    for start in range(0, len(standings), AT_ONCE):
        some = {f"s{n}": one for n, one in enumerate(standings[start : start + AT_ONCE])}
        asked = facts | {name: model.readable_q(one) for name, one in some.items()}
        wrapped = {name: ExpressionWrapper(q, output_field=BooleanField()) for name, q in asked.items()}
        rows = model._default_manager.filter(pk__in=known).annotate(**wrapped)
        for row in rows.values("pk", "author_id", "community_id", *asked):
            known[row["pk"]] |= row | {one: row[name] for name, one in some.items()}
    passes = passes_at(now).filter(kind=model.KIND, object_id__in=known, user__in={viewer.user_id for viewer in people})
    held = set(passes.values_list("object_id", "user_id"))
    return {
        pk: {viewer.user_id for viewer in some if viewer.user_id and known[pk] and _reads(known[pk], viewer, held)}
        for pk, some in asking.items()
    }


def _standing(viewer: Viewer) -> Viewer:
    """All that the shared question depends on."""
    return Viewer(None, viewer.community_id, role=viewer.role, rung=viewer.rung, standing=viewer.standing)


def _reads(row: Mapping[Any, Any], viewer: Viewer, held: Collection[tuple[int, int | None]]) -> bool:
    if row["community_id"] != viewer.community_id or viewer.standing == "shut":
        return False
    mine = row["own"] and row["author_id"] == viewer.user_id
    return bool(row[_standing(viewer)] or mine or (row["out"] and (row["pk"], viewer.user_id) in held))


def blocks_of(user_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """By each of these people, whom they block. One query."""
    found: dict[int, set[int]] = {pk: set() for pk in user_ids}
    for pk, other in Block.objects.filter(user__in=found).values_list("user_id", "blocked_id"):
        found[pk].add(other)
    return {pk: frozenset(some) for pk, some in found.items()}


def may_read_by_rows(model: type[Gated], object_id: int) -> Q:
    """About rows of members (`user`, `role`, `rung`): who may open this thing as far as their row tells it. One too many at
    most, so that a list cut short here holds everybody whom `readers_among` finds in it."""
    now = timezone.now()
    row = model._default_manager.filter(pk=object_id)
    opened = Opening.objects.filter(kind=model.KIND, object_id=object_id, rung__lte=OuterRef("rung"), at__lte=now)
    passes = passes_at(now).filter(kind=model.KIND, object_id=object_id, user=OuterRef("user"))
    plainly = Exists(row.filter(rung__lte=OuterRef("rung"))) | Exists(opened) | Exists(passes)
    own = Exists(row.filter(author=OuterRef("user")))
    return Q(plainly | own) | Q(role__in=TEAM_ROLES) | Q(user__is_staff=True)
