"""Messages in any order, any number of times, through several doors and workers at once: the end is where Stripe is.

HEARTH_BURSTS says how many bursts; the figure of docs/billing.md is that of a hundred.
"""

import datetime as dt
import itertools
import os
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from communities.activity.models import Activity
from memberships.billing import gateway
from memberships.billing.actions import begin_checkout
from memberships.billing.catalogue import push_price
from memberships.billing.inbox import work_inbox
from memberships.billing.models import Invoice, Look, Refund, StripeEvent, Subscription
from memberships.billing.reconcile import difference, hourly, nightly
from memberships.tiers.models import Grant
from tests.memberships.billing.conftest import hand_over, later, rung_of
from tests.memberships.process import FAILS_LATER

pytestmark = pytest.mark.django_db(transaction=True)
BURSTS = int(os.environ.get("HEARTH_BURSTS", "12"))
DOORS, WORKERS = 3, 3


def at_once(*jobs: Callable[[], Any]) -> None:
    """Each in a thread with a connection of its own; what one raises is raised here."""
    problems: list[BaseException] = []

    def run(job: Callable[[], Any]) -> None:
        try:
            job()
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def emptied() -> None:
    """What failed on the way is tried again now and not in a while."""
    for _turn in range(20):
        StripeEvent.objects.filter(status__in=StripeEvent.OPEN).update(next_at=timezone.now())
        if not work_inbox() and not StripeEvent.objects.filter(status__in=StripeEvent.OPEN).exists():
            return
    raise AssertionError("the inbox does not come to rest")


def drift() -> list[str]:
    """Every way in which our rows say otherwise than Stripe: subscriptions, bills, refunds."""
    found = [said for one in gateway.each_subscription({"status": "all"}) if (said := difference(one))]
    for row in Invoice.objects.all():
        there = gateway.retrieve_invoice(row.stripe_id)
        if (there["status"], there["amount_paid"]) != (row.status, row.paid):
            found.append(
                f"{row.stripe_id}: {row.status} {row.paid} here, {there['status']} {there['amount_paid']} there"
            )
    back = {one["id"]: one["amount"] for one in gateway.list_refunds({"limit": 100}).items}
    if back != dict(Refund.objects.values_list("stripe_id", "amount")):
        found.append(f"refunds {back} there")
    return found


def test_bursts_of_reordered_and_doubled_messages_end_where_stripe_is(till, post, buys, letterbox, price, tier, member):
    sub = buys(member, price)
    names = [push_price(price), push_price(tier.prices.get(interval="year"))]
    dice = random.Random(4)
    wrong: list[tuple[int, list[str]]] = []

    def change() -> None:
        """Something happens at Stripe, as in its dashboard or by another device."""
        what = dice.choice(["end", "resume", "year", "month", "refund"])
        if what in ("end", "resume"):
            gateway.update_subscription(sub.stripe_id, {"cancel_at_period_end": what == "end"})
        elif what == "refund":
            gateway.create_refund({"payment_intent": intent, "amount": 1}, key=f"burst{dice.random()}")
        else:
            item = gateway.retrieve_subscription(sub.stripe_id)["items"]["data"][0]["id"]
            items = [{"id": item, "price": names[what == "year"]}]
            gateway.update_subscription(sub.stripe_id, {"items": items, "proration_behavior": "none"})

    intent = Invoice.objects.get().payment_intent
    for turn in range(BURSTS):
        read = len(letterbox.letters)
        for _some in range(3):
            change()
        till.do("wait")
        letters = letterbox.letters[read:] * 2
        dice.shuffle(letters)
        waits = [dice.random() / 50 for _one in range(len(letters) + WORKERS)]

        def door(number: int, letters: list[Any] = letters, waits: list[float] = waits) -> None:
            for letter, wait in zip(letters[number::DOORS], waits[number::DOORS], strict=False):
                time.sleep(wait)
                assert hand_over(letter).status_code == 200

        def worker(wait: float) -> None:
            for _look in range(3):
                time.sleep(wait)
                work_inbox()

        read = len(letterbox.letters)
        at_once(
            *(lambda number=number: door(number) for number in range(DOORS)),
            *(lambda wait=wait: worker(wait) for wait in waits[-WORKERS:]),
            change,  # and meanwhile it goes on
        )
        till.do("wait")
        for letter in letterbox.letters[read:]:
            hand_over(letter)
        emptied()
        sub.refresh_from_db()
        right = rung_of(member) == 20 and Grant.objects.get().ends == sub.cancel_at
        if (found := drift()) or not right:
            wrong.append((turn, found))
    assert wrong == [], f"{len(wrong)} of {BURSTS} ended wrong"
    assert Activity.objects.filter(verb="subscription.started").count() == 1
    assert Activity.objects.filter(verb="invoice.refunded").count() == Refund.objects.count()
    worths = list(Activity.objects.filter(verb="subscription.changed").order_by("pk").values_list("before", "after"))
    assert all(one[1] == two[0] for one, two in itertools.pairwise(worths)), "the ledger has a gap"


