"""Hide and restore, suspend and reinstate: each with a reason, logged, and taken back without a trace on the thing itself."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import Http404
from django.utils import timezone

from communities.access.models import State
from communities.activity.models import Activity
from communities.members.models import Member, Standing
from communities.safety.actions import hide, reinstate_member, restore, suspend_member, take_warning_back, warn_member
from communities.safety.models import Act

pytestmark = pytest.mark.django_db


def test_a_hidden_post_is_gone_for_everybody_but_author_and_team(
    publish, seen_by, client_of, moderator, member, visitor, owner
):
    post = publish("Quarrel")
    hide(seen_by(moderator), obj=post, reason="Names a person.")
    assert client_of(visitor).get(post.url).status_code == 404
    assert client_of(member).get(post.url).status_code == 404
    assert client_of(owner).get(post.url).status_code == 200
    assert client_of(moderator).get(post.url).status_code == 200
    act = Act.objects.get()
    assert (act.verb, act.kind, act.object_id, act.reason) == ("hidden", "post", post.pk, "Names a person.")
    assert (act.actor, act.before, act.after) == (moderator, {"state": "published"}, {"state": "hidden"})
    assert Activity.objects.filter(verb="safety.hidden", object_id=post.pk).count() == 1


def test_restoring_brings_back_what_was_and_points_at_what_it_undoes(publish, seen_by, client_of, moderator, visitor):
    post = publish("Quarrel", rung=20)
    act = hide(seen_by(moderator), obj=post, reason="Names a person.")
    undone = restore(seen_by(moderator), obj=post, reason="Agreed with the author.")
    post.refresh_from_db()
    assert (post.state, post.rung) == (State.PUBLISHED, 20)
    assert undone.undoes == act
    assert client_of(visitor).get(post.url).status_code == 200


def test_hiding_needs_a_reason_and_changes_nothing_without_one(publish, seen_by, moderator):
    post = publish("Fine")
    with pytest.raises(ValidationError) as problem:
        hide(seen_by(moderator), obj=post, reason="  ")
    assert problem.value.message_dict == {"reason": ["A reason is needed: it stays in the log."]}
    post.refresh_from_db()
    assert (post.state, Act.objects.count()) == (State.PUBLISHED, 0)


def test_two_moderators_hide_once(publish, seen_by, moderator, owner):
    post = publish("Quarrel")
    hide(seen_by(moderator), obj=post, reason="First.")
    with pytest.raises(ValidationError):
        hide(seen_by(owner), obj=post, reason="Second.")
    assert Act.objects.count() == 1


def test_who_may_not_moderate_changes_nothing(publish, seen_by, insider, visitor, maker):
    post = publish("Fine")
    table = publish("Unknown", space="table", rung=30)
    for person in (insider, visitor, maker):
        with pytest.raises(PermissionDenied):
            hide(seen_by(person), obj=post, reason="No.")
    with pytest.raises(Http404):
        hide(seen_by(maker), obj=table, reason="No.")
    post.refresh_from_db()
    assert (post.state, Act.objects.count()) == (State.PUBLISHED, 0)


def test_a_suspended_insider_reads_as_a_visitor_until_the_date(publish, seen_by, client_of, moderator, insider, demo):
    post = publish("Shut", rung=20, source="CANARY-BODY")
    seat = Member.objects.get(user=insider, community=demo)
    now = timezone.now()
    suspend_member(seen_by(moderator), member=seat, reason="Three warnings.", until=now + dt.timedelta(days=2))
    assert "CANARY-BODY" not in client_of(insider).get(post.url).content.decode()
    with time_machine.travel(now + dt.timedelta(days=2, seconds=1), tick=False):
        assert "CANARY-BODY" in client_of(insider).get(post.url).content.decode()


def test_a_reinstated_member_stands_where_they_stood(seen_by, moderator, insider, demo):
    seat = Member.objects.get(user=insider, community=demo)
    act = suspend_member(seen_by(moderator), member=seat, reason="Three warnings.")
    undone = reinstate_member(seen_by(moderator), member=seat, reason="It was somebody else.")
    seat.refresh_from_db()
    assert (seat.standing, seat.rung, seat.suspended_until) == (Standing.MEMBER, 20, None)
    assert undone.undoes == act
    assert seen_by(insider).rung == 20


def test_a_moderator_does_not_act_on_owners_the_team_or_themselves(seen_by, moderator, owner, staff, demo):
    for person in (owner, moderator):
        with pytest.raises(PermissionDenied):
            suspend_member(seen_by(moderator), member=Member.objects.get(user=person), reason="No.")
    with pytest.raises(PermissionDenied):
        suspend_member(seen_by(staff), member=Member.objects.get(user=moderator), reason="No.")
    suspend_member(seen_by(owner), member=Member.objects.get(user=moderator), reason="Owners may.")
    assert Act.objects.count() == 1


def test_acts_are_never_changed_or_deleted(publish, seen_by, moderator):
    act = hide(seen_by(moderator), obj=publish("Quarrel"), reason="Names a person.")
    act.reason = "Another."
    with pytest.raises(TypeError):
        act.save()
    with pytest.raises(TypeError):
        act.delete()
    assert Act.objects.get().reason == "Names a person."


def test_a_warning_is_taken_back_once_and_the_person_reads_it(demo, member, seen_by, moderator, owner, client_of):
    seat = Member.objects.get(user=member)
    warning = warn_member(seen_by(moderator), member=seat, words="Please ask first.")
    with pytest.raises(ValidationError, match="A reason is needed"):
        take_warning_back(seen_by(owner), warning=warning, reason=" ")
    assert Act.objects.get() == warning
    back = take_warning_back(seen_by(owner), warning=warning, reason="We misread it.")
    assert (back.verb, back.undoes, back.actor, back.kind, back.object_id) == (
        "unwarned",
        warning,
        owner,
        "member",
        seat.pk,
    )
    assert (back.before, back.after) == ({"warnings": 1}, {"warnings": 0})
    assert Activity.objects.filter(verb="safety.unwarned", object_id=seat.pk).count() == 1
    with pytest.raises(ValidationError, match="taken back already"):
        take_warning_back(seen_by(moderator), warning=warning, reason="Me too.")
    assert Act.objects.count() == 2
    page = client_of(member).get("/me/standing/").content.decode()
    assert "We misread it." in page and "A warning was taken back" in page
    assert '<span class="badge">taken back</span>' in page
    assert warn_member(seen_by(moderator), member=seat, words="Again.").after == {"warnings": 1}


def test_nobody_takes_back_what_was_said_to_themselves_or_to_the_owner(
    demo, member, seen_by, moderator, owner, insider
):
    seat = Member.objects.get(user=moderator)
    warning = warn_member(seen_by(owner), member=seat, words="Slow down.")
    for person in (moderator, member, insider):
        with pytest.raises((PermissionDenied, Http404)):
            take_warning_back(seen_by(person), warning=warning, reason="No.")
    hidden = Act.objects.create(community=demo, verb="hidden", kind="post", object_id=1, reason="x")
    with pytest.raises(Http404):
        take_warning_back(seen_by(owner), warning=hidden, reason="No.")
    assert Act.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_it_back_at_once_one_does(demo, member, moderator, owner, seen_by) -> None:
    warning = warn_member(seen_by(owner), member=Member.objects.get(user=member), words="Slow down.")
    viewers = [seen_by(moderator), seen_by(owner)] * 2

    def back(viewer: Any) -> bool:
        try:
            take_warning_back(viewer, warning=warning, reason="We misread it.")
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(back, viewers)) == 1
    assert (Act.objects.count(), Activity.objects.filter(verb="safety.unwarned").count()) == (2, 1)
