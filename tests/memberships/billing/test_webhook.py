"""The door for Stripe's messages: who signed them, once each, and what becomes of them."""

import datetime as dt
import json
import time

import pytest
import stripe
from django.test import Client
from django.utils import timezone

from memberships.billing import gateway, inbox
from memberships.billing.actions import begin_checkout
from memberships.billing.inbox import take_in, work_inbox
from memberships.billing.models import Attempt, Dispute, Invoice, Refund, StripeEvent, Subscription
from memberships.tiers.models import Grant
from tests.desk import brand, browser
from tests.memberships.billing.conftest import hand_over, rung_of
from tests.memberships.process import SECRET

pytestmark = pytest.mark.django_db
DOOR = "/stripe/webhook/"


def event(name="evt_1", type="invoice.paid", **fields):
    data = {"object": {"id": "in_unknown", "object": "invoice"}}
    return {"id": name, "object": "event", "type": type, "created": 1, "livemode": False, "data": data, **fields}


def signed(body: str, secret: str = SECRET, at: int | None = None):
    header = stripe.WebhookSignature.generate_signature_header(body, secret, at) if at else None
    header = header or stripe.WebhookSignature.generate_signature_header(body, secret)
    return Client().post(DOOR, body, content_type="application/json", headers={"Stripe-Signature": header})


def test_only_what_stripe_signed_lately_is_kept(till):
    body = json.dumps(event())
    assert Client().get(DOOR).status_code == 405
    assert Client().post(DOOR, body, content_type="application/json").status_code == 400
    assert signed(body, "whsec_other").status_code == 400
    assert signed(body, at=int(time.time()) - 400).status_code == 400
    assert signed("not json").status_code == 400
    assert Client().post(DOOR, b"x" * (2 * 1024 * 1024), content_type="application/json").status_code == 413
    assert StripeEvent.objects.count() == 0
    assert signed(body).status_code == 200
    assert signed(body).status_code == 200
    row = StripeEvent.objects.get()
    assert (row.status, row.deliveries, row.subject) == ("new", 2, "in_unknown")


def test_the_old_secret_still_holds_while_the_new_one_comes(till, settings):
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", SECRET]
    assert signed(json.dumps(event())).status_code == 200
    assert signed(json.dumps(event("evt_2")), "whsec_new").status_code == 200


@pytest.mark.parametrize(
    ("mode", "fields"),
    [
        ("standin", {"livemode": True}),
        ("live", {"livemode": False}),
        ("standin", {"account": "acct_other"}),
        ("standin", {"type": "some.news"}),
        ("standin", {"data": {"object": None}}),
    ],
)
def test_what_is_not_ours_is_kept_as_ignored(till, settings, mode, fields):
    settings.STRIPE_MODE = mode
    assert signed(json.dumps({**event(), **fields})).status_code == 200
    assert StripeEvent.objects.get().status == "ignored"
    assert work_inbox() == 0


def test_what_stripe_does_not_know_is_ignored(till):
    take_in(event())
    take_in(event("evt_2", "customer.subscription.updated", data={"object": {"id": "sub_unknown"}}))
    take_in(event("evt_3", "customer.deleted", data={"object": {"id": "cus_unknown"}}))
    work_inbox()
    assert list(StripeEvent.objects.order_by("pk").values_list("status", flat=True)) == ["ignored", "ignored", "done"]


def test_a_subscription_of_somebody_elses_shop_is_left_alone(till, post):
    from tests.memberships.shop import subscribed

    sub = subscribed(till)
    intent = gateway.list_invoice_payments(sub["latest_invoice"]).items[0]["payment"]["payment_intent"]
    gateway.create_refund({"payment_intent": intent, "amount": 100}, key="theirs")
    till.do("act", what="dispute", id=gateway.retrieve_payment(intent)["latest_charge"])
    post()
    for model in (Subscription, Grant, Invoice, Refund, Dispute):
        assert model.objects.count() == 0
    assert {"refund.created", "charge.dispute.created"} < set(StripeEvent.objects.values_list("type", flat=True))
    assert set(StripeEvent.objects.values_list("status", flat=True)) == {"ignored"}


def test_the_line_goes_dead_and_the_message_is_tried_again_until_staff_must_look(
    till, post, price, member, monkeypatch
):
    till.pay(begin_checkout(member, price=price).url)
    post(work=False)
    monkeypatch.setattr("memberships.billing.gateway.RETRIES", 0)
    monkeypatch.setattr(inbox, "MOST_TRIES", 2)
    till.do("fail", next=100, status=500)
    row = StripeEvent.objects.filter(type="customer.subscription.created").get()
    StripeEvent.objects.exclude(pk=row.pk).delete()
    assert work_inbox() == 0
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("failed", 1)
    assert row.next_at > timezone.now()
    StripeEvent.objects.update(next_at=timezone.now() - dt.timedelta(seconds=1))
    assert work_inbox() == 0
    row.refresh_from_db()
    assert row.status == "dead" and row.error.startswith("Unavailable")
    till.do("heal")
    helper, desk = browser(brand("helper", "moderator")), browser(brand("boss", "manager"))
    here = f"/admin/billing/stripeevent/{row.pk}/act/retry/"
    assert helper.post(here, {}).status_code == 403
    listed = desk.get("/admin/billing/stripeevent/?status__exact=dead").content.decode()
    assert "customer.subscription.created" in listed and "Unavailable" in listed
    assert work_inbox() == 0
    assert "Back in the queue" in desk.post(here, {}, follow=True).content.decode()
    assert work_inbox() == 1
    assert rung_of(member) == 20


def test_a_message_that_nobody_worked_off_waits_for_the_next_look(till, post, price, member, monkeypatch):
    """A crash after it was kept, a broker that forgot: the row is the queue."""
    till.pay(begin_checkout(member, price=price).url)
    post(work=False)
    assert rung_of(member) == 10
    with monkeypatch.context() as short:
        short.setattr(inbox, "BUDGET", -1)  # no time left for even one
        assert (work_inbox(), StripeEvent.objects.filter(attempts__gt=0).count()) == (0, 0)
    work_inbox()
    assert rung_of(member) == 20
    assert Attempt.objects.get().status == "complete"


def test_forged_messages_of_the_console_change_nothing(till, post, price, member, letterbox):
    till.pay(begin_checkout(member, price=price).url)
    for how in ("wrong_secret", "unsigned", "stale", "altered", "garbage"):
        till.do("wait")
        before = len(letterbox.letters)
        till.do("forge", how=how)
        assert hand_over(letterbox.letters[before]).status_code == 400, how
    assert StripeEvent.objects.count() == 0
    assert rung_of(member) == 10
