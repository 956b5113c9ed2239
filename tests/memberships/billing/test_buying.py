"""Buying: from the staircase through the hosted page to the step, whatever comes first and however often one clicks."""

import re

import pytest
from django.core.exceptions import ValidationError

from communities.activity.models import Activity
from communities.members.models import Member
from memberships.billing.actions import Pays, begin_checkout
from memberships.billing.models import Attempt, Invoice, StripeEvent, Subscription
from memberships.tiers.actions import archive_tier
from memberships.tiers.models import Grant
from tests.memberships.billing.conftest import later, rung_of
from tests.memberships.conftest import meanwhile
from tests.memberships.process import DECLINED, GOOD

pytestmark = pytest.mark.django_db
HERE = "/c/demo/checkout/"


def back(client, url):
    """Follow Stripe's way back on our own site."""
    return client.get(re.sub(r"^https?://[^/]+", "", url))


def test_the_staircase_leads_through_the_till_to_the_step(till, post, price, member, client_of):
    browser = client_of(member)
    page = browser.get("/c/demo/tiers/").content.decode()
    assert f'action="{HERE}" data-verb="checkout.begun"' in page
    assert f'name="price" value="{price.pk}"' in page
    answer = browser.post(HERE, {"price": price.pk})
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"http://localhost:{till.port}/c/pay/cs_")
    assert rung_of(member) == 10
    paid = till.pay(answer["Location"])
    welcome = back(browser, paid.to)  # before any message
    assert "Welcome to Insider" in welcome.content.decode()
    assert rung_of(member) == 20
    post()
    grant = Grant.objects.get()
    assert (grant.source, grant.ends, grant.member.user) == ("stripe", None, member)
    sub = Subscription.objects.get()
    assert (sub.status, sub.worth, sub.amount, sub.currency, sub.paid_once) == ("active", 7200, 600, "eur", True)
    bill = Invoice.objects.get()
    assert (bill.status, bill.total, bill.paid) == ("paid", 600, 600)
    assert set(StripeEvent.objects.values_list("status", flat=True)) <= {"done", "ignored"}
    lines = Activity.objects.filter(kind__in=["subscription", "tier"], verb__regex="^(checkout|subscription|invoice)")
    told = sorted(lines.values_list("verb", "before", "after", "amount", "currency"))
    assert told == [
        ("checkout.begun", 600, 600, 600, "eur"),
        ("invoice.paid", 0, 600, 600, "eur"),
        ("subscription.started", 0, 7200, 600, "eur"),
    ]


def test_closing_the_tab_still_ends_in_access(buys, price, member):
    buys(member, price)
    assert rung_of(member) == 20


def test_every_order_and_number_of_messages_ends_the_same(till, post, price, member):
    till.pay(begin_checkout(member, price=price).url)
    post(order=lambda letters: letters[::-1], times=3)
    assert rung_of(member) == 20
    assert Subscription.objects.count() == Grant.objects.count() == Invoice.objects.count() == 1
    assert Activity.objects.filter(verb="invoice.paid").count() == 1
    assert set(StripeEvent.objects.values_list("deliveries", flat=True)) == {3}


def test_a_double_click_is_one_attempt_and_one_page(till, price, member, client_of):
    browser = client_of(member)
    first, second = (browser.post(HERE, {"price": price.pk})["Location"] for _ in range(2))
    assert first == second
    assert Attempt.objects.count() == 1


def test_two_tabs_at_two_prices_leave_one_page_that_can_be_paid(till, post, price, tier, member):
    first = begin_checkout(member, price=price)
    second = begin_checkout(member, price=tier.prices.get(interval="year"))
    assert "has expired" in till.fetch(first.url).text
    assert till.pay(second.url).status == 303
    post()
    assert sorted(Attempt.objects.values_list("status", flat=True)) == ["abandoned", "complete"]
    assert Subscription.objects.get().price.interval == "year"


def test_paid_in_one_tab_the_other_finds_it_paid(till, price, tier, member):
    first = begin_checkout(member, price=price)
    till.pay(first.url)
    found = begin_checkout(member, price=tier.prices.get(interval="year"))
    assert found.paid and "/c/demo/checkout/paid/?s=cs_" in found.url
    assert rung_of(member) == 20


