"""The audiences that a form offers, by their words: public, members, or the slug of a step."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from communities.access.rules import reachable_rungs
from communities.access.viewer import Viewer
from communities.members.models import MEMBER_LEVEL
from communities.spaces.models import Community, Rung

PUBLIC, MEMBERS = "public", "members"


@dataclass(frozen=True, slots=True)
class Audience:
    word: str
    label: str
    level: int


def audiences_of(rungs: Sequence[Rung]) -> list[Audience]:
    """From everybody to the highest step; the members' own step is called members, whatever its slug."""
    steps = [Audience(PUBLIC, _("Everybody"), 0)]
    for rung in sorted(rungs, key=lambda rung: rung.level):
        steps.append(Audience(MEMBERS if rung.level == MEMBER_LEVEL else rung.slug, rung.name, rung.level))
    return steps


def offered_to(viewer: Viewer, community: Community) -> list[Audience]:
    """The team writes for anybody; a member for everybody up to their own step."""
    rungs = Rung.objects.filter(community=community)
    return audiences_of(reachable_rungs(viewer, rungs))


def word_of(level: int, audiences: Sequence[Audience]) -> str:
    """The word of a level; the nearest step above it where that level has no name any more."""
    return next((audience.word for audience in audiences if audience.level >= level), audiences[-1].word)
