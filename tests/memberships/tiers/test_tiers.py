"""What is offered: nothing without a why, prices that stay for whoever pays them, and a public trace of every change."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from communities.activity.models import Activity
from communities.members.models import Member
from memberships.tiers.actions import (
    archive_tier,
    declare_uses,
    end_benefit,
    end_price,
    open_tier,
    save_benefit,
    save_tier,
    set_price,
)
from memberships.tiers.grants import give_tier
from memberships.tiers.models import Benefit, Change, Price, Tier, Use
from memberships.tiers.reading import Income, splits

pytestmark = pytest.mark.django_db


def test_a_tier_without_a_why_is_not_saved(demo, boss):
    with pytest.raises(ValidationError) as refused:
        save_tier(boss, community=demo, name="Gold", level=20, why="  ")
    assert refused.value.message_dict == {"why": ["Say why it exists: people are told before they pay."]}
    assert not Tier.objects.exists()


def test_it_opens_only_when_it_says_what_and_how(demo, boss):
    row = save_tier(boss, community=demo, name="Gold", level=20, why="For the drums.")
    with pytest.raises(ValidationError):
        open_tier(boss, tier=row)
    assert Tier.objects.get().state == "draft"


def test_a_step_that_the_community_does_not_have_opens_nothing(demo, boss):
    with pytest.raises(ValidationError) as refused:
        save_tier(boss, community=demo, name="Gold", level=25, why="For the drums.")
    assert list(refused.value.message_dict) == ["level"]


def test_two_tiers_of_one_name_have_two_addresses(demo, boss, tier):
    assert save_tier(boss, community=demo, name="Insider", level=30, why="Another.").slug == "insider-2"


def test_a_new_price_leaves_the_old_one_to_whoever_pays_it(boss, tier):
    old = Price.objects.get(tier=tier, interval="month")
    Price.objects.filter(pk=old.pk).update(stripe_id="price_old")
    new = set_price(boss, tier=tier, interval="month", currency="EUR", amount=700)
    assert set_price(boss, tier=tier, interval="month", currency="eur", amount=700) == new
    old.refresh_from_db()
    assert (old.active, old.amount, old.stripe_id, old.ended_at is not None) == (False, 600, "price_old", True)
    assert (new.active, new.amount) == (True, 700)
    row = Activity.objects.filter(verb="price.changed").latest("pk")
    assert (row.before, row.after, row.currency) == (600, 700, "eur")
    change = Change.objects.get(tier=tier, what="price")
    assert (change.before, change.after) == ("€6.00 a month", "€7.00 a month")


@pytest.mark.parametrize(("amount", "currency"), [(10, "eur"), (0, "eur"), (49, "jpy"), (10**9, "eur")])
def test_an_amount_that_nobody_could_charge_is_refused(boss, tier, amount, currency):
    with pytest.raises(ValidationError) as refused:
        set_price(boss, tier=tier, interval="month", currency=currency, amount=amount)
    assert list(refused.value.message_dict) == ["amount"]
    assert Price.objects.filter(tier=tier, active=True).count() == 2


def test_a_price_that_ends_is_offered_no_longer(boss, tier):
    price = Price.objects.get(tier=tier, interval="year")
    end_price(boss, price=price)
    end_price(boss, price=price)
    assert list(Price.objects.filter(active=True).values_list("interval", flat=True)) == ["month"]
    assert Activity.objects.filter(verb="price.changed", after=None).count() == 1


def test_every_change_of_an_open_tier_is_on_the_record(boss, tier, demo):
    assert list(Change.objects.values_list("what", flat=True)) == ["state"]
    save_tier(boss, community=demo, tier=tier, why="So that the drums stay here.")
    benefit = save_benefit(boss, tier=tier, text="A seat")
    end_benefit(boss, benefit=benefit)
    archive_tier(boss, tier=tier)
    said = list(Change.objects.order_by("pk").values_list("what", "before", "after"))
    assert said == [
        ("state", "being written", "open"),
        ("why", "So that the drums stay ours.", "So that the drums stay here."),
        ("benefit", "", "A seat"),
        ("benefit", "A seat", ""),
        ("state", "open", "no longer offered"),
    ]


def test_where_the_money_goes_is_the_whole_of_it(boss, demo):
    for wrong in ([("Rent", 6000), ("Paper", 3000)], [("Rent", 10_000), ("Paper", 0)], [("Rent", 10_001)]):
        with pytest.raises(ValidationError):
            declare_uses(boss, community=demo, uses=wrong)
    declare_uses(boss, community=demo, uses=[("Rent", 6667), ("Paper", 3333)])
    declare_uses(boss, community=demo, uses=[("Rent", 6667), ("Paper", 3333)])
    declare_uses(boss, community=demo, uses=[("Rent", 10_000)])
    assert list(Use.objects.filter(ends=None).values_list("label", "share")) == [("Rent", 10_000)]
    assert Activity.objects.filter(verb="uses.declared").count() == 2


def test_the_parts_of_a_month_are_its_whole_to_the_last_unit(boss, demo):
    import datetime as dt

    declare_uses(boss, community=demo, uses=[("Rent", 3333), ("Paper", 3333), ("People", 3334)])
    uses = list(Use.objects.filter(ends=None))
    month = splits(
        [Income(dt.date(2026, 1, 1), "eur", 1001, refunded=1), Income(dt.date(2026, 1, 1), "jpy", 100)], uses
    )
    assert [(split.total, [part[1] for part in split.parts]) for split in month] == [
        ("€10.00", ["€3.33", "€3.33", "€3.34"]),
        ("¥100", ["¥33", "¥33", "¥34"]),
    ]


def test_only_who_sells_writes_tiers(demo, tier, moderator, insider, seen_by, maker):
    from communities.access.viewer import viewer_for

    strangers = [seen_by(moderator), seen_by(insider), viewer_for(maker, demo)]
    price, benefit = Price.objects.first(), Benefit.objects.get()
    price.tier = benefit.tier = tier
    for viewer in strangers:
        for act in (
            lambda v: save_tier(v, community=demo, tier=tier, why="Mine now."),
            lambda v: save_tier(v, community=demo, name="Mine", level=20, why="Mine."),
            lambda v: set_price(v, tier=tier, interval="month", currency="eur", amount=100),
            lambda v: end_price(v, price=price),
            lambda v: save_benefit(v, tier=tier, text="Mine"),
            lambda v: end_benefit(v, benefit=benefit),
            lambda v: archive_tier(v, tier=tier),
            lambda v: declare_uses(v, community=demo, uses=[("Me", 10_000)]),
        ):
            with pytest.raises(PermissionDenied):
                act(viewer)
    tier.refresh_from_db()
    assert (tier.why, tier.state, Tier.objects.count()) == ("So that the drums stay ours.", "open", 1)
    assert Price.objects.filter(active=True).count() == 2


def test_a_name_is_needed_and_a_step_that_people_hold_stays(demo, boss, tier, member):
    with pytest.raises(ValidationError) as refused:
        save_tier(boss, community=demo, tier=tier, name=" ")
    assert set(refused.value.message_dict) == {"name"}
    tier.refresh_from_db()
    give_tier(boss, member=Member.objects.get(user=member), tier=tier, ends=None, reason="Kind.")
    with pytest.raises(ValidationError) as refused:
        save_tier(boss, community=demo, tier=tier, level=30)
    assert set(refused.value.message_dict) == {"level"}
    assert Tier.objects.get().level == 20


def test_said_twice_it_happens_once(demo, boss, tier):
    """Saved without a change, opened while open, put away twice, a promise ended twice: one line each at most."""
    tier = save_tier(boss, community=demo, tier=tier, name=tier.name)
    open_tier(boss, tier=tier)
    benefit = tier.benefits.get()
    for _time in range(2):
        end_benefit(boss, benefit=benefit)
    archive_tier(boss, tier=tier)
    with pytest.raises(ValidationError):
        archive_tier(boss, tier=tier)
    verbs = ["tier.changed", "tier.opened", "tier.archived"]
    told = Activity.objects.filter(verb__in=verbs).order_by("pk").values_list("verb", flat=True)
    assert list(told) == ["tier.opened", "tier.archived"]
    assert Change.objects.filter(what="benefit").count() == 1
