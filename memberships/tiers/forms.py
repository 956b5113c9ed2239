"""Forms of the studio's tiers: the words, a price, a promise, a delivery, where the money goes, and a tier given by hand."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from communities.spaces.fields import LocalMomentField
from communities.spaces.models import Community
from memberships.tiers.models import Benefit, Price, Tier
from memberships.tiers.money import NotAnAmount, parse_amount

CURRENCIES = ("eur", "usd", "gbp", "chf", "sek", "nok", "dkk", "pln", "czk", "jpy", "cad", "aud", "brl", "kwd")
LINES = 8  # of the form that says where the money goes


class TierForm(forms.Form):
    name = forms.CharField(label=_lazy("Name"), max_length=60, widget=forms.TextInput(attrs={"dir": "auto"}))
    level = forms.TypedChoiceField(label=_lazy("Opens the step"), coerce=int)
    why = forms.CharField(
        label=_lazy("Why it exists"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "class": "short"}),
        help_text=_lazy("In public, before anybody pays. Without it there is no tier."),
        error_messages={"required": _lazy("Say why it exists: people are told before they pay.")},
    )
    what = forms.CharField(
        label=_lazy("What you get"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "class": "short"}),
    )
    how = forms.CharField(
        label=_lazy("How it helps"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "class": "short"}),
        help_text=_lazy("What this money makes possible for everybody here."),
    )
    trial_days = forms.IntegerField(
        label=_lazy("Days to try it"),
        min_value=0,
        max_value=90,
        initial=0,
        help_text=_lazy("0: none. One try a person."),
    )

    def __init__(self, *args: Any, community: Community, tier: Tier | None = None, **kwargs: Any) -> None:
        if tier is not None:
            kwargs.setdefault("initial", {name: getattr(tier, name) for name in self.base_fields})
        super().__init__(*args, **kwargs)
        steps = [(rung.level, rung.name) for rung in community.rungs.all()]
        self.fields["level"].choices = steps  # type: ignore[attr-defined]


class PriceForm(forms.Form):
    amount = forms.CharField(
        label=_lazy("Price"), max_length=16, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    currency = forms.ChoiceField(label=_lazy("Currency"), choices=[(code, code.upper()) for code in CURRENCIES])
    interval = forms.ChoiceField(label=_lazy("How often"), choices=Price.Interval.choices)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "amount" in data and "currency" in data:
            try:
                data["amount"] = parse_amount(data["amount"], data["currency"])
            except NotAnAmount as problem:
                self.add_error("amount", str(problem))
        return data


class BenefitForm(forms.Form):
    text = forms.CharField(label=_lazy("Promise"), max_length=160, widget=forms.TextInput(attrs={"dir": "auto"}))
    every = forms.ChoiceField(label=_lazy("How often"), choices=Benefit.Every.choices, required=False)
    since = forms.DateField(
        label=_lazy("First due"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class DeliveryForm(forms.Form):
    """on: a due day of the benefit. late: only a word about the delay, nothing is ticked."""

    on = forms.DateField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_lazy("What it was, or why it is late"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    link = forms.CharField(label=_lazy("Where it is"), max_length=300, required=False)

    def clean_link(self) -> str:
        link = self.cleaned_data["link"].strip()
        if link and not re.match(r"(https?://|/(?![/\\]))", link):
            raise ValidationError(_("A link begins with https:// or, on this site, with /."))
        return link


class UsesForm(forms.Form):
    """Lines of what for and how many percent, with up to two decimals; together the whole."""

    def __init__(self, *args: Any, running: list[tuple[str, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(LINES):
            label, share = running[number] if number < len(running) else ("", 0)
            self.fields[f"label_{number}"] = forms.CharField(
                label=_("What for"),
                required=False,
                max_length=80,
                initial=label,
                widget=forms.TextInput(attrs={"dir": "auto"}),
            )
            self.fields[f"share_{number}"] = forms.DecimalField(
                label=_("Percent"),
                required=False,
                min_value=0,
                max_value=100,
                decimal_places=2,
                initial=f"{share // 100}.{share % 100:02d}".rstrip("0").rstrip(".") if share else "",
            )

    def lines(self) -> list[tuple[Any, Any]]:
        return [(self[f"label_{number}"], self[f"share_{number}"]) for number in range(LINES)]

    def uses(self) -> list[tuple[str, int]]:
        """(what for, hundredths of a percent), the lines that say something."""
        data = self.cleaned_data
        pairs = [(data.get(f"label_{n}", ""), data.get(f"share_{n}") or 0) for n in range(LINES)]
        return [(label, int(share * 100)) for label, share in pairs if label.strip() or share]


class GiveForm(forms.Form):
    """A tier for somebody, from the team, without money."""

    handle = forms.CharField(
        label=_lazy("Who"),
        max_length=31,
        help_text=_lazy("Their handle."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_lazy("Why"), max_length=300, help_text=_lazy("It stays with the gift; the team can read it.")
    )

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends"] = LocalMomentField(
            zone=community.zone,
            label=_("Until"),
            help_text=_("Empty: for good. Local time in %(zone)s.") % {"zone": community.timezone},
        )

    def clean_handle(self) -> str:
        return self.cleaned_data["handle"].strip().lstrip("@").lower()

    def ends(self) -> dt.datetime | None:
        return self.cleaned_data.get("ends")
