"""Stripe is down, slow or deaf to our key, a database is gone, things vanish in the dashboard: nobody pays twice or loses a step."""

import datetime as dt
import json

import pytest
import stripe
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from memberships.billing import clock, gateway, patience
from memberships.billing.actions import begin_checkout
from memberships.billing.customers import ensure_customer
from memberships.billing.inbox import work_inbox
from memberships.billing.models import Attempt, Customer, Invoice, StripeEvent, Subscription
from memberships.billing.reconcile import hourly
from tests.desk import brand, browser
from tests.memberships.billing.conftest import later, rung_of
from tests.memberships.conftest import meanwhile
from tests.memberships.process import SECRET

pytestmark = pytest.mark.django_db
TILL = "/c/demo/checkout/"


def test_a_slow_stripe_at_the_till_is_a_page_with_a_retry_in_seconds(
    till, price, member, client_of, monkeypatch, caplog
):
    monkeypatch.setattr(patience, "AT_THE_TILL", 0.4)
    till.do("latency", ms=3000, next=-1)
    browser_ = client_of(member)
    answer = browser_.post(TILL, {"price": price.pk})
    assert "read timeout=0." in caplog.text
    assert (answer.status_code, rung_of(member)) == (503, 10)
    page = answer.content.decode()
    assert "Trying again is safe" in page and f'value="{price.pk}"' in page
    till.do("heal")
    assert "/c/pay/cs_" in browser_.post(TILL, {"price": price.pk})["Location"]
    assert (Attempt.objects.count(), len(till.dump()["checkout.session"])) == (1, 1)


def test_the_way_back_waits_a_moment_and_then_looks_again_by_itself(
    till, post, price, member, client_of, monkeypatch, caplog
):
    assert patience.ON_THE_WAY_BACK == 5.0
    monkeypatch.setattr(patience, "ON_THE_WAY_BACK", 0.4)
    till.pay(begin_checkout(member, price=price).url)
    here = f"{TILL}paid/?s={Attempt.objects.get().session_id}"
    till.do("latency", ms=3000, next=-1)
    page = client_of(member).get(here).content.decode()
    assert "read timeout=0." in caplog.text
    assert "We are confirming your payment" in page and 'http-equiv="refresh"' in page
    till.do("heal")
    post()
    page = client_of(member).get(here).content.decode()
    assert "Welcome to Insider" in page and "refresh" not in page


def test_no_visit_to_the_till_stays_behind_when_stripe_never_answered(till, price, member, client_of):
    till.do("fail", next=40, status=500)
    assert client_of(member).post(TILL, {"price": price.pk}).status_code == 503
    assert Attempt.objects.get().status == "open"
    clock.look()
    assert Attempt.objects.get().status == "open"
    Attempt.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    clock.look()
    assert Attempt.objects.get().status == "expired"


def test_a_revoked_key_is_said_at_the_desk_and_to_machines_and_members_keep_what_they_have(
    till, buys, price, member, client_of, settings
):
    buys(member, price)
    desk, good = browser(brand("boss", "manager")), settings.STRIPE_API_KEY
    assert "takes our key no longer" not in desk.get("/admin/").content.decode()
    settings.STRIPE_API_KEY = "sk_test_standin_revoked"
    assert hourly() == 0
    assert "takes our key no longer" in desk.get("/admin/").content.decode()
    assert "takes our key no longer" in desk.get("/admin/billing/invoice/").content.decode()
    ready = Client().get("/readyz")
    assert (ready.status_code, ready.json()["stripe"]) == (200, "key refused")
    assert b"hearth_stripe_key_taken 0" in Client().get("/metrics").content
    assert rung_of(member) == 20
    assert client_of(member).get("/me/money/").status_code == 200
    settings.STRIPE_API_KEY = good
    gateway.retrieve_account()
    assert "takes our key no longer" not in desk.get("/admin/").content.decode()
    assert "stripe" not in Client().get("/readyz").json()


