"""The staircase and the ledger as everybody sees them, and the studio where they are written."""

import datetime as dt
import re

import pytest
import time_machine

from memberships.tiers.actions import archive_tier, declare_uses, save_benefit, save_tier
from memberships.tiers.models import Benefit, Due, Grant, Price, Tier, Use
from memberships.tiers.promises import deliver, explain_delay

pytestmark = pytest.mark.django_db


def test_a_visitor_reads_the_staircase_with_every_step(tier, client_of, visitor):
    answer = client_of(visitor).get("/c/demo/tiers/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert not answer.cookies
    assert "<form" not in page
    assert page.index("Member") < page.index("So that the drums stay ours.") < page.index("Inner Circle")
    assert "€6.00 a month" in page
    assert "€60.00 a year" in page
    assert "Share five tutorials." in page
    assert "You stand here" not in page


def test_ones_own_step_is_marked_and_what_lies_below(tier, client_of, insider):
    page = client_of(insider).get("/c/demo/tiers/").content.decode()
    own = re.findall(r'<li class="stair( own)?( climbed)?" id="step-(\w+)"', page)
    assert own == [("", " climbed", "member"), (" own", "", "insider"), ("", "", "circle")]


def test_the_first_step_is_a_door_to_whoever_is_not_in_yet(tier, client_of, visitor, outsider, member):
    door, way = 'href="/c/demo/join/?next=/c/demo/tiers/"', 'href="/accounts/signup/?next=/c/demo/tiers/"'
    found = [
        client_of(who).get("/c/demo/tiers/").content.decode().split("<ol")[1] for who in (visitor, outsider, member)
    ]
    assert [(door in page, way in page) for page in found] == [(False, True), (True, False), (False, False)]


def test_a_draft_is_nobodys_business_and_an_archived_tier_keeps_its_page(tier, demo, boss, owner, client_of, visitor):
    save_tier(boss, community=demo, name="Secret plan", level=30, why="Not yet.")
    assert "Secret plan" not in client_of(visitor).get("/c/demo/tiers/").content.decode()
    assert client_of(visitor).get("/c/demo/tiers/secret-plan/").status_code == 404
    assert client_of(owner).get("/c/demo/tiers/secret-plan/").status_code == 200
    archive_tier(boss, tier=tier)
    assert "So that the drums" not in client_of(visitor).get("/c/demo/tiers/").content.decode()
    page = client_of(visitor).get("/c/demo/tiers/insider/").content.decode()
    assert "no longer offered" in page
    assert 'content="noindex"' in page


@time_machine.travel("2026-03-05T12:00:00Z", tick=False)
def test_the_ledger_tells_what_was_kept_what_is_late_and_where_the_money_goes(tier, demo, boss, client_of, visitor):
    row = Benefit.objects.get()
    row.tier = tier
    deliver(boss, benefit=row, on=Benefit.objects.get().since, note="Teal.", link="/c/demo/")
    explain_delay(boss, benefit=row, on=dt.date(2026, 2, 28), note="The drum broke.")
    declare_uses(boss, community=demo, uses=[("Rent", 6250), ("Paper", 3750)])
    page = client_of(visitor).get("/c/demo/tiers/insider/").content.decode()
    assert re.findall(r'<li class="(delivered|overdue|due)">', page) == ["due", "overdue", "delivered"]
    assert re.findall(r"<dd>([^<]+)</dd>", page)[:2] == ["1 of 2", "1"]  # kept, and late, before everything else
    assert re.findall(r'<i class="(\w+)">', page) == ["delivered", "overdue", "due"]  # the strip, oldest first
    for words in ("Teal.", "The drum broke.", "62.5 %", "37.5 %", "being written", "Nobody"):
        assert (words in page) == (words != "Nobody"), words


@time_machine.travel("2026-03-05T12:00:00Z", tick=False)
def test_a_long_record_is_a_strip_and_what_is_late_stands_above_the_fold(tier, boss, client_of, visitor):
    promise = save_benefit(boss, tier=tier, text="A letter", every="month", since=dt.date(2025, 5, 1))
    for month in range(5, 13):
        if month != 6:
            deliver(boss, benefit=promise, on=dt.date(2025, month, 1))
    page = client_of(visitor).get("/c/demo/tiers/insider/").content.decode()
    letter = page.split("A letter")[1].split("</div>")[0]
    above, fold = letter.split("<details>")
    state = r'<li class="(\w+)">'
    assert re.findall(state, above) == ["due", "overdue", "overdue", "overdue", "overdue"]
    assert re.findall(state, fold) == ["delivered"] * 7
    assert "7 of 11 kept" in above and "7 more days" in fold


def test_words_that_people_wrote_are_words(demo, boss, tier, client_of, visitor):
    evil = '"><script>alert(1)</script>'
    save_tier(boss, community=demo, tier=tier, name=evil, why=evil, what=evil, how=evil)
    for path in ("/c/demo/tiers/", "/c/demo/tiers/insider/"):
        assert "<script>alert" not in client_of(visitor).get(path).content.decode()


def test_an_owner_writes_a_tier_from_nothing_to_open(demo, owner, client_of):
    browser = client_of(owner)
    refused = browser.post("/c/demo/studio/tiers/new/", {"name": "Insider", "level": 20, "why": "", "trial_days": 0})
    assert refused.status_code == 200
    assert "Say why it exists" in refused.content.decode()
    assert 'value="Insider"' in refused.content.decode()
    words = {"name": "Insider", "level": 20, "why": "Drums.", "what": "Recipes.", "how": "Rent.", "trial_days": 0}
    here = browser.post("/c/demo/studio/tiers/new/", words)["Location"]
    browser.post(f"{here}price/", {"amount": "6,50", "currency": "eur", "interval": "month"})
    browser.post(f"{here}benefit/", {"text": "A recipe", "every": "month", "since": "2026-01-31"})
    browser.post(f"{here}state/", {"to": "open"})
    row = Tier.objects.get()
    assert (row.state, row.slug) == ("open", "insider")
    assert list(Price.objects.values_list("amount", "currency")) == [(650, "eur")]
    assert browser.post(f"{here}price/", {"amount": "1.234", "currency": "eur", "interval": "year"}).status_code == 200
    assert Price.objects.count() == 1
    browser.post(
        "/c/demo/studio/tiers/uses/", {"label_0": "Rent", "share_0": "62.5", "label_1": "Paper", "share_1": "37.5"}
    )
    assert list(Use.objects.values_list("label", "share")) == [("Rent", 6250), ("Paper", 3750)]
    wrong = browser.post("/c/demo/studio/tiers/uses/", {"label_0": "Rent", "share_0": "60"})
    assert "100 %" in wrong.content.decode()
    assert 'value="60"' in wrong.content.decode()
    promise = Benefit.objects.get()
    browser.post(f"{here}benefit/{promise.pk}/deliver/", {"on": "2026-01-31", "note": "Teal.", "do": "deliver"})
    assert Due.objects.get().note == "Teal."


def test_the_team_gives_a_tier_and_takes_it_back(tier, owner, member, client_of):
    browser, here = client_of(owner), f"/c/demo/studio/tiers/{tier.pk}/"
    assert (
        "Nobody here has this handle."
        in browser.post(f"{here}give/", {"handle": "nobody", "reason": "Kind."}).content.decode()
    )
    browser.post(f"{here}give/", {"handle": "@Member", "reason": "Kind."})
    grant = Grant.objects.get()
    assert (grant.member.user, grant.source, grant.reason) == (member, "comp", "Kind.")
    browser.post(f"{here}take-back/{grant.pk}/")
    assert Grant.objects.get().ends is not None


def test_the_studio_of_another_place_is_not_there(tier, maker, moderator, client_of, member):
    for who in (maker, moderator, member):
        browser = client_of(who)
        for path in ("", "new/", f"{tier.pk}/"):
            assert browser.get(f"/c/demo/studio/tiers/{path}").status_code == 404
        for path in (f"{tier.pk}/price/", f"{tier.pk}/state/", "uses/"):
            assert browser.post(f"/c/demo/studio/tiers/{path}", {"to": "archived"}).status_code == 404
    assert client_of(maker).get(f"/c/atelier/studio/tiers/{tier.pk}/").status_code == 404
    assert Tier.objects.get().state == "open"


def test_pages_cost_the_same_however_many_tiers_there_are(
    tier, demo, boss, client_of, visitor, django_assert_max_num_queries
):
    from django.core.cache import cache

    from memberships.tiers.actions import open_tier, set_price

    def cost(path: str) -> int:
        cache.clear()
        with django_assert_max_num_queries(30) as counted:
            client_of(visitor).get(path)
        return len(counted)

    cost("/c/demo/tiers/")
    few = cost("/c/demo/tiers/?1")
    for number in range(4):
        words = {"why": "w", "what": "w", "how": "h"}
        row = save_tier(boss, community=demo, name=f"T{number}", level=30, **words)
        set_price(boss, tier=row, interval="month", currency="eur", amount=900)
        open_tier(boss, tier=row)
    assert cost("/c/demo/tiers/?2") == few
