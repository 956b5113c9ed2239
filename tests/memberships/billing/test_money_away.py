"""What was bought for others follows its money: away with it, and back with it for what remains."""

import datetime as dt
import random
import threading

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from communities.activity.actions import deliver_due
from communities.activity.models import Activity
from communities.members.models import Member, RungSource
from memberships.billing import gateway
from memberships.billing.disputes import sync_dispute
from memberships.billing.earnings import lines_of
from memberships.billing.models import Dispute, Purchase, Repayment, StripeEvent
from memberships.billing.money_away import sync_repayments
from memberships.billing.money_moved import sync_refund
from memberships.billing.purchases import begin_purchase
from memberships.tiers.gifts import open_gift
from memberships.tiers.models import Ask, Gift, Grant, Pool
from tests.communities.notifications.conftest import bell_of
from tests.desk import brand, browser
from tests.memberships.billing.conftest import later, rung_of
from tests.memberships.conftest import meanwhile
from tests.memberships.process import DISPUTED, REFUND_FAILS

pytestmark = pytest.mark.django_db
SEATS, MONEY = "/c/demo/seats/", "/me/money/"


def opens(gift: Gift, user) -> None:
    open_gift(Member.objects.select_related("community").get(user=user), gift)


def told() -> list[str]:
    rows = Activity.objects.filter(verb__regex=r"^(purchase\.refunded|refund|dispute|gift\.(voided|restored)|seats)")
    return list(rows.order_by("pk").values_list("verb", flat=True))


def charge_of(row: Purchase) -> str:
    return gateway.retrieve_payment(row.payment_intent)["latest_charge"]


def held() -> Grant:
    return Grant.objects.get(source="gift", ref=f"gift:{Gift.objects.get().pk}")


def test_a_gift_whose_money_did_not_get_back_is_good_again_for_what_remained(
    till, post, gives, price, outsider, member, client_of
):
    opens(gives(outsider, price, card=REFUND_FAILS), member)
    until = held().ends
    with time_machine.travel(timezone.now() + dt.timedelta(days=10), tick=True):
        till.do("act", what="refund", id=Purchase.objects.get().payment_intent)
        back = till.dump()["refund"][0]["id"]
        sync_refund(back)
        assert (rung_of(member), Purchase.objects.get().status) == (10, "refunded")
        left = until - timezone.now()
    till.do("advance", days=3)
    with time_machine.travel(timezone.now() + dt.timedelta(days=40), tick=True):
        sync_refund(back)
        assert (rung_of(member), Purchase.objects.get().status) == (20, "paid")
        found = held()
        assert abs(found.ends - found.starts - left) < dt.timedelta(minutes=1)
        assert abs(found.starts - timezone.now()) < dt.timedelta(minutes=1)
        assert (
            "is open to you until"
            in client_of(member).get(f"/c/demo/gift/{Gift.objects.get().token}/").content.decode()
        )
        assert "opened" in client_of(outsider).get(MONEY).content.decode()
    with time_machine.travel(found.ends + dt.timedelta(days=1), tick=True):
        assert rung_of(member) == 10
        sync_refund(back)
        assert rung_of(member) == 10
    assert told() == ["purchase.refunded", "gift.voided", "refund.failed", "gift.restored"]


@pytest.mark.parametrize("order", [list, lambda letters: letters[::-1]])
def test_one_that_nobody_had_opened_can_be_opened_again_whatever_is_told_first(
    till, post, gives, price, outsider, member, client_of, order
):
    gift = gives(outsider, price, card=REFUND_FAILS)
    link = f"/c/demo/gift/{gift.token}/"
    till.do("act", what="refund", id=Purchase.objects.get().payment_intent)
    post(order=order, times=2)
    gift.refresh_from_db()
    with pytest.raises(ValidationError, match="The money for this gift went back"):
        opens(gift, member)
    assert "the money went back, so it is no more" in client_of(outsider).get(MONEY).content.decode()
    till.do("advance", days=3)
    post(order=order, times=2)
    client_of(member).post(link)
    assert (rung_of(member), Gift.objects.get().voided_at) == (20, None)


def test_it_goes_and_comes_as_often_as_its_money_does(till, post, gives, price, outsider, member):
    opens(gives(outsider, price, card=REFUND_FAILS), member)
    left = held().ends - timezone.now()
    for turn in range(2):
        till.do("act", what="refund", id=Purchase.objects.get().payment_intent)
        post()
        assert rung_of(member) == 10
        later(till, post, days=3)
        assert (rung_of(member), RungSource.objects.filter(source="tier").count()) == (20, turn + 2)
    assert abs(held().ends - timezone.now() - left) < dt.timedelta(minutes=2)
    assert [told().count(verb) for verb in ("gift.voided", "gift.restored")] == [2, 2]


