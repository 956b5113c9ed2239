"""Viewer: who is asking, in which community, from how high up; made once per request (or socket) and community."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

TEAM_ROLES = frozenset({"owner", "creator", "moderator", "manager", "staff", "analyst"})
SPEAKERS = TEAM_ROLES - {"analyst"}  # who only looks at figures or hands over data says nothing in a place's name


@dataclass(frozen=True, slots=True)
class Viewer:
    """role: "" or a role of `rules.ABILITIES`. rung: 0 for a visitor, 10 and up for members.

    standing: "visitor", "member", "suspended" (reads as a visitor) or "shut" (the community does not exist for them).
    must_accept: there are guidelines that they have to accept before they write again. muted: they do not write in rooms now.
    community_id is None on pages across communities: such a viewer has the rights of a visitor everywhere.
    """

    user_id: int | None = None
    community_id: int | None = None
    role: str = ""
    rung: int = 0
    standing: str = "visitor"
    must_accept: bool = False
    muted: bool = False

    @property
    def signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def is_team(self) -> bool:
        """The team reads everything in its community except drafts of others and what is private between people."""
        return self.role in TEAM_ROLES

    @property
    def speaks_for_team(self) -> bool:
        """What they say here is the team's word."""
        return self.role in SPEAKERS

    @property
    def takes_part(self) -> bool:
        """Speaks and reacts: a member in good standing, or somebody who speaks for the team."""
        return self.is_member or self.speaks_for_team

    @property
    def is_member(self) -> bool:
        return self.standing == "member"


ANONYMOUS = Viewer()


class Found(NamedTuple):
    """A community, how somebody stands in it, and their membership (None: they have none)."""

    community: Any
    viewer: Viewer
    seat: Any = None


# (user, community or slug) -> what was found, or None where there is no such community.
Loader = Callable[["AbstractBaseUser | AnonymousUser", Any], "Found | None"]
_loader: list[Loader] = []


def register_loader(loader: Loader) -> None:
    """Members says how memberships turn into a Viewer; access sits below it and cannot ask by itself."""
    _loader[:] = [loader]


def load(user: "AbstractBaseUser | AnonymousUser", community: Any) -> Found | None:
    """The community (given as itself or by its slug) and how this person stands in it; None where it does not exist."""
    return _loader[0](user, community)


def viewer_for(user: "AbstractBaseUser | AnonymousUser", community: Any) -> Viewer:
    """How this person stands in this community."""
    found = load(user, community)
    assert found is not None  # a community that was handed in exists
    return found.viewer


def wanderer(user: "AbstractBaseUser | AnonymousUser") -> Viewer:
    """The viewer of pages across communities: the rights of a visitor, whoever it is."""
    return Viewer(user_id=user.pk if user.is_authenticated else None)
