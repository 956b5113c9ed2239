"""What can be hidden and reported: upper apps register their kinds here, so that safety never imports what people made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from communities.access.models import State
from communities.files.models import File


def nothing_else(_row: Any) -> None:
    """A kind on which nothing hangs."""


def no_files(_row: Any) -> Sequence[File]:
    """A kind that carries none, or shows them in its own place."""
    return ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of row with `community`, `author` and (unless it cannot be hidden) `state` and `edited_at`.

    name: what one of them is called ("post"). text: what it says, all of it, for the desk. changed: called inside the
    transaction after one was hidden or restored (a thread counts anew). hides: False for what is only looked at (a profile).
    files: what was sent along with it, for the desk.
    """

    kind: str
    model: type[models.Model]
    name: Any
    text: Callable[[Any], str]
    changed: Callable[[Any], None] = nothing_else
    hides: bool = True
    files: Callable[[Any], Sequence[File]] = no_files


_subjects: dict[str, Subject] = {}


def register_subject(subject: Subject) -> None:
    _subjects[subject.kind] = subject


def subject(kind: str) -> Subject | None:
    return _subjects.get(kind)


def subjects() -> list[Subject]:
    return list(_subjects.values())


def row_of(kind: str, object_id: int) -> Any:
    """The row itself, whatever its state, with its community; None for kinds and ids that do not exist."""
    known = _subjects.get(kind)
    if known is None:
        return None
    return known.model._default_manager.select_related("community").filter(pk=object_id).first()


def author_id_of(row: Any) -> int:
    """Whose it is. A profile is its member's own."""
    return row.author_id if hasattr(row, "author_id") else row.user_id


def standing_texts(user_id: int, community_id: int, most: int) -> int:
    """How many texts of this person stand in this community, counted no further than `most`."""
    found = 0
    for known in _subjects.values():
        if known.hides and found < most:
            mine = known.model._default_manager.filter(
                author_id=user_id, community_id=community_id, state=State.PUBLISHED
            )
            found += mine.order_by()[: most - found].count()
    return found
