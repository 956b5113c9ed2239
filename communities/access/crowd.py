"""One question about one thing, asked for a whole crowd: whoever stands alike gets the same answer, so each standing is asked once."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from django.db.models import Q
from django.utils import timezone

from communities.access.models import Pass
from communities.access.viewer import Viewer

FEW = 20  # so few are asked one by one


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