def test_the_back_button_after_paying_sells_nothing_twice(till, price, member, client_of):
    till.pay(begin_checkout(member, price=price).url)
    browser = client_of(member)
    answer = browser.post(HERE, {"price": price.pk})
    assert "checkout/paid/" in answer["Location"]
    answer = browser.post(HERE, {"price": price.pk})
    assert answer["Location"] == "/me/money/"
    with pytest.raises(Pays):
        begin_checkout(member, price=price)


def test_somebody_else_cannot_use_the_address_of_the_way_back(till, price, member, insider, client_of):
    paid = till.pay(begin_checkout(member, price=price).url)
    assert back(client_of(insider), paid.to).status_code == 404
    assert Subscription.objects.count() == 0


def test_an_unpaid_session_opens_nothing_and_leads_back(till, price, member, client_of):
    begin_checkout(member, price=price)
    session = Attempt.objects.get().session_id
    page = client_of(member).get(f"{HERE}paid/?s={session}").content.decode()
    assert "Not paid yet" in page and f'value="{price.pk}"' in page
    till.do("advance", minutes=32)
    page = client_of(member).get(f"{HERE}paid/?s={session}").content.decode()
    assert "is over" in page
    assert Attempt.objects.get().status == "expired"
    assert rung_of(member) == 10


@pytest.mark.parametrize("told", [True, False])
def test_a_session_that_ran_out_makes_room_for_a_new_one(till, post, price, member, told):
    first = begin_checkout(member, price=price)
    till.do("advance", minutes=32)
    if told:
        post()
        assert Attempt.objects.get().status == "expired"
    assert begin_checkout(member, price=price).url != first.url
    assert list(Attempt.objects.order_by("pk").values_list("status", flat=True)) == ["expired", "open"]


def test_a_declined_card_opens_nothing(till, post, price, member):
    till.pay(begin_checkout(member, price=price).url, DECLINED)
    post()
    assert (rung_of(member), Subscription.objects.get().status) == (10, "incomplete")
    later(till, post, hours=24)
    assert (rung_of(member), Subscription.objects.get().status) == (10, "incomplete_expired")
    assert not Activity.objects.filter(verb__startswith="subscription.").exists()


def test_a_debit_on_its_way_opens_nothing_until_it_arrives(till, post, price, member, client_of):
    answer = till.pay(begin_checkout(member, price=price).url, "debit")
    page = back(client_of(member), answer.to)
    assert "We wait for your bank" in page.content.decode()
    assert b'http-equiv="refresh"' in page.content
    post()
    assert rung_of(member) == 10
    later(till, post, days=4)
    assert rung_of(member) == 20


def test_a_debit_that_bounces_never_opened_anything(till, post, price, member):
    till.pay(begin_checkout(member, price=price).url, "debit_fails")
    post()
    later(till, post, days=4)
    assert (rung_of(member), Grant.objects.count()) == (10, 0)


def test_a_trial_opens_the_step_and_is_worth_nothing_until_it_is_paid(till, post, buys, price, tier, member):
    type(tier).objects.filter(pk=tier.pk).update(trial_days=14)
    price.refresh_from_db()
    sub = buys(member, price)
    assert (sub.status, sub.worth, rung_of(member)) == ("trialing", 0, 20)
    till.do("advance", days=14, hours=3)
    post()
    sub.refresh_from_db()
    assert (sub.status, sub.worth) == ("active", 7200)
    told = Activity.objects.filter(verb__regex="subscription|trial|invoice").order_by("pk")
    assert list(told.values_list("verb", "before", "after")) == [
        ("subscription.started", 0, 0),
        ("trial.started", 0, 0),
        ("subscription.changed", 0, 7200),
        ("invoice.paid", 0, 600),
    ]


def test_what_is_not_sold_any_more_is_not_sold(till, price, tier, boss, member):
    archive_tier(boss, tier=tier)
    price.refresh_from_db()
    with pytest.raises(ValidationError):
        begin_checkout(member, price=price)
    assert Attempt.objects.count() == 0


def test_a_stripe_that_is_away_is_a_page_with_a_way_on(till, price, member, client_of):
    till.do("fail", next=20, status=500)
    browser = client_of(member)
    answer = browser.post(HERE, {"price": price.pk})
    assert answer.status_code == 503
    assert f'value="{price.pk}"' in answer.content.decode()
    till.do("heal")
    assert browser.post(HERE, {"price": price.pk}).status_code == 302
    assert Attempt.objects.count() == 1


