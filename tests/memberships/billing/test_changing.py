"""More at once for exactly what was shown, less at the period's end, and a bank's no that changes nothing."""

import re

import pytest
from django.core.exceptions import ValidationError

from memberships.billing import gateway
from memberships.billing.changing import change_subscription
from memberships.billing.models import Invoice
from memberships.tiers.actions import archive_tier, set_price
from tests.memberships.billing.conftest import later, rung_of
from tests.memberships.process import FAILS_LATER

pytestmark = pytest.mark.django_db


def agree(browser, sub, price):
    page = browser.get(f"/me/money/{sub.pk}/change/?price={price.pk}").content.decode()
    date = re.search(r'name="date" value="(\d+)"', page)[1]
    return page, browser.post(f"/me/money/{sub.pk}/change/", {"price": price.pk, "date": date}, follow=True)


def test_a_step_up_costs_exactly_what_was_shown(till, post, buys, price, upper, member, client_of):
    sub = buys(member, price)
    till.do("advance", days=10)
    page, answer = agree(client_of(member), sub, upper.prices.get(interval="month"))
    due = re.search(r"Pay €([\d.]+) and change", page)[1]
    assert page.count("€18.00 a month") == 1  # what is looked at stands there once
    assert "Inner Circle is yours now" in answer.content.decode()
    assert rung_of(member) == 30
    post()
    bill = Invoice.objects.latest("created_at")
    assert f"{bill.paid // 100}.{bill.paid % 100:02d}" == due
    sub.refresh_from_db()
    assert (sub.worth, sub.price.tier) == (21600, upper)


def test_a_banks_no_leaves_everything_as_it_was(till, post, buys, price, upper, member, client_of):
    sub = buys(member, price, FAILS_LATER)
    _page, answer = agree(client_of(member), sub, upper.prices.get(interval="month"))
    assert "is yours now" not in answer.content.decode()
    post()
    assert rung_of(member) == 20
    sub.refresh_from_db()
    assert (sub.status, sub.worth) == ("active", 7200)


def test_a_step_down_waits_for_the_end_of_the_period(till, post, buys, tier, upper, member, client_of):
    sub = buys(member, upper.prices.get(interval="month"))
    page, answer = agree(client_of(member), sub, tier.prices.get(interval="month"))
    assert "Nothing is due now" in page
    assert "then Insider" in answer.content.decode()
    post()
    assert rung_of(member) == 30
    till.do("advance", days=31, hours=3)
    post()
    sub.refresh_from_db()
    assert (rung_of(member), sub.worth, sub.next_price) == (20, 7200, None)


def test_what_was_planned_is_dropped_when_it_is_ended(till, post, buys, tier, upper, member, client_of):
    sub = buys(member, upper.prices.get(interval="month"))
    agree(client_of(member), sub, tier.prices.get(interval="month"))
    client_of(member).post(f"/me/money/{sub.pk}/end/")
    sub.refresh_from_db()
    assert (sub.cancel_at, sub.next_price) == (sub.period_end, None)
    assert (
        "goes on, then change it"
        in client_of(member).get(f"/me/money/{sub.pk}/change/?price={tier.prices.first().pk}").content.decode()
    )


def test_an_old_amount_is_counted_anew(till, buys, price, upper, member, insider, client_of):
    sub = buys(member, price)
    dear = upper.prices.get(interval="month")
    answer = client_of(member).post(f"/me/money/{sub.pk}/change/", {"price": dear.pk, "date": "1000"})
    assert answer["Location"] == f"/me/money/{sub.pk}/change/?price={dear.pk}"
    assert client_of(insider).post(f"/me/money/{sub.pk}/change/", {"price": dear.pk}).status_code == 404
    assert rung_of(member) == 20


@pytest.mark.parametrize(("seconds", "holds"), [(3, True), (60, False)])
def test_a_clock_that_steps_back_a_little_is_no_old_amount(till, buys, price, upper, member, client_of, seconds, holds):
    sub = buys(member, price)
    dear = upper.prices.get(interval="month")
    client_of(member).get(f"/me/money/{sub.pk}/change/?price={dear.pk}")
    agreed = {"price": dear.pk, "date": gateway.now() + seconds}
    client_of(member).post(f"/me/money/{sub.pk}/change/", agreed)
    assert rung_of(member) == (30 if holds else 20)


@pytest.mark.parametrize(("amount", "waits"), [(800, False), (500, True)])
def test_the_same_step_for_more_is_at_once_and_for_less_with_the_period(
    till, buys, boss, tier, price, member, client_of, amount, waits
):
    sub = buys(member, price)
    moved = set_price(boss, tier=tier, interval="month", currency="eur", amount=amount)
    page, _answer = agree(client_of(member), sub, moved)
    assert ("Nothing is due now" in page) == waits
    sub.refresh_from_db()
    assert (sub.price, sub.next_price) == ((price, moved) if waits else (moved, None))


def test_who_planned_less_and_then_wants_more_has_more_at_once_and_nothing_planned(
    till, post, buys, price, tier, upper, member, client_of
):
    sub = buys(member, price)
    set_back, ahead = tier.prices.get(interval="year"), upper.prices.get(interval="month")
    agree(client_of(member), sub, set_back)
    sub.refresh_from_db()
    agree(client_of(member), sub, price)
    sub.refresh_from_db()
    assert (sub.price, sub.next_price, sub.schedule_id[:10]) == (set_back, price, "sub_sched_")
    agree(client_of(member), sub, ahead)
    post()
    sub.refresh_from_db()
    assert (sub.price, sub.next_price, sub.schedule_id, rung_of(member)) == (ahead, None, "", 30)
    later(till, post, days=400)
    sub.refresh_from_db()
    assert sub.price == ahead


def test_what_is_owed_comes_first_and_what_went_off_sale_meanwhile_is_not_taken(
    till, post, buys, price, upper, boss, member, client_of
):
    sub = buys(member, price, FAILS_LATER)
    dear = upper.prices.get(interval="month")
    archive_tier(boss, tier=upper)
    with pytest.raises(ValidationError, match="This is not offered any more"):
        change_subscription(sub, price=dear)
    upper.state = upper.State.OPEN
    upper.save()
    later(till, post, days=31, hours=3)
    page = client_of(member).get(f"/me/money/{sub.pk}/change/?price={dear.pk}", follow=True).content.decode()
    assert "First the payment that is open; then it can be changed." in page
    sub.refresh_from_db()
    assert (sub.status, sub.price, sub.next_price) == ("past_due", price, None)