def test_one_message_fifty_times_at_once_and_again_after_three_days_is_one_effect(till, post, letterbox, price, member):
    till.pay(begin_checkout(member, price=price).url)
    till.do("wait")
    paid = next(letter for letter in letterbox.letters if letter["event"]["type"] == "invoice.paid")
    statuses: list[int] = []
    at_once(*[lambda: statuses.append(hand_over(paid).status_code)] * 50)
    assert statuses == [200] * 50
    row = StripeEvent.objects.get(event_id=paid["event"]["id"])
    assert row.deliveries == 50
    at_once(*[work_inbox] * 4)
    emptied()
    till.do("advance", days=3)
    read = len(letterbox.letters)
    till.do("resend", event=row.event_id)
    till.do("wait")
    again = [letter for letter in letterbox.letters[read:] if letter["event"]["id"] == row.event_id]
    assert [hand_over(letter).status_code for letter in again] == [200]
    assert work_inbox() == 0
    row.refresh_from_db()
    assert (row.deliveries, row.status) == (51, "done")
    assert (Invoice.objects.count(), Subscription.objects.count(), Grant.objects.count()) == (1, 1, 1)
    assert Activity.objects.filter(verb__in=["invoice.paid", "subscription.started"]).count() == 2


def test_a_day_of_lost_messages_leaves_no_difference_after_one_look(
    till, post, buys, price, upper, member, insider, circle
):
    """Of everything that can happen in a day: bought, ended, paid back, failed, ended by the bank."""
    late, leaves = buys(member, price, FAILS_LATER), buys(insider, price)
    later(till, post, days=30)
    till.do("drop", next=-1)
    till.pay(begin_checkout(circle, price=upper.prices.get(interval="month")).url)
    gateway.update_subscription(leaves.stripe_id, {"cancel_at_period_end": True})
    bill = Invoice.objects.filter(subscription=leaves).latest("pk")
    gateway.create_refund({"payment_intent": bill.payment_intent, "amount": 200}, key="day")
    till.do("advance", hours=24)
    assert drift() != []
    assert hourly() > 5
    emptied()
    assert drift() == []
    late.refresh_from_db()
    assert (late.status, rung_of(circle)) == ("past_due", 30)
    assert (hourly(), nightly()) == (0, 0)


def test_two_days_without_door_and_worker_are_caught_up_with_although_a_fresh_message_came_first(
    till, post, buys, price, member, insider
):
    """What a late message says of when we last heard of Stripe counts for nothing: only a look that came to its end does."""
    buys(member, price)
    hourly()
    emptied()
    Look.objects.update(began_at=timezone.now() - dt.timedelta(days=3))
    till.do("drop", next=-1)
    gateway.create_refund({"payment_intent": Invoice.objects.get().payment_intent, "amount": 200}, key="two days ago")
    till.do("advance", days=2, hours=1)
    till.do("drop", next=0)
    buys(insider, price)
    assert Refund.objects.count() == 0
    assert hourly() > 0
    emptied()
    assert (drift(), Refund.objects.get().amount) == ([], 200)
