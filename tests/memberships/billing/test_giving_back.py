"""Money back from the admin and from Stripe's dashboard; payments that a bank questions."""

import threading
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from communities.access.viewer import viewer_for
from communities.activity.actions import deliver_due
from communities.activity.models import Activity
from memberships.billing import gateway
from memberships.billing.giving_back import give_back
from memberships.billing.models import Dispute, Invoice, Refund, Subscription
from tests.communities.notifications.conftest import bell_of
from tests.desk import brand, browser
from tests.memberships.billing.conftest import rung_of

pytestmark = pytest.mark.django_db


def page_of(bill):
    return f"/admin/billing/invoice/{bill.pk}/act/refund/"


def lines():
    rows = Activity.objects.filter(verb__in=["invoice.refunded", "subscription.ended"]).order_by("pk")
    return list(rows.values_list("verb", "amount", "before", "after", "currency"))


@pytest.fixture
def desk(db):
    return browser(brand("boss", "manager"))


@pytest.fixture
def bill(till, buys, price, member):
    buys(member, price)
    return Invoice.objects.get()


def test_a_part_goes_back_and_the_step_stays_then_the_rest_with_the_access(till, post, bill, desk, member):
    page = desk.get(page_of(bill)).content.decode()
    assert 'value="6.00"' in page and "Known" not in page and "€6.00 can go back" in page and "End access too" in page
    answer = desk.post(page_of(bill), {"amount": "2.50", "known": "0", "reason": "half a month ill"}, follow=True)
    assert "It is on its way back." in answer.content.decode()
    bill.refresh_from_db()
    assert (bill.refunded, rung_of(member), lines()) == (250, 20, [("invoice.refunded", 250, 0, 250, "eur")])
    post(times=2)
    sub = Subscription.objects.get()
    assert (Refund.objects.count(), sub.worth, sub.status) == (1, 7200, "active")
    again = {"amount": "3.50", "known": "250", "reason": "all of it", "end_access": "on"}
    desk.post(page_of(bill), again)
    bill.refresh_from_db()
    assert (bill.refunded, rung_of(member), Subscription.objects.get().status) == (600, 10, "canceled")
    assert lines()[1:] == [
        ("invoice.refunded", 350, 0, 350, "eur"),
        ("subscription.ended", 600, 7200, 0, "eur"),
    ]
    history = desk.get(f"/admin/billing/invoice/{bill.pk}/history/").content.decode()
    assert "half a month ill" in history and "€2.50" in history
    while deliver_due():
        pass
    assert "Money for Insider is on its way back to you" in [said for said, _n in bell_of(member)]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"amount": "6.01"}, "At most €6.00 can go back"),
        ({"amount": "0"}, "At most €6.00"),
        ({"amount": "much"}, "Write the amount in digits"),
        ({"amount": "1.00", "reason": ""}, "This field is required"),
        ({"amount": "1.00", "known": "300"}, "Look again, then decide anew"),
    ],
)
def test_what_cannot_go_back_is_refused_in_words_and_nothing_moves(till, bill, desk, sent, said):
    page = desk.post(page_of(bill), {"known": "0", "reason": "r", **sent}).content.decode()
    assert said in page
    assert (Refund.objects.count(), till.dump().get("refund", {})) in [(0, {}), (0, [])]


