"""The people of a community: who consents to be found, by what they show to whoever asks, newest first by keyset."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from communities.access.models import blocked_by
from communities.access.viewer import Viewer
from communities.members.lists import page_after
from communities.members.models import Member
from communities.members.named import present, seat_of
from communities.members.team import team_of
from communities.people.recent import last_word_of
from communities.people.showing import TOPICS, shown, shown_q, shows
from communities.spaces.models import Community, Topic


@dataclass(frozen=True, slots=True)
class Asked:
    """q: in name or handle. interest, challenge: slugs of topics. role: of members.Role. place: part of what they say."""

    q: str = ""
    interest: str = ""
    challenge: str = ""
    role: str = ""
    place: str = ""

    @property
    def given(self) -> dict[str, str]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value}


def asked_of(query: Mapping[str, str]) -> Asked:
    """From an address that somebody shared: a topic or a role that is no more is nobody's, and no mistake."""
    return Asked(**{field.name: query.get(field.name, "").replace("\x00", "").strip()[:80] for field in fields(Asked)})


def found(community: Community, viewer: Viewer, asked: Asked) -> QuerySet[Member]:
    """Who wants to be found and is, never by a word that they keep from this viewer; without whom the viewer blocks."""
    people = present(community.pk).filter(listed=True).exclude(user_id__in=blocked_by(viewer))
    for word in asked.q.replace("@", " ").split()[:5]:
        people = people.filter(Q(user__name__icontains=word) | Q(user__handle__icontains=word))
    if asked.role:
        people = people.filter(role=asked.role)
    if asked.place:
        people = people.filter(shown_q("place", viewer, path="user__"), user__profile__place__icontains=asked.place)
    for kind, slug in ((Topic.Kind.INTEREST, asked.interest), (Topic.Kind.CHALLENGE, asked.challenge)):
        if slug:
            picked = Member.topics.through.objects.filter(
                member_id=OuterRef("pk"), topic__community=community, topic__kind=kind, topic__slug=slug
            )
            people = people.filter(shown_q(TOPICS, viewer, path="user__"), Exists(picked))
    return people.select_related("user__profile").order_by("-joined_at", "-pk")


def page_of_people(community: Community, viewer: Viewer, asked: Asked, after: str) -> tuple[list[Member], str, int]:
    """One page, the token of the next, and how many there are in all. Three queries, with what each shows of themselves."""
    people = found(community, viewer, asked)
    topics = Prefetch("topics", Topic.objects.order_by("position", "pk"))
    rows, token = page_after(people.prefetch_related(topics), after)
    for row in rows:
        _dress(row, community, viewer)
        row.__dict__["picks"] = list(row.topics.all()) if shows(row.user, TOPICS, viewer) else []
    return rows, token, people.order_by().count()


def team(community: Community, viewer: Viewer, most: int = 24) -> list[Member]:
    """The faces behind the place, with what each shows and when they last said something. Two queries and one a provider."""
    rows = [row for row in team_of(community, most) if row.user_id not in _blocked(viewer)]
    last = last_word_of([row.user_id for row in rows], community.pk)
    for row in rows:
        _dress(row, community, viewer)
        row.__dict__["last_word"] = last.get(row.user_id)
    return rows


def _blocked(viewer: Viewer) -> set[int]:
    return set(blocked_by(viewer).values_list("blocked_id", flat=True)) if viewer.signed_in else set()


def _dress(row: Member, community: Community, viewer: Viewer) -> None:
    row.community = community
    row.__dict__["seat"] = seat_of(row, community)
    row.__dict__["words"] = shown(row.user, viewer)


def topics_of(community: Community) -> dict[str, list[Topic]]:
    """What members can pick here, by kind."""
    known: dict[str, list[Topic]] = {kind: [] for kind in Topic.Kind.values}
    for topic in Topic.objects.filter(community=community):
        known[topic.kind].append(topic)
    return known


def as_choices(topics: list[Topic]) -> list[tuple[Any, str]]:
    return [(topic.slug, topic.label) for topic in topics]
