"""Does money get through? Each step says so or says what to do; what would lose money is an exit of 1."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import timezone

from memberships.billing import checking, gateway
from memberships.billing.actions import begin_checkout
from memberships.billing.checking import findings
from memberships.billing.inbox import work_inbox
from memberships.billing.models import Look, StripeEvent, Subscription
from memberships.billing.reconcile import hourly, nightly
from memberships.tiers.actions import set_price
from tests.desk import brand, browser
from tests.memberships.billing.conftest import hand_over, rung_of

pytestmark = pytest.mark.django_db


def found(**options):
    return {one.step: (one.state, one.said) for one in findings(**options)}


@pytest.fixture
def set_up(till, price, letterbox, settings):
    """As after `stripe_setup`, the stand-in's messages going to our letterbox."""
    settings.SITE_URL = letterbox.url.removesuffix("/stripe/webhook/")
    for one in gateway.list_endpoints({}).items:
        gateway.update_endpoint(one["id"], {"enabled_events": sorted(checking.HEARD)})
    call_command("stripe_setup", stdout=StringIO())
    return till


def test_all_is_well_after_setup_a_message_and_a_look(set_up, post, buys, price, member):
    buys(member, price)
    hourly()
    said = found()
    assert {state for state, _said in said.values()} == {"ok"}, said
    assert list(said) == [
        *("key", "account", "clock", "rights", "endpoint", "version", "portal", "catalogue", "secret", "inbox", "looks")
    ]
    out = StringIO()
    call_command("stripe_check", stdout=out)
    assert out.getvalue().splitlines()[0] == "ok    key        The stand-in answers: no money moves."
    assert out.getvalue().splitlines()[-1] == "Money gets through."


def test_a_message_of_our_own_proves_the_secret(set_up, letterbox, monkeypatch):
    asks = "No message has come yet. manage.py stripe_check --probe asks for one and waits."
    assert found()["secret"] == ("look", asks)
    assert found(probe=0.3)["secret"][0] == "BAD"

    def carry(_seconds):
        """While it waits, the postman comes."""
        set_up.do("wait")
        while letterbox.letters:
            hand_over(letterbox.letters.pop())

    monkeypatch.setattr(checking.time, "sleep", carry)
    letterbox.letters.clear()
    said = "A message that we asked for came through, signed with our secret."
    assert found(probe=5)["secret"] == ("ok", said)
    session = StripeEvent.objects.get(type="checkout.session.expired").subject
    assert gateway.retrieve_session(session)["status"] == "expired"


def lacks(till, path, status=403):
    till.do("fail", next=1, status=status, path=path)


def test_a_key_that_may_not_do_something_is_said_by_name(set_up):
    lacks(set_up, "/v1/refunds")
    assert found()["rights"] == (
        "BAD",
        "The key may not: Refunds (write). Allow it in the Stripe dashboard, API keys.",
    )
    lacks(set_up, "/v1/account")
    assert found()["account"][0] == "look"


def test_a_key_that_was_revoked_or_a_silent_stripe_end_it(set_up, monkeypatch):
    lacks(set_up, "/v1/account", 401)
    assert list(found()) == ["key"]
    assert found_list_of(set_up, 401) == "BAD"
    monkeypatch.setattr(gateway, "RETRIES", 0)
    gateway.build.cache_clear()
    set_up.do("fail", next=50, status=500)
    last = list(findings())[-1]
    assert (last.state, last.step) == ("BAD", "stripe")
    set_up.do("heal")
    gateway.build.cache_clear()


def found_list_of(till, status):
    lacks(till, "/v1/account", status)
    return list(findings())[-1].state


@pytest.mark.parametrize(
    ("key", "mode", "state", "words"),
    [
        ("rk_live_1", "live", "ok", "A restricted key, live: money moves."),
        ("sk_test_1", "test", "look", "A secret key, test"),
        ("", "off", "look", "nothing is sold"),
    ],
)
def test_the_kind_of_key_is_said(settings, key, mode, state, words):
    settings.STRIPE_MODE, settings.STRIPE_API_KEY = mode, key
    one = checking.key()
    assert one.state == state and words in one.said
    if mode == "off":
        assert len(list(findings())) == 1


