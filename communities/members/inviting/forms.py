"""The form of a new link."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from communities.members.invitations import MOST_USES


class InviteForm(forms.Form):
    request = forms.UUIDField(required=False, widget=forms.HiddenInput)
    label = forms.CharField(
        label=_lazy("For whom"),
        required=False,
        max_length=80,
        help_text=_lazy("Only you and the team read it."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    max_uses = forms.IntegerField(label=_lazy("How many people"), min_value=1, max_value=100_000)
    days = forms.TypedChoiceField(label=_lazy("How long it works"), coerce=int, empty_value=None)

    def __init__(self, *args: Any, unbound: bool, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"max_uses": 1, "days": 30, "request": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        days: list[tuple[int | str, str]] = [
            (days, ngettext("%(n)s day", "%(n)s days", days) % {"n": days}) for days in (7, 30, 90)
        ]
        if unbound:
            days += [("", _("until it is taken back"))]
            self.fields["max_uses"].required = self.fields["days"].required = False
            self.fields["max_uses"].help_text = _("Empty: as many as come.")
        else:
            self.fields["max_uses"].help_text = _("Up to %(most)s.") % {"most": MOST_USES}
        self.fields["days"].choices = days  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        """For make_invitation."""
        days = self.cleaned_data["days"]
        return {
            "label": self.cleaned_data["label"],
            "max_uses": self.cleaned_data["max_uses"],
            "expires_at": timezone.now() + dt.timedelta(days=days) if days else None,
            "request": self.cleaned_data["request"],
        }