def test_pressed_twice_and_by_two_at_once_it_goes_back_once(till, bill, desk):
    form = {"amount": "2.00", "known": "0", "reason": "r"}
    desk.post(page_of(bill), form)
    assert "€2.00 went back; €4.00 are left" in desk.post(page_of(bill), form).content.decode()
    assert Refund.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_in_the_same_moment_give_back_once(till, bill, owner):
    viewer, ends = viewer_for(owner, bill.community), []

    def press():
        try:
            give_back(viewer, invoice=Invoice.objects.get(pk=bill.pk), amount=400, known=0, end_access=False)
            ends.append("done")
        except ValidationError as refusal:
            ends.append(refusal.messages[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bill.refresh_from_db()
    assert (Refund.objects.count(), bill.refunded, len(ends)) == (1, 400, 2)
    assert "done" in ends


def test_what_the_dashboard_gave_back_counts_before_it_is_told(till, bill, desk):
    gateway.create_refund({"payment_intent": bill.payment_intent, "amount": 500}, key="dashboard")
    page = desk.post(page_of(bill), {"amount": "6.00", "known": "0", "reason": "r"}).content.decode()
    assert "€5.00 went back; €1.00 are left" in page
    assert len(lines()) == 1


def test_a_stripe_that_is_away_or_takes_no_key_is_said(till, bill, desk, settings):
    till.do("fail", next=40, status=500)
    form = {"amount": "6.00", "known": "0", "reason": "r"}
    assert "Trying the same again is safe" in desk.post(page_of(bill), form).content.decode()
    till.do("heal")
    settings.STRIPE_API_KEY = "sk_test_standin_revoked"
    assert "does not take our key" in desk.post(page_of(bill), form).content.decode()
    assert Refund.objects.count() == 0


@pytest.mark.parametrize(
    ("status", "calls", "said"),
    [
        (409, 3, "Somebody gives money of this bill back at this very moment. Look again."),
        (400, 1, "Stripe refused it: The stand-in was told to fail."),
        (402, 1, "Stripe does not answer. Trying the same again is safe"),
    ],
)
def test_what_stripe_says_to_a_refund_is_said_and_nothing_moves(till, bill, desk, status, calls, said):
    till.do("fail", next=calls, status=status, path="POST /v1/refunds")
    page = desk.post(page_of(bill), {"amount": "6.00", "known": "0", "reason": "r", "end_access": "on"})
    assert said in unescape(page.content.decode())
    assert (Refund.objects.count(), Subscription.objects.get().status, lines()) == (0, "active", [])


def test_where_the_access_cannot_be_ended_the_money_goes_back_all_the_same_and_it_is_said(till, bill, desk, member):
    till.do("fail", next=1, status=402, path="DELETE /v1/subscriptions")
    page = desk.post(page_of(bill), {"amount": "6.00", "known": "0", "reason": "r", "end_access": "on"})
    assert "The money is on its way back, but the access could not be ended" in page.content.decode()
    bill.refresh_from_db()
    assert (bill.refunded, rung_of(member), lines()) == (600, 20, [("invoice.refunded", 600, 0, 600, "eur")])


def test_the_desk_ends_a_subscription_at_once_or_says_that_it_could_not(till, bill, desk, member):
    here = f"/admin/billing/subscription/{bill.subscription_id}/act/end/"
    till.do("fail", next=1, status=402, path="DELETE /v1/subscriptions")
    page = desk.post(here, {"reason": "asked by mail"}, follow=True).content.decode()
    assert "Stripe does not answer. Nothing was changed" in page
    assert (rung_of(member), lines()) == (20, [])
    page = desk.post(here, {"reason": "asked by mail"}, follow=True).content.decode()
    assert "It is ended." in page
    assert (rung_of(member), lines()) == (10, [("subscription.ended", 600, 7200, 0, "eur")])


def test_of_a_bill_that_went_back_nothing_can_go_back_again(till, bill, owner, seen_by):
    give_back(seen_by(owner), invoice=bill, amount=600, known=0, end_access=False)
    with pytest.raises(ValidationError, match="All that was paid went back already"):
        give_back(seen_by(owner), invoice=bill, amount=600, known=600, end_access=False)
    assert (Refund.objects.count(), len(till.dump()["refund"])) == (1, 1)


def test_only_who_sells_gives_back(till, bill, moderator, member, seen_by):
    for person in (moderator, member):
        with pytest.raises(PermissionDenied):
            give_back(seen_by(person), invoice=bill, amount=100, known=0, end_access=False)
    helper = browser(brand("helper", "support"))
    assert helper.get(f"/admin/billing/invoice/{bill.pk}/change/").status_code == 200
    assert helper.post(page_of(bill), {"amount": "1.00", "known": "0", "reason": "r"}).status_code == 403
    assert Refund.objects.count() == 0


@pytest.mark.parametrize(("end", "ends", "rung"), [("lose", True, 10), ("lose", False, 20), ("win", True, 20)])
def test_a_dispute_is_told_to_who_sells_and_ends_as_the_house_says(
    till, post, bill, desk, member, owner, moderator, settings, end, ends, rung
):
    settings.BILLING_LOST_DISPUTE_ENDS = ends
    charge = gateway.retrieve_payment(bill.payment_intent)["latest_charge"]
    till.do("act", what="dispute", id=charge)
    post(times=2)
    assert rung_of(member) == 20
    assert "Open disputes at banks" in desk.get("/admin/").content.decode()
    assert Dispute.objects.get().stripe_id in desk.get("/admin/billing/dispute/").content.decode()
    refused = desk.post(page_of(bill), {"amount": "1.00", "known": "0", "reason": "r"}).content.decode()
    assert "in dispute" in refused
    till.do("act", what=f"{end}_dispute", id=Dispute.objects.get().stripe_id)
    post(order=lambda letters: letters[::-1], times=2)
    while deliver_due():
        pass
    told = {"lose": "The bank decided against Demo: €6.00 went back", "win": "The bank decided for Demo: €6.00 stay"}
    heard = [said for said, _n in bell_of(owner)]
    assert told[end] in heard and "A payment of €6.00 in Demo is disputed at the bank" in heard
    assert not [said for said, _n in bell_of(moderator) if "bank" in said]
    assert (rung_of(member), Subscription.objects.get().status) == (rung, "canceled" if rung == 10 else "active")
    assert Activity.objects.filter(verb__startswith="dispute.").count() == 2
