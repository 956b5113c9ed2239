"""Forms of the place: its look and settings, its spaces, its steps."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from communities.spaces.models import Community, Rung, Space
from communities.spaces.modules import MODULES
from communities.ui.zones import known_timezone

STEP = 10  # between two levels, so that there is room for another one


class ZoneField(forms.CharField):
    """A time zone by its name, with suggestions from <datalist id="zones">."""

    default_validators = [known_timezone]
    widget = forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "spellcheck": "false"})


class LookForm(forms.ModelForm):
    """modules lists what is on; the model keeps what is off."""

    on = forms.MultipleChoiceField(label=_lazy("Parts"), required=False, widget=forms.CheckboxSelectMultiple)
    hue = forms.IntegerField(
        label=_lazy("Colour"),
        min_value=0,
        max_value=359,
        widget=forms.NumberInput(attrs={"type": "range", "step": 1}),
    )
    timezone = ZoneField(label=_lazy("Time zone"), max_length=64)
    logo_file = forms.FileField(
        label=_lazy("Logo"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
    )
    cover_file = forms.FileField(
        label=_lazy("Cover"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
    )
    drop_logo = forms.BooleanField(label=_lazy("Without a logo"), required=False)
    drop_cover = forms.BooleanField(label=_lazy("Without a cover"), required=False)

    class Meta:
        model = Community
        fields = (
            "name", "tagline", "about", "hue", "radius", "font", "timezone", "join_mode", "join_note", "size_cap", "listed"
        )  # fmt: skip
        widgets = {
            "join_mode": forms.RadioSelect,
            "join_note": forms.Textarea(attrs={"rows": 2, "dir": "auto", "class": "short"}),
            "name": forms.TextInput(attrs={"dir": "auto"}),
            "tagline": forms.TextInput(attrs={"dir": "auto"}),
            "about": forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
            "radius": forms.RadioSelect,
            "font": forms.RadioSelect,
        }
        help_texts = {"size_cap": _lazy("Empty: as many as come. Whoever is one too many stands in line.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.instance
        self.fields["listed"].required = self.fields["join_mode"].required = False
        on = self.fields["on"]
        assert isinstance(on, forms.MultipleChoiceField)
        on.choices = [(module.slug, module.label) for module in MODULES.values()]
        self.initial["on"] = [slug for slug in MODULES if slug not in place.modules]
        if not place.logo_id:
            del self.fields["drop_logo"]
        if not place.cover_id:
            del self.fields["drop_cover"]

    def clean_join_mode(self) -> str:
        """Not sent: it stays as it is."""
        return self.cleaned_data["join_mode"] or self.instance.join_mode

    def _post_clean(self) -> None:
        """Only the action writes to the row; a form that was refused leaves it as it was."""

    def values(self) -> dict[str, Any]:
        """For change_community: what the person may set, and nothing else."""
        data = self.cleaned_data
        off = [slug for slug in MODULES if slug not in data["on"]]
        unknown = [slug for slug in self.instance.modules if slug not in MODULES]
        return {name: data[name] for name in self._meta.fields or ()} | {"modules": unknown + off}


class SpaceForm(forms.ModelForm):
    rung = forms.TypedChoiceField(label=_lazy("Readable from"), coerce=int)
    listed_rung = forms.TypedChoiceField(
        label=_lazy("Known from"), coerce=int, help_text=_lazy("Who is below does not learn that the space exists.")
    )
    posting_rung = forms.TypedChoiceField(
        label=_lazy("Posting from"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_lazy("Where members from a step up post."),
    )

    class Meta:
        model = Space
        fields = ("name", "about", "rung", "listed_rung", "posting", "posting_rung")
        widgets = {"name": forms.TextInput(attrs={"dir": "auto"}), "about": forms.TextInput(attrs={"dir": "auto"})}

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community = community
        steps = [(rung.level, rung.name) for rung in community.rungs.all()]
        for name, first in (("rung", (0, _("Everybody"))), ("listed_rung", (0, _("Everybody")))):
            self.fields[name].choices = [first, *steps]  # type: ignore[attr-defined]
        self.fields["posting_rung"].choices = [("", _("no step chosen")), *steps]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        reads, knows = data.get("rung"), data.get("listed_rung")
        if reads is not None and knows is not None and knows > reads:
            self.add_error(
                "listed_rung", _("Whoever can read it has to know of it: choose the same step or a lower one.")
            )
        if data.get("posting") == Space.Posting.RUNG and data.get("posting_rung") is None:
            self.add_error("posting_rung", _("From which step on?"))
        if data.get("posting") != Space.Posting.RUNG:
            data["posting_rung"] = None
        return data

    def _post_clean(self) -> None:
        """Nothing reaches the row before it is valid."""
        if not self.errors:
            self.instance.community = self.community
            if not self.instance.slug:
                taken = set(self.community.spaces.values_list("slug", flat=True))
                self.instance.slug = free_slug_of(self.cleaned_data["name"], taken)
                self.instance.position = len(taken)
            super()._post_clean()  # type: ignore[misc]  # Django's own hook, which the stubs leave out


class RungForm(forms.ModelForm):
    """`above`: only a new step chooses its place; it gets a level between its neighbours, and theirs never change."""

    above = forms.TypedChoiceField(label=_lazy("It stands above"), coerce=int)

    class Meta:
        model = Rung
        fields = ("name", "about", "ways")
        widgets = {name: forms.TextInput(attrs={"dir": "auto"}) for name in ("name", "about", "ways")}

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community, self.rungs = community, list(community.rungs.all())
        if self.instance.pk:
            del self.fields["above"]
        else:
            self.fields["above"].choices = [(rung.level, rung.name) for rung in self.rungs]  # type: ignore[attr-defined]
            self.initial.setdefault("above", self.rungs[-1].level if self.rungs else 0)

    def clean_above(self) -> int:
        below = self.cleaned_data["above"]
        next_up = min((rung.level for rung in self.rungs if rung.level > below), default=below + 2 * STEP)
        if next_up - below < 2:
            raise forms.ValidationError(_("There is no room between these two steps. Put it above another one."))
        return below

    def _post_clean(self) -> None:
        if not self.errors:
            self.instance.community = self.community
            if not self.instance.pk:
                below = self.cleaned_data["above"]
                next_up = min((rung.level for rung in self.rungs if rung.level > below), default=below + 2 * STEP)
                self.instance.level = (below + next_up) // 2
                self.instance.slug = free_slug_of(self.cleaned_data["name"], {rung.slug for rung in self.rungs})
            super()._post_clean()  # type: ignore[misc]  # Django's own hook, which the stubs leave out


def free_slug_of(name: str, taken: set[str]) -> str:
    """An address for a name, with a number where it is taken. The words of audiences are kept free."""
    base = slugify(name)[:40].strip("-_").replace("_", "-") or "place"
    taken = taken | {"public", "members", "visitor", "member"}
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if slug not in taken)
