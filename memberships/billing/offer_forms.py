"""The form of an offer: how much less, for how long, for whom and how often."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from communities.spaces.fields import LocalMomentField
from communities.spaces.models import Community
from memberships.billing.models import Coupon
from memberships.tiers.forms import CURRENCIES
from memberships.tiers.models import Tier
from memberships.tiers.money import NotAnAmount, parse_amount


class OfferForm(forms.Form):
    code = forms.CharField(
        label=_lazy("Code"),
        max_length=24,
        help_text=_lazy("What people type: letters, digits and dashes."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )
    percent = forms.IntegerField(label=_lazy("Percent off"), required=False, min_value=1, max_value=100)
    amount = forms.CharField(
        label=_lazy("Or an amount off"),
        required=False,
        max_length=16,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    currency = forms.ChoiceField(
        label=_lazy("Currency of the amount"), choices=[(code, code.upper()) for code in CURRENCIES], required=False
    )
    lasts = forms.ChoiceField(label=_lazy("How long"), choices=Coupon.Lasts.choices)
    months = forms.IntegerField(label=_lazy("How many months"), required=False, min_value=1, max_value=36)
    most = forms.IntegerField(
        label=_lazy("How often in all"), required=False, min_value=1, max_value=1_000_000,
        help_text=_lazy("Empty: as often as people like. Once a person in any case."),
    )  # fmt: skip
    tiers = forms.ModelMultipleChoiceField(
        label=_lazy("For which tiers"),
        queryset=Tier.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_lazy("None ticked: for all."),
    )
    left_only = forms.BooleanField(
        label=_lazy("Only for people who paid here once and left"),
        required=False,
        help_text=_lazy("They see it on the staircase and with what they pay, without typing. Nobody else does."),
    )

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tiers"].queryset = Tier.objects.filter(community=community, state=Tier.State.OPEN)  # type: ignore[attr-defined]
        self.fields["ends_at"] = LocalMomentField(zone=community.zone, label=_("Until"))
        self.order_fields(["code", "percent", "amount", "currency", "lasts", "months", "most", "ends_at", "tiers"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("amount"):
            try:
                data["amount"] = parse_amount(data["amount"], data.get("currency") or "eur")
            except NotAnAmount as problem:
                self.add_error("amount", str(problem))
        else:
            data["amount"] = None
        return data
