"""A day of lost messages: after one look there is no difference left."""

from io import StringIO

import pytest
from django.core.management import call_command

from memberships.billing import gateway
from memberships.billing.actions import begin_checkout
from memberships.billing.inbox import work_inbox
from memberships.billing.models import Invoice, StripeEvent, Subscription
from memberships.billing.reconcile import differs, hourly, nightly
from tests.memberships.billing.conftest import rung_of

pytestmark = pytest.mark.django_db


def test_a_day_of_lost_messages_is_healed_by_one_look(till, price, tier, member, insider):
    till.pay(begin_checkout(member, price=price).url)
    till.pay(begin_checkout(insider, price=tier.prices.get(interval="year")).url)
    sub = gateway.list_subscriptions({}).items[0]
    gateway.update_subscription(sub["id"], {"cancel_at_period_end": True})
    till.do("advance", hours=23)
    assert StripeEvent.objects.count() == 0
    assert hourly() > 5
    while work_inbox():
        pass
    assert (Subscription.objects.count(), Invoice.objects.count(), rung_of(member)) == (2, 2, 20)
    assert [found["id"] for found in gateway.each_subscription({"status": "all"}) if differs(found)] == []
    assert hourly() == 0
    assert nightly() == 0


def test_the_nightly_look_finds_what_no_message_tells_any_more(till, post, buys, price, member):
    sub = buys(member, price)
    gateway.cancel_subscription(sub.stripe_id)
    assert rung_of(member) == 20
    assert nightly() == 1
    assert rung_of(member) == 10


def test_the_commands_say_what_they_did(till, post, buys, price, tier, member):
    out = StringIO()
    call_command("stripe_setup", stdout=out)
    call_command("stripe_setup", stdout=out)
    assert out.getvalue().count("2 prices are at Stripe") == 2
    tier.refresh_from_db()
    assert tier.product
    buys(member, price)
    out = StringIO()
    call_command("stripe_reconcile", stdout=out)
    assert "0 subscriptions stood otherwise" in out.getvalue()


def test_nothing_is_asked_where_nothing_is_sold(settings, db):
    settings.STRIPE_MODE = "off"
    assert (hourly(), nightly()) == (0, 0)
