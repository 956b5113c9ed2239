"""The form about oneself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _lazy

from communities.people.handles import check_handle
from communities.people.looks import check_name, tidy
from communities.people.models import Closing, Scheme, User
from communities.ui.zones import known_timezone


class MeForm(forms.Form):
    name = forms.CharField(
        label=_lazy("Name"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "name"}),
    )
    handle = forms.CharField(
        label=_lazy("Handle"),
        max_length=30,
        help_text=_lazy("2 to 30 small letters, digits, - and _. People mention you with it."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "username"}),
    )
    bio = forms.CharField(
        label=_lazy("About you"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "class": "short"}),
    )
    timezone = forms.CharField(
        label=_lazy("Time zone"),
        required=False,
        max_length=64,
        help_text=_lazy("Empty: each community's own."),
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "spellcheck": "false"}),
    )
    scheme = forms.ChoiceField(
        label=_lazy("Appearance"), required=False, choices=Scheme.choices, widget=forms.RadioSelect
    )
    unseen = forms.BooleanField(
        label=_lazy("Be there unseen"),
        required=False,
        help_text=_lazy("In rooms nobody sees that you are there, or that you type."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_name(self) -> str:
        name = tidy(self.cleaned_data["name"])
        check_name(name, self.user)
        return name

    def clean_handle(self) -> str:
        handle = self.cleaned_data["handle"].strip().lstrip("@").lower()
        check_handle(handle, self.user)
        return handle

    def clean_timezone(self) -> str:
        zone = self.cleaned_data["timezone"].strip()
        if zone:
            known_timezone(zone)
        return zone


class LeaveForm(forms.Form):
    how = forms.ChoiceField(
        label=_lazy("What becomes of what you wrote?"),
        choices=Closing.How.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _lazy("Choose one of the two.")},
    )
