"""What people are asked who report, decide or take back."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.safety.models import Report
from communities.spaces.fields import LocalMomentField

WORDS = {"rows": 3, "dir": "auto", "class": "short"}


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what fits best.")},
    )
    note = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs=WORDS),
        help_text=_("Only the team reads this. Whoever wrote it never learns who reported it."),
    )


class ReasonForm(forms.Form):
    """reason: read by the person concerned, and kept in the log."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs=WORDS),
        help_text=_("Whoever it concerns reads this. It stays in the log beside your name."),
        error_messages={"required": _("Say in a sentence why.")},
    )


class AnswerForm(ReasonForm):
    answer = forms.CharField(
        label=_("To those who reported it"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={**WORDS, "rows": 2}),
        help_text=_("Empty: that the team has acted on it, and thanks."),
    )


class HideForm(AnswerForm):
    """Out of sight, with a reason."""


class WarnForm(AnswerForm):
    also_hide = forms.BooleanField(label=_("Hide it as well"), required=False)
    field_order = ("reason", "also_hide", "answer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Your words to them")


class WarnOnTheSpotForm(ReasonForm):
    """Nobody reported it, so nobody waits for an answer."""

    also_hide = forms.BooleanField(label=_("Hide it as well"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Your words to them")


class SuspendForm(AnswerForm):
    also_hide = forms.BooleanField(label=_("Hide it as well"), required=False)
    field_order = ("until", "reason", "also_hide", "answer")

    def __init__(self, *args: Any, zone: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"] = LocalMomentField(
            zone=zone, label=_("Until"), required=False, help_text=_("Empty: for good.")
        )
        self.order_fields(self.field_order)


class MuteForm(ReasonForm):
    """hours: how long from now; the form gives the moment as `until`."""

    LENGTHS = ((1, _("an hour")), (8, _("eight hours")), (24, _("a day")), (72, _("three days")), (168, _("a week")))

    hours = forms.TypedChoiceField(label=_("For how long"), choices=LENGTHS, coerce=int, initial=24)
    also_hide = forms.BooleanField(label=_("Hide it as well"), required=False)
    field_order = ("hours", "reason", "also_hide")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "hours" in data:
            data["until"] = timezone.now() + dt.timedelta(hours=data.pop("hours"))
        return data


class FineForm(ReasonForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("To those who reported it")
        self.fields["reason"].help_text = _(
            "A friendly sentence why it may stay. It stays in the log beside your name."
        )
