"""Safety in the admin: a member's suspension by its acts, and the logs of what staff did, which nobody changes."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin
from communities.access.desk import Button, Line, MomentInput, ReasonForm, read_message, register_history
from communities.access.viewer import Viewer
from communities.members.admin import MemberAdmin
from communities.members.models import Member, Standing
from communities.safety import admin_reports as admin_reports  # registers itself
from communities.safety.actions import (
    mute_member,
    reinstate_member,
    suspend_member,
    take_warning_back,
    unmute_member,
    warn_member,
    warnings_of,
)
from communities.safety.models import Act

MOST_LINES = 200


def in_words(values: dict[str, Any]) -> str:
    """{"state": "hidden", "until": None} as the history shows it: state hidden."""
    return ", ".join(f"{name} {value}" for name, value in values.items() if value is not None)


def acts_on(obj: Model) -> list[Line]:
    kind = getattr(obj, "KIND", obj._meta.model_name)
    acts = Act.objects.filter(kind=kind, object_id=obj.pk).select_related("actor")[:MOST_LINES]
    return [
        Line(
            act.at,
            str(act.actor or _("by itself")),
            act.get_verb_display(),
            act.reason,
            in_words(act.before),
            in_words(act.after),
        )
        for act in acts
    ]


def changes_of(obj: Model) -> list[Line]:
    """What Django's own log holds: forms saved and buttons of actions that keep no log themselves."""
    kind = ContentType.objects.get_for_model(obj)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(obj.pk)).select_related("user")[:MOST_LINES]
    return [line_of(entry) for entry in entries]


def line_of(entry: LogEntry) -> Line:
    changes, why = read_message(entry.change_message)
    if not changes:
        return Line(entry.action_time, str(entry.user), entry.get_change_message())
    names, before, after = ("; ".join(parts) for parts in zip(*changes, strict=True))
    return Line(entry.action_time, str(entry.user), names, why, before, after)


register_history(acts_on)
register_history(changes_of)


@admin.register(Act)
class ActAdmin(DeskAdmin):
    list_display = ("at", "actor", "verb", "kind", "object_id", "community", "reason")
    list_filter = ("verb", "kind", "community")
    list_select_related = ("actor", "community")
    search_fields = ("reason", "actor__name", "actor__email", "=object_id")
    search_help_text = _("A word of the reason, a name or address of who did it, or the number of the thing")
    date_hierarchy = "at"
    ordering = ("-pk",)
    fields = ("at", "actor", "verb", "kind", "object_id", "community", "reason", "was", "became", "undoes")

    @admin.display(description=_("before"))
    def was(self, act: Act) -> str:
        return in_words(act.before) or "–"

    @admin.display(description=_("after"))
    def became(self, act: Act) -> str:
        return in_words(act.after) or "–"


@admin.register(LogEntry)
class LogEntryAdmin(DeskAdmin):
    list_display = ("action_time", "user", "what", "content_type", "object_repr", "message")
    list_filter = ("action_flag", "content_type")
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "change_message", "user__name", "user__email")
    date_hierarchy = "action_time"
    ordering = ("-pk",)
    fields = ("action_time", "user", "what", "content_type", "object_id", "object_repr", "message")

    @admin.display(description=_("what"))
    def what(self, entry: LogEntry) -> str:
        return entry.get_action_flag_display()

    @admin.display(description=_("in words"))
    def message(self, entry: LogEntry) -> str:
        _changes, why = read_message(entry.change_message)
        return " ".join(part for part in (entry.get_change_message(), why) if part)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).order_by("-pk")


class ConcernedForm(ReasonForm):
    """A reason that whoever it concerns reads as well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Whoever it concerns reads this. It stays in the log beside your name.")


class SuspendForm(ConcernedForm):
    until = forms.DateTimeField(
        label=_("Until"), required=False, widget=MomentInput, help_text=_("Empty: for good. The time is UTC.")
    )
    field_order = ("until", "reason")


def suspend(viewer: Viewer, member: Member, asked: Mapping[str, Any]) -> None:
    suspend_member(viewer, member=member, until=asked["until"], reason=asked["reason"])


def warn(viewer: Viewer, member: Member, asked: Mapping[str, Any]) -> None:
    warn_member(viewer, member=member, words=asked["reason"])


def unwarn(viewer: Viewer, member: Member, asked: Mapping[str, Any]) -> None:
    last = warnings_of(member).first()
    if last is None:
        raise ValidationError(gettext("No warning stands any more."))
    take_warning_back(viewer, warning=last, reason=asked["reason"])


def reinstate(viewer: Viewer, member: Member, asked: Mapping[str, Any]) -> None:
    reinstate_member(viewer, member=member, reason=asked["reason"])


class MuteForm(ConcernedForm):
    until = forms.DateTimeField(label=_("Until"), widget=MomentInput, help_text=_("The time is UTC."))
    field_order = ("until", "reason")


def mute(viewer: Viewer, member: Member, asked: Mapping[str, Any]) -> None:
    mute_member(viewer, member=member, until=asked["until"], reason=asked["reason"])


def unmute(viewer: Viewer, member: Member, asked: Mapping[str, Any]) -> None:
    unmute_member(viewer, member=member, reason=asked["reason"])


@admin.register(Member)
class GuardedMemberAdmin(MemberAdmin):
    buttons = (
        Button(
            "warn",
            _("Warn"),
            warn,
            _("Warned: they read your words on a page of their own."),
            shown=lambda member: member.standing != Standing.LEFT,
            ability="moderate",
            form=ConcernedForm,
            explained=_("They read your words on the bell, by mail and on a page of their own."),
        ),
        Button(
            "unwarn",
            _("Take the last warning back"),
            unwarn,
            _("Taken back: they read that, and why."),
            shown=lambda member: warnings_of(member).exists(),
            ability="moderate",
            form=ConcernedForm,
            explained=_("It stays in the log and counts no longer."),
        ),
        Button(
            "suspend",
            _("Suspend"),
            suspend,
            _("Suspended: they read as a visitor now."),
            shown=lambda member: member.standing == Standing.MEMBER,
            ability="moderate",
            form=SuspendForm,
            explained=_("They read as a visitor and write nothing; what they wrote stays."),
            danger=True,
        ),
        Button(
            "mute",
            _("Mute in rooms"),
            mute,
            _("Muted: they read rooms and do not write there."),
            shown=lambda member: member.standing == Standing.MEMBER and not member.is_muted,
            ability="moderate",
            form=MuteForm,
            explained=_("They read along and react; everything outside of rooms stays open to them."),
        ),
        Button(
            "unmute",
            _("Unmute"),
            unmute,
            _("They can write in rooms again."),
            shown=lambda member: member.is_muted,
            ability="moderate",
            form=ConcernedForm,
        ),
        Button(
            "reinstate",
            _("Reinstate"),
            reinstate,
            _("In good standing again"),
            shown=lambda member: member.standing == Standing.SUSPENDED,
            ability="moderate",
        ),
        *MemberAdmin.buttons,
    )