def test_a_clock_that_is_wrong_is_said_before_and_after_every_message_is_refused(set_up):
    """Six minutes off: nothing that Stripe signs is taken any more, and the check says why."""
    with time_machine.travel(timezone.now() - dt.timedelta(seconds=120)):
        assert found()["clock"][0] == "look"
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6)):
        state, said = found()["clock"]
        assert state == "BAD" and "seconds ahead of Stripe's: every message of Stripe is refused" in said
        assert any(f"clock is {off} seconds" in said for off in (359, 360, 361))


def test_a_message_that_was_turned_away_last_is_said_with_its_reason(set_up, post, buys, price, member, letterbox):
    buys(member, price)
    cache.clear()
    assert found()["secret"][0] == "ok"
    assert hand_over({**letterbox.letters[0], "header": "t=1,v1=00"}).status_code == 400
    state, said = found()["secret"]
    assert state == "BAD" and "was turned away" in said and "STRIPE_WEBHOOK_SECRET" in said


def test_the_endpoint_is_compared_with_what_is_used(set_up, settings):
    (one,) = gateway.list_endpoints({}).items
    gateway.update_endpoint(one["id"], {"enabled_events": ["invoice.paid"]})
    state, said = found()["endpoint"]
    assert state == "BAD" and "does not send" in said and "customer.deleted" in said
    gateway.update_endpoint(one["id"], {"enabled_events": ["*"], "disabled": True})
    assert "it is disabled" in found()["endpoint"][1]
    gateway.update_endpoint(one["id"], {"disabled": False})
    assert found()["endpoint"][0] == "look"
    out = StringIO()
    call_command("stripe_setup", stdout=out)
    assert "it sends exactly what is used again" in out.getvalue()
    assert found()["endpoint"][0] == "ok"
    gateway.create_endpoint({"url": one["url"], "enabled_events": ["invoice.paid"]}, key="second")
    assert "There are 2 endpoints" in next(item.said for item in findings() if item.step == "endpoint")
    settings.SITE_URL = "http://elsewhere.example"
    said = "Stripe does not know where to send messages. manage.py stripe_setup makes http://elsewhere.example/stripe/webhook/."
    assert found()["endpoint"] == ("BAD", said)


def test_live_mode_asks_for_https_and_for_our_version(set_up, settings):
    settings.STRIPE_MODE = "live"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateway, "client", lambda: gateway.build(settings.STRIPE_API_KEY, settings.STRIPE_API_BASE))
        said = list(checking.endpoint())
    assert [(one.state, one.step) for one in said] == [("BAD", "endpoint"), ("ok", "endpoint"), ("look", "version")]


def test_the_portal_and_the_catalogue_are_compared(set_up, price, tier, boss, demo):
    for one in gateway.list_portal_configurations({}).items:
        gateway.update_portal_configuration(one["id"], {"features": {"subscription_cancel": {"enabled": False}}})
    assert "subscription_cancel" in found()["portal"][1]
    call_command("stripe_setup", stdout=StringIO())
    assert found()["portal"][0] == "ok"
    set_price(boss, tier=tier, interval="month", currency="usd", amount=700)
    said = found()
    assert "1 of 3 prices are not at Stripe yet" in said["catalogue"][1]
    assert "Prices in USD are converted" in said["account"][1]
    price.refresh_from_db()
    gateway.update_price(price.stripe_id, {"active": False})
    assert found()["catalogue"] == (
        "BAD",
        "demo Insider: the price of 600 eur is archived at Stripe. manage.py stripe_setup brings it to Stripe anew.",
    )
    type(price).objects.filter(pk=price.pk).update(amount=601)
    assert "601 eur a month here, 600 eur month at Stripe" in found()["catalogue"][1]
    type(price).objects.filter(pk=price.pk).update(stripe_id="price_gone")
    assert "is gone at Stripe" in found()["catalogue"][1]


