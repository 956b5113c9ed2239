"""A community whose door is a step that is paid: nobody comes in before the payment is certain, and everybody who paid does."""

import pytest
from django.core.exceptions import ValidationError

from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.members.guidelines import write_guidelines
from communities.members.models import Acceptance, Member
from communities.spaces.models import Community
from memberships.billing import gateway
from memberships.billing.actions import begin_checkout
from memberships.billing.models import Attempt, Subscription
from memberships.billing.parting import end_for_gone
from memberships.tiers.models import Grant
from tests.conftest import make_user
from tests.memberships.billing.conftest import later, rung_of
from tests.memberships.process import GOOD

pytestmark = pytest.mark.django_db
DOOR, STAIRS, TILL = "/c/demo/join/", "/c/demo/tiers/", "/c/demo/checkout/"


@pytest.fixture
def paid_place(till, demo, price) -> Community:
    Community.objects.filter(pk=demo.pk).update(join_mode="paid")
    demo.refresh_from_db()
    return demo


def seat_of(user):
    return Member.objects.filter(user=user).exclude(standing="left").first()


def test_the_door_leads_over_the_guidelines_to_the_staircase_and_the_till_into_the_place(
    paid_place, post, till, boss, price, outsider, visitor, client_of
):
    row = write_guidelines(boss, community=paid_place, source="Be kind.")
    page = client_of(visitor).get(DOOR).content.decode()
    assert "From Insider: €6.00 a month" in page and "Be kind." in page and "<form" not in page.split("<main")[1]
    browser = client_of(outsider)
    answer = browser.post(TILL, {"price": price.pk})
    assert answer["Location"] == f"{DOOR}?next={STAIRS}"
    page = browser.get(DOOR).content.decode()
    assert "Agree, and choose a step" in page and "First the guidelines" in page
    assert "Please read the guidelines" in browser.post(DOOR, {"door": "1", "version": row.version}).content.decode()
    assert Acceptance.objects.filter(user=outsider).count() == 0
    answer = browser.post(DOOR, {"door": "1", "version": row.version, "agreed": "on"})
    assert answer["Location"] == STAIRS
    assert "Step up" in browser.get(STAIRS).content.decode()
    first = browser.post(TILL, {"price": price.pk})["Location"]
    second = browser.post(TILL, {"price": price.pk})["Location"]
    assert first == second and "/c/pay/cs_" in first
    assert (seat_of(outsider), Attempt.objects.count()) == (None, 1)
    till.pay(first)
    assert seat_of(outsider) is None  # until a message, or our own question, says that it is paid
    post(order=lambda letters: letters[::-1], times=2)
    seat = seat_of(outsider)
    assert (seat.agreed, seat.role, rung_of(outsider)) == (row.version, "member", 20)
    assert Activity.objects.filter(verb="member.joined", actor=outsider).count() == 1
    later(till, post, days=1)
    gateway.cancel_subscription(Subscription.objects.get().stripe_id)
    post()
    assert (rung_of(outsider), seat_of(outsider) is not None) == (10, True)


def test_closing_the_tab_and_the_way_back_both_end_inside(paid_place, post, till, price, outsider, client_of):
    answer = till.pay(begin_checkout(outsider, price=price).url)
    back = answer.to.split(str(8000), 1)[-1] if ":8000" in answer.to else answer.to.split("/", 3)[3]
    page = client_of(outsider).get("/" + back.lstrip("/")).content.decode()
    assert "Welcome to Insider" in page
    assert rung_of(outsider) == 20
    other = make_user("other")
    till.pay(begin_checkout(other, price=price).url)
    post()
    assert rung_of(other) == 20


def test_knocking_without_paying_opens_nothing(paid_place, outsider, client_of, settings):
    browser = client_of(outsider)
    assert browser.post(DOOR, {"door": "1"})["Location"] == STAIRS
    assert browser.post(DOOR)["Location"] == STAIRS
    assert seat_of(outsider) is None
    settings.STRIPE_MODE = "off"
    assert "Nothing is sold here at the moment" in browser.get(DOOR).content.decode()
    assert browser.post(DOOR, {"door": "1"})["Location"] == DOOR
    assert seat_of(outsider) is None


def test_a_full_place_says_so_before_anybody_pays_and_an_open_till_holds_a_place(
    paid_place, post, till, price, outsider, owner, client_of
):
    Community.objects.filter(pk=paid_place.pk).update(size_cap=2)
    late = make_user("late")
    begin_checkout(outsider, price=price)
    browser = client_of(late)
    answer = browser.post(TILL, {"price": price.pk}, follow=True)
    assert "All places are taken" in answer.content.decode()
    with pytest.raises(ValidationError, match="All places are taken"):  # the last one went while they clicked
        begin_checkout(late, price=price)
    assert Attempt.objects.count() == 1
    later(
        till, post, minutes=32
    )  # whoever held it came to nothing, so the place is there for the next, and for one alone
    begin_checkout(late, price=price)
    with pytest.raises(ValidationError, match="All places are taken"):
        begin_checkout(outsider, price=price)
    later(till, post, minutes=32)
    till.pay(begin_checkout(outsider, price=price).url)
    post()
    assert "All places are taken" in browser.get(DOOR).content.decode()
    assert "Choose a step" not in browser.get(DOOR).content.decode()
    assert [seat.user for seat in Member.objects.order_by("pk")] == [owner, outsider]


def test_who_paid_for_a_place_that_went_meanwhile_has_one_all_the_same(paid_place, post, till, price, outsider):
    url = begin_checkout(outsider, price=price).url
    Community.objects.filter(pk=paid_place.pk).update(size_cap=1)
    till.pay(url, GOOD)
    post()
    assert rung_of(outsider) == 20


def test_who_left_and_is_still_told_of_comes_in_only_by_paying_anew(
    paid_place, post, till, buys, price, outsider, client_of
):
    sub = buys(outsider, price)
    client_of(outsider).post("/c/demo/leave/")
    later(till, post, days=2)
    assert seat_of(outsider) is None
    later(till, post, days=30)
    sub.refresh_from_db()
    assert (sub.status, seat_of(outsider)) == ("canceled", None)
    buys(outsider, price)
    assert rung_of(outsider) == 20


def test_teasers_on_the_stream_show_the_price_with_a_constant_number_of_queries(
    till, price, tier, publish, member, visitor, client_of, django_assert_max_num_queries, demo
):
    publish("First", rung=20)
    browser = client_of(member)
    page = browser.get("/c/demo/").content.decode()
    assert f'href="/c/demo/tiers/#tier-{tier.pk}"' in page and "Insider: €6.00 a month" in page
    page = client_of(visitor).get("/c/demo/").content.decode()
    assert "Insider: €6.00 a month" in page
    for name in ("Second", "Third", "Fourth"):
        publish(name, rung=20)
    browser.get("/c/demo/")
    with django_assert_max_num_queries(3):
        page = browser.get("/c/demo/").content.decode()
    assert page.count("€6.00 a month") >= 4
    assert viewer_for(member, demo).rung == 10


def test_who_closed_their_account_while_a_payment_was_on_its_way_gets_no_seat_and_pays_no_more(
    paid_place, post, till, price, outsider
):
    till.pay(begin_checkout(outsider, price=price).url)
    type(outsider).objects.filter(pk=outsider.pk).update(is_active=False)
    post()
    assert (seat_of(outsider), Grant.objects.count(), Subscription.objects.get().status) == (None, 0, "active")
    assert end_for_gone() == 1
    assert (seat_of(outsider), Subscription.objects.get().status) == (None, "canceled")
