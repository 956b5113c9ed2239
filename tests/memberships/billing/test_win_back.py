"""An offer for whom has left: shown to them alone, without typing, on the staircase and with what they pay; once."""

import pytest
from django.core.exceptions import ValidationError

from memberships.billing.actions import Pays, begin_checkout
from memberships.billing.models import Subscription
from memberships.billing.offering import make_coupon

pytestmark = pytest.mark.django_db
STAIRS, MONEY, SAID = "/c/demo/tiers/", "/me/money/", "Welcome back. For you, once: 50 % off for 2 months"


@pytest.fixture
def back(demo, boss, tier):
    return make_coupon(boss, community=demo, code="back", percent=50, lasts="repeating", months=2, left_only=True)


def leaves(till, post, sub):
    till.do("act", what="cancel_subscription", id=sub.stripe_id)
    post()


def test_only_whom_it_is_for_sees_it_and_only_once(till, post, buys, back, price, member, insider, visitor, client_of):
    sub = buys(member, price)
    browser = client_of(member)
    for who in (browser, client_of(insider), client_of(visitor)):
        for address in (STAIRS, f"{STAIRS}?code=back"):
            page = who.get(address).content.decode()
            assert "Welcome back" not in page and "50 %" not in page
    for user in (member, insider):
        with pytest.raises((ValidationError, Pays)):
            begin_checkout(user, price=price, code="back")
    assert "glad to have you back" not in browser.get(MONEY).content.decode()
    leaves(till, post, sub)
    page = browser.get(STAIRS).content.decode()
    assert SAID in page and "€3.00 a month for 2 months, then €6.00" in page
    assert f'href="{STAIRS}?code=BACK"' in browser.get(MONEY).content.decode()
    answer = browser.post("/c/demo/checkout/", {"price": price.pk, "code": "BACK"})
    till.pay(answer["Location"])
    post()
    again = Subscription.objects.latest("pk")
    assert (again.charged, again.worth) == (300, 3600)
    leaves(till, post, again)
    assert "Welcome back" not in browser.get(STAIRS).content.decode()
    assert "glad to have you back" not in browser.get(MONEY).content.decode()


def test_a_stranger_who_knows_the_code_is_told_that_nobody_knows_it(till, back, price, insider):
    with pytest.raises(ValidationError) as problem:
        begin_checkout(insider, price=price, code="back")
    assert problem.value.message_dict == {"code": ["We do not know this code. Is it spelled right?"]}