def test_an_answer_that_got_lost_after_the_session_was_made_is_the_same_session(till, price, member):
    begin_checkout(member, price=price)
    known = Attempt.objects.get()
    Attempt.objects.filter(pk=known.pk).update(session_id=None)
    begin_checkout(member, price=price)
    assert Attempt.objects.get().session_id == known.session_id
    assert len(till.dump()["checkout.session"]) == 1


@pytest.mark.parametrize("what", ["customer", "price"])
def test_what_stripe_lost_is_made_anew(till, post, buys, price, member, what):
    begin_checkout(member, price=price)
    if what == "price":
        price.stripe_id = "price_of_another_mode"
        price.save()
    else:
        from memberships.billing.models import Customer

        Customer.objects.update(stripe_id="cus_of_another_mode")
    Attempt.objects.update(session_id="cs_test_gone")
    assert till.pay(begin_checkout(member, price=price).url, GOOD).status == 303
    post()
    assert rung_of(member) == 20


def test_who_is_no_member_comes_in_first(till, price, outsider, visitor, client_of):
    answer = client_of(outsider).post(HERE, {"price": price.pk})
    assert answer["Location"] == "/c/demo/join/?next=/c/demo/tiers/"
    assert client_of(visitor).post(HERE, {"price": price.pk})["Location"].startswith("/accounts/login/")
    assert Attempt.objects.count() == 0


def test_whoever_is_suspended_reads_the_staircase_and_finds_no_till(till, price, member, client_of):
    Member.objects.filter(user=member).update(standing="suspended")
    browser = client_of(member)
    page = browser.get("/c/demo/tiers/").content.decode()
    assert "€6.00 a month" in page and "checkout.begun" not in page
    assert browser.post(HERE, {"price": price.pk}).status_code == 403
    assert Attempt.objects.count() == 0


def test_a_foreign_price_is_not_found(till, price, member, maker, client_of):
    browser = client_of(member)
    assert browser.post("/c/atelier/checkout/", {"price": price.pk}).status_code in (302, 404)
    for value in ("", "x", "0", "9" * 30):
        assert browser.post(HERE, {"price": value}).status_code == 404
    assert browser.get(HERE).status_code == 405
    assert Attempt.objects.count() == 0


@pytest.mark.parametrize(("minutes", "interval"), [(0, "year"), (40, "year"), (40, "month")])
def test_a_visit_that_never_got_its_page_is_left_for_one_that_does(
    till, tier, price, member, client_of, minutes, interval
):
    """At another price its unheard-of session is found by its key and shut; where the till's time is over there is none."""
    when = "before" if minutes else "after"
    till.do("fail", next=1, status=500, when=when, path="POST /v1/checkout/sessions")
    assert client_of(member).post(HERE, {"price": price.pk}).status_code == 503
    till.do("advance", minutes=minutes)
    url = begin_checkout(member, price=tier.prices.get(interval=interval)).url
    assert list(Attempt.objects.order_by("pk").values_list("status", flat=True)) == ["abandoned", "open"]
    sessions = [one["status"] for one in till.dump()["checkout.session"]]
    assert sorted(sessions) == (["open"] if minutes else ["expired", "open"])
    assert till.pay(url).status == 303


def test_another_click_between_our_look_and_our_attempt_is_the_one_that_counts(till, price, member):
    rival = []
    with meanwhile('SELECT "billing_attempt"', lambda: rival.append(begin_checkout(member, price=price).url)):
        found = begin_checkout(member, price=price).url
    assert (rival, Attempt.objects.count()) == ([found], 1)


def test_a_stripe_that_loses_whatever_is_made_is_asked_four_times_and_then_said_to_be_away(
    till, price, member, client_of
):
    till.do("fail", next=4, status=404, path="POST /v1/checkout/sessions")
    browser = client_of(member)
    assert browser.post(HERE, {"price": price.pk}).status_code == 503
    assert list(Attempt.objects.values_list("status", flat=True)) == ["abandoned"] * 4
    assert "/c/pay/cs_" in browser.post(HERE, {"price": price.pk})["Location"]
