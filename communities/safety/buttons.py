"""Hiding and restoring as buttons of the admin: one pair for everything that people write."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communities.access.desk import Button
from communities.access.models import State
from communities.access.viewer import Viewer
from communities.safety.actions import hide, restore

IN_PLACE = _("Restored to its place")


def hide_and_restore(restored: str | Promise = IN_PLACE) -> tuple[Button, Button]:
    """For the admin of a kind with a `state`. restored: what is said when it stands again."""
    return (
        Button(
            "hide",
            _("Hide"),
            _hide,
            _("Hidden from everybody but its author and the team"),
            shown=lambda row: row.state == State.PUBLISHED,
            ability="moderate",
            explained=_("Only its author and the team still see it. Restoring brings it back as it was."),
            danger=True,
            bulk=True,
        ),
        Button(
            "restore",
            _("Restore"),
            _restore,
            restored,
            shown=lambda row: row.state == State.HIDDEN,
            ability="moderate",
            bulk=True,
        ),
    )


def _hide(viewer: Viewer, row: Any, asked: Mapping[str, Any]) -> None:
    hide(viewer, obj=row, reason=asked["reason"])


def _restore(viewer: Viewer, row: Any, asked: Mapping[str, Any]) -> None:
    restore(viewer, obj=row, reason=asked["reason"])