def test_what_was_over_before_its_money_went_stays_over(till, gives, price, outsider, member):
    opens(gives(outsider, price, card=REFUND_FAILS), member)
    with time_machine.travel(held().ends + dt.timedelta(days=1), tick=True):
        till.do("act", what="refund", id=Purchase.objects.get().payment_intent)
        sync_repayments(Purchase.objects.get())
        till.do("advance", days=3)
        sync_repayments(Purchase.objects.get())
        assert (rung_of(member), Gift.objects.get().voided_at) == (10, None)
    assert held().ends < timezone.now() + dt.timedelta(days=95)


def test_whoever_pays_by_now_has_the_rest_of_it_after(till, post, buys, gives, price, outsider, member, client_of):
    opens(gives(outsider, price, card=REFUND_FAILS), member)
    left = held().ends - timezone.now()
    till.do("act", what="refund", id=Purchase.objects.get().payment_intent)
    post()
    sub = buys(member, price)
    later(till, post, days=3)
    assert not Grant.objects.filter(source="gift", ends__gt=timezone.now()).exists()
    client_of(member).post(f"/me/money/{sub.pk}/end/")
    sub.refresh_from_db()
    assert (held().starts, held().ends) == (sub.cancel_at, sub.cancel_at + held_for(left))


def held_for(left: dt.timedelta) -> dt.timedelta:
    """As it was counted, to the second or so."""
    assert abs(left - Gift.objects.get().left) < dt.timedelta(minutes=1)
    return Gift.objects.get().left


def test_one_that_waits_behind_what_is_paid_waits_again(till, post, buys, gives, price, outsider, member, client_of):
    sub = buys(member, price)
    opens(gives(outsider, price, card=REFUND_FAILS), member)
    client_of(member).post(f"/me/money/{sub.pk}/end/")
    begins = held().starts
    till.do("act", what="refund", id=Purchase.objects.get().payment_intent)
    post()
    assert not Grant.objects.filter(source="gift").exists()
    later(till, post, days=3)
    assert (held().starts, Gift.objects.get().left) == (begins, None)


def test_seats_whose_money_did_not_get_back_are_handed_out(till, post, price, outsider, member, client_of):
    about = {"quantity": 2, "kind": "seats", "form": "f", "months": 1, "seats": 2}
    till.pay(begin_purchase(outsider, price=price, **about), REFUND_FAILS)
    post()
    till.do("act", what="refund", id=Purchase.objects.get().payment_intent)
    post()
    client_of(member).post(SEATS, {"tier": price.tier_id})
    assert (Ask.objects.get().state, rung_of(member)) == ("waiting", 10)
    later(till, post, days=3)
    assert (Ask.objects.get().state, rung_of(member), Pool.objects.get().taken) == ("served", 20, 1)
    assert told() == ["seats.funded", "purchase.refunded", "seats.voided", "refund.failed", "seats.restored"]


@pytest.mark.parametrize(
    ("end", "ends", "rungs", "status"),
    [("lose", True, (10, 10), "disputed"), ("win", True, (10, 20), "paid"), ("lose", False, (20, 20), "paid")],
)
def test_a_dispute_about_a_gift_takes_it_and_a_won_one_brings_it_back(
    till, post, gives, price, demo, outsider, member, owner, settings, end, ends, rungs, status
):
    settings.BILLING_LOST_DISPUTE_ENDS = ends
    opens(gives(outsider, price), member)
    desk, bought = browser(brand("boss", "manager")), Purchase.objects.get()
    till.do("act", what="dispute", id=charge_of(bought))
    post(order=lambda letters: letters[::-1], times=2)
    assert rung_of(member) == rungs[0]
    named = Dispute.objects.get().stripe_id
    listed = desk.get("/admin/billing/dispute/?closed_at__isempty=1").content.decode()
    assert named in listed and f"gift {bought.pk}" in listed
    assert desk.get("/admin/").context["desk"][4]["value"] == 1
    till.do("act", what=f"{end}_dispute", id=named)
    post(times=2)
    assert (rung_of(member), Purchase.objects.get().status) == (rungs[1], status)
    assert desk.get("/admin/").context["desk"][4]["value"] == 0
    while deliver_due():
        pass
    said = {"lose": "The bank decided against Demo: €18.00 went back", "win": "The bank decided for Demo: €18.00 stay"}
    heard = [sentence for sentence, _n in bell_of(owner)]
    assert said[end] in heard and "A payment of €18.00 in Demo is disputed at the bank" in heard
    lines = Activity.objects.filter(verb__startswith="dispute.").order_by("pk")
    assert list(lines.values_list("verb", "kind", "object_id", "amount", "after", "currency")) == [
        ("dispute.opened", "purchase", bought.pk, 1800, 1800, "eur"),
        (f"dispute.{'lost' if end == 'lose' else 'won'}", "purchase", bought.pk, 1800, 1800, "eur"),
    ]
    month = timezone.localdate(timezone=demo.zone).replace(day=1)
    assert sum(line.net for line in lines_of(demo, month)) == (0 if end == "lose" else 1800)
    assert sync_dispute(named) == Dispute.objects.get()
    assert rung_of(member) == rungs[1]


