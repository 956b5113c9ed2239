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
from communities.mail.models import Mail


def send_again(_viewer: Viewer, row: Mail, _asked: Mapping[str, Any]) -> Changes:
    if row.state != Mail.State.PARKED:
        raise ValidationError(gettext("Only mail that could not be sent can be sent again."))
    retry_mail(row)
    return [change_of(gettext("state"), row.error or gettext("parked"), gettext("waiting"))]


@admin.register(Mail)
class MailAdmin(DeskAdmin):
    list_display = ("created_at", "to", "kind", "subject", "state", "attempts", "sent_at")
    list_filter = ("state", "kind", "created_at")
    search_fields = ("to", "subject", "user__name")
    search_help_text = _("An address, a name or a word of the subject")
    ordering = ("-pk",)
    fields = ("to", "user", "kind", "subject", "state", "attempts", "next_at", "error", "created_at", "sent_at")
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
    )
