"""Whom somebody may mean who types @ and a few letters: people here who may read the very thing that they write under.

Whoever is not in the directory is suggested only where they spoke themselves. Nobody is suggested to whom they block, nor the
other way round (R7).
"""

from collections.abc import Collection

from django.db.models import Exists, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from communities.access.crowd import may_read_by_rows, readers_among
from communities.access.models import blocked_by, who_blocks
from communities.access.pace import ask_pace
from communities.access.rules import gated_model
from communities.access.texts import TooMuch, unhurried
from communities.access.viewer import Viewer
from communities.members.loading import viewer_of
from communities.members.models import Member
from communities.members.named import present, seat_of
from communities.spaces.models import Community
from communities.spaces.request import PlaceRequest

MOST, LOOKED_AT = 8, 24
LONGEST = 30  # characters, as a handle


def suggested(
    viewer: Viewer,
    *,
    place: Community,
    about: tuple[str, int],
    typed: str,
    spoke: QuerySet,
    among: Collection[int] = (),
) -> list[Member]:
    """Who spoke there first, then by handle. about: kind and id of what is written under. spoke: what was said there, as a
    subquery about members. among: nobody but these. Four queries. Raises TooMuch for one who asks all the time."""
    word = typed.removeprefix("@").strip()
    model, object_id = gated_model(about[0]), about[1]
    if not word or len(word) > LONGEST or viewer.user_id is None or model is None:
        return []
    ask_pace("suggest", viewer.user_id)
    named = Q(user__handle__istartswith=word) | Q(user__name__istartswith=word) | Q(user__name__icontains=f" {word}")
    people = present(place.pk).filter(named).exclude(user=viewer.user_id)
    people = people.exclude(user__in=blocked_by(viewer)).exclude(user__in=who_blocks(viewer.user_id))
    people = people.annotate(spoke=Exists(spoke))
    people = people.filter(user__in=among) if among else people.filter(Q(listed=True) | Q(spoke=True))
    people = people.filter(may_read_by_rows(model, object_id)).select_related("user").prefetch_related("user__groups")
    found: list[Member] = list(people.order_by("-spoke", "user__handle")[:LOOKED_AT])
    for one in found:
        one.community = place
    readers = readers_among(model, {object_id: [viewer_of(one) for one in found]})[object_id]
    return [one for one in found if one.user_id in readers][:MOST]


def answer(request: PlaceRequest, about: tuple[str, int], spoke: QuerySet, among: Collection[int] = ()) -> HttpResponse:
    """The list for the box that somebody types in, `q` is what they typed; the view has asked whether they may write there."""
    place, viewer = request.community, request.viewer
    try:
        found = suggested(viewer, place=place, about=about, typed=request.GET.get("q", ""), spoke=spoke, among=among)
    except TooMuch as problem:
        return unhurried(HttpResponse(), problem)
    return render(request, "comments/_people.html", {"people": [(one.user, seat_of(one, place)) for one in found]})
