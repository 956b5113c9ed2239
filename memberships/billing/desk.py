"""What the buttons of money in the admin do: end a subscription now, give back what was paid."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.access.desk import Changes, ReasonForm, change_of
from communities.access.rules import require
from communities.access.viewer import Viewer
from memberships.billing import errors
from memberships.billing.giving_back import give_back
from memberships.billing.models import Invoice, Subscription
from memberships.billing.stopping import stop_now
from memberships.tiers.money import NotAnAmount, parse_amount, plain, show


def end_now(viewer: Viewer, row: Subscription, _asked: Mapping[str, Any]) -> Changes:
    require(viewer, "sell", row.community)
    before = row.status
    try:
        stop_now(row)
    except errors.GatewayError as problem:
        raise ValidationError(
            gettext("Stripe does not answer. Nothing was changed; try again in a minute.")
        ) from problem
    row.refresh_from_db()
    return [change_of(gettext("status"), before, row.status)]


class RefundForm(ReasonForm):
    """known: what had gone back when the form was opened, so that two who decide at once decide one after the other."""

    amount = forms.CharField(label=_("How much"), max_length=20)
    end_access = forms.BooleanField(
        label=_("End access too"),
        required=False,
        help_text=_(
            "Ticked, the subscription ends this moment. Else the step stays, and is paid again when its period is over."
        ),
    )
    known = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ("amount", "end_access", "reason")

    def __init__(self, *args: Any, obj: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        self.bill: Invoice = obj
        left = obj.paid - obj.refunded
        self.fields["amount"].initial = plain(left, obj.currency)
        self.fields["amount"].help_text = gettext("%(left)s can go back, tax included.") % {
            "left": show(left, obj.currency)
        }
        self.fields["known"].initial = obj.refunded

    def clean_amount(self) -> int:
        try:
            return parse_amount(self.cleaned_data["amount"], self.bill.currency)
        except NotAnAmount as problem:
            raise ValidationError(str(problem)) from problem


def give_money_back(viewer: Viewer, row: Invoice, asked: Mapping[str, Any]) -> Changes:
    before = row.refunded
    ends = bool(asked["end_access"])
    give_back(viewer, invoice=row, amount=asked["amount"], known=asked["known"] or 0, end_access=ends)
    row.refresh_from_db()
    changes = [change_of(gettext("given back"), show(before, row.currency), show(row.refunded, row.currency))]
    return [*changes, change_of(gettext("access"), gettext("open"), gettext("ended"))] if ends else changes
