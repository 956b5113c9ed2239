"""Kept parts are shared by one audience only, and end with the community's version, the clock, or a minute."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from communities.access.models import Pass
from communities.access.rules import audience
from communities.safety.actions import hide
from communities.ui import kept, pagecache
from content.posts.models import Post

pytestmark = pytest.mark.django_db


def test_an_insider_before_a_member_leaks_nothing_and_the_other_way_denies_nothing(
    publish, client_of, insider, member, owner
):
    publish("Shut", rung=20, source="CANARY-EXCERPT", teaser="")
    for who, holds in ((insider, True), (member, False), (owner, True), (member, False), (insider, True)):
        assert ("CANARY-EXCERPT" in client_of(who).get("/c/demo/").content.decode()) is holds


def test_a_pass_makes_an_audience_of_ones_own(publish, client_of, seen_by, member, django_capture_on_commit_callbacks):
    post = publish("Shut", rung=20, source="CANARY-EXCERPT", teaser="")
    browser = client_of(member)
    assert "CANARY-EXCERPT" not in browser.get("/c/demo/").content.decode()
    assert audience(seen_by(member), Post) == "rung 10"
    Pass.objects.create(user=member, kind="post", object_id=post.pk, source="gift")
    with django_capture_on_commit_callbacks(execute=True):
        pagecache.bump("demo")
    assert audience(seen_by(member), Post) is None
    assert "CANARY-EXCERPT" in browser.get("/c/demo/").content.decode()


def test_what_is_hidden_is_gone_from_a_members_stream_at_once(
    publish, client_of, seen_by, member, moderator, django_capture_on_commit_callbacks
):
    post = publish("Quarrel")
    browser = client_of(member)
    assert "Quarrel" in browser.get("/c/demo/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        hide(seen_by(moderator), obj=post, reason="Names a person.")
    assert "Quarrel" not in browser.get("/c/demo/").content.decode()


def test_a_kept_stream_does_not_outlive_the_next_opening(publish, client_of, member):
    start = timezone.now().replace(microsecond=0)
    publish("Here already")
    publish("Soon", opens_at=start + dt.timedelta(seconds=20))
    browser = client_of(member)
    with time_machine.travel(start + dt.timedelta(seconds=1), tick=False):
        assert "Soon" not in browser.get("/c/demo/").content.decode()
    with time_machine.travel(start + dt.timedelta(seconds=20), tick=False):
        assert "Soon" in browser.get("/c/demo/").content.decode()


def test_the_rung_of_a_lapsed_member_is_lost_at_the_minute(publish, client_of, seen_by, owner, member, demo):
    from communities.members.actions import grant_rung
    from communities.members.models import Member

    publish("Shut", rung=20, source="CANARY-EXCERPT", teaser="")
    now = timezone.now()
    grant_rung(
        seen_by(owner),
        member=Member.objects.get(user=member),
        level=20,
        ends=now + dt.timedelta(days=1),
        reason="A gift.",
    )
    browser = client_of(member)
    assert "CANARY-EXCERPT" in browser.get("/c/demo/").content.decode()
    with time_machine.travel(now + dt.timedelta(days=1, seconds=1), tick=False):
        assert "CANARY-EXCERPT" not in browser.get("/c/demo/").content.decode()


def test_another_mark_makes_a_kept_thing_anew():
    made = []

    def keep(mark: int) -> int:
        return kept.keep("demo", "counted", lambda: (made.append(mark) or mark, None), mark=mark)

    assert [keep(1), keep(1), keep(2), keep(2), keep(1)] == [1, 1, 2, 2, 1]
    assert made == [1, 2, 1]
