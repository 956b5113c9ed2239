"""A day of lost messages: after one look there is no difference left."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from memberships.billing import gateway, reconcile, tasks
from memberships.billing.actions import begin_checkout
from memberships.billing.inbox import work_inbox
from memberships.billing.models import Attempt, Invoice, Look, Purchase, StripeEvent, Subscription
from memberships.billing.purchases import begin_purchase
from memberships.billing.reconcile import differs, hourly, nightly
from memberships.tiers.models import Price
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
    assert nightly(budget=-1) == 0
    assert Look.objects.get().error == "It ran out of time: manage.py stripe_reconcile has all of it."
    assert nightly() == 1
    assert rung_of(member) == 10


def test_the_workers_doors_do_what_they_are_named_for(till, buys, price, member, insider):
    """Each by its own door, with every message lost: found by the hour, worked off, and what no message tells by the night."""
    till.pay(begin_checkout(member, price=price).url)
    tasks.hourly()
    assert (StripeEvent.objects.filter(missed=True, status="new").count() > 3, rung_of(member)) == (True, 10)
    tasks.work()
    assert (StripeEvent.objects.filter(status="new").count(), rung_of(member)) == (0, 20)
    gateway.cancel_subscription(Subscription.objects.get().stripe_id)
    tasks.nightly()
    assert rung_of(member) == 10
    sub = buys(insider, price)
    type(insider).objects.filter(pk=insider.pk).update(is_active=False)
    Attempt.objects.create(
        user=member, community=sub.community, price=price, expires_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )
    tasks.look()
    sub.refresh_from_db()
    assert (sub.status, Attempt.objects.get(user=member, session_id=None).status) == ("canceled", "expired")


def test_visits_that_nobody_told_the_end_of_are_closed_by_the_hour(
    till, price, member, insider, circle, outsider, owner
):
    """Visits and gifts that ran out, that Stripe does not know, that never got a page; where it is silent, the next hour asks."""
    begin_checkout(member, price=price)
    begin_checkout(insider, price=price)
    Attempt.objects.filter(user=insider).update(session_id="cs_of_another_mode")
    about = {"price": price, "quantity": 1, "kind": "gift", "months": 1, "message": "", "opens_on": None}
    for giver in (owner, outsider, circle):
        begin_purchase(giver, form="f", **about)
    Purchase.objects.filter(user=outsider).update(session_id=None)
    Purchase.objects.filter(user=owner).update(session_id="cs_of_another_mode_too")

    def ends():
        visits = {row.user.handle: row.status for row in Attempt.objects.select_related("user")}
        return visits | {row.user.handle: row.status for row in Purchase.objects.select_related("user")}

    def look_with_no_word_of(session):
        till.do("fail", next=1, status=400, path=f"GET /v1/checkout/sessions/{session}")
        reconcile.close_overdue()

    open_still = dict.fromkeys(("member", "insider", "circle", "outsider", "owner"), "open")
    till.do("advance", minutes=40)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=40), tick=True):
        look_with_no_word_of(Attempt.objects.get(user=member).session_id)
        assert ends() == open_still
        look_with_no_word_of(Purchase.objects.get(user=circle).session_id)
        ended = {"member": "expired", "insider": "abandoned", "outsider": "expired", "owner": "expired"}
        assert ends() == {**ended, "circle": "open"}
        reconcile.close_overdue()
        assert ends() == {**ended, "circle": "expired"}


def test_the_commands_say_what_they_did(till, post, buys, price, tier, member):
    out = StringIO()
    call_command("stripe_setup", stdout=out)
    call_command("stripe_setup", stdout=out)
    assert out.getvalue().count("2 prices are at Stripe") == 2
    tier.refresh_from_db()
    assert tier.product
    tier.name = "Drummers"
    tier.save()
    Price.objects.filter(pk=price.pk).update(stripe_id="price_of_another_mode")
    call_command("stripe_setup", stdout=out)
    assert gateway.retrieve_product(tier.product)["name"] == "Demo: Drummers"
    price.refresh_from_db()
    assert gateway.retrieve_price(price.stripe_id)["unit_amount"] == 600
    buys(member, price)
    out = StringIO()
    call_command("stripe_reconcile", stdout=out)
    assert "0 subscriptions stood otherwise" in out.getvalue()


def test_nothing_is_asked_where_nothing_is_sold(settings, db):
    settings.STRIPE_MODE = "off"
    assert (hourly(), nightly()) == (0, 0)
