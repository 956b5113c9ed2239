"""One's own money: what stands on the page, two clicks to end it, one to go on, a receipt that is fetched fresh."""

import pytest

from communities.activity.models import Activity
from communities.people.portable import hindrances
from memberships.billing import gateway
from memberships.billing.models import Invoice, Leaving
from memberships.billing.stopping import stop_now
from tests.memberships.billing.conftest import later, rung_of

pytestmark = pytest.mark.django_db


def test_ending_takes_two_clicks_and_a_reason_is_welcome(till, post, buys, price, member, client_of):
    sub = buys(member, price)
    browser = client_of(member)
    page = browser.get("/me/money/").content.decode()
    assert "Insider" in page and "€6.00 a month" in page and "next payment" in page
    end = f"/me/money/{sub.pk}/end/"
    assert f'href="{end}"' in page
    assert 'data-verb="subscription.ending"' in browser.get(end).content.decode()
    sub.refresh_from_db()
    assert sub.cancel_at is None
    assert [one.url for one in hindrances(member)] == ["/me/money/"]
    browser.post(end, {"why": "time", "note": " no evenings left "})
    browser.post(end, {})
    sub.refresh_from_db()
    assert sub.cancel_at == sub.period_end
    assert (Leaving.objects.get().why, Leaving.objects.get().note) == ("time", "no evenings left")
    assert hindrances(member) == []
    page = browser.get("/me/money/").content.decode()
    assert "ends" in page and 'data-verb="subscription.resumed"' in page
    assert rung_of(member) == 20
    browser.post(f"/me/money/{sub.pk}/resume/")
    sub.refresh_from_db()
    assert (sub.cancel_at, Leaving.objects.count()) == (None, 0)
    browser.post(end, {"why": "invented"})
    later(till, post, days=32)
    sub.refresh_from_db()
    assert sub.status == "canceled"
    assert "ended" in browser.get("/me/money/").content.decode()
    browser.post(f"/me/money/{sub.pk}/resume/")
    browser.post(end)
    sub.refresh_from_db()
    assert sub.status == "canceled"


def test_a_receipt_leads_to_stripes_page_of_that_bill(till, buys, price, member, insider, client_of):
    buys(member, price)
    bill = Invoice.objects.get()
    answer = client_of(member).get(f"/me/money/receipt/{bill.pk}/")
    assert answer.status_code == 302
    assert "€6.00" in till.fetch(answer["Location"]).text
    assert client_of(insider).get(f"/me/money/receipt/{bill.pk}/").status_code == 404


def test_the_card_is_changed_at_stripe(till, buys, price, member, insider, client_of):
    sub = buys(member, price)
    answer = client_of(member).post("/me/money/portal/", {"customer": sub.customer_id, "card": "1"})
    assert answer["Location"].startswith(f"http://localhost:{till.port}/")
    assert client_of(insider).post("/me/money/portal/", {"customer": sub.customer_id}).status_code == 404


def test_nobody_ends_what_another_pays(till, buys, price, member, insider, visitor, client_of):
    sub = buys(member, price)
    for path in (f"/me/money/{sub.pk}/end/", f"/me/money/{sub.pk}/resume/"):
        assert client_of(insider).post(path).status_code == 404
        assert client_of(visitor).post(path).status_code == 302
    sub.refresh_from_db()
    assert sub.cancel_at is None


def test_a_stripe_that_is_away_changes_nothing_and_says_so(till, buys, price, member, client_of):
    sub = buys(member, price)
    till.do("fail", next=40, status=500)
    browser = client_of(member)
    page = browser.post(f"/me/money/{sub.pk}/end/", follow=True).content.decode()
    assert "Nothing was changed" in page
    till.do("heal")
    sub.refresh_from_db()
    assert sub.cancel_at is None
    assert rung_of(member) == 20


@pytest.mark.parametrize(
    ("when", "said"), [("before", "Nothing was changed"), ("after", "Ended. You pay nothing more")]
)
def test_an_answer_that_got_lost_is_looked_up_and_what_was_done_is_said(
    till, buys, price, member, client_of, when, said
):
    sub = buys(member, price)
    till.do("fail", next=1, status=500, when=when, path="POST /v1/subscriptions")
    page = client_of(member).post(f"/me/money/{sub.pk}/end/", follow=True).content.decode()
    assert said in page
    sub.refresh_from_db()
    assert sub.cancel_at == (sub.period_end if when == "after" else None)


def test_what_the_dashboard_ended_a_moment_ago_is_ended_here_once(till, post, buys, price, member):
    sub = buys(member, price)
    gateway.cancel_subscription(sub.stripe_id)
    stop_now(sub)
    post()
    assert (rung_of(member), Activity.objects.filter(verb="subscription.ended").count()) == (10, 1)
