"""Whoever goes pays no more, whatever way they go and however Stripe is at that moment."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from communities.activity.actions import deliver_due
from communities.activity.models import Activity
from communities.mail.models import Mail
from communities.members.models import Member
from communities.people.leaving import ask_closing, close_due
from communities.people.models import Closing
from communities.safety.actions import reinstate_member, suspend_member
from memberships.billing import gateway, parting
from memberships.billing.models import Invoice
from memberships.billing.parting import end_for_gone, gone_payers
from memberships.billing.stopping import end_subscription
from tests.communities.notifications.conftest import bell_of
from tests.memberships.billing.conftest import later, rung_of
from tests.memberships.process import FAILS_LATER

pytestmark = pytest.mark.django_db
LEAVE = "/c/demo/leave/"
NOTHING_MORE = "What you paid for Insider is ended, since you are no member there any more: nothing more is taken"


def news_of(user):
    while deliver_due():
        pass
    return [said for said, _count in bell_of(user)]


def test_leaving_says_what_ends_and_ends_it(till, post, buys, price, member, client_of, confirmed):
    confirmed(member)
    sub = buys(member, price)
    browser = client_of(member)
    page = browser.get(LEAVE).content.decode()
    assert "You pay for Insider (€6.00 a month). That ends too: nothing more is taken." in page
    assert f"before {sub.period_end:%-d %B %Y}" in page
    sub.refresh_from_db()
    assert sub.cancel_at is None
    browser.post(LEAVE)
    sub.refresh_from_db()
    assert sub.cancel_at == sub.period_end
    assert (rung_of(member), gone_payers().count()) == (0, 0)
    assert NOTHING_MORE in news_of(member)
    assert Mail.objects.filter(user=member, subject__startswith="What you paid for Insider").count() == 1
    page = browser.post(f"/me/money/{sub.pk}/resume/", follow=True).content.decode()
    assert "come in again first" in page
    browser.post("/c/demo/join/")
    assert rung_of(member) == 20  # what was paid for is still theirs
    later(till, post, days=32)
    assert (rung_of(member), Invoice.objects.count()) == (10, 1)


def test_leaving_while_stripe_is_away_is_caught_up_with(till, post, buys, price, member, client_of, monkeypatch):
    sub = buys(member, price)
    till.do("fail", next=40, status=500)
    assert client_of(member).post(LEAVE).status_code == 302
    assert Member.objects.get(user=member).standing == "left"
    assert (end_for_gone(), gone_payers().count()) == (0, 1)
    till.do("heal")
    with monkeypatch.context() as short:
        short.setattr(parting, "BUDGET", -1)  # no time left for even one: the next look has it
        assert (end_for_gone(), gone_payers().count()) == (0, 1)
    assert (end_for_gone(), end_for_gone()) == (1, 0)
    sub.refresh_from_db()
    assert sub.cancel_at == sub.period_end


def test_what_is_owed_is_not_asked_for_any_more(till, post, buys, price, member, client_of):
    sub = buys(member, price, FAILS_LATER)
    later(till, post, days=31, hours=3)
    browser = client_of(member)
    assert "the payment that failed is not tried again" in browser.get(f"/me/money/{sub.pk}/end/").content.decode()
    assert "It ends at once" in browser.get(LEAVE).content.decode()
    end_subscription(member, subscription=type(sub).objects.get(pk=sub.pk))
    sub.refresh_from_db()
    assert (sub.status, rung_of(member), Member.objects.get(user=member).owes_until) == ("canceled", 10, None)
    assert "Pay it" not in browser.get("/me/money/").content.decode()
    attempts = Invoice.objects.get(status="open").attempts
    later(till, post, days=20)
    assert Invoice.objects.get(status="open").attempts == attempts


def test_suspended_for_good_pays_no_more_and_hears_of_it_but_a_while_changes_nothing(
    till, post, buys, price, member, moderator, seen_by
):
    sub = buys(member, price)
    seat = Member.objects.get(user=member)
    suspend_member(seen_by(moderator), member=seat, reason="a week", until=timezone.now() + dt.timedelta(days=7))
    assert end_for_gone() == 0
    reinstate_member(seen_by(moderator), member=seat, reason="said sorry")
    suspend_member(seen_by(moderator), member=seat, reason="and again")
    assert (end_for_gone(), end_for_gone()) == (1, 0)
    sub.refresh_from_db()
    assert sub.cancel_at == sub.period_end
    assert NOTHING_MORE in news_of(member)
    assert Activity.objects.filter(verb="subscription.ending").count() == 1


def test_an_account_that_pays_waits_with_closing_and_is_never_billed_after(till, post, buys, price, member, client_of):
    sub = buys(member, price)
    with pytest.raises(ValidationError, match="You pay for Insider in Demo"):
        ask_closing(member, how="erase")
    till.do("fail", next=40, status=500)
    client_of(member).post(f"/me/money/{sub.pk}/end/")
    with pytest.raises(ValidationError):
        ask_closing(member, how="erase")
    assert Closing.objects.count() == 0
    till.do("heal")
    end_subscription(member, subscription=sub)
    ask_closing(member, how="erase")
    gateway.update_subscription(sub.stripe_id, {"cancel_at_period_end": False})  # resumed elsewhere meanwhile
    post()
    Closing.objects.update(next_at=timezone.now())
    assert close_due() == 0
    member.refresh_from_db()
    assert member.is_active
    end_subscription(member, subscription=type(sub).objects.get(pk=sub.pk))
    Closing.objects.update(next_at=timezone.now())
    assert close_due() == 1
    assert end_for_gone() == 1  # nobody is left who could use what was paid for
    sub.refresh_from_db()
    assert sub.status == "canceled"
    later(till, post, days=40)
    assert Invoice.objects.count() == 1
