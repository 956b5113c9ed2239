"""A story rings the bell of whoever may read it, once, at the minute it opens to them (R15, A06)."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communities.access.models import Block, Pass
from communities.activity.models import Activity, Delivery
from communities.members.actions import grant_rung
from communities.members.models import Member
from communities.notifications import actions
from communities.notifications.models import Notification
from communities.people.models import User
from communities.safety.actions import hide
from communities.safety.models import Mute
from content.posts.actions import announce_opened
from tests.communities.notifications.conftest import bell_of, wishes
from tests.conftest import make_member

pytestmark = pytest.mark.django_db


STORIES = {"kind": "post"}


def told() -> set[str]:
    return set(Notification.objects.filter(**STORIES).values_list("user__name", flat=True))


def test_a_story_is_told_to_those_who_may_read_it_and_not_to_its_author(
    publish, deliver, owner, moderator, circle, insider, member, outsider
):
    deliver()
    User.objects.update(bell_at=None)
    Notification.objects.all().delete()
    post = publish("Two drums", rung=20)
    deliver()
    assert told() == {"Moderator", "Circle", "Insider"}
    assert bell_of(insider) == [("Owner published Two drums", 1)]
    row = Notification.objects.get(user=insider)
    assert (row.kind, row.about_kind, row.about_id, row.topic) == ("post", "post", post.pk, f"post:{post.pk}")
    assert User.objects.get(pk=insider.pk).has_news
    assert not User.objects.get(pk=member.pk).has_news


def test_hearing_twice_of_an_activity_tells_nobody_twice(publish, deliver, owner, member, insider):
    publish("Two drums")
    deliver()
    first = sorted(Notification.objects.values_list("pk", "user", "at"))
    for activity in Activity.objects.filter(verb="post.published"):
        Delivery.objects.create(activity=activity, subscriber="notify")
    deliver()
    assert sorted(Notification.objects.values_list("pk", "user", "at")) == first


def test_an_early_drop_tells_each_step_at_its_minute_and_each_member_once(
    publish, deliver, owner, circle, insider, member
):
    """Circle now, insiders in three days, everybody in seven."""
    now = timezone.now().replace(microsecond=0)
    three, seven = now + dt.timedelta(days=3), now + dt.timedelta(days=7)
    publish("Early", rung=30, opens_at=now, openings=((20, three), (0, seven)))
    deliver()
    assert told() == {"Circle"}
    for moment, heard in (
        (three - dt.timedelta(seconds=1), {"Circle"}),
        (three, {"Circle", "Insider"}),
        (seven, {"Circle", "Insider", "Member"}),
    ):
        with time_machine.travel(moment, tick=False):
            announce_opened()
            deliver()
            assert told() == heard
            mine = [line for line in bell_of(member) if "Early" in line[0]]
            assert mine == ([("Owner published Early", 1)] if "Member" in heard else [])
    assert Notification.objects.filter(**STORIES).count() == 3
    assert bell_of(member) == []  # asked again whenever it is looked at: back before the minute it is not there


def test_an_opening_tells_only_those_who_could_not_read_before(publish, deliver, demo, owner, circle, insider, member):
    """Who came onto the circle's step meanwhile could read it already; a guest with a pass as well."""
    now = timezone.now().replace(microsecond=0)
    post = publish("Early", rung=30, opens_at=now, openings=((10, now + dt.timedelta(days=3)),))
    deliver()
    late = make_member(demo, "late", level=30)
    Pass.objects.create(user=member, kind="post", object_id=post.pk, source="gift")
    with time_machine.travel(now + dt.timedelta(days=3), tick=False):
        announce_opened()
        deliver()
    assert told() == {"Circle", "Insider"}
    assert not Notification.objects.filter(user__in=[late, member], **STORIES).exists()


