"""What happens to a subscription after it was bought: ends, failures, refunds, doubles, and that no late answer sets anything back."""

import random
import threading

import pytest
from django.db import connection

from communities.activity.models import Activity
from communities.members.models import Member
from memberships.billing import gateway
from memberships.billing.actions import begin_checkout
from memberships.billing.changing import change_subscription
from memberships.billing.disputes import sync_dispute
from memberships.billing.models import Attempt, Customer, Dispute, Invoice, Refund, Subscription
from memberships.billing.money_moved import sync_invoice, sync_refund
from memberships.billing.sync import forget_customer, sync_subscription
from memberships.tiers.grants import give_tier
from memberships.tiers.models import Grant
from tests.memberships.billing.conftest import later, rung_of
from tests.memberships.conftest import meanwhile
from tests.memberships.process import FAILS_LATER, GOOD, REFUND_FAILS

pytestmark = pytest.mark.django_db


def told(*verbs):
    rows = Activity.objects.filter(verb__in=verbs).order_by("pk")
    return list(rows.values_list("verb", "before", "after"))


def test_ended_with_the_period_it_runs_to_its_end_and_not_a_minute_longer(till, post, buys, price, member):
    sub = buys(member, price)
    gateway.update_subscription(sub.stripe_id, {"cancel_at_period_end": True})
    post()
    sub.refresh_from_db()
    grant = Grant.objects.get()
    assert grant.ends == sub.cancel_at == sub.period_end
    assert rung_of(member) == 20
    gateway.update_subscription(sub.stripe_id, {"cancel_at_period_end": False})
    post()
    assert Grant.objects.get().ends is None
    gateway.update_subscription(sub.stripe_id, {"cancel_at_period_end": True})
    later(till, post, days=32)
    sub.refresh_from_db()
    assert (sub.status, sub.worth, sub.end_reason) == ("canceled", 0, "cancellation_requested")
    assert Activity.objects.get(verb="subscription.ended").occurred_at == sub.ended_at
    assert told("subscription.ending", "subscription.resumed", "subscription.ended") == [
        ("subscription.ending", 7200, 0),
        ("subscription.resumed", 0, 7200),
        ("subscription.ended", 7200, 0),
    ]


def test_a_failed_renewal_keeps_the_step_for_the_grace_and_gives_no_free_month(till, post, buys, price, member):
    sub = buys(member, price, FAILS_LATER)
    assert rung_of(member) == 20
    till.do("advance", days=31, hours=3)
    post()
    sub.refresh_from_db()
    assert (sub.status, sub.unpaid_since) == ("past_due", sub.period_start)
    grant = Grant.objects.get()
    assert (grant.ends - sub.period_start).days == 7
    assert grant.ends < sub.period_end
    assert [verb for verb, _b, _a in told("subscription.overdue", "invoice.failed")] == [
        "subscription.overdue",
        "invoice.failed",
    ]


def test_a_comp_stays_when_the_payment_goes(till, post, buys, price, upper, boss, member):
    sub = buys(member, price)
    seat = Member.objects.get(user=member)
    give_tier(boss, member=seat, tier=upper, ends=None, reason="for the wall")
    gateway.cancel_subscription(sub.stripe_id)
    post()
    assert rung_of(member) == 30
    assert Grant.objects.filter(ends=None).get().source == "comp"


def test_refunds_are_counted_once_and_leave_the_step(till, post, buys, price, member):
    buys(member, price)
    bill = Invoice.objects.get()
    for key, amount in (("a", 100), ("b", 500)):
        gateway.create_refund({"payment_intent": bill.payment_intent, "amount": amount}, key=key)
        post(times=2)
    bill.refresh_from_db()
    assert (bill.refunded, rung_of(member)) == (600, 20)
    rows = Activity.objects.filter(verb="invoice.refunded").order_by("pk")
    assert list(rows.values_list("amount", "after", "currency")) == [(100, 100, "eur"), (500, 500, "eur")]


def test_a_refund_that_is_heard_of_before_its_payment_finds_it(till, post, price, member):
    till.pay(begin_checkout(member, price=price).url)
    sub = gateway.list_subscriptions({}).items[0]
    intent = gateway.list_invoice_payments(sub["latest_invoice"]).items[0]["payment"]["payment_intent"]
    gateway.create_refund({"payment_intent": intent}, key="all")
    post(order=lambda letters: letters[::-1])
    assert Invoice.objects.get().refunded == 600


