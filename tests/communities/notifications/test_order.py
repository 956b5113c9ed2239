"""What the team does is told to whom it concerns, always; reports ring for those who moderate, their outcome for the reporter."""

import pytest

from communities.access.models import Block
from communities.mail.models import Mail
from communities.members.models import Member
from communities.notifications.models import Notification
from communities.safety.actions import hide, reinstate_member, suspend_member, warn_member
from communities.safety.deciding import FINE, decide
from communities.safety.reporting import file_report
from communities.spaces.models import Community
from tests.communities.notifications.conftest import bell_of, wishes

pytestmark = pytest.mark.django_db


def lines(user, kind: str) -> list[str]:
    known = set(Notification.objects.filter(user=user, kind=kind).values_list("kind", flat=True))
    return [line for line, _count in bell_of(user)] if known else []


def test_who_is_warned_suspended_or_reinstated_hears_of_it_with_the_words(
    demo, seen_by, deliver, confirmed, client_of, moderator, member
):
    """Also where they blocked the moderator, muted everything and switched every bell off."""
    confirmed(member)
    Block.objects.create(user=member, blocked=moderator)
    wishes(member, "act", bell=False, mail=True)
    seat, viewer = Member.objects.get(user=member), seen_by(moderator)
    warn_member(viewer, member=seat, words="Leave Ana alone, please.")
    suspend_member(viewer, member=seat, reason="It went on.")
    deliver()
    assert [line for line, _count in bell_of(member)] == [
        "You are suspended in Demo: you read as a visitor and cannot write",
        "The team of Demo has a word for you",
    ]
    page = client_of(member).get("/me/news/").content.decode()
    assert "Leave Ana alone, please." in page and "It went on." in page
    assert "Moderator" not in page
    assert sorted(Mail.objects.values_list("to", flat=True)) == [member.email] * 2
    reinstate_member(viewer, member=seat, reason="Enough.")
    deliver()
    assert bell_of(member)[0] == ("Your suspension in Demo is over", 1)


def test_who_is_suspended_from_a_place_that_nobody_may_know_of_hears_of_it_still(
    demo, seen_by, deliver, moderator, member
):
    Community.objects.filter(pk=demo.pk).update(listed=False)
    suspend_member(seen_by(moderator), member=Member.objects.get(user=member), reason="No.")
    deliver()
    assert bell_of(member) == [("You are suspended in Demo: you read as a visitor and cannot write", 1)]


def test_the_author_of_what_was_hidden_hears_of_it_and_nobody_else(
    publish, seen_by, deliver, moderator, member, insider
):
    post = publish("Loud", author=member, space="bench")
    hide(seen_by(moderator), obj=post, reason="Too loud.")
    deliver()
    assert lines(member, "act") == ["Something that you wrote is out of sight for now: Loud"]
    assert set(Notification.objects.filter(kind="act").values_list("user", flat=True)) == {member.pk}


def test_a_report_rings_for_those_who_moderate_until_it_is_decided(
    publish, seen_by, deliver, client_of, owner, moderator, member, insider, circle
):
    """Who reported is said nowhere; a moderator who blocked them hears of it all the same."""
    Block.objects.create(user=moderator, blocked=insider)
    post = publish("Loud", author=member, space="bench")
    deliver()
    Notification.objects.all().delete()
    file_report(seen_by(insider), kind="post", object_id=post.pk, reason="rude", note="Look.")
    deliver()
    assert set(Notification.objects.values_list("user__name", "kind")) == {("Owner", "report"), ("Moderator", "report")}
    assert bell_of(moderator) == [("Somebody reported Loud", 1)]
    page = client_of(moderator).get("/me/news/").content.decode()
    assert "Insider" not in page and insider.handle not in page.replace("insiders", "")
    decide(seen_by(moderator), kind="post", object_id=post.pk, decision=FINE, reason="A joke among friends.")
    deliver()
    assert bell_of(moderator) == bell_of(owner) == []
    assert bell_of(insider) == [("The team of Demo looked at what you reported and let it stand", 1)]
    assert "A joke among friends." in client_of(insider).get("/me/news/").content.decode()


def test_who_no_longer_moderates_sees_no_report(publish, seen_by, deliver, moderator, member, insider):
    post = publish("Loud", author=member, space="bench")
    file_report(seen_by(insider), kind="post", object_id=post.pk, reason="rude")
    deliver()
    assert lines(moderator, "report") != []
    Member.objects.filter(user=moderator).update(role="member")
    assert not any("reported" in line for line, _count in bell_of(moderator))
