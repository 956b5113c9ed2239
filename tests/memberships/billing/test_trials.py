"""A trial goes once a person and community, whatever they send; ended while it runs, nothing is ever taken."""

import pytest

from communities.activity.models import Activity
from memberships.billing.models import Attempt, Invoice, Subscription
from tests.memberships.billing.conftest import later, rung_of

pytestmark = pytest.mark.django_db
STAIRS, HERE = "/c/demo/tiers/", "/c/demo/checkout/"


@pytest.fixture
def tried(tier, upper, price):
    type(tier).objects.update(trial_days=14)
    price.refresh_from_db()
    return price


def test_a_second_trial_is_refused_in_words_across_tiers(till, post, buys, tried, upper, member, client_of):
    browser = client_of(member)
    page = browser.get(STAIRS).content.decode()
    assert page.count('name="trial" value="14"') == 4 and "14 days to try it" in page
    sub = buys(member, tried)
    assert sub.status == "trialing"
    till.do("act", what="cancel_subscription", id=sub.stripe_id)
    post()
    dear = upper.prices.get(interval="month")
    answer = browser.post(HERE, {"price": dear.pk, "trial": "14"}, follow=True)
    assert "it begins with the payment. Go on if that is right" in answer.content.decode()
    assert Attempt.objects.count() == 1
    assert 'name="trial"' not in answer.content.decode()
    till.pay(browser.post(HERE, {"price": dear.pk, "trial_days": "14", "trial_period_days": "90"})["Location"])
    post()
    sub = Subscription.objects.latest("pk")
    assert (sub.status, sub.trial_end, Invoice.objects.filter(subscription=sub).get().paid) == ("active", None, 1800)


def test_ended_while_it_runs_it_stays_open_to_its_end_and_nothing_is_taken(till, post, buys, tried, member, client_of):
    sub = buys(member, tried)
    browser = client_of(member)
    for _time in range(2):
        browser.post(f"/me/money/{sub.pk}/end/")
    sub.refresh_from_db()
    assert (sub.cancel_at, rung_of(member)) == (sub.trial_end, 20)
    browser.post(f"/me/money/{sub.pk}/resume/")
    sub.refresh_from_db()
    assert sub.cancel_at is None
    browser.post(f"/me/money/{sub.pk}/end/")
    later(till, post, days=14, hours=3)
    sub.refresh_from_db()
    assert (sub.status, rung_of(member)) == ("canceled", 10)
    assert sum(Invoice.objects.values_list("paid", flat=True)) == 0
    ended = Activity.objects.get(verb="subscription.ended")
    assert (ended.before, ended.after) == (0, 0)