def test_a_dispute_is_on_record(till, post, buys, price, member):
    buys(member, price)
    charge = gateway.retrieve_payment(Invoice.objects.get().payment_intent)["latest_charge"]
    till.do("act", what="dispute", id=charge)
    post()
    assert [verb for verb, _b, _a in told("dispute.opened", "dispute.won", "dispute.lost")] == ["dispute.opened"]
    assert rung_of(member) == 20
    till.do("act", what="lose_dispute", id=Dispute.objects.get().stripe_id)
    post()
    assert told("dispute.lost", "subscription.ended") == [("dispute.lost", 0, 600), ("subscription.ended", 7200, 0)]
    sync_dispute(Dispute.objects.get().stripe_id)
    assert len(told("dispute.lost", "subscription.ended")) == 2


def test_money_that_did_not_get_back_is_ours_again(till, post, buys, price, member):
    buys(member, price, REFUND_FAILS)
    bill = Invoice.objects.get()
    gateway.create_refund({"payment_intent": bill.payment_intent, "amount": 250}, key="some")
    post()
    bill.refresh_from_db()
    assert bill.refunded == 250
    later(till, post, days=3)
    sync_refund(Refund.objects.get().stripe_id)
    bill.refresh_from_db()
    assert (bill.refunded, Refund.objects.get().status) == (0, "failed")
    assert told("invoice.refunded", "refund.failed") == [("invoice.refunded", 0, 250), ("refund.failed", 0, 250)]


@pytest.mark.parametrize("order", [list, lambda letters: letters[::-1]])
def test_a_subscription_that_began_and_ended_while_we_heard_nothing_is_both_in_the_ledger(
    till, post, price, member, order
):
    """Told in its order, and backwards: that it is deleted comes before that it was made, and an old change after that."""
    till.pay(begin_checkout(member, price=price).url)
    name = gateway.list_subscriptions({}).items[0]["id"]
    gateway.update_subscription(name, {"cancel_at_period_end": True})
    gateway.cancel_subscription(name)
    post(order=order, times=2)
    assert Subscription.objects.get().status == "canceled"
    assert (rung_of(member), Grant.objects.count()) == (10, 0)
    assert told("subscription.started", "subscription.ended", "invoice.paid") == [
        ("subscription.started", 0, 7200),
        ("subscription.ended", 7200, 0),
        ("invoice.paid", 0, 600),
    ]


def test_a_message_that_a_customer_is_gone_is_believed_to_stripe_alone(till, buys, price, member):
    buys(member, price)
    customer = Customer.objects.get()
    forget_customer(customer.stripe_id)
    customer.refresh_from_db()
    assert (customer.deleted_at, rung_of(member)) == (None, 20)


def test_a_customer_deleted_at_stripe_is_made_anew_with_the_next_purchase(till, post, buys, price, member):
    buys(member, price)
    till.do("act", what="delete_customer", id=Customer.objects.get().stripe_id)
    post()
    assert rung_of(member) == 10
    assert Customer.objects.get().deleted_at is not None
    buys(member, price)
    assert (rung_of(member), Customer.objects.count()) == (20, 2)


def second_one(till, member, price, tier_price):
    """A second subscription beside ours, as two devices could have made it."""
    from memberships.billing.catalogue import push_price
    from tests.memberships.shop import subscribed

    customer = {"id": Customer.objects.get(user=member).stripe_id}
    return subscribed(till, {"id": push_price(tier_price)}, GOOD, customer=customer)


def test_two_paid_at_once_leave_the_higher_one_and_the_money_of_the_other(till, post, buys, price, upper, member):
    first = buys(member, price)
    second_one(till, member, price, upper.prices.get(interval="month"))
    post()
    post()
    first.refresh_from_db()
    assert first.status == "canceled"
    running = Subscription.objects.filter(status="active").get()
    assert (running.price.tier, rung_of(member)) == (upper, 30)
    assert Invoice.objects.get(subscription=first).refunded == 600
    assert Invoice.objects.get(subscription=running).refunded == 0