def test_an_account_that_cannot_be_charged_loses_every_sale(set_up):
    set_up.do("settings", charges_enabled=0)
    assert found()["account"][0] == "BAD"
    with pytest.raises(SystemExit) as left:
        call_command("stripe_check", stdout=(out := StringIO()))
    assert left.value.code == 1 and "1 to mend" in out.getvalue()


def test_what_waits_too_long_or_was_given_up_is_said(set_up):
    row = StripeEvent.objects.create(event_id="evt_1", type="invoice.paid", created=timezone.now(), livemode=False)
    assert found()["inbox"][0] == "ok"
    old = timezone.now() - dt.timedelta(minutes=11)
    StripeEvent.objects.update(received_at=old, next_at=old)
    assert "Does the worker run?" in found()["inbox"][1]
    StripeEvent.objects.filter(pk=row.pk).update(status="dead")
    assert "1 messages were given up" in found()["inbox"][1]


def test_what_a_look_finds_is_a_row_in_the_admin_and_a_button_looks_again(till, post, buys, price, member, monkeypatch):
    sub = buys(member, price)
    till.do("drop", next=-1)
    gateway.cancel_subscription(sub.stripe_id)
    assert "is still to come" in checking.looks().said
    assert (nightly(), hourly() > 0) == (1, True)
    compared, messages = Look.objects.order_by("pk")
    assert (compared.seen, compared.wrong, compared.error) == (1, 1, "")
    assert compared.found == f"{sub.stripe_id}: status active here, canceled at Stripe\n"
    assert messages.wrong == StripeEvent.objects.filter(missed=True).count() > 0
    desk = browser(brand("boss", "manager"))
    page = desk.get(f"/admin/billing/look/{compared.pk}/change/").content.decode()
    assert "canceled at Stripe" in page
    wanted = []
    monkeypatch.setattr("communities.activity.nudge.nudge", wanted.append)
    assert desk.post(f"/admin/billing/look/{compared.pk}/act/again/").status_code == 302


def test_a_look_without_an_answer_says_so(till, price, monkeypatch):
    monkeypatch.setattr(gateway, "RETRIES", 0)
    gateway.build.cache_clear()
    till.do("fail", next=9, status=500)
    assert (hourly(), nightly()) == (0, 0)
    till.do("heal")
    gateway.build.cache_clear()
    assert [row.error.startswith("Stripe gave no answer") for row in Look.objects.all()] == [True, True]
    assert nightly(budget=-1) == 0


def test_a_message_can_go_through_anew_by_its_name_or_by_a_day(till, post, price, member):
    till.pay(begin_checkout(member, price=price).url)
    till.do("wait")
    name = next(one["id"] for one in gateway.each_event({}) if one["type"] == "customer.subscription.created")
    out = StringIO()
    call_command("stripe_replay", name, stdout=out)
    assert out.getvalue() == "1 messages, 1 of them new: 1 done\n"
    assert rung_of(member) == 20
    Subscription.objects.update(status="incomplete")
    call_command("stripe_replay", name, stdout=(out := StringIO()))
    assert out.getvalue() == "1 messages, 0 of them new: 1 done\n"
    assert Subscription.objects.get().status == "active"
    call_command("stripe_replay", "--since", "2026-01-01", stdout=(out := StringIO()))
    assert " done" in out.getvalue() and " ignored" not in out.getvalue()
    assert StripeEvent.objects.count() == len(list(gateway.each_event({})))
    for nonsense in ([], ["evt_nobody"]):
        with pytest.raises(CommandError):
            call_command("stripe_replay", *nonsense)
    with pytest.raises(CommandError):
        call_command("stripe_replay", "--since", "soon")


def test_what_is_of_no_use_to_us_stays_ignored_however_often_it_is_tried(till):
    row = StripeEvent.objects.create(
        event_id="evt_1", type="some.news", subject="x_1", created=timezone.now(), livemode=False, status="ignored"
    )
    call_command("stripe_replay", "evt_1", stdout=StringIO())
    row.refresh_from_db()
    assert row.status == "ignored" and work_inbox() == 0
