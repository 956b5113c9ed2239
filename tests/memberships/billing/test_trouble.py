"""A renewal fails: the banner and its end, each news once with its mail, and the three ways in which it can end."""

import datetime as dt

import pytest
import time_machine

from communities.activity.actions import deliver_due
from communities.activity.models import Activity
from communities.mail.models import Mail, Suppression
from communities.members.models import Member, RungSource
from communities.notifications.models import Preference
from memberships.billing import gateway
from memberships.billing.actions import begin_checkout
from memberships.billing.changing import change_subscription, quote
from memberships.billing.clock import lapse_due, look
from memberships.billing.models import Invoice, Subscription
from memberships.billing.sync import sync_subscription
from memberships.billing.transitions import stripes_now
from memberships.tiers.models import Grant
from tests.communities.notifications.conftest import bell_of
from tests.memberships.billing.conftest import later, rung_of
from tests.memberships.conftest import meanwhile
from tests.memberships.process import ASKS_ALWAYS, FAILS_LATER, GOOD

pytestmark = pytest.mark.django_db
BANNER = "Your last payment did not come through."


def lines_of(verb):
    return list(Activity.objects.filter(verb=verb).values_list("before", "after", "amount", "currency"))


def news_of(user):
    while deliver_due():
        pass
    return [said for said, _count in bell_of(user) if "on the step" not in said]


@pytest.fixture
def overdue(till, post, buys, price, member, confirmed):
    """Somebody whose first renewal failed three hours ago."""
    confirmed(member)
    sub = buys(member, price, FAILS_LATER)
    later(till, post, to=int(sub.period_end.timestamp()) + 3 * 3600)
    sub.refresh_from_db()
    assert sub.status == "past_due"
    return sub


def test_a_failed_renewal_is_told_once_and_stands_on_every_page_of_the_place(
    till, overdue, member, insider, client_of, django_assert_max_num_queries
):
    until = overdue.unpaid_since + dt.timedelta(days=7)
    assert Member.objects.get(user=member).owes_until == until
    day = f"{until:%-d %B %Y}"
    assert news_of(member) == [f"The payment for Insider did not go through: it stays open until {day}"]
    mail = Mail.objects.get(user=member)
    assert mail.subject.startswith("The payment for Insider did not go through")
    assert "/me/money/" in mail.text
    assert mail.headers == {} and mail.ref == ""
    browser = client_of(member)
    browser.get("/c/demo/")
    with django_assert_max_num_queries(4):
        page = browser.get("/c/demo/").content.decode()
    assert BANNER in page and 'href="/me/money/"' in page
    assert f'datetime="{until:%Y-%m-%dT%H:%M:%SZ}"' in page
    assert BANNER in browser.get("/c/demo/tiers/").content.decode()
    assert BANNER not in client_of(insider).get("/c/demo/").content.decode()
    page = browser.get("/me/money/").content.decode()
    assert (
        "the last payment failed" in page
        and "open until" in page
        and "Pay it" in page
        and 'data-verb="card.changed"' in page
    )
    sync_subscription(overdue.stripe_id)
    look()
    assert len(news_of(member)) == 1 and Mail.objects.filter(user=member).count() == 1


def test_news_about_money_cannot_be_switched_off_by_mistake(till, buys, price, member, post, confirmed, client_of):
    confirmed(member)
    Suppression.objects.create(email=member.email, reason="complained")
    client_of(member).post("/me/notifications/", {"no_mail": "on"})
    Preference.objects.create(user=member, kind="money", channel="mail", on=False)
    page = client_of(member).get("/me/notifications/").content.decode()
    assert 'value="money"' not in page and "What you pay: a payment fails" in page
    buys(member, price, FAILS_LATER)
    later(till, post, days=31, hours=3)
    assert len(news_of(member)) == 1
    assert Mail.objects.get(user=member).state == "waiting"


def test_a_card_that_is_set_right_brings_everything_back_and_the_banner_goes(till, post, overdue, member, client_of):
    bill = Invoice.objects.get(status="open")
    url = gateway.retrieve_invoice(bill.stripe_id)["hosted_invoice_url"]
    till.fetch(url, {"do": "pay", "card": GOOD, "country": "DE", "name": "Ada"})
    post()
    overdue.refresh_from_db()
    assert (overdue.status, overdue.unpaid_since, overdue.lapsed_at, overdue.worth) == ("active", None, None, 7200)
    assert Member.objects.get(user=member).owes_until is None
    assert (Grant.objects.get().ends, rung_of(member)) == (None, 20)
    assert lines_of("subscription.recovered") == [(7200, 7200, 600, "eur")]
    assert news_of(member)[0] == "The payment for Insider came: everything is as it was"
    assert BANNER not in client_of(member).get("/c/demo/").content.decode()