def test_of_a_double_all_that_was_paid_goes_back_once_whoever_was_quicker(till, post, buys, price, tier, upper, member):
    """It was changed meanwhile, so there are two bills; the dashboard paid the newer one back and ended it a moment ago."""
    first = buys(member, price)
    change_subscription(first, price=tier.prices.get(interval="year"), date=gateway.now())
    post()
    small, large = Invoice.objects.order_by("total")
    second_one(till, member, price, upper.prices.get(interval="month"))
    gateway.create_refund({"payment_intent": large.payment_intent}, key="dashboard")
    till.do("fail", next=1, status=404, when="after", path="DELETE /v1/subscriptions")
    post()
    post()
    first.refresh_from_db()
    assert (first.status, rung_of(member)) == ("canceled", 30)
    paid = Invoice.objects.filter(subscription=first).order_by("total").values_list("paid", "refunded")
    assert list(paid) == [(small.paid, small.paid), (large.paid, large.paid)]
    assert len(till.dump()["refund"]) == 2
    assert len(told("subscription.ended")) == 1


def test_an_old_double_is_left_to_staff(till, post, buys, price, upper, member):
    first = buys(member, price)
    till.do("advance", days=3)
    second_one(till, member, price, upper.prices.get(interval="month"))
    post()
    first.refresh_from_db()
    assert first.status == "active" and first.doubled_at is not None


def test_a_late_answer_sets_nothing_back(till, post, buys, price, member, monkeypatch):
    """The answer that was asked for first and comes last is not written."""
    sub = buys(member, price)
    real = gateway.retrieve_subscription

    def slow(name, **options):
        old = real(name, **options)
        monkeypatch.setattr(gateway, "retrieve_subscription", real)
        gateway.cancel_subscription(name)
        sync_subscription(name)
        return old

    monkeypatch.setattr(gateway, "retrieve_subscription", slow)
    sync_subscription(sub.stripe_id)
    sub.refresh_from_db()
    assert (sub.status, rung_of(member)) == ("canceled", 10)


def test_a_late_answer_about_a_bill_a_refund_or_a_dispute_is_not_written(till, post, buys, price, member):
    buys(member, price)
    bill = Invoice.objects.get()
    gateway.create_refund({"payment_intent": bill.payment_intent, "amount": 100}, key="some")
    till.do("act", what="dispute", id=gateway.retrieve_payment(bill.payment_intent)["latest_charge"])
    post()
    for model, ask in ((Invoice, sync_invoice), (Refund, sync_refund), (Dispute, sync_dispute)):
        name = model.objects.get().stripe_id

        def a_later_one(model=model, ask=ask, name=name):
            ask(name)
            model.objects.update(status="later")

        with meanwhile(f'SELECT "{model._meta.db_table}"."fetch_seq"', a_later_one):
            ask(name)
        assert model.objects.get().status == "later"


@pytest.mark.django_db(transaction=True)
def test_bursts_of_workers_end_where_stripe_is(till, post, buys, price, tier, member):
    """Changes while several workers ask at once, each a little late: never wrong at the end."""
    sub = buys(member, price)
    year = tier.prices.get(interval="year")
    from memberships.billing.catalogue import push_price

    names = [push_price(price), push_price(year)]
    wrong = []

    def worker(delay):
        threading.Event().wait(delay)
        try:
            sync_subscription(sub.stripe_id)
        finally:
            connection.close()

    for turn in range(6):
        item = gateway.retrieve_subscription(sub.stripe_id)["items"]["data"][0]
        change = {"items": [{"id": item["id"], "price": names[(turn + 1) % 2]}], "proration_behavior": "none"}
        threads = [threading.Thread(target=worker, args=(random.random() / 20,)) for _one in range(3)]
        for thread in threads:
            thread.start()
        gateway.update_subscription(sub.stripe_id, change)
        last = threading.Thread(target=worker, args=(0,))
        last.start()
        for thread in (*threads, last):
            thread.join()
        sub.refresh_from_db()
        if sub.price.stripe_id != names[(turn + 1) % 2]:
            wrong.append(turn)
    assert wrong == []


@pytest.mark.django_db(transaction=True)
def test_two_clicks_in_the_same_moment_are_one_session(till, price, member):
    urls = []

    def click():
        try:
            urls.append(begin_checkout(member, price=price).url)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _one in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(urls) == 3 and len(set(urls)) == 1
    assert Attempt.objects.count() == 1
