"""The forms about being known: what else somebody says about themselves and who sees it, and their face."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _lazy

from communities.access.circles import Circle
from communities.people.models import Profile, User
from communities.people.showing import SHOWN, circles, profile_of

_words = {"dir": "auto"}


class WordsForm(forms.Form):
    """Stands on the page beside MeForm and shares its <form>. What a sender leaves out stays as it was."""

    pronouns = forms.CharField(
        label=_lazy("Pronouns"), required=False, max_length=40, widget=forms.TextInput(attrs=_words)
    )
    work = forms.CharField(
        label=_lazy("What you do"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={**_words, "autocomplete": "organization-title"}),
    )
    place = forms.CharField(
        label=_lazy("Where you are"),
        required=False,
        max_length=80,
        help_text=_lazy("A town is enough. People can look for it where they see it."),
        widget=forms.TextInput(attrs={**_words, "autocomplete": "address-level2"}),
    )
    website = forms.URLField(
        label=_lazy("Website"),
        required=False,
        max_length=200,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        widget=forms.URLInput(attrs={"autocomplete": "url", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        profile = profile_of(user)
        for name in Profile.FIELDS[1:]:
            self.fields[name].initial = getattr(profile, name)
        for name, circle in circles(user).items():
            self.fields[f"seen_{name}"] = forms.ChoiceField(
                label=_lazy("Seen by"), required=False, choices=Circle.choices, initial=circle
            )

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in Profile.FIELDS[1:] if name in self.data}

    def seen_by(self) -> dict[str, str]:
        given = {name: self.cleaned_data[f"seen_{name}"] for name in SHOWN if f"seen_{name}" in self.data}
        return {name: circle for name, circle in given.items() if circle}


class FaceForm(forms.Form):
    """Cut to a square on the server; pictures of every format that we read are taken."""

    file = forms.FileField(
        label=_lazy("A picture of you"),
        max_length=500,
        help_text=_lazy(
            "JPEG, PNG, WebP or HEIC. We cut the middle to a square and keep nothing of where it was taken."
        ),
        widget=forms.FileInput(attrs={"accept": "image/*,.heic,.heif"}),
    )