def test_the_last_day_is_told_and_then_it_closes_at_its_minute_without_a_free_month(
    till, post, overdue, member, publish, client_of
):
    inside = publish("For insiders", rung=20)
    over = overdue.unpaid_since + dt.timedelta(days=7)
    browser = client_of(member)
    assert b"The text of For insiders" in browser.get(inside.url).content
    till.do("advance", days=6)
    sync_subscription(overdue.stripe_id)
    assert (look(), look()) == (1, 0)
    assert news_of(member)[0].startswith("Insider closes on ")
    with time_machine.travel(over + dt.timedelta(seconds=1), tick=False):
        assert rung_of(member) == 10  # by the clock, with no worker running
        browser = client_of(member)
        page = browser.get(inside.url).content.decode()
        assert "The text of For insiders" not in page and BANNER in page and "is closed since" in page
        till.do("advance", days=1)
        gateway.retrieve_subscription(overdue.stripe_id)  # the clocks are compared
        assert (look(), look()) == (1, 0)
        overdue.refresh_from_db()
        assert (overdue.status, overdue.lapsed_at, overdue.worth) == ("past_due", over, 0)
        assert over < overdue.period_end
        line = Activity.objects.get(verb="subscription.lapsed")
        assert (line.occurred_at, line.before, line.after, line.amount, line.currency) == (over, 7200, 0, 600, "eur")
        assert Activity.objects.get(verb="tier.ended").occurred_at == over
        assert Member.objects.get(user=member).rung == 10
        sync_subscription(overdue.stripe_id)
        assert Activity.objects.filter(verb="subscription.lapsed").count() == 1
        assert lines_of("subscription.changed") == []
        assert news_of(member)[0] == "Insider is closed, since the payment did not come; what you wrote stays"


def test_who_pays_after_the_grace_gets_everything_back(till, post, overdue, member):
    later(till, post, days=9)
    look()
    overdue.refresh_from_db()
    assert (overdue.worth, rung_of(member)) == (0, 10)
    bill = Invoice.objects.get(status="open")
    url = gateway.retrieve_invoice(bill.stripe_id)["hosted_invoice_url"]
    till.fetch(url, {"do": "pay", "card": GOOD, "country": "DE", "name": "Ada"})
    post()
    overdue.refresh_from_db()
    assert (overdue.status, overdue.worth, overdue.lapsed_at, rung_of(member)) == ("active", 7200, None, 20)
    assert Grant.objects.get().ends is None
    assert lines_of("subscription.recovered") == [(0, 7200, 600, "eur")]
    assert lines_of("subscription.changed") == []
    assert Activity.objects.filter(verb="tier.granted").count() == 2


def test_a_new_card_at_the_portal_pays_at_the_next_try(till, post, overdue, member, client_of):
    """The card alone: nobody goes to the bill, Stripe takes it by itself."""
    browser = client_of(member)
    door = browser.post("/me/money/portal/", {"customer": overdue.customer_id, "card": "1"})["Location"]
    assert till.fetch(till.fetch(door).to, {"card": GOOD}).status == 303
    post()
    assert BANNER in browser.get("/c/demo/").content.decode()
    later(till, post, days=3)
    overdue.refresh_from_db()
    assert (overdue.status, overdue.unpaid_since, overdue.worth, rung_of(member)) == ("active", None, 7200, 20)
    assert (Member.objects.get(user=member).owes_until, Grant.objects.get().ends) == (None, None)
    assert BANNER not in browser.get("/c/demo/").content.decode()


@pytest.mark.parametrize(
    ("end", "status", "told"),
    [("cancel", "canceled", "ended"), ("unpaid", "unpaid", None), ("past_due", "past_due", None)],
)
def test_all_three_ends_of_dunning_close_it_once(till, post, overdue, member, publish, client_of, end, status, told):
    till.do("settings", dunning_end=end)
    comment = publish("For insiders", rung=20)
    later(till, post, days=7)
    look()
    later(till, post, days=25)
    look()
    overdue.refresh_from_db()
    assert (overdue.status, overdue.worth, rung_of(member)) == (status, 0, 10)
    assert lines_of("subscription.lapsed") == [(7200, 0, 600, "eur")]
    assert lines_of("subscription.ended") == ([(0, 0, 600, "eur")] if told else [])
    news = news_of(member)
    assert news.count("Insider is closed, since the payment did not come; what you wrote stays") == 1
    assert client_of(member).get(comment.url).content.decode().count("The text of") == 0
    banner = BANNER in client_of(member).get("/c/demo/").content.decode()
    assert banner is (status != "canceled")
    assert RungSource.objects.get(source="tier").ends is not None


