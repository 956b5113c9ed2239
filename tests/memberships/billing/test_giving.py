"""Gifts: bought once, opened once, begun when it is best for whoever opens one, and over by the clock."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from communities.activity.models import Activity
from communities.members.models import Member
from memberships.billing.earnings import lines_of, months_of
from memberships.billing.income import income
from memberships.billing.models import Customer, Purchase, Subscription
from memberships.billing.money_away import sync_repayments
from memberships.billing.purchases import begin_purchase
from memberships.tiers.actions import archive_tier, set_price
from memberships.tiers.gifts import make_gift, open_gift
from memberships.tiers.grants import end_grant, give_tier, take_tier_back
from memberships.tiers.models import Gift, Grant, Price
from tests.conftest import make_member
from tests.memberships.billing.conftest import later, rung_of
from tests.memberships.conftest import meanwhile
from tests.memberships.process import DECLINED, REFUND_FAILS

GIVE, MONEY = "/c/demo/give/", "/me/money/"


def asked(price, n=3, **more) -> dict:
    return {"kind": "gift", "what": f"{price.pk}x{n}", "message": "For your drums.", "form": "one-form", **more}


def seat_of(user) -> Member:
    return Member.objects.select_related("community").get(user=user)


@pytest.mark.django_db
def test_a_gift_is_bought_given_and_opened(till, post, settings, price, outsider, member, insider, visitor, client_of):
    settings.BILLING_AUTOMATIC_TAX = True
    giver = client_of(outsider)  # no member, and gives all the same
    page = giver.get(GIVE).content.decode()
    assert "Insider, 3 months: €18.00" in page and "Insider, 12 months: €60.00" in page
    first = giver.post(GIVE, asked(price))["Location"]
    assert giver.post(GIVE, asked(price))["Location"] == first  # the same form is the same purchase
    assert "€18.00" in till.fetch(first).text and "3 × €6.00" in till.fetch(first).text
    paid = till.pay(first)
    thanks = giver.get(paid.to.removeprefix("http://localhost:8000")).content.decode()  # before any message
    gift = Gift.objects.get()
    link = f"/c/demo/gift/{gift.token}/"
    assert link in thanks and "Your gift is ready" in thanks
    post(times=2)
    assert giver.post(GIVE, asked(price))["Location"] == paid.to  # sent again after it was paid
    row = Purchase.objects.get()
    assert (row.status, row.total, row.tax, row.net, Gift.objects.count()) == ("paid", 1800, 300, 1500, 1)
    told = Activity.objects.filter(verb__regex="^(purchase|gift)").order_by("pk")
    assert list(told.values_list("verb", "amount", "currency", "before", "after")) == [
        ("purchase.begun", 1800, "eur", 0, None),
        ("purchase.paid", 1800, "eur", 0, 1500),
        ("gift.made", None, "", None, 3),
    ]
    for browser in (client_of(visitor), client_of(member)):
        for _look in range(2):
            page = browser.get(link).content.decode()
            assert "3 months of Insider" in page and "For your drums." in page and "From Outsider" in page
    assert Gift.objects.get().taken_at is None
    assert "<form" not in client_of(visitor).get(link).content.decode()
    assert client_of(visitor).post(link)["Location"] == f"/accounts/login/?next={link}"
    browser = client_of(member)
    assert "It begins at once and lasts until" in browser.get(link).content.decode()
    assert "not opened yet" in giver.get(MONEY).content.decode()
    browser.post(link)
    assert rung_of(member) == 20
    assert "is open to you until" in browser.get(link).content.decode()
    client_of(insider).post(link)
    assert "has been opened" in client_of(insider).get(link).content.decode()
    page = giver.get(MONEY).content.decode()
    assert "opened" in page and "Member" not in page and "€18.00" in page
    assert giver.get(f"/me/money/bought/{row.pk}/").status_code == 302
    assert browser.get(f"/me/money/bought/{row.pk}/").status_code == 404
    with time_machine.travel(timezone.now() + dt.timedelta(days=93), tick=True):
        assert rung_of(member) == 10


@pytest.mark.django_db
def test_what_was_not_paid_gives_nothing(till, post, price, member, outsider, client_of):
    url = begin_purchase(member, price=price, quantity=1, kind="gift", form="f", months=1, message="", opens_on=None)
    till.pay(url, DECLINED)
    session = Purchase.objects.get().session_id
    back = f"{GIVE}paid/?s={session}"
    assert "Not paid yet" in client_of(member).get(back).content.decode()
    assert client_of(outsider).get(back).status_code == 404
    later(till, post, minutes=32)
    assert "is over" in client_of(member).get(back).content.decode()
    assert (Gift.objects.count(), Purchase.objects.get().status) == (0, "expired")
    again = begin_purchase(member, price=price, quantity=1, kind="gift", form="f", months=1, message="", opens_on=None)
    assert again != url
    debit = till.pay(again, "debit")
    assert debit.status == 303
    post()
    assert Gift.objects.count() == 0
    later(till, post, days=4)
    assert Gift.objects.count() == 1


@pytest.mark.django_db
def test_what_was_tampered_with_is_refused_and_nothing_typed_is_lost(till, boss, tier, price, member, client_of):
    browser = client_of(member)
    for what in ("", "1", f"{price.pk}x2", f"{price.pk}x0", "9x9", f"{price.pk}x-3"):
        answer = browser.post(GIVE, asked(price, what=what))
        assert answer.status_code == 200 and "For your drums." in answer.content.decode()
    assert browser.post(GIVE, {"kind": "house"}).status_code == 404
    set_price(boss, tier=tier, interval="month", currency="usd", amount=3_000_000)
    dear = tier.prices.get(currency="usd")
    page = browser.post(GIVE, {"kind": "seats", "what": f"{dear.pk}x1", "seats": 50, "form": "f"}).content.decode()
    assert "That is more than one payment can be: $999,999.99." in page
    archive_tier(boss, tier=tier)
    assert browser.post(GIVE, asked(price)).status_code == 200
    price.refresh_from_db()
    with pytest.raises(ValidationError, match="This is not offered any more"):  # put away while they wrote
        begin_purchase(member, price=price, quantity=1, kind="gift", form="f")
    assert Purchase.objects.count() == 0


@pytest.mark.django_db
def test_a_stripe_that_is_away_keeps_what_was_written_and_buys_once(till, price, member, client_of):
    till.do("fail", next=20, status=500)
    browser = client_of(member)
    answer = browser.post(GIVE, asked(price))
    assert answer.status_code == 503
    assert "For your drums." in answer.content.decode() and 'value="one-form"' in answer.content.decode()
    till.do("heal")
    assert browser.post(GIVE, asked(price)).status_code == 302
    assert Purchase.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["customer", "price", "session"])
def test_what_stripe_lost_of_a_purchase_is_made_anew(till, post, price, member, client_of, what):
    browser = client_of(member)
    browser.post(GIVE, asked(price))
    if what == "session":
        Purchase.objects.update(session_id="cs_of_another_mode")
    else:
        Purchase.objects.update(session_id=None, uuid=uuid.uuid4())
        Customer.objects.update(**({"stripe_id": "cus_of_another_mode"} if what == "customer" else {}))
        Price.objects.filter(pk=price.pk).update(**({"once_id": "price_of_another_mode"} if what == "price" else {}))
    assert till.pay(browser.post(GIVE, asked(price))["Location"]).status == 303
    post()
    assert Purchase.objects.filter(status="paid").count() == Gift.objects.count() == 1
    assert not Purchase.objects.filter(status="open").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("heard", [True, False])
def test_a_form_that_is_sent_again_when_its_time_is_over_is_a_new_purchase(till, price, member, client_of, heard):
    browser = client_of(member)
    if not heard:  # the first never got its page
        till.do("fail", next=1, status=400, path="POST /v1/checkout/sessions")
        assert browser.post(GIVE, asked(price)).status_code == 503
    else:
        browser.post(GIVE, asked(price))
    till.do("advance", minutes=40)
    assert "/c/pay/cs_" in browser.post(GIVE, asked(price))["Location"]
    assert list(Purchase.objects.order_by("pk").values_list("status", flat=True)) == ["expired", "open"]


@pytest.mark.django_db
def test_a_form_that_is_sent_by_two_hands_at_once_is_one_purchase(till, price, member):
    about = {"price": price, "quantity": 1, "kind": "gift", "form": "f", "months": 1, "message": "", "opens_on": None}
    rival = []
    with meanwhile('SELECT "billing_purchase"', lambda: rival.append(begin_purchase(member, **about))):
        found = begin_purchase(member, **about)
    assert (rival, Purchase.objects.count()) == ([found], 1)


@pytest.mark.django_db
def test_a_stripe_that_loses_every_session_keeps_what_was_written(till, price, member, client_of):
    till.do("fail", next=3, status=404, path="POST /v1/checkout/sessions")
    answer = client_of(member).post(GIVE, asked(price))
    assert (answer.status_code, "For your drums." in answer.content.decode()) == (503, True)
    assert list(Purchase.objects.values_list("status", flat=True)) == ["expired"] * 3


@pytest.mark.django_db
def test_before_its_day_it_keeps_its_secret(till, gives, price, outsider, member, client_of):
    day = timezone.localdate() + dt.timedelta(days=10)
    gift = gives(outsider, price, opens_on=day)
    link, browser = f"/c/demo/gift/{gift.token}/", client_of(member)
    page = browser.get(link).content.decode()
    assert "Something waits for you" in page and "of Insider" not in page and "drums" not in page
    browser.post(link)
    assert Gift.objects.get().taken_at is None
    assert "This is what they see" in client_of(outsider).get(link).content.decode()
    with time_machine.travel(timezone.now() + dt.timedelta(days=11), tick=True):
        client_of(member).post(link)
        assert rung_of(member) == 20


@pytest.mark.django_db
def test_a_second_gift_goes_on_where_the_first_ends(till, gives, price, outsider, member, client_of):
    for months in (3, 1):
        gift = gives(outsider, price, months)
        client_of(member).post(f"/c/demo/gift/{gift.token}/")
    first, second = Grant.objects.filter(source="gift").order_by("pk")
    assert second.starts == first.ends
    assert 118 <= (second.ends - first.starts).days <= 124
    assert "Gifts that wait for you" in client_of(member).get(MONEY).content.decode()
    with time_machine.travel(first.ends + dt.timedelta(days=5), tick=True):
        assert rung_of(member) == 20
    with time_machine.travel(second.ends + dt.timedelta(days=1), tick=True):
        assert rung_of(member) == 10


@pytest.mark.django_db
def test_whoever_pays_has_it_when_what_they_pay_is_over(till, post, buys, gives, price, outsider, member, client_of):
    sub = buys(member, price)
    gift = gives(outsider, price)
    link, browser = f"/c/demo/gift/{gift.token}/", client_of(member)
    assert "You pay for Insider already. The gift waits for you" in browser.get(link).content.decode()
    browser.post(link)
    assert "3 months of Insider wait for you" in browser.get(link).content.decode()
    assert "Gifts that wait for you" in browser.get(MONEY).content.decode()
    assert not Grant.objects.filter(source="gift").exists()
    browser.post(f"/me/money/{sub.pk}/end/")
    sub.refresh_from_db()
    assert Grant.objects.get(source="gift").starts == sub.cancel_at
    browser.post(f"/me/money/{sub.pk}/resume/")
    assert not Grant.objects.filter(source="gift").exists()
    till.do("act", what="cancel_subscription", id=sub.stripe_id)
    post()
    held = Grant.objects.get(source="gift")
    assert (held.starts <= timezone.now(), rung_of(member)) == (True, 20)


@pytest.mark.django_db
def test_a_higher_gift_begins_beside_what_is_paid_and_leaves_it(
    till, buys, gives, price, upper, outsider, member, client_of
):
    sub = buys(member, price)
    gift = gives(outsider, upper.prices.get(interval="month"), 1)
    client_of(member).post(f"/c/demo/gift/{gift.token}/")
    assert rung_of(member) == 30
    end_grant(Grant.objects.select_related("member", "tier__community").get(source="gift"))
    sub.refresh_from_db()
    assert (rung_of(member), sub.status) == (20, "active")


@pytest.mark.django_db
def test_what_the_team_gave_and_what_was_paid_stand_side_by_side(
    till, post, buys, gives, boss, tier, upper, price, outsider, member, client_of
):
    seat = seat_of(member)
    comp = give_tier(boss, member=seat, tier=upper, ends=None, reason="for the drums")
    sub = buys(member, price)
    gift = gives(outsider, price, 1)
    client_of(member).post(f"/c/demo/gift/{gift.token}/")
    assert rung_of(member) == 30 and not Grant.objects.filter(source="gift").exists()
    take_tier_back(boss, grant=comp)
    assert rung_of(member) == 20 and not Grant.objects.filter(source="gift").exists()
    till.do("act", what="cancel_subscription", id=sub.stripe_id)
    post()
    assert rung_of(member) == 20
    assert Grant.objects.get(source="gift").ends > timezone.now()


@pytest.mark.django_db
def test_paid_back_it_is_no_more_opened_or_not(till, post, gives, price, demo, outsider, member, client_of):
    fresh, opened = gives(outsider, price), gives(outsider, price, 1)
    client_of(member).post(f"/c/demo/gift/{opened.token}/")
    assert rung_of(member) == 20
    rows = {row.months: row for row in Purchase.objects.all()}
    for row in rows.values():
        till.do("act", what="refund", id=row.payment_intent)
    post(times=2)
    assert set(Purchase.objects.values_list("status", "refunded")) == {("refunded", 1800), ("refunded", 600)}
    assert rung_of(member) == 10
    for gift in (fresh, opened):
        assert "This gift is no more" in client_of(member).get(f"/c/demo/gift/{gift.token}/").content.decode()
    client_of(member).post(f"/c/demo/gift/{fresh.token}/")
    assert Grant.objects.filter(source="gift", ends__gt=timezone.now()).count() == 0
    for row in rows.values():
        sync_repayments(row)  # asked once more
    for verb in ("purchase.refunded", "gift.voided"):
        assert Activity.objects.filter(verb=verb).count() == 2
    month = timezone.localdate(timezone=demo.zone).replace(day=1)
    assert [(one.paid, one.refunded) for one in income(demo, month)] == [(2400, 2400)]
    assert sum(line.net for line in lines_of(demo, month)) == 0
    assert months_of(demo, month.year)[0].gross == 2400


@pytest.mark.django_db
def test_a_part_that_went_back_leaves_the_gift(till, post, gives, price, outsider, member, client_of):
    gift = gives(outsider, price)
    till.do("act", what="refund", id=Purchase.objects.get().payment_intent, amount=500)
    post()
    client_of(member).post(f"/c/demo/gift/{gift.token}/")
    row = Purchase.objects.get()
    assert (row.status, row.refunded, rung_of(member)) == ("paid", 500, 20)


@pytest.mark.django_db
def test_money_for_a_gift_that_did_not_get_back_is_ours_again(till, post, price, outsider):
    about = {"months": 3, "message": "", "opens_on": None}
    till.pay(begin_purchase(outsider, price=price, quantity=3, kind="gift", form="f", **about), REFUND_FAILS)
    post()
    till.do("act", what="refund", id=Purchase.objects.get().payment_intent, amount=500)
    post()
    assert Purchase.objects.get().refunded == 500
    later(till, post, days=3)
    sync_repayments(Purchase.objects.get())
    assert list(Purchase.objects.values_list("status", "refunded")) == [("paid", 0)]
    told = Activity.objects.filter(verb__in=["purchase.refunded", "refund.failed"]).order_by("pk")
    assert list(told.values_list("verb", "kind", "amount", "after")) == [
        ("purchase.refunded", "purchase", 500, 500),
        ("refund.failed", "purchase", 500, 500),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("currency", "amount"), [("jpy", 900), ("kwd", 3000)])
def test_other_currencies_are_given_whole(till, post, gives, boss, tier, outsider, currency, amount):
    price = set_price(boss, tier=tier, interval="month", currency=currency, amount=amount)
    gives(outsider, price, 3)
    row = Purchase.objects.get()
    assert (row.total, row.net, row.currency) == (amount * 3, amount * 3, currency)


@pytest.mark.django_db(transaction=True)
def test_opened_by_ten_at_once_it_is_one_persons(demo, tier, owner):
    gift = make_gift(tier_id=tier.pk, months=1, giver_id=owner.pk, ref="test:1")
    seats = [seat_of(make_member(demo, f"hand{n}")) for n in range(10)]

    def go(seat):
        try:
            open_gift(seat, Gift.objects.select_related("tier__community").get(pk=gift.pk))
            return True
        except ValidationError:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as crowd:
        found = list(crowd.map(go, seats))
    assert (sum(found), Grant.objects.filter(source="gift").count()) == (1, 1)


@pytest.mark.django_db
def test_who_was_sent_away_opens_nothing(till, gives, price, outsider, member, insider, client_of):
    gift = gives(outsider, price)
    link = f"/c/demo/gift/{gift.token}/"
    assert client_of(outsider).post(link)["Location"] == f"/c/demo/join/?next={link}"
    Member.objects.filter(user=insider).update(standing="suspended")
    client_of(insider).post(link)
    assert Gift.objects.get().taken_at is None
    assert client_of(member).get("/c/demo/gift/nothing-like-it/").status_code == 404
    assert Subscription.objects.count() == 0


@pytest.mark.django_db
def test_where_one_pays_to_come_in_a_gift_lets_in(till, gives, price, demo, owner, insider, outsider, client_of):
    gift = gives(insider, price)
    type(demo).objects.filter(pk=demo.pk).update(join_mode="paid", size_cap=1)
    link, browser = f"/c/demo/gift/{gift.token}/", client_of(outsider)
    assert "It lets you in, too" in browser.get(link).content.decode()
    assert "All places are taken" in browser.post(link, follow=True).content.decode()
    assert not Member.objects.filter(user=outsider).exists() and Gift.objects.get().taken_at is None
    type(demo).objects.filter(pk=demo.pk).update(size_cap=None)
    browser.post(link)
    assert rung_of(outsider) == 20
