"""Offers: a code that says why it does not hold, what it comes to before one pays, and never once more than it may be used."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities.activity.models import Activity
from communities.spaces.models import Community
from memberships.billing import gateway
from memberships.billing.actions import begin_checkout
from memberships.billing.models import Attempt, Coupon, Invoice, Subscription
from memberships.billing.offering import archive_coupon, make_coupon
from memberships.billing.reconcile import hourly
from memberships.tiers.actions import set_price
from memberships.tiers.models import Tier
from tests.conftest import make_member
from tests.memberships.billing.conftest import later, rung_of
from tests.memberships.conftest import meanwhile
from tests.memberships.process import GOOD

STAIRS, HERE, STUDIO = "/c/demo/tiers/", "/c/demo/checkout/", "/c/demo/studio/offers/"


@pytest.fixture
def spring(demo, boss, tier) -> Coupon:
    """Half the price for three months, twice in all."""
    return make_coupon(boss, community=demo, code="spring", percent=50, lasts="repeating", months=3, most=2)


def said(browser, code: str) -> str:
    page = browser.get(STAIRS, {"code": code}).content.decode()
    found = re.search(r'class="errors" id="id_code_error">(.*?)</p>', page)
    return found[1] if found else ""


@pytest.mark.django_db
def test_the_price_after_it_stands_there_before_anybody_pays_and_is_what_is_paid(
    till, post, spring, price, upper, member, client_of
):
    browser = client_of(member)
    page = browser.get(STAIRS, {"code": " Spring "}).content.decode()
    assert "€3.00 a month for 3 months, then €6.00" in page
    assert "SPRING: 50 % off for 3 months" in page
    assert page.count('name="code" value="SPRING"') == 4  # in the form of each price
    answer = browser.post(HERE, {"price": price.pk, "code": "SPRING"})
    assert "€3.00 today" in till.fetch(answer["Location"]).text
    spring.refresh_from_db()
    assert (spring.uses, Attempt.objects.get().coupon) == (1, spring)
    till.pay(answer["Location"])
    post()
    sub = Subscription.objects.get()
    assert (sub.amount, sub.charged, sub.worth, rung_of(member)) == (600, 300, 3600, 20)
    assert (Invoice.objects.get().paid, Attempt.objects.get().status) == (300, "complete")
    assert "€3.00 a month" in browser.get("/me/money/").content.decode()
    for _month in range(3):
        later(till, post, months=1, hours=3)
    sub.refresh_from_db()
    assert (sub.charged, sub.worth, sub.discount_ends) == (600, 7200, None)
    told = Activity.objects.filter(verb__in=["checkout.begun", "subscription.started", "subscription.changed"])
    assert list(told.order_by("pk").values_list("verb", "before", "after", "amount")) == [
        ("checkout.begun", 600, 300, 600),
        ("subscription.started", 0, 3600, 600),
        ("subscription.changed", 3600, 7200, 600),
    ]
    changed = told.get(verb="subscription.changed")
    assert abs(changed.occurred_at - sub.period_start) < dt.timedelta(hours=3)


@pytest.mark.django_db
def test_a_code_that_does_not_hold_says_why_at_the_field_and_nothing_is_lost(
    till, demo, boss, tier, upper, price, member, insider, client_of
):
    browser = client_of(member)
    ended = make_coupon(
        boss, community=demo, code="winter", percent=10, ends_at=dt.datetime(2099, 3, 3, 20, tzinfo=dt.UTC)
    )
    Coupon.objects.filter(pk=ended.pk).update(ends_at=dt.datetime(2026, 3, 3, 20, tzinfo=dt.UTC))
    make_coupon(boss, community=demo, code="table", percent=10, tiers=[upper])
    make_coupon(boss, community=demo, code="yen", amount=500, currency="jpy")
    make_coupon(boss, community=demo, code="nearly", amount=570, currency="eur", tiers=[tier])
    away = make_coupon(boss, community=demo, code="away", percent=10)
    archive_coupon(boss, coupon=away)
    make_coupon(boss, community=demo, code="one", percent=10, most=1)
    begin_checkout(insider, price=price, code="one")
    for code, sentence in {
        "WINTER": "This code ended on 3 March.",
        "nothing": "We do not know this code. Is it spelled right?",
        "yen": "This code takes off JPY only.",
        "away": "This code is no longer offered.",
        "one": "This code was used as often as it may be.",
    }.items():
        assert said(browser, code) == sentence
    for code, sentence in {
        "table": "This code is for Inner Circle.",
        "nearly": "With this code too little is left to be charged. It goes with a longer step.",
    }.items():
        answer = browser.post(HERE, {"price": price.pk, "code": code})
        assert answer["Location"] == f"{STAIRS}?code={code}&for={price.pk}#code"
        page = browser.get(answer["Location"]).content.decode()
        assert f'id="id_code_error">{sentence}</p>' in page
        assert (
            f'name="code" maxlength="40" autocapitalize="characters" autocomplete="off" spellcheck="false" value="{code}"'
            in page
        )
    assert Attempt.objects.filter(user=member).count() == 0


@pytest.mark.django_db
def test_the_use_is_held_with_the_attempt_and_comes_back_when_it_ends(till, post, spring, price, tier, member):
    begin_checkout(member, price=price, code="spring")
    begin_checkout(member, price=tier.prices.get(interval="year"), code="spring")
    spring.refresh_from_db()
    assert spring.uses == 1
    begin_checkout(member, price=price)
    spring.refresh_from_db()
    assert spring.uses == 0
    begin_checkout(member, price=price, code="spring")
    later(till, post, minutes=32)
    post(times=2)
    spring.refresh_from_db()
    assert (spring.uses, Attempt.objects.latest("pk").status) == (0, "expired")


@pytest.mark.django_db
@pytest.mark.parametrize("order", [list, lambda letters: letters[::-1]])
@pytest.mark.parametrize("by", ["the bank", "oneself"])
def test_a_debit_that_never_arrives_gives_its_use_back(till, post, spring, price, member, client_of, by, order):
    """While the bank is asked the use is spent; when the first payment has failed for good, anybody may have it, they too."""
    till.pay(begin_checkout(member, price=price, code="spring").url, "debit_fails")
    till.do("advance", days=4)
    post(order=order, times=2)
    sub = Subscription.objects.get()
    spring.refresh_from_db()
    assert (spring.uses, sub.status, Attempt.objects.get().status, rung_of(member)) == (1, "past_due", "complete", 10)
    if by == "oneself":
        client_of(member).post(f"/me/money/{sub.pk}/end/")
    else:
        till.do("advance", days=27)
    post(order=order, times=2)
    sub.refresh_from_db()
    spring.refresh_from_db()
    assert (spring.uses, sub.status, Attempt.objects.get().status, rung_of(member)) == (0, "canceled", "failed", 10)
    till.do("resend", event="checkout.session.completed")
    post()
    assert (Attempt.objects.get().status, Coupon.objects.get().uses) == ("failed", 0)
    till.pay(begin_checkout(member, price=price, code="spring").url)
    post()
    assert (rung_of(member), Coupon.objects.get().uses) == (20, 1)


@pytest.mark.django_db
def test_a_code_goes_once_a_person(till, post, spring, price, member):
    till.pay(begin_checkout(member, price=price, code="spring").url)
    post()
    till.do("act", what="cancel_subscription", id=Subscription.objects.get().stripe_id)
    post()
    with pytest.raises(ValidationError) as problem:
        begin_checkout(member, price=price, code="SPRING")
    assert problem.value.message_dict == {"code": ["You have used this code already. It goes once a person."]}
    spring.refresh_from_db()
    assert (spring.uses, Attempt.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_the_last_use_that_goes_while_one_clicks_is_said_at_the_code(till, demo, boss, price, member, insider):
    make_coupon(boss, community=demo, code="one", percent=10, most=1)
    rival = lambda: begin_checkout(insider, price=price, code="one")  # noqa: E731
    with meanwhile('SELECT "billing_coupon"', rival), pytest.raises(ValidationError) as problem:
        begin_checkout(member, price=price, code="one")
    assert problem.value.message_dict == {"code": ["This code was used as often as it may be."]}
    assert (Attempt.objects.get().user, Coupon.objects.get().uses) == (insider, 1)


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_never_use_it_once_too_often(till, demo, boss, price):
    coupon = make_coupon(boss, community=demo, code="rush", percent=20, most=7)
    people = [make_member(demo, f"rusher{n}") for n in range(25)]

    def go(user):
        try:
            return begin_checkout(user, price=price, code="rush").url
        except ValidationError:
            return None
        finally:
            connection.close()

    begin_checkout(people[0], price=price, code="rush")  # the catalogue is at Stripe by now
    with ThreadPoolExecutor(50) as crowd:
        found = list(crowd.map(go, [*people, *people]))
    coupon.refresh_from_db()
    held = Attempt.objects.filter(coupon=coupon, status="open")
    assert (coupon.uses, held.count()) == (7, 7)
    assert len({url for url in found if url}) == 7
    assert held.values("user").distinct().count() == 7


@pytest.mark.django_db
def test_for_nothing_at_all_no_card_is_asked_and_the_step_opens(till, post, demo, boss, price, member):
    make_coupon(boss, community=demo, code="student", percent=100, lasts="forever")
    url = begin_checkout(member, price=price, code="student").url
    assert "No card is needed" in till.fetch(url).text
    till.pay(url, "")
    post()
    sub = Subscription.objects.get()
    assert (sub.status, sub.charged, sub.worth, rung_of(member)) == ("active", 0, 0, 20)
    assert [(bill.status, bill.total) for bill in Invoice.objects.all()] == [("paid", 0)]
    assert not Activity.objects.filter(verb="invoice.paid").exists()
    later(till, post, months=1, hours=3)
    assert rung_of(member) == 20


@pytest.mark.django_db
def test_off_the_first_payment_only_is_worth_less_for_the_first_period(till, post, demo, boss, price, member):
    make_coupon(boss, community=demo, code="hello", amount=200, currency="eur")
    till.pay(begin_checkout(member, price=price, code="hello").url)
    post()
    sub = Subscription.objects.get()
    assert (sub.charged, sub.worth, sub.discount_ends) == (400, 4800, sub.period_end)
    later(till, post, months=1, hours=3)
    sub.refresh_from_db()
    assert (sub.charged, sub.worth, sub.discount_ends) == (600, 7200, None)


@pytest.mark.django_db
@pytest.mark.parametrize(("currency", "amount", "off", "left"), [("jpy", 900, 299, 601), ("kwd", 3000, 500, 2500)])
def test_currencies_without_cents_and_with_mils_take_whole_units_off(
    till, post, demo, boss, tier, member, currency, amount, off, left
):
    price = set_price(boss, tier=tier, interval="month", currency=currency, amount=amount)
    make_coupon(boss, community=demo, code="far", amount=off, currency=currency, lasts="forever")
    till.pay(begin_checkout(member, price=price, code="far").url)
    post()
    sub = Subscription.objects.get()
    assert (sub.charged, sub.worth, Invoice.objects.get().total) == (left, left * 12, left)
    line = Activity.objects.get(verb="subscription.started")
    assert (line.amount, line.currency, line.after) == (amount, currency, left * 12)


@pytest.mark.django_db
def test_what_it_brings_is_counted_without_the_tax_inside(till, post, settings, spring, price, member):
    settings.BILLING_AUTOMATIC_TAX = True
    till.pay(begin_checkout(member, price=price, code="spring").url)
    post()
    bill = Invoice.objects.get()
    assert (bill.total, bill.tax) == (300, 50)
    assert Subscription.objects.get().worth == 250 * 12


@pytest.mark.django_db
def test_what_stripe_lost_of_an_offer_is_made_anew(till, post, spring, price, member):
    Coupon.objects.update(promotion_id="promo_of_another_mode")
    assert till.pay(begin_checkout(member, price=price, code="spring").url, GOOD).status == 303
    post()
    spring.refresh_from_db()
    assert (Subscription.objects.get().charged, spring.uses) == (300, 1)


@pytest.mark.django_db
def test_a_creator_makes_an_offer_and_puts_it_away(till, post, boss, owner, price, upper, member, client_of):
    browser = client_of(owner)
    page = browser.get(STUDIO).content.decode()
    assert "No offers yet" in page and 'data-verb="offer.made"' in page
    wrong = browser.post(
        STUDIO, {"code": "x!", "lasts": "repeating", "amount": "1.234", "currency": "eur"}
    ).content.decode()
    assert "3 to 24 letters" not in wrong and "EUR has 2 decimals at most" in wrong and 'value="x!"' in wrong
    wrong = browser.post(STUDIO, {"code": "x!", "lasts": "repeating"}).content.decode()
    for sentence in ("3 to 24 letters", "a percentage or an amount", "For how many months?"):
        assert sentence in wrong
    asked = {"code": "may", "amount": "2.50", "currency": "eur", "lasts": "once", "most": "3", "tiers": [upper.pk]}
    assert browser.post(STUDIO, asked).status_code == 302
    row = Coupon.objects.get()
    assert (row.code, row.amount, row.most, list(row.tiers.all())) == ("MAY", 250, 3, [upper])
    page = browser.get(STUDIO).content.decode()
    assert "€2.50 off the first payment" in page and "0 / 3" in page
    assert "given out before" in browser.post(STUDIO, asked).content.decode()
    begin_checkout(member, price=upper.prices.get(interval="month"), code="may")
    row.refresh_from_db()
    for _time in range(2):
        browser.post(f"{STUDIO}{row.pk}/archive/")
    assert gateway.retrieve_promotion_code(row.promotion_id)["active"] is False
    till.pay(begin_checkout_again(member, upper), GOOD)
    assert list(Activity.objects.filter(verb__startswith="offer.").values_list("verb", "amount", "after")) == [
        ("offer.made", 250, None),
        ("offer.archived", None, 1),
    ]


def begin_checkout_again(member, upper) -> str:
    with pytest.raises(ValidationError):
        begin_checkout(member, price=upper.prices.get(interval="month"), code="may")
    return begin_checkout(member, price=upper.prices.get(interval="month")).url


@pytest.mark.django_db
def test_only_who_sells_makes_offers(demo, tier, spring, member, moderator, maker, client_of, seen_by):
    for user in (member, moderator, maker):
        browser = client_of(user)
        assert browser.get(STUDIO).status_code == 404
        assert browser.post(STUDIO, {"code": "mine", "percent": "100", "lasts": "forever"}).status_code == 404
        assert browser.post(f"{STUDIO}{spring.pk}/archive/").status_code == 404
    with pytest.raises(PermissionDenied):
        make_coupon(seen_by(member), community=demo, code="mine", percent=100)
    spring.refresh_from_db()
    assert (Coupon.objects.count(), spring.archived_at) == (1, None)


@pytest.mark.django_db
def test_a_visitor_who_follows_a_link_with_a_code_keeps_it_over_sign_in(till, spring, price, visitor, client_of):
    page = client_of(visitor).get(STAIRS, {"code": "spring"}).content.decode()
    assert "€3.00 a month for 3 months" in page and "<form" not in page
    assert "next=/c/demo/tiers/%3Fcode%3Dspring" in page


@pytest.mark.django_db
def test_a_staircase_with_a_code_asks_no_more_the_more_is_sold(till, spring, upper, boss, member, client_of):
    browser = client_of(member)
    browser.get(STAIRS)
    counts = []
    for currency in ("usd", "gbp"):
        browser.get(STAIRS)
        with CaptureQueriesContext(connection) as asked:
            browser.get(STAIRS, {"code": "spring"})
        counts.append(len(asked))
        set_price(boss, tier=upper, interval="month", currency=currency, amount=2000)
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_uses_that_nobody_gave_back_come_back_by_the_hour(till, post, spring, price, member):
    begin_checkout(member, price=price, code="spring")
    Attempt.objects.update(session_id=None)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=40), tick=True):
        hourly()
    spring.refresh_from_db()
    assert (spring.uses, Attempt.objects.get().status) == (0, "expired")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("about", "said", "costs"),
    [
        ({"lasts": "forever"}, "50 % off for good", ("€3.00 a month<", "€30.00 a year<")),
        (
            {"lasts": "repeating", "months": 18},
            "50 % off for 18 months",
            ("€3.00 a month for 18 months, then €6.00", "€30.00 a year for 18 months, then €60.00"),
        ),
        (
            {"lasts": "repeating", "months": 1},
            "50 % off for a month",
            ("€3.00 the first time, then €6.00 a month", "€30.00 the first time, then €60.00 a year"),
        ),
    ],
)
def test_how_long_it_lasts_is_said_for_the_month_and_for_the_year(
    till, demo, boss, price, member, client_of, about, said, costs
):
    make_coupon(boss, community=demo, code="may", percent=50, **about)
    page = client_of(member).get(STAIRS, {"code": "may"}).content.decode()
    for words in (said, *costs):
        assert words in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"percent": 101}, "percent"),
        ({"percent": 10, "amount": 100, "currency": "eur"}, "percent"),
        ({"amount": 100}, "amount"),
        ({"percent": 10, "most": 0}, "most"),
        ({"percent": 10, "ends_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, "ends_at"),
    ],
)
def test_an_offer_that_cannot_hold_is_refused_at_its_field(demo, boss, about, field):
    with pytest.raises(ValidationError) as problem:
        make_coupon(boss, community=demo, code="may", **about)
    assert (list(problem.value.message_dict), Coupon.objects.count()) == ([field], 0)


@pytest.mark.django_db
def test_an_offer_for_a_tier_of_another_community_is_refused(demo, boss, maker):
    elsewhere = Tier.objects.create(community=Community.objects.get(slug="atelier"), name="Far", slug="far", level=20)
    with pytest.raises(ValidationError) as problem:
        make_coupon(boss, community=demo, code="may", percent=10, tiers=[elsewhere])
    assert (list(problem.value.message_dict), Coupon.objects.count()) == (["tiers"], 0)


@pytest.mark.django_db
def test_put_away_while_stripe_is_away_it_holds_no_more_here(till, boss, spring, price, member, client_of):
    begin_checkout(member, price=price, code="spring")
    spring.refresh_from_db()
    till.do("fail", next=1, status=400, path="/v1/promotion_codes")
    archive_coupon(boss, coupon=spring)
    assert gateway.retrieve_promotion_code(spring.promotion_id)["active"] is True
    assert said(client_of(member), "spring") == "This code is no longer offered."