def test_a_bank_that_wants_to_be_asked_is_told_as_that_and_not_as_a_failure(
    till,
    post,
    price,
    member,
    confirmed,
    client_of,
):
    confirmed(member)
    answer = till.pay(begin_checkout(member, price=price).url, ASKS_ALWAYS)
    till.fetch(answer.to, {"do": "pass"})
    post()
    sub = Subscription.objects.get()
    assert (sub.status, rung_of(member)) == ("active", 20)
    later(till, post, days=31, hours=3)
    assert Invoice.objects.get(status="open").held
    news = news_of(member)
    assert len(news) == 1 and news[0].startswith(
        "Your bank wants you to confirm the payment for Insider: it stays open"
    )
    assert Mail.objects.filter(user=member).count() == 1


def test_a_trial_that_ends_is_told_three_days_before_once_and_not_to_who_ended_it(
    till,
    post,
    buys,
    price,
    tier,
    member,
    insider,
    confirmed,
):
    confirmed(member, insider)
    type(tier).objects.filter(pk=tier.pk).update(trial_days=14)
    price.refresh_from_db()
    sub, other = buys(member, price), buys(insider, price)
    gateway.update_subscription(other.stripe_id, {"cancel_at_period_end": True})
    till.do("advance", days=10, hours=23)
    post()
    assert (look(), news_of(member)) == (0, [])
    till.do("advance", hours=2)  # Stripe's own message is not needed for it
    gateway.retrieve_subscription(sub.stripe_id)
    assert (look(), look()) == (1, 0)
    day = f"{sub.trial_end:%-d %B %Y}"
    said = f"Your days to try Insider end on {day}; then it costs €6.00 a month, if you do not end it before"
    assert news_of(member) == [said]
    assert Mail.objects.get(user=member).subject.startswith("Your days to try Insider end on")
    assert news_of(insider) == [] and not Mail.objects.filter(user=insider).exists()


def test_who_owes_a_payment_is_led_to_it_and_not_sold_another(till, overdue, upper, member, client_of):
    answer = client_of(member).post("/c/demo/checkout/", {"price": upper.prices.get(interval="month").pk})
    assert answer["Location"] == "/me/money/"
    assert len(till.dump()["subscription"]) == 1


def test_a_step_up_that_the_bank_asks_about_is_told_and_leaves_the_old_step(
    till, post, price, upper, member, confirmed, client_of
):
    confirmed(member)
    answer = till.pay(begin_checkout(member, price=price).url, ASKS_ALWAYS)
    till.fetch(answer.to, {"do": "pass"})
    post()
    sub, dear = Subscription.objects.get(), upper.prices.get(interval="month")
    shown = quote(sub, dear)
    assert change_subscription(sub, price=dear, date=shown.date) is False
    post(times=2)
    sub.refresh_from_db()
    assert (sub.pending_update, sub.price, rung_of(member)) == (True, price, 20)
    said = "Your bank wants to be asked before you step up from Insider: confirm the payment, and it is yours"
    assert news_of(member) == [said]
    assert Mail.objects.get(user=member).subject.startswith("Your bank wants to be asked")
    assert Member.objects.get(user=member).owes_until is None
    bill = Invoice.objects.get(status="open")
    url = gateway.retrieve_invoice(bill.stripe_id)["hosted_invoice_url"]
    till.fetch(url, {"do": "pay", "card": GOOD, "country": "DE", "name": "Ada"})
    post()
    assert rung_of(member) == 30


def test_a_grace_of_a_day_has_no_last_day_to_be_told_of_and_two_looks_at_once_close_it_once(
    till, overdue, member, settings
):
    settings.BILLING_GRACE_DAYS = 1
    assert (look(), lines_of("subscription.reminded")) == (0, [])
    till.do("advance", days=1)
    gateway.retrieve_subscription(overdue.stripe_id)  # the clocks are compared
    rival = []
    with meanwhile('SELECT "billing_subscription"', lambda: rival.append(look())):
        assert lapse_due(stripes_now()) == 0
    assert (rival, lines_of("subscription.lapsed")) == ([1], [(7200, 0, 600, "eur")])
    assert rung_of(member) == 10