def test_the_author_of_an_early_drop_hears_of_no_opening(publish, deliver, demo, owner, insider, member):
    now = timezone.now().replace(microsecond=0)
    publish("Mine", author=insider, space="bench", rung=20, opens_at=now, openings=((0, now + dt.timedelta(days=1)),))
    with time_machine.travel(now + dt.timedelta(days=1), tick=False):
        announce_opened()
        deliver()
        assert bell_of(member) == [("Insider published Mine", 1)]
    assert told() == {"Owner", "Member"}


def test_a_pass_is_asked_for_by_itself_in_a_crowd(publish, deliver, demo, owner, member):
    post = publish("Locked", rung=30)
    Pass.objects.create(user=member, kind="post", object_id=post.pk, source="gift")
    for number in range(30):
        make_member(demo, f"many{number}")
    deliver()
    assert told() == {"Member"}


def test_what_was_hidden_meanwhile_is_told_to_nobody(publish, deliver, seen_by, owner, moderator, member):
    post = publish("Loud")
    hide(seen_by(moderator), obj=post, reason="Too loud.")
    deliver()
    assert not Notification.objects.filter(kind="post").exclude(user=moderator).exists()


def test_who_blocked_or_muted_the_author_hears_nothing(publish, deliver, demo, owner, insider, member, circle):
    Block.objects.create(user=insider, blocked=owner)
    Mute.objects.create(user=member, kind="user", object_id=owner.pk)
    publish("Two drums")
    deliver()
    assert told() == {"Circle"}


def test_who_switched_it_off_hears_nothing(publish, deliver, owner, insider, member):
    wishes(member, "post", bell=False)
    publish("Two drums")
    deliver()
    assert told() == {"Insider"}
    assert not User.objects.get(pk=member.pk).has_news


def test_who_is_shut_out_suspended_or_gone_hears_nothing(publish, deliver, demo, owner, insider, member, circle):
    User.objects.filter(pk=insider.pk).update(is_active=False)
    Member.objects.filter(user=member).update(standing="suspended")
    Member.objects.filter(user=circle).update(standing="left")
    publish("Two drums")
    deliver()
    assert told() == set()


def test_a_rung_that_ran_out_a_minute_ago_counts_no_more(publish, deliver, demo, seen_by, owner, member):
    now = timezone.now()
    seat = Member.objects.get(user=member)
    grant_rung(seen_by(owner), member=seat, level=20, ends=now + dt.timedelta(hours=1), reason="a guest")
    with time_machine.travel(now + dt.timedelta(hours=1, seconds=1), tick=False):
        publish("Insiders only", rung=20, opens_at=now)
        deliver()
        assert not Notification.objects.filter(user=member, kind="post").exists()


def test_a_crowd_is_told_in_steps_and_a_crash_loses_and_doubles_nobody(publish, deliver, demo, owner, monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 7)
    people = {make_member(demo, f"many{number}").pk for number in range(20)}
    deliver()
    publish("Two drums")
    steps, tell = [], actions.tell

    def crash_once(kind, news, activity, ids):
        steps.append(len(ids))
        done = tell(kind, news, activity, ids)
        if len(steps) == 2:
            raise OSError("the worker lost its database")
        return done

    monkeypatch.setattr(actions, "tell", crash_once)
    deliver()
    assert Notification.objects.count() == 6  # of the first seven one is the author
    row = Delivery.objects.get()
    assert (row.attempts, row.parked, row.error) == (1, False, "OSError: the worker lost its database")
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1), tick=False):
        deliver()
    assert set(Notification.objects.values_list("user", flat=True)) == people
    assert Notification.objects.count() == 20
    assert Delivery.objects.count() == 0


def test_a_batch_costs_the_same_for_twenty_and_for_seventy(publish, deliver, demo, owner):
    counts = []
    for many in (21, 50):
        for number in range(many):
            make_member(demo, f"many{many}x{number}")
        deliver()
        publish(f"Story {many}")
        with CaptureQueriesContext(connection) as queries:
            deliver()
        counts.append(len(queries))
    assert Notification.objects.count() == 21 + 71
    assert counts[0] == counts[1]
