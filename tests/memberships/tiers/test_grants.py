"""Holding a tier: it lifts to its step, adds to what else lifts, and ends by the clock."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.members.models import Member, RungSource, Standing
from memberships.tiers.actions import archive_tier, save_tier
from memberships.tiers.grants import drop_grant, end_grant, give_tier, move_grant, put_grant, take_tier_back
from memberships.tiers.models import Grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat(member, demo):
    return Member.objects.get(user=member, community=demo)


def test_a_tier_from_the_team_lifts_and_can_be_taken_back(boss, tier, seat, member, demo):
    grant = give_tier(boss, member=seat, tier=tier, ends=None, reason="Helped on Saturday.")
    assert viewer_for(member, demo).rung == 20
    take_tier_back(boss, grant=grant)
    assert viewer_for(member, demo).rung == 10
    verbs = Activity.objects.filter(kind="tier", object_id=tier.pk).values_list("verb", "before", "after")
    assert [row for row in verbs if row[0].startswith("tier.g") or row[0].startswith("tier.e")] == [
        ("tier.granted", None, 20),
        ("tier.ended", 20, None),
    ]


def test_what_has_an_end_ends_with_no_worker_running(boss, tier, seat, member, demo):
    now = timezone.now()
    give_tier(boss, member=seat, tier=tier, ends=now + dt.timedelta(days=7), reason="A week.")
    with time_machine.travel(now + dt.timedelta(days=7, seconds=1), tick=False):
        assert viewer_for(member, demo).rung == 10


def test_paid_and_given_add_and_losing_one_keeps_the_other(boss, tier, seat, member, demo):
    paid = put_grant(member=seat, tier=tier, source="stripe", ref="sub_1", ends=None)
    given = give_tier(boss, member=seat, tier=tier, ends=None, reason="A gift beside it.")
    end_grant(paid)
    assert viewer_for(member, demo).rung == 20
    end_grant(given)
    assert viewer_for(member, demo).rung == 10


def test_writing_the_same_grant_again_changes_nothing_and_moves_its_end_where_it_moved(tier, seat):
    ends = timezone.now() + dt.timedelta(days=30)
    first = put_grant(member=seat, tier=tier, source="stripe", ref="sub_1", ends=ends)
    again = put_grant(member=seat, tier=tier, source="stripe", ref="sub_1", ends=ends)
    later = put_grant(member=seat, tier=tier, source="stripe", ref="sub_1", ends=ends + dt.timedelta(days=30))
    assert first.pk == again.pk == later.pk
    source = RungSource.objects.get(member=seat, source="tier")
    assert (source.level, source.ends, source.starts) == (20, ends + dt.timedelta(days=30), first.starts)
    assert Activity.objects.filter(verb="tier.granted").count() == 1
    assert Activity.objects.filter(verb="member.rung_changed").count() == 1


def test_what_was_paid_for_is_not_taken_back_by_hand(boss, tier, seat):
    paid = put_grant(member=seat, tier=tier, source="stripe", ref="sub_1", ends=None)
    with pytest.raises(ValidationError):
        take_tier_back(boss, grant=paid)
    assert Grant.objects.get().ends is None


def test_a_gift_needs_a_reason_a_future_and_an_open_tier(boss, tier, seat, demo, maker):
    past = timezone.now() - dt.timedelta(seconds=1)
    stranger = Member.objects.get(user=maker)
    for how in ({"ends": None, "reason": " "}, {"ends": past, "reason": "Late."}):
        with pytest.raises(ValidationError):
            give_tier(boss, member=seat, tier=tier, **how)
    with pytest.raises(PermissionDenied):
        give_tier(boss, member=stranger, tier=tier, ends=None, reason="Not mine.")
    archive_tier(boss, tier=tier)
    give_tier(boss, member=seat, tier=tier, ends=None, reason="An old promise.")
    assert Grant.objects.count() == 1


def test_only_who_grants_gives(tier, seat, moderator, member, seen_by):
    for who in (moderator, member):
        with pytest.raises(PermissionDenied):
            give_tier(seen_by(who), member=seat, tier=tier, ends=None, reason="For a friend.")
    assert not Grant.objects.exists()


def test_whoever_has_left_is_given_nothing_nor_a_tier_that_is_being_written(boss, demo, tier, seat):
    draft = save_tier(boss, community=demo, name="Later", level=30, why="w")
    with pytest.raises(ValidationError):
        give_tier(boss, member=seat, tier=draft, ends=None, reason="Kind.")
    Member.objects.filter(pk=seat.pk).update(standing=Standing.LEFT)
    seat.refresh_from_db()
    with pytest.raises(ValidationError):
        give_tier(boss, member=seat, tier=tier, ends=None, reason="Kind.")
    assert Grant.objects.count() == 0


def test_what_has_not_begun_can_be_moved_and_dropped_and_an_end_that_was_is_kept(tier, seat, member, demo):
    now = timezone.now()
    day = dt.timedelta(days=1)
    about = {"member": seat, "tier": tier, "source": Grant.Source.GIFT}
    later = put_grant(ref="gift:1", starts=now + day, ends=now + 3 * day, **about)
    move_grant(later, starts=now - day, ends=now + day)
    assert viewer_for(member, demo).rung == 20
    move_grant(later, starts=now + 2 * day, ends=now + 3 * day)
    assert viewer_for(member, demo).rung == 10
    drop_grant(later)
    over = put_grant(ref="gift:2", starts=now - 3 * day, ends=now - day, **about)
    end_grant(over)
    assert Grant.objects.get().ends == now - day
    assert Activity.objects.get(verb="tier.ended").occurred_at == now - day
