"""The one question: may this viewer do this to that? `may` answers it, `require` raises on no, `sight` says what exists for them."""

import enum
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from communities.access.models import Block, Gated, Pass, State
from communities.access.things import thing
from communities.access.viewer import Viewer

# What a role may do in its community. Brand staff come by their groups: manager, staff (moderators, support), analyst.
ABILITIES: dict[str, frozenset[str]] = {
    "owner": frozenset({"manage", "grant", "write", "moderate", "admit", "see_members", "studio", "sell", "see_money"}),
    "manager": frozenset(
        {"manage", "grant", "moderate", "admit", "see_members", "studio", "sell", "see_money", "set_share"}
    ),
    "creator": frozenset({"write", "admit", "see_members", "studio", "sell", "see_money"}),
    "moderator": frozenset({"write", "moderate", "admit", "see_members", "studio"}),
    "staff": frozenset({"moderate", "admit", "see_members", "studio"}),
    "analyst": frozenset({"see_members", "studio", "see_money"}),
}


class Sight(enum.Enum):
    """What a thing is to a viewer: not there, there (teaser), or open."""

    NONE = 0
    LISTED = 1
    READABLE = 2


# Things without an audience of their own that files and embeds hang on: kind -> (object_id, viewer) -> Sight.
_others: dict[str, Callable[[int, Viewer], Sight]] = {}


def register_kind(kind: str, sight_of: Callable[[int, Viewer], Sight]) -> None:
    """A kind that is not Gated (a community, a person) says itself who sees it."""
    _others[kind] = sight_of


def gated_models() -> list[type[Gated]]:
    """Every gated model of the installation; spaces use it to rewrite rungs, the access matrix to miss nothing."""
    return [model for model in apps.get_models() if issubclass(model, Gated)]


def gated_model(kind: str) -> type[Gated] | None:
    """The one that is called so."""
    return next((model for model in gated_models() if kind == model.KIND), None)


def sight(kind: str, object_id: int, viewer: Viewer) -> Sight:
    """What this viewer sees of the thing with this kind and id; NONE for kinds and ids that do not exist."""
    own = _own_sight(kind, object_id, viewer)
    if own is not None:
        return own
    found = thing(kind, object_id, viewer)
    return Sight.NONE if found is None else Sight.READABLE if found.readable else Sight.LISTED


def sight_of_files(kind: str, object_id: int, viewer: Viewer) -> Sight:
    """What hangs on a thing is as open as the thing, unless its kind says otherwise of it (`Thing.opens_files`)."""
    own = _own_sight(kind, object_id, viewer)
    found = thing(kind, object_id, viewer) if own is None else None
    if found is None or found.opens_files is False:
        return own or Sight.NONE
    return Sight.READABLE if found.opens_files or found.readable else Sight.LISTED


def _own_sight(kind: str, object_id: int, viewer: Viewer) -> Sight | None:
    """Of kinds that have an audience of their own; None for all others."""
    if kind in _others:
        return _others[kind](object_id, viewer)
    model = gated_model(kind)
    if model is None:
        return None
    rows: Any = model._default_manager.filter(pk=object_id)
    readable = rows.listed_to(viewer).with_readable(viewer).values_list("readable", flat=True).first()
    return Sight.NONE if readable is None else Sight.READABLE if readable else Sight.LISTED


def has(viewer: Viewer, ability: str) -> bool:
    """Does the viewer's role in this community carry that ability?"""
    return ability in ABILITIES.get(viewer.role, frozenset())


def may(viewer: Viewer, verb: str, obj: Any = None) -> bool:
    """verb is an ability of a role, or: read (a Gated), edit (a Gated), write (in a Space)."""
    if obj is not None and _place(obj) != viewer.community_id:
        return verb == "read" and viewer.community_id is None and _reads(viewer, obj)
    if verb == "read":
        return _reads(viewer, obj)
    if verb == "edit":
        return _edits(viewer, obj)
    if verb == "write" and obj is not None:
        return _writes(viewer, obj)
    if verb == "moderate" and obj is not None:
        return has(viewer, verb) and sight(obj.KIND, obj.pk, viewer) is not Sight.NONE
    return has(viewer, verb)