def test_a_database_that_is_gone_makes_stripe_try_again(till, monkeypatch):
    event = {"id": "evt_1", "object": "event", "type": "invoice.paid", "created": 1, "livemode": False}
    body = json.dumps({**event, "data": {"object": {"id": "in_1", "object": "invoice"}}})
    header = stripe.WebhookSignature.generate_signature_header(body, SECRET)
    told = {"content_type": "application/json", "headers": {"Stripe-Signature": header}}
    door = Client(raise_request_exception=False)

    def gone(*_what, **_more):
        raise OperationalError("the database system is shutting down")

    with monkeypatch.context() as broken:
        broken.setattr(StripeEvent, "save", gone)
        assert door.post("/stripe/webhook/", body, **told).status_code == 503
    with monkeypatch.context() as broken:
        broken.setattr(connection, "ensure_connection", gone)
        assert door.post("/stripe/webhook/", body, **told).status_code == 503
    assert StripeEvent.objects.count() == 0
    assert door.post("/stripe/webhook/", body, **told).status_code == 200


def test_a_redis_that_forgot_everything_costs_nothing(till, post, price, member):
    till.pay(begin_checkout(member, price=price).url)
    post(work=False)
    cache.clear()
    while work_inbox():
        pass
    assert rung_of(member) == 20
    cache.clear()
    post(times=2)
    assert (Subscription.objects.count(), Invoice.objects.count()) == (1, 1)


def test_a_customer_of_the_other_mode_is_left_alone_and_another_is_made(till, price, member):
    old = Customer.objects.create(user=member, livemode=True, currency="eur", stripe_id="cus_live")
    new = ensure_customer(member, "eur")
    assert (new.livemode, new.stripe_id.startswith("cus_")) == (False, True)
    old.refresh_from_db()
    assert (old.deleted_at, Customer.objects.count()) == (None, 2)


def test_a_first_purchase_in_two_tabs_makes_one_customer(till, member):
    rival = []
    with meanwhile('SELECT "billing_customer"', lambda: rival.append(ensure_customer(member, "eur"))):
        found = ensure_customer(member, "eur")
    assert (rival, Customer.objects.get(), len(till.dump()["customer"])) == ([found], found, 1)


def test_what_is_deleted_in_the_dashboard_ends_here_or_is_made_anew(till, post, buys, price, tier, member, insider):
    sub = buys(member, price)
    till.do("act", what="cancel_subscription", id=sub.stripe_id)
    post()
    sub.refresh_from_db()
    assert (sub.status, rung_of(member)) == ("canceled", 10)
    tier.refresh_from_db()
    till.do("act", what="archive_product", id=tier.product)
    again = buys(member, price)
    assert (again.status, rung_of(member)) == ("active", 20)
    gateway.update_price(price.stripe_id, {"active": False})
    assert (buys(insider, price).status, price.stripe_id) == ("active", again.price.stripe_id)


@pytest.mark.parametrize(
    ("begins", "interval", "ends"),
    [
        (dt.datetime(2027, 1, 31, 12), "month", [(2, 28), (3, 31), (4, 30)]),
        (dt.datetime(2028, 2, 29, 12), "year", [(2, 28)]),
    ],
)
def test_month_ends_and_leap_days_follow_the_first_day(till, post, buys, tier, member, begins, interval, ends):
    till.do("advance", to=int(begins.replace(tzinfo=dt.UTC).timestamp()))
    gateway.retrieve_account()
    sub = buys(member, tier.prices.get(interval=interval))
    seen = [(sub.period_end.month, sub.period_end.day)]
    for _period in ends[1:]:
        later(till, post, to=int(sub.period_end.timestamp()) + 3 * 3600)
        sub.refresh_from_db()
        seen.append((sub.period_end.month, sub.period_end.day))
    assert seen == ends
    assert (sub.status, rung_of(member), Invoice.objects.filter(status="paid").count()) == ("active", 20, len(ends))