def test_what_went_back_and_what_is_disputed_is_all_of_it_together(till, post, gives, price, outsider, member):
    opens(gives(outsider, price), member)
    till.do("act", what="refund", id=Purchase.objects.get().payment_intent, amount=500)
    post()
    assert rung_of(member) == 20
    till.do("act", what="dispute", id=charge_of(Purchase.objects.get()))
    post()
    row = Purchase.objects.get()
    assert (rung_of(member), row.status, row.refunded, Dispute.objects.get().amount) == (10, "disputed", 500, 1300)


def test_a_dispute_about_seats_closes_those_that_are_free_until_it_is_won(
    till, post, price, outsider, member, insider, client_of
):
    client_of(member).post(SEATS, {"tier": price.tier_id})
    about = {"quantity": 2, "kind": "seats", "form": "f", "months": 1, "seats": 2}
    till.pay(begin_purchase(outsider, price=price, **about))
    post()
    till.do("act", what="dispute", id=charge_of(Purchase.objects.get()))
    post()
    client_of(insider).post(SEATS, {"tier": price.tier_id})
    assert (rung_of(member), Ask.objects.latest("pk").state, Pool.objects.get().taken) == (20, "waiting", 1)
    till.do("act", what="win_dispute", id=Dispute.objects.get().stripe_id)
    post()
    assert (Ask.objects.latest("pk").state, Pool.objects.get().taken) == ("served", 2)


@pytest.mark.parametrize("what", ["refund", "dispute"])
def test_money_that_goes_before_we_heard_that_it_came_is_known_by_what_the_payment_says(
    till, post, price, outsider, what
):
    """The message about it overtakes the one about the payment, and counts all the same."""
    about = {"quantity": 3, "kind": "gift", "form": "f", "months": 3, "message": "", "opens_on": None}
    till.pay(begin_purchase(outsider, price=price, **about), DISPUTED if what == "dispute" else REFUND_FAILS)
    if what == "refund":
        till.do("act", what="refund", id=till.dump()["payment_intent"][0]["id"])
    first = ("charge.dispute", "refund")
    post(order=lambda letters: sorted(letters, key=lambda one: not one["event"]["type"].startswith(first)))
    assert Gift.objects.get().voided_at is not None
    assert StripeEvent.objects.filter(type__startswith=first[what == "refund"], status="done").exists()
    assert Purchase.objects.get().status == {"refund": "refunded", "dispute": "disputed"}[what]


def test_a_late_answer_about_what_went_back_is_not_written(till, post, gives, price, outsider):
    gives(outsider, price, card=REFUND_FAILS)
    row = Purchase.objects.get()
    till.do("act", what="refund", id=row.payment_intent)

    def three_days_on():
        till.do("advance", days=3)
        sync_repayments(row)

    real, waiting = gateway.list_refunds, [three_days_on]

    def slow(params):
        old = real(params)
        if waiting:
            waiting.pop()()
        return old

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateway, "list_refunds", slow)
        sync_repayments(row)
    assert (Repayment.objects.get().status, Purchase.objects.get().status) == ("failed", "paid")
    till.do("act", what="dispute", id=charge_of(row))
    post()
    name = Dispute.objects.get().stripe_id

    def a_later_one():
        sync_dispute(name)
        Dispute.objects.update(status="later")

    with meanwhile('SELECT "billing_dispute"."fetch_seq"', a_later_one):
        sync_dispute(name)
    assert Dispute.objects.get().status == "later"


@pytest.mark.django_db(transaction=True)
def test_many_hands_that_follow_both_at_once_end_where_stripe_is(till, post, gives, price, outsider, member):
    """A part goes back and the rest is disputed; then the one fails and the other is won, while everybody asks, each a little late."""
    opens(gives(outsider, price, card=REFUND_FAILS), member)
    row = Purchase.objects.get()
    till.do("act", what="refund", id=row.payment_intent, amount=500)
    till.do("act", what="dispute", id=charge_of(row))
    back, dispute = till.dump()["refund"][0]["id"], till.dump()["dispute"][0]["id"]

    def hand(ask, name, delay):
        try:
            threading.Event().wait(delay)
            ask(name)
        finally:
            connection.close()

    def crowd(*changes):
        hands = [(ask, name, random.random() / 20) for ask, name in ((sync_refund, back), (sync_dispute, dispute))] * 3
        threads = [threading.Thread(target=hand, args=each) for each in hands]
        for thread in threads:
            thread.start()
        for change in changes:
            till.do(**change)
        threads += [threading.Thread(target=hand, args=(*each[:2], 0)) for each in hands[:2]]
        for thread in threads[len(hands) :]:
            thread.start()
        for thread in threads:
            thread.join()

    crowd()
    assert (rung_of(member), Purchase.objects.get().status) == (10, "disputed")
    crowd({"verb": "advance", "days": 3}, {"verb": "act", "what": "win_dispute", "id": dispute})
    assert (rung_of(member), Purchase.objects.get().status, Purchase.objects.get().refunded) == (20, "paid", 0)
    assert [told().count(verb) for verb in ("gift.voided", "gift.restored")] == [1, 1]
