"""What files hang on that has no audience column of its own (a message); its app says which of its rows there are.

Whether somebody may have a file is asked of access, as for every parent. Here stands what the sweeper and the desk have to know.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet

from communities.access.rules import gated_models


@dataclass(frozen=True, slots=True)
class Parent:
    """there: ids on which files may hang; what hangs on others is swept. for_desk: those of which the admin shows files."""

    kind: str
    there: Callable[[], QuerySet]
    for_desk: Callable[[], QuerySet]


_parents: dict[str, Parent] = {}


def register_parent(parent: Parent) -> None:
    _parents[parent.kind] = parent


def parents() -> list[Parent]:
    """Every kind of row that carries files, gated ones first."""
    gated = [
        Parent(
            model.KIND,
            lambda rows=model._default_manager: rows.values("pk"),  # type: ignore[misc]
            lambda rows=model._default_manager: rows.for_desk().values("pk"),  # type: ignore[misc]
        )
        for model in gated_models()
    ]
    return [*gated, *_parents.values()]
