"""What came in stands on the public page of each tier, split by what it is declared to be for."""

import re

import pytest

from memberships.billing import gateway
from memberships.billing.models import Invoice
from memberships.tiers.actions import declare_uses

pytestmark = pytest.mark.django_db


def test_a_month_is_split_in_public_without_its_tax_and_after_what_went_back(
    till, post, settings, buys, gives, boss, demo, price, member, insider, outsider, visitor, client_of
):
    settings.BILLING_AUTOMATIC_TAX = True
    declare_uses(boss, community=demo, uses=[("Rent", 6250), ("Paper", 3750)])

    def split(person) -> tuple[list[str], list[str]]:
        page = client_of(person).get("/c/demo/tiers/insider/").content.decode()
        return re.findall(r"<span>(6.*?|3.*?)</span></dd>", page), re.findall(r'<td class="figure">(.*?)</td>', page)

    assert split(outsider) == (["62.5 %", "37.5 %"], [])
    buys(member, price)
    assert split(visitor) == (["62.5 % <b>€3.13</b>", "37.5 % <b>€1.87</b>"], ["€5.00", "€3.13", "€1.87"])
    gives(insider, price, 1)
    gateway.create_refund({"payment_intent": Invoice.objects.get().payment_intent, "amount": 120}, key="some")
    post()
    assert split(insider) == (["62.5 % <b>€5.63</b>", "37.5 % <b>€3.37</b>"], ["€9.00", "€5.63", "€3.37"])
