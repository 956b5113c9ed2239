"""The money of one's own community: who pays, what came in, whose it is; to the last unit, and nobody else's business."""

import csv
import datetime as dt
import re
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.members.models import Member, Role, Standing
from memberships.billing import gateway
from memberships.billing.brand_share import set_brand_share, share_at
from memberships.billing.earnings import lines_of, months_of, sums_of
from memberships.billing.models import BrandShare, Customer, Dispute, Invoice, Refund, Subscription
from tests.conftest import make_user
from tests.desk import brand, browser
from tests.memberships.process import FAILS_LATER

pytestmark = pytest.mark.django_db
HERE = "/c/demo/studio/money/"
MARCH = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


@pytest.fixture
def bill(demo, price, member):
    """bill(1000, tax=…, at=…, currency=…): a paid bill as `sync_invoice` leaves it."""

    def make(paid, *, tax=0, at=MARCH, currency="eur", cut=0, price=price, user=member):
        made = {"customer": _customer(user), "user": user, "community": price.tier.community, "price": price}
        sub, _new = Subscription.objects.get_or_create(
            stripe_id=f"sub_{price.pk}_{user.pk}", defaults={**made, "currency": currency, "livemode": False}
        )
        number = Invoice.objects.count() + 1
        return Invoice.objects.create(
            subscription=sub, stripe_id=f"in_{number}", number=f"H-{number:04}", status="paid", currency=currency,
            total=paid, tax=tax, paid=paid, net=paid - tax, brand_share=cut, paid_at=at,
        )  # fmt: skip

    return make


def _customer(user):
    made = {"livemode": False, "currency": "eur", "stripe_id": f"cus_{user.pk}"}
    return Customer.objects.get_or_create(user=user, defaults=made)[0]


def test_what_is_paid_and_goes_back_is_a_line_with_the_share_of_its_day(
    till, post, buys, price, member, insider, owner, demo, client_of, settings
):
    """Over the real till: a payment at 10 %, the share changed, one at 25 %, and a refund of the first at its own 10 %."""
    settings.BRAND_SHARE, settings.BILLING_AUTOMATIC_TAX = 1000, True
    buys(member, price)
    manager = viewer_for(brand("boss", "manager"), demo)
    set_brand_share(manager, community=demo, share=2500, reason="We carry the shop now.")
    buys(insider, price)
    first = Invoice.objects.order_by("pk").first()
    gateway.create_refund({"payment_intent": first.payment_intent, "amount": 300}, key="some")
    post()
    today = timezone.localdate(timezone=demo.zone).replace(day=1)
    lines = lines_of(demo, today)
    told = [(one.kind, one.gross, one.tax, one.refunds, one.net, one.brand, one.creator) for one in lines]
    assert sorted(told) == [  # within a second the numbers of the bills decide
        ("payment", 600, 100, 0, 500, 50, 450),
        ("payment", 600, 100, 0, 500, 125, 375),
        ("refund", 0, -50, 300, -250, -25, -225),
    ]
    page = client_of(owner).get(HERE).content.decode()
    assert "25 %" in page and "We carry the shop now." in page
    for words in ("€12.00", "−€1.50", "−€3.00", "€7.50", "−€1.50", "€6.00"):
        assert words in page
    assert sums_of(lines, today) == months_of(demo, today.year)
    statement = client_of(owner).get(f"{HERE}{today.year}/{today.month}/").content.decode()
    assert statement.count(first.number) == 2 and "refund" in statement


def test_the_sums_are_the_lines_to_the_last_unit(demo, bill, price):
    """A thousand cents at 10 %: each rounded by itself would be nothing, or twice the share."""
    for _one in range(7):
        bill(5, cut=1000)
    bill(333, tax=53, cut=3333)
    Refund.objects.create(
        invoice=bill(1000, cut=3333), stripe_id="re_1", amount=100, net=100, currency="eur", created_at=MARCH
    )
    lines = lines_of(demo, MARCH.date().replace(day=1))
    assert [one.brand for one in lines if one.gross == 5] == [1, 1, 1, 1, 0, 0, 0]
    (sums,) = sums_of(lines, MARCH.date().replace(day=1))
    assert (sums.brand, sums.brand + sums.creator) == (4 + 393, sums.net)
    assert months_of(demo, 2026) == [sums]


