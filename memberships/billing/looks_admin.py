"""What the looks for lost messages and different subscriptions found, in the admin; a button looks again."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin
from communities.access.desk import ActForm, Button, Changes
from communities.access.viewer import Viewer
from communities.activity import nudge
from memberships.billing.models import Look

TASKS = {Look.Kind.MESSAGES: "billing.hourly", Look.Kind.SUBSCRIPTIONS: "billing.nightly"}


def look_again(_viewer: Viewer, row: Look, _asked: Mapping[str, Any]) -> Changes:
    transaction.on_commit(partial(nudge.nudge, TASKS[Look.Kind(row.kind)]))
    return []


@admin.register(Look)
class LookAdmin(DeskAdmin):
    list_display = ("began_at", "kind", "seen", "wrong", "error", "ended_at")
    list_filter = ("kind", ("error", admin.EmptyFieldListFilter))
    ordering = ("-pk",)
    fields = ("kind", "began_at", "ended_at", "seen", "wrong", "found", "error")
    buttons = (
        Button(
            "again",
            _("Look again now"),
            look_again,
            _("The worker looks; what it finds is the newest row of the list."),
            form=ActForm,
            explained=_(
                "Every hour lost messages are looked for, every night subscriptions are compared. This does it now."
            ),
        ),
    )
