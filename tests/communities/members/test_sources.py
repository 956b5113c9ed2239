"""Reasons for a rung from upper apps: the highest running one counts, and what ends by the clock ends by itself."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.members.models import Member, RungSource
from communities.members.sources import end_source, put_source

pytestmark = pytest.mark.django_db


def rung(user, demo):
    return viewer_for(user, demo).rung


def test_losing_one_of_two_reasons_keeps_the_rung(member, demo):
    seat = Member.objects.get(user=member)
    put_source(seat, source="tier", ref="grant:1", level=20)
    put_source(seat, source="tier", ref="grant:2", level=20)
    end_source(seat, source="tier", ref="grant:1")
    assert rung(member, demo) == 20
    end_source(seat, source="tier", ref="grant:2")
    assert rung(member, demo) == 10
    moved = Activity.objects.filter(verb="member.rung_changed").order_by("pk")
    assert list(moved.values_list("before", "after")) == [(10, 20), (20, 10)]


def test_a_reason_that_is_written_again_keeps_its_beginning_and_moves_its_end(member, demo):
    seat, now = Member.objects.get(user=member), timezone.now()
    first = put_source(seat, source="tier", ref="grant:1", level=20, ends=now + dt.timedelta(days=30))
    put_source(seat, source="tier", ref="grant:1", level=30, ends=now + dt.timedelta(days=60))
    row = RungSource.objects.get(member=seat, source="tier")
    assert (row.starts, row.ends, row.level) == (first.starts, now + dt.timedelta(days=60), 30)
    with time_machine.travel(now + dt.timedelta(days=59), tick=False):
        assert rung(member, demo) == 30
    with time_machine.travel(now + dt.timedelta(days=60, seconds=1), tick=False):
        assert rung(member, demo) == 10


def test_a_reason_that_never_began_is_gone_when_it_ends(member, demo):
    seat = Member.objects.get(user=member)
    put_source(seat, source="tier", ref="grant:1", level=20, starts=timezone.now() + dt.timedelta(days=1))
    assert rung(member, demo) == 10
    end_source(seat, source="tier", ref="grant:1")
    assert not RungSource.objects.filter(member=seat).exists()