@pytest.mark.parametrize(
    ("currency", "paid", "words", "minor"), [("jpy", 1001, "¥1,001", "300"), ("kwd", 12_340, "KWD\xa012.340", "3.702")]
)
def test_currencies_without_and_with_three_decimals(demo, owner, bill, client_of, currency, paid, words, minor):
    bill(paid, currency=currency, cut=3000)
    bill(250, cut=0)
    page = client_of(owner).get(f"{HERE}2026/3/").content.decode()
    assert words in page and "€2.50" in page
    rows = _csv(client_of(owner).get(f"{HERE}2026/3/statement.csv"))
    found = next(row for row in rows if row["currency"] == currency)
    assert (found["gross_minor"], found["brand"]) == (str(paid), minor)
    assert len(months_of(demo, 2026)) == 2


def _csv(answer):
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(b"".join(answer).decode())))


def test_the_file_holds_the_lines_and_no_formula(demo, owner, bill, tier, client_of):
    type(tier).objects.filter(pk=tier.pk).update(name='=HYPERLINK("http://x")')
    bill(1200, tax=200, cut=1250)
    answer = client_of(owner).get(f"{HERE}2026/3/statement.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="statement-demo-2026-03.csv"'
    assert answer["Cache-Control"] == "private, no-store" and answer.streaming
    (row,) = _csv(answer)
    assert row == {
        "date": "2026-03-10", "kind": "payment", "bill": "H-0001", "tier": '\'=HYPERLINK("http://x")', "currency": "eur",
        "brand_percent": "12.5", "gross_minor": "1200", "gross": "12.00", "tax_minor": "200", "tax": "2.00",
        "refunds_minor": "0", "refunds": "0.00", "net_minor": "1000", "net": "10.00", "brand_minor": "125",
        "brand": "1.25", "creator_minor": "875", "creator": "8.75",
    }  # fmt: skip


def test_a_month_is_the_communitys_own_and_a_lost_dispute_counts_when_it_was_lost(demo, bill):
    """Lisbon's summer is an hour ahead: half past eleven in the evening of June's last day is July there."""
    bill(100, at=dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC))
    known = bill(200, at=dt.datetime(2026, 6, 30, 22, 30, tzinfo=dt.UTC))
    closed = dt.datetime(2026, 7, 20, tzinfo=dt.UTC)
    dispute = {"invoice": known, "amount": 200, "net": 200, "currency": "eur", "created_at": MARCH}
    Dispute.objects.create(stripe_id="du_1", status="lost", closed_at=closed, **dispute)
    Dispute.objects.create(stripe_id="du_2", status="won", closed_at=closed, **dispute)
    Dispute.objects.create(stripe_id="du_3", status="needs_response", **dispute)
    assert [(one.month.month, one.gross, one.refunds) for one in months_of(demo, 2026)] == [(7, 100, 200), (6, 200, 0)]


def test_buyers_are_counted_by_tier_and_named_while_they_are_here(
    till, post, buys, price, upper, member, insider, circle, owner, client_of
):
    buys(member, price)
    ending = buys(insider, upper.prices.get(interval="month"))
    gateway.update_subscription(ending.stripe_id, {"cancel_at_period_end": True})
    late = buys(circle, price, FAILS_LATER)
    post()
    Subscription.objects.filter(pk=late.pk).update(status="past_due", started_at=MARCH)
    Member.objects.filter(user=circle).update(standing=Standing.LEFT)
    page = client_of(owner).get(HERE).content.decode()
    cells = [re.findall(r'class="figure">(\d+)<', row) for row in page.split("<tr>") if "?tier=" in row]
    assert cells == [["1", "1", "0", "1", "0"], ["2", "1", "0", "0", "1"]]
    listed = client_of(owner).get(f"{HERE}buyers/").content.decode()
    assert "/c/demo/people/member/" in listed and "somebody who has left" in listed and "Circle</b>" not in listed
    assert "@test.example" not in listed.split("<main")[1]
    only = client_of(owner).get(f"{HERE}buyers/?state=ending").content.decode()
    assert "/people/insider/" in only and "/people/member/" not in only
    assert "Nobody like that" in client_of(owner).get(f"{HERE}buyers/?state=trial").content.decode()


def test_the_pages_cost_the_same_whatever_there_is(demo, bill, owner, client_of):
    def costs(address):
        client = client_of(owner)
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    addresses = [f"{HERE}?year=2026", f"{HERE}2026/3/", f"{HERE}buyers/"]
    bill(100)
    before = [costs(one) for one in addresses]
    for number in range(5):
        bill(100, user=make_user(f"payer{number}"), currency=("eur", "usd")[number % 2])
    Subscription.objects.update(status="active", paid_once=True)
    assert [costs(one) for one in addresses][:2] == before[:2]
    assert costs(addresses[2]) <= before[2] + 2  # names and seats, once there is somebody


