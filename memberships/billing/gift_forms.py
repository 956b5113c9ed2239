"""Forms of giving: for how long, to whom one would like to say what and from which day on; or how many seats."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from communities.spaces.models import Community
from memberships.tiers.models import Price
from memberships.tiers.money import show
from memberships.tiers.reading import tiers_of

MONTHS = (1, 3, 6)
SEATS = 50


@dataclass(frozen=True, slots=True)
class Length:
    """So many months of a tier at a price: as often as it goes into them."""

    price: Price
    quantity: int
    months: int

    @property
    def key(self) -> str:
        return f"{self.price.pk}x{self.quantity}"

    @property
    def words(self) -> str:
        said = ngettext("%(tier)s, a month: %(amount)s", "%(tier)s, %(n)s months: %(amount)s", self.months)
        amount = show(self.price.amount * self.quantity, self.price.currency)
        return said % {"tier": self.price.tier.name, "n": self.months, "amount": amount}


def lengths(community: Community) -> list[Length]:
    """What can be given: some months at the month's price, a year at the year's where there is one. Three queries."""
    found = []
    for tier in tiers_of(community):
        offered: list[Price] = tier.__dict__["offered"]
        years = {price.currency for price in offered if price.interval == Price.Interval.YEAR}
        for price in offered:
            if price.interval == Price.Interval.YEAR:
                found.append(Length(price, 1, 12))
            else:
                found += [Length(price, n, n) for n in (*MONTHS, *(() if price.currency in years else (12,)))]
    return sorted(found, key=lambda one: (one.price.currency, one.price.tier.level, one.price.tier_id, one.months))


class _Bought(forms.Form):
    what = forms.ChoiceField(label=_lazy("Which step, for how long"))

    def __init__(self, *args: Any, offered: list[Length], **kwargs: Any) -> None:
        kwargs["auto_id"] = f"id_{type(self).__name__.lower()}_%s"  # two forms stand on one page
        super().__init__(*args, **kwargs)
        self.offered = {one.key: one for one in offered}
        self.fields["what"].choices = [(one.key, one.words) for one in offered]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        """For `begin_purchase`."""
        chosen = self.offered[self.cleaned_data["what"]]
        form = self.data.get("form", "")[:36]
        return {"price": chosen.price, "quantity": chosen.quantity, "months": chosen.months, "form": form}


class GiftForm(_Bought):
    message = forms.CharField(
        label=_lazy("A few words to them"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "class": "short"}),
        help_text=_lazy("They stand on the page of the gift, for whoever has the link."),
    )
    opens_on = forms.DateField(
        label=_lazy("Not before"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_lazy("A birthday, say. Until then the page keeps its secret."),
    )

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = timezone.localdate(timezone=community.zone)

    def clean_opens_on(self) -> Any:
        day = self.cleaned_data["opens_on"]
        if day is not None and (day - self.today).days > 366:
            raise forms.ValidationError(_("A year ahead at most."))
        return day if day is not None and day > self.today else None

    def asked(self) -> dict[str, Any]:
        return super().asked() | {"message": self.cleaned_data["message"], "opens_on": self.cleaned_data["opens_on"]}


class SeatsForm(_Bought):
    seats = forms.IntegerField(
        label=_lazy("How many seats"),
        min_value=1,
        max_value=SEATS,
        initial=3,
        help_text=_lazy("You see how many are taken, never by whom."),
    )

    def asked(self) -> dict[str, Any]:
        found, seats = super().asked(), self.cleaned_data["seats"]
        return found | {"quantity": found["quantity"] * seats, "seats": seats}
