"""The form of a room."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from communities.discussion.models import Room


class RoomForm(forms.ModelForm):
    """own_rung: who reads; own_listed_rung: who may know of it. Steps are named, levels are not shown."""

    own_rung = forms.TypedChoiceField(label=_lazy("Who reads"), coerce=int)
    own_listed_rung = forms.TypedChoiceField(label=_lazy("Who may know of it"), coerce=int)
    posting_rung = forms.TypedChoiceField(label=_lazy("Writing from"), coerce=int, required=False, empty_value=None)

    class Meta:
        model = Room
        fields = ("name", "about", "own_rung", "own_listed_rung", "posting", "posting_rung", "slow", "position")
        widgets = {
            "name": forms.TextInput(attrs={"dir": "auto"}),
            "about": forms.Textarea(attrs={"rows": 2, "dir": "auto", "class": "short"}),
            "posting": forms.RadioSelect,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [(rung.level, rung.name) for rung in self.instance.community.rungs.all()]
        everybody = [(0, _("Everybody, without an account too")), *steps]
        for name in ("own_rung", "own_listed_rung"):
            self.fields[name].choices = everybody  # type: ignore[attr-defined]
        self.fields["posting"].choices = [one for one in Room.Posting.choices if one[0] != Room.Posting.READERS]  # type: ignore[attr-defined]
        self.fields["posting_rung"].choices = [("", "—"), *steps]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("posting") == Room.Posting.RUNG and data.get("posting_rung") is None:
            self.add_error("posting_rung", _("From which step up?"))
        if data.get("own_listed_rung", 0) > data.get("own_rung", 0):
            self.add_error("own_listed_rung", _("Whoever reads it knows of it: choose the same step or a lower one."))
        if self.instance.pk is None and "name" in data:
            self.instance.slug = self._address(data["name"])
        return data

    def _address(self, name: str) -> str:
        """Out of the name; a number where another room has it."""
        base = slugify(name)[:40].strip("-") or "room"
        taken = set(Room.objects.filter(community=self.instance.community).values_list("slug", flat=True))
        taken |= {"new", "write", "read", "topics"}
        base = base if not base.startswith("dm-") else f"room-{base}"[:40]
        return next(one for one in (base, *(f"{base}-{n}" for n in range(2, 1000))) if one not in taken)
