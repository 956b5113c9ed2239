"""A new price is theirs who pay already once they were told, and a month has gone by; less is theirs at once."""

import pytest
from django.core.exceptions import ValidationError

from communities.activity.actions import deliver_due
from communities.activity.models import Activity
from communities.notifications.models import Notification
from memberships.billing import gateway
from memberships.billing.changing import change_subscription
from memberships.billing.models import Invoice
from memberships.billing.repricing import carry_prices, old_prices, tell_new_price
from memberships.billing.stopping import end_subscription, resume_subscription
from memberships.billing.transitions import stripes_now
from memberships.tiers.actions import set_price
from tests.memberships.billing.conftest import later, rung_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def dearer(boss, tier):
    return lambda amount=800: set_price(boss, tier=tier, interval="month", currency="eur", amount=amount)


def test_payers_are_told_and_pay_the_new_price_after_a_month(
    till, post, buys, boss, price, member, dearer, client_of, confirmed
):
    sub = buys(member, price)
    later(till, post, days=20)
    gateway.retrieve_subscription(sub.stripe_id)  # compares the clocks
    new = dearer()
    price.refresh_from_db()
    assert [(one, one.payers, one.new) for one in old_prices(price.tier.community, payers__gt=0)] == [(price, 1, new)]
    assert tell_new_price(boss, price=price, new=new) == 1
    while deliver_due():
        pass
    told = Activity.objects.get(verb="price.told")
    assert (told.actor_id, told.object_id, told.before, told.after, told.currency) == (
        member.pk,
        sub.pk,
        600,
        800,
        "eur",
    )
    assert Activity.objects.get(verb="prices.told").actor_id == boss.user_id
    assert Notification.objects.filter(user=member, kind="money").count() == 1
    page = client_of(member).get("/me/news/").content.decode()
    assert "costs €8.00 a month; you may change or end it before" in page
    assert "with the first payment after" in client_of(member).get("/me/money/").content.decode()
    assert carry_prices() == 0  # what they pay next comes before the notice is over
    later(till, post, days=12)
    sub.refresh_from_db()
    assert (sub.price, Invoice.objects.latest("created_at").total) == (price, 600)
    assert (carry_prices(), carry_prices()) == (1, 0)
    sub.refresh_from_db()
    assert (sub.price, sub.next_price) == (price, new)
    later(till, post, days=31, hours=3)
    sub.refresh_from_db()
    assert (sub.price, sub.next_price, sub.worth, rung_of(member)) == (new, None, 9600, 20)
    assert Invoice.objects.latest("created_at").total == 800
    assert carry_prices() == 0
    assert "costs €8.00 a month now" in client_of(member).get("/me/news/").content.decode()
    assert old_prices(price.tier.community, payers__gt=0) == []


def test_less_is_theirs_with_the_next_payment_also_when_stripe_was_away(
    till, post, buys, boss, price, member, dearer, settings
):
    sub = buys(member, price)
    new = dearer(500)
    price.refresh_from_db()
    tell_new_price(boss, price=price, new=new)
    till.do("fail", next=40, status=500)
    assert carry_prices() == 0
    till.do("heal")
    settings.STRIPE_MODE = "off"
    assert carry_prices() == 0
    settings.STRIPE_MODE = "standin"
    assert carry_prices() == 1
    later(till, post, days=31, hours=3)
    sub.refresh_from_db()
    assert (sub.price, Invoice.objects.latest("created_at").total) == (new, 500)


def test_who_ends_it_or_chose_something_else_has_it_so(till, post, buys, boss, price, tier, member, insider, dearer):
    leaves, moves = buys(member, price), buys(insider, price)
    year = tier.prices.get(interval="year")
    new = dearer(500)
    price.refresh_from_db()
    tell_new_price(boss, price=price, new=new)
    end_subscription(member, subscription=leaves, why="", note="")
    moves.refresh_from_db()
    assert change_subscription(moves, price=year, date=int(stripes_now().timestamp()))
    post()
    assert carry_prices() == 0
    for row, paid in ((leaves, price), (moves, year)):
        row.refresh_from_db()
        assert (row.price, row.next_price) == (paid, None)


def test_who_was_ending_when_the_others_were_told_and_goes_on_is_not_moved_unheard(
    till, post, buys, boss, price, member, insider, dearer
):
    sub = buys(member, price)
    end_subscription(member, subscription=sub, why="", note="")
    assert buys(insider, price)
    new = dearer(500)
    price.refresh_from_db()
    assert tell_new_price(boss, price=price, new=new) == 1
    sub.refresh_from_db()
    resume_subscription(member, subscription=sub)
    post()
    assert carry_prices() == 1
    sub.refresh_from_db()
    assert (sub.price, sub.next_price, sub.cancel_at) == (price, None, None)


def test_nothing_is_told_twice_to_nobody_or_of_a_price_that_is_not_todays(
    till, buys, boss, price, member, dearer, demo
):
    first = dearer()
    price.refresh_from_db()
    with pytest.raises(ValidationError, match="Nobody pays"):
        tell_new_price(boss, price=price, new=first)
    with pytest.raises(ValidationError, match="not the price of today"):
        tell_new_price(boss, price=first, new=price)
    buys(member, first)
    second = dearer(900)
    first.refresh_from_db()
    with pytest.raises(ValidationError, match="not the price of today"):
        tell_new_price(boss, price=first, new=price)
    tell_new_price(boss, price=first, new=second)
    with pytest.raises(ValidationError, match="already"):
        tell_new_price(boss, price=first, new=second)
    third = dearer(1000)
    assert carry_prices() == 0  # what they were told of is not sold any more: they are told of today's first
    first.refresh_from_db()
    assert tell_new_price(boss, price=first, new=third) == 1
    assert Activity.objects.filter(verb="price.told").count() == 2


def test_the_studio_tells_by_its_page_and_nobody_elses(
    till, buys, owner, price, member, moderator, maker, dearer, client_of
):
    buys(member, price)
    new = dearer()
    url = f"/c/demo/studio/money/prices/{price.pk}/"
    assert url in client_of(owner).get("/c/demo/studio/money/buyers/").content.decode()
    page = client_of(owner).get(url).content.decode()
    assert "One person pays <b>€6.00 a month</b>" in page and "after 30 days" in page
    for other in (moderator, maker, member):
        assert client_of(other).post(url, {"new": new.pk}).status_code == 404
    assert "changed meanwhile" in client_of(owner).post(url, {"new": price.pk}, follow=True).content.decode()
    assert not Activity.objects.filter(verb="price.told").exists()
    assert "One person is told now." in client_of(owner).post(url, {"new": new.pk}, follow=True).content.decode()
    assert "They are told." in client_of(owner).get(url).content.decode()
    assert Activity.objects.filter(verb="price.told").count() == 1
