"""Seats that somebody paid for: first asked, first served; the giver sees how many, the team who, and never one too many."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from communities.activity.models import Activity
from communities.members.models import Member
from memberships.billing.models import Purchase
from memberships.tiers.models import Ask, Grant, Pool
from memberships.tiers.seats import ask_for_seat, make_pool
from tests.conftest import make_member
from tests.memberships.billing.conftest import rung_of

SEATS, GIVE, STUDIO, MONEY = "/c/demo/seats/", "/c/demo/give/", "/c/demo/studio/seats/", "/me/money/"


def funds(till, post, browser, price, seats, months=1) -> Pool:
    answer = browser.post(GIVE, {"kind": "seats", "what": f"{price.pk}x{months}", "seats": seats, "form": f"f{seats}"})
    assert till.pay(answer["Location"]).status == 303
    post(times=2)
    return Pool.objects.latest("pk")


@pytest.mark.django_db
def test_three_seats_serve_three_and_the_fourth_waits_for_the_next(
    till, post, price, demo, owner, outsider, moderator, visitor, client_of
):
    giver = client_of(outsider)
    pool = funds(till, post, giver, price, 3, months=3)
    assert (Purchase.objects.get().total, pool.seats, pool.months) == (5400, 3, 3)
    askers = [make_member(demo, f"asker{n}") for n in range(4)]
    for number, user in enumerate(askers):
        browser = client_of(user)
        page = browser.get(SEATS).content.decode()
        assert ("a seat is free" in page) == (number < 3)
        answer = browser.post(SEATS, {"tier": price.tier_id, "words": f"canary-{number}"}, follow=True)
        assert ("A seat was free and is yours" in answer.content.decode()) == (number < 3)
    assert [rung_of(user) for user in askers] == [20, 20, 20, 10]
    browser = client_of(askers[3])
    browser.post(SEATS, {"tier": price.tier_id})
    assert "0 people before you" in browser.get(SEATS).content.decode() and Ask.objects.count() == 4
    page = giver.get(MONEY).content.decode()
    assert "3 of 3 taken" in page and "asker" not in page.lower()
    assert "One person is waiting for a seat" in giver.get(GIVE).content.decode()
    page = client_of(owner).get(STUDIO).content.decode()
    assert all(f"canary-{number}" in page for number in range(4)) and "Asker3" in page
    for user in (moderator, askers[0]):
        assert client_of(user).get(STUDIO).status_code == 404
        assert "canary-3" not in client_of(user).get(SEATS).content.decode()
    assert client_of(visitor).get(SEATS).status_code == 302
    assert client_of(outsider).get(SEATS)["Location"] == f"/c/demo/join/?next={SEATS}"
    funds(till, post, giver, price, 2)
    assert rung_of(askers[3]) == 20
    assert list(Pool.objects.order_by("pk").values_list("taken", flat=True)) == [3, 1]
    assert Activity.objects.filter(verb="seat.given").count() == 4
    assert not Activity.objects.filter(verb__startswith="seat", actor=outsider).exclude(verb="seats.funded").exists()


@pytest.mark.django_db
def test_whoever_holds_the_step_or_went_away_is_passed_over(till, post, price, buys, demo, outsider, member, client_of):
    gone, last = make_member(demo, "gone"), make_member(demo, "last")
    for user in (member, gone, last):
        client_of(user).post(SEATS, {"tier": price.tier_id})
    buys(member, price)
    Member.objects.filter(user=gone).update(standing="left")
    funds(till, post, client_of(outsider), price, 1)
    assert dict(Ask.objects.values_list("member__user__handle", "state")) == {
        "member": "passed",
        "gone": "passed",
        "last": "served",
    }
    answer = client_of(member).post(SEATS, {"tier": price.tier_id, "words": "kept"}).content.decode()
    assert "You hold this step already" in answer and "kept" in answer


@pytest.mark.django_db
def test_out_of_the_row_by_oneself_and_by_nobody_else(till, post, price, outsider, member, insider, client_of):
    client_of(member).post(SEATS, {"tier": price.tier_id})
    ask = Ask.objects.get()
    assert client_of(insider).post(f"{SEATS}{ask.pk}/withdraw/").status_code == 404
    assert client_of(member).get(f"{SEATS}{ask.pk}/withdraw/").status_code == 405
    client_of(member).post(f"{SEATS}{ask.pk}/withdraw/")
    funds(till, post, client_of(outsider), price, 1)
    assert (Ask.objects.get().state, rung_of(member), Pool.objects.get().taken) == ("withdrawn", 10, 0)
    client_of(member).post(SEATS, {"tier": price.tier_id})
    assert rung_of(member) == 20


@pytest.mark.django_db
def test_paid_back_what_is_taken_stays_and_the_rest_closes(till, post, price, outsider, member, insider, client_of):
    client_of(member).post(SEATS, {"tier": price.tier_id})
    funds(till, post, client_of(outsider), price, 2)
    till.do("act", what="refund", id=Purchase.objects.get().payment_intent)
    post()
    client_of(insider).post(SEATS, {"tier": price.tier_id})
    assert (rung_of(member), Pool.objects.get().taken, Ask.objects.latest("pk").state) == (20, 1, "waiting")


@pytest.mark.django_db(transaction=True)
def test_a_crowd_and_two_givers_at_once_come_out_exact(demo, tier, owner):
    seats = [Member.objects.select_related("community").get(user=make_member(demo, f"crowd{n}")) for n in range(16)]
    make_pool(tier_id=tier.pk, months=1, seats=4, giver_id=owner.pk, ref="test:0")

    def go(number: int) -> None:
        try:
            if number % 8 == 7:
                make_pool(tier_id=tier.pk, months=1, seats=3, giver_id=owner.pk, ref=f"test:{number}")
            ask_for_seat(seats[number], tier=tier, words="")
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as crowd:
        list(crowd.map(go, range(16)))
    served = Ask.objects.filter(state="served")
    assert (served.count(), Grant.objects.filter(source="seat").count(), Ask.objects.count()) == (10, 10, 16)
    assert sorted(Pool.objects.values_list("taken", flat=True)) == [3, 3, 4]
    assert Ask.objects.filter(state="waiting").count() == 6