def test_pages_of_many_buyers_and_lines_go_on(demo, bill, owner, client_of, monkeypatch):
    from memberships.billing import buyers, creators

    monkeypatch.setattr(buyers, "PAGE", 1)
    monkeypatch.setattr(creators, "PAGE", 1)
    for user in (make_user("first"), make_user("second")):
        bill(100, user=user)
    Subscription.objects.update(status="active", paid_once=True)
    page = client_of(owner).get(f"{HERE}buyers/").content.decode()
    after = re.search(r'href="(\?state=&amp;tier=&amp;after=[^"]+)" rel="next"', page)[1].replace("&amp;", "&")
    assert 'rel="next"' not in client_of(owner).get(f"{HERE}buyers/{after}").content.decode()
    first = client_of(owner).get(f"{HERE}2026/3/").content.decode()
    assert "?from=1" in first and "H-0001" in first and "H-0002" not in first
    assert "H-0002" in client_of(owner).get(f"{HERE}2026/3/?from=1").content.decode()


def test_only_who_sees_money_sees_it(demo, maker, bill, member, moderator, owner, outsider, visitor, client_of):
    bill(1000)
    creator = make_user("writer")
    Member.objects.create(community=demo, user=creator, role=Role.CREATOR)
    analyst = brand("looks", "analyst")
    pages = [HERE, f"{HERE}buyers/", f"{HERE}2026/3/", f"{HERE}2026/3/statement.csv"]
    for page in pages:
        for who in (member, moderator, outsider, maker):
            assert client_of(who).get(page).status_code == 404, (page, who)
        assert client_of(visitor).get(page)["Location"].startswith("/accounts/login/")
        for who in (owner, creator, analyst):
            assert client_of(who).get(page).status_code == 200, (page, who)
        assert client_of(owner).get(page.replace("demo", "atelier")).status_code == 404
        assert client_of(owner).post(page).status_code == 405
    for nonsense in (
        "?year=1999",
        "?year=9999",
        "?year=x",
        "2026/13/",
        "2026/0/",
        "1999/1/",
        "2999/1/",
        "buyers/?after=x",
    ):
        assert client_of(owner).get(HERE + nonsense).status_code == 404, nonsense
    assert client_of(owner).get(f"{HERE}buyers/?tier=x&state=nonsense").status_code == 200
    assert "No money moved" in client_of(owner).get(f"{HERE}2026/1/").content.decode()
    assert "Nobody pays yet" in client_of(maker).get("/c/atelier/studio/money/").content.decode()


def test_the_brand_sets_its_share_in_the_admin_and_never_backwards(demo, owner, settings):
    settings.BRAND_SHARE = 500
    boss = brand("boss", "manager")
    manager = browser(boss)
    add = "/admin/billing/brandshare/add/"
    fields = {"community": demo.pk, "percent": "12.5", "reason": "Agreed in May."}
    assert manager.post(add, {**fields, "percent": "101"}).status_code == 200
    assert manager.post(add, {**fields, "reason": " "}).status_code == 200
    past = manager.post(add, {**fields, "starts": "2020-01-01T00:00"})
    assert "That moment has passed" in past.content.decode() and 'value="12.5"' in past.content.decode()
    assert (BrandShare.objects.count(), share_at(demo.pk, timezone.now())) == (0, 500)
    assert manager.post(add, fields).status_code == 302
    row = BrandShare.objects.get()
    assert (row.share, share_at(demo.pk, timezone.now()), share_at(demo.pk, MARCH)) == (1250, 1250, 500)
    line = Activity.objects.get(verb="brand_share.set")
    assert (line.before, line.after, line.occurred_at) == (500, 1250, row.starts)
    assert manager.post(f"/admin/billing/brandshare/{row.pk}/change/", {**fields, "percent": "1"}).status_code in (
        403,
        404,
    )
    assert browser(brand("help", "support")).get("/admin/billing/brandshare/").status_code == 200
    assert browser(brand("look", "moderator")).get("/admin/billing/brandshare/").status_code == 404
    for user, share, reason in ((owner, 0, "Mine."), (boss, 10_001, "More than all."), (boss, 0, " ")):
        with pytest.raises(ValidationError):
            set_brand_share(viewer_for(user, demo), community=demo, share=share, reason=reason)
    assert BrandShare.objects.count() == 1
