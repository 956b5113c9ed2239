"""Requests and invitations in the admin, across communities; the buttons call the same actions as the studio."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin
from communities.access.desk import ActForm, Button, Changes, change_of
from communities.access.viewer import Viewer
from communities.members.invitations import revoke_invitation
from communities.members.models import Invitation, JoinRequest
from communities.members.requests import approve_request, decline_request


class NoteForm(ActForm):
    note = forms.CharField(
        label=_("A word to them"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("They read it at the door."),
    )


def let_in(viewer: Viewer, request: JoinRequest, asked: Mapping[str, Any]) -> Changes:
    before = request.get_state_display()
    approve_request(viewer, request=request, note=asked["note"])
    return [change_of(gettext("state"), before, request.get_state_display())]


def turn_down(viewer: Viewer, request: JoinRequest, asked: Mapping[str, Any]) -> Changes:
    before = request.get_state_display()
    decline_request(viewer, request=request, note=asked["note"])
    return [change_of(gettext("state"), before, request.get_state_display())]


def take_back(viewer: Viewer, invitation: Invitation, _asked: Mapping[str, Any]) -> Changes:
    revoke_invitation(viewer, invitation=invitation)
    return [change_of(gettext("link"), gettext("open"), gettext("taken back"))]


def is_open(request: JoinRequest) -> bool:
    return request.state in JoinRequest.OPEN


@admin.register(JoinRequest)
class JoinRequestAdmin(DeskAdmin):
    """The same queue as in the studio, across communities."""

    list_display = ("user", "community", "state", "created_at", "decided_at", "decided_by")
    list_display_links = ("user",)
    list_filter = ("state", "community")
    list_select_related = ("user", "community", "decided_by")
    search_fields = ("user__name", "user__email", "user__handle")
    search_help_text = _("A name, a handle or an address")
    ordering = ("-pk",)
    fields = (
        "user",
        "community",
        "state",
        "said",
        "created_at",
        "queued_at",
        "decided_at",
        "decided_by",
        "note",
        "link",
    )
    readonly_fields = ("said", "link")
    buttons = (
        Button(
            "approve",
            _("Let in"),
            let_in,
            _("Said yes. Where every place is taken they wait in line."),
            shown=lambda request: request.state == JoinRequest.State.ASKED,
            ability="admit",
            form=NoteForm,
            bulk=True,
        ),
        Button(
            "decline",
            _("Turn down"),
            turn_down,
            _("Turned down."),
            shown=is_open,
            ability="admit",
            form=NoteForm,
            explained=_("They read the word and may ask again after a week."),
            danger=True,
        ),
    )

    @admin.display(description=_("what they said"))
    def said(self, request: JoinRequest) -> str:
        return "\n".join(f"{question} – {answer or '…'}" for question, answer in request.answers) or "–"

    @admin.display(description=_("invited by"))
    def link(self, request: JoinRequest) -> str:
        return str(request.invitation.creator) if request.invitation is not None else "–"


@admin.register(Invitation)
class InvitationAdmin(DeskAdmin):
    """Who invites whom to where. The token, which is the key itself, stands nowhere here."""

    list_display = ("label", "creator", "community", "used", "max_uses", "expires_at", "revoked_at")
    list_filter = ("community",)
    list_select_related = ("creator", "community")
    search_fields = ("label", "creator__name", "creator__email", "creator__handle")
    ordering = ("-pk",)
    fields = ("label", "creator", "community", "used", "max_uses", "created_at", "expires_at", "revoked_at")
    buttons = (
        Button(
            "revoke",
            _("Take back"),
            take_back,
            _("The link opens nothing any more."),
            shown=lambda link: link.revoked_at is None,
            ability="admit",
            explained=_("Who came by it stays."),
            danger=True,
        ),
    )
