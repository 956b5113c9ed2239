"""Mail in the admin: what went to whom and why it did not; never what it said, for its links are keys to accounts."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin
from communities.access.desk import ActForm, Button, Changes, change_of
from communities.access.viewer import Viewer
from communities.mail.actions import retry_mail
from communities.mail.lists import is_suppressed, lift, suppress, suppression_of
from communities.mail.models import Mail, Suppression


def send_again(_viewer: Viewer, row: Mail, _asked: Mapping[str, Any]) -> Changes:
    if row.state != Mail.State.PARKED:
        raise ValidationError(gettext("Only mail that could not be sent can be sent again."))
    retry_mail(row)
    return [change_of(gettext("state"), row.error or gettext("parked"), gettext("waiting"))]


def complained(_viewer: Viewer, row: Mail, _asked: Mapping[str, Any]) -> Changes:
    if is_suppressed(row.to):
        raise ValidationError(gettext("This address takes no list mail already."))
    suppress(row.to, Suppression.Reason.COMPLAINED)
    return [change_of(gettext("list mail"), gettext("sent"), gettext("not sent: complained"))]


def take_again(_viewer: Viewer, row: Mail, _asked: Mapping[str, Any]) -> Changes:
    stopped = suppression_of(row.to)
    if stopped is None:
        raise ValidationError(gettext("This address takes list mail."))
    lift(row.to)
    return [change_of(gettext("list mail"), stopped.get_reason_display(), gettext("sent"))]


@admin.register(Mail)
class MailAdmin(DeskAdmin):
    list_display = ("created_at", "to", "kind", "subject", "ref", "state", "attempts", "sent_at")
    list_filter = ("state", "kind", "created_at")
    search_fields = ("to", "subject", "user__name")
    search_help_text = _("An address, a name or a word of the subject")
    ordering = ("-pk",)
    fields = (
        "to",
        "user",
        "kind",
        "subject",
        "ref",
        "state",
        "attempts",
        "next_at",
        "error",
        "created_at",
        "sent_at",
        "list_mail",
    )
    readonly_fields = ("list_mail",)
    buttons = (
        Button(
            "send-again",
            _("Send again"),
            send_again,
            _("Back in the queue"),
            shown=lambda row: row.state == Mail.State.PARKED,
            form=ActForm,
            explained=_("It goes out within seconds, with five fresh tries. Links in it may have run out meanwhile."),
            bulk=True,
        ),
        Button(
            "complained",
            _("They complained"),
            complained,
            _("No more list mail goes to this address."),
            shown=lambda row: not is_suppressed(row.to),
            explained=_("Stops everything that can be refused, at once. Mail about the account still goes."),
        ),
        Button(
            "take-again",
            _("Take mail again"),
            take_again,
            _("List mail goes to this address again."),
            shown=lambda row: is_suppressed(row.to),
            explained=_(
                "Only where the person asks for it. They can do it themselves: their settings send them a letter."
            ),
        ),
    )

    @admin.display(description=_("list mail to this address"))
    def list_mail(self, row: Mail) -> str:
        stopped = suppression_of(row.to)
        if stopped is None:
            return gettext("goes")
        return f"{gettext('stopped')}: {stopped.get_reason_display()}, {stopped.at:%Y-%m-%d}"