def spaces_known_to(viewer: Viewer, spaces: Iterable[Any]) -> list[Any]:
    """Of a community's spaces those that this viewer may know of."""
    return [space for space in spaces if viewer.is_team or space.listed_rung <= viewer.rung]


def reachable_rungs(viewer: Viewer, rungs: Iterable[Any]) -> list[Any]:
    """Of a community's steps those that this viewer may write for: the team for all, a member up to their own."""
    return [rung for rung in rungs if viewer.is_team or rung.level <= viewer.rung]


def writable_spaces(viewer: Viewer, spaces: Iterable[Any]) -> list[Any]:
    """Of a community's spaces those that this viewer may post in."""
    return [space for space in spaces if may(viewer, "write", space)]


def audience(viewer: Viewer, model: type[Gated]) -> str | None:
    """Names who sees exactly the same of this kind in a community: whoever shares the name may share a kept page.

    None for somebody with an exception of their own (a pass, a post above their rung, a block): one query finds out.
    """
    if viewer.user_id is not None and viewer.community_id is not None:
        rows = [some.values("pk").order_by() for some in _exceptions(viewer.user_id, viewer, model)]
        if rows[0].union(*rows[1:], all=True)[:1]:
            return None
    return "team" if viewer.is_team else f"rung {viewer.rung}"


def _exceptions(user_id: int, viewer: Viewer, model: type[Gated]) -> list[QuerySet]:
    """Rows that make somebody see something else than others who stand where they stand; the team reads all but blocks too."""
    blocks = Block.objects.filter(user_id=user_id)
    if viewer.is_team:
        return [blocks]
    passes = Pass.objects.filter(user_id=user_id, kind=model.KIND).exclude(ends__lte=timezone.now())
    own = model._default_manager.filter(author_id=user_id, community_id=viewer.community_id or 0)
    return [blocks, passes, own.filter(state=State.PUBLISHED, rung__gt=viewer.rung)]


def require(viewer: Viewer, verb: str, obj: Any = None) -> None:
    """Raises Http404 where the viewer may not know that it exists (or lacks a role's page), PermissionDenied where they may."""
    if obj is None:
        if not may(viewer, verb):
            raise Http404
        return
    if hasattr(obj, "KIND") and sight(obj.KIND, obj.pk, viewer) is Sight.NONE:
        raise Http404
    if not may(viewer, verb, obj):
        raise PermissionDenied


def _place(obj: Any) -> int:
    """The community that a row belongs to; a community belongs to itself."""
    return obj.pk if obj._meta.label == "spaces.Community" else obj.community_id


def _reads(viewer: Viewer, obj: Gated) -> bool:
    return obj.is_plainly_open_to(viewer) or sight(obj.KIND, obj.pk, viewer) is Sight.READABLE


def _edits(viewer: Viewer, obj: Gated) -> bool:
    """The author while in good standing; an owner everything that is not somebody's draft."""
    if obj.state == State.REMOVED:
        return False
    if obj.author_id == viewer.user_id:
        return viewer.takes_part
    return has(viewer, "manage") and obj.state != State.DRAFT


def _writes(viewer: Viewer, space: Any) -> bool:
    """A space says who posts in it: its team, every member who can read it, members from a rung up, or whoever it is open to.
    Who is muted writes in none of the places that say so of themselves (`quiets`: rooms), but to people."""
    if space.posting == "readers":
        return viewer.takes_part and _reads(viewer, space)
    if viewer.muted and getattr(space, "quiets", False):
        return False
    if has(viewer, "write"):
        return True
    if viewer.standing != "member" or space.posting == "team":
        return False
    floor = space.posting_rung if space.posting == "rung" else 0
    return viewer.rung >= max(space.rung, floor or 0)
