"""Mentions, answers, comments, followed threads and reactions: one comment is one piece of news, the closest that it is."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from communities.access.models import Block
from communities.access.things import thing
from communities.comments.actions import edit_comment, remove_comment, write_comment
from communities.comments.models import Comment, Follow, Thread
from communities.mail.models import Mail
from communities.members.actions import end_rung
from communities.members.models import Member
from communities.notifications.mailing import still_wanted
from communities.notifications.models import Notification
from communities.people.models import User
from communities.reactions.actions import react
from communities.safety.actions import hide, restore
from communities.safety.models import Mute
from tests.communities.notifications.conftest import bell_of, wishes

pytestmark = pytest.mark.django_db


@pytest.fixture
def say(demo, seen_by, deliver):
    """say(who, post, body, answers): a comment, and everybody has heard of it."""

    def write(who, post, body="Well said.", answers=None) -> Comment:
        viewer = seen_by(who)
        about = thing("post", post.pk, viewer)
        assert about is not None
        row = write_comment(viewer, place=demo, about=about, body=body, answers=answers)
        deliver()
        return row

    return write


def heard(user: User) -> list[tuple[str, int]]:
    return [line for line in bell_of(user) if "published" not in line[0] and "step" not in line[0]]


def test_a_comment_on_ones_post(publish, say, owner, member, insider):
    post = publish("Two drums", author=member, space="bench")
    comment = say(insider, post, "What *ink*?")
    assert heard(member) == [("Insider commented on your Two drums", 1)]
    row = Notification.objects.get(user=member, kind="comment")
    assert (row.about_kind, row.about_id, row.topic) == ("comment", comment.pk, f"post:{post.pk}")
    assert heard(insider) == heard(owner) == []


def test_the_line_shows_the_words_and_leads_to_the_comment(publish, say, client_of, member, insider):
    post = publish("Two drums", author=member, space="bench")
    comment = say(insider, post, "What *ink*?")
    page = client_of(member).get("/me/news/").content.decode()
    assert f'href="{comment.url}"' in page
    assert "What ink?" in page


def test_an_answer_goes_to_whom_it_answers_and_once(publish, say, owner, member, insider, circle):
    """The author of the post hears of a comment, the answered one of an answer, who joined in of one more."""
    post = publish("Two drums", author=member, space="bench")
    first = say(insider, post)
    say(circle, post, "I joined in.")
    say(owner, post, "Because.", answers=first)
    assert heard(insider)[0] == ("Owner answered you under Two drums", 1)
    assert heard(circle)[0] == ("Owner wrote under Two drums", 1)
    assert heard(member)[0] == ("Owner, Circle and 1 other commented on your Two drums", 3)
    assert heard(owner) == []
    assert Notification.objects.filter(key__startswith="comment:", user=insider).count() == 2


def test_who_is_called_by_name_hears_that_and_nothing_else(publish, say, owner, member, insider):
    post = publish("Two drums", author=member, space="bench")
    say(insider, post, "@member, look, and @owner too")
    assert heard(member) == [("Insider mentioned you in the talk under Two drums", 1)]
    assert heard(owner) == [("Insider mentioned you in the talk under Two drums", 1)]


def test_a_name_that_an_edit_adds_is_told_once(publish, say, seen_by, deliver, owner, member, insider):
    post = publish("Two drums")
    comment = say(insider, post, "Look!")
    viewer = seen_by(insider)
    for body in ("Look, @member!", "Look here, @member!", "Look, nobody.", "Look, @member!"):
        comment = edit_comment(
            viewer, comment=Comment.objects.get(pk=comment.pk), about=thing("post", post.pk, viewer), body=body
        )
        deliver()
    assert heard(member) == [("Insider mentioned you in the talk under Two drums", 1)]


def test_fifty_comments_in_a_minute_are_one_line_and_one_mail(publish, say, confirmed, member, insider):
    confirmed(member)
    post = publish("Two drums", author=member, space="bench")
    for _number in range(50):
        say(insider, post)
    assert heard(member) == [("Insider commented on your Two drums", 50)]
    assert Mail.objects.filter(to=member.email).count() == 1


def test_a_muted_thread_a_muted_and_a_blocked_person_are_not_heard(
    publish, say, deliver, seen_by, member, insider, circle, owner
):
    post, other = publish("Two drums", author=member, space="bench"), publish("Other", author=member, space="bench")
    Block.objects.create(user=member, blocked=circle)
    say(circle, post, "@member?")
    Mute.objects.create(user=member, kind="thread", object_id=Thread.objects.get(object_id=post.pk).pk)
    say(owner, post, "@member?")
    Mute.objects.create(user=member, kind="user", object_id=insider.pk)
    say(insider, other, "@member?")
    react(seen_by(owner), thing=thing("post", post.pk, seen_by(owner)), emoji="👏", on=True)
    mine = say(member, post, "Mine.")
    react(seen_by(owner), thing=thing("comment", mine.pk, seen_by(owner)), emoji="👏", on=True)
    deliver()
    assert heard(member) == []


def test_a_comment_on_what_one_may_no_longer_read_is_not_told(publish, say, seen_by, deliver, owner, circle, insider):
    """A06: who follows a thread of insiders and is none any more."""
    post = publish("Locked", rung=20)
    say(insider, post)
    end_rung(seen_by(owner), member=Member.objects.get(user=insider))
    Member.objects.filter(user=insider).update(rung=10)
    say(circle, post, "SECRET @insider")
    assert heard(insider) == []
    assert not Notification.objects.filter(user=insider, key__startswith="comment:").exists()


def test_what_was_removed_or_hidden_stands_on_no_bell(publish, say, seen_by, moderator, member, insider):
    post = publish("Two drums", author=member, space="bench")
    gone, loud = say(insider, post), say(insider, post)
    assert heard(member) == [("Insider commented on your Two drums", 2)]
    remove_comment(seen_by(insider), comment=gone)
    assert heard(member) == [("Insider commented on your Two drums", 1)]
    hide(seen_by(moderator), obj=loud, reason="Too loud.")
    assert heard(member) == []


def test_a_comment_that_was_hidden_at_once_is_told_when_it_is_restored(
    publish, demo, seen_by, deliver, moderator, member, insider
):
    post = publish("Two drums", author=member, space="bench")
    viewer = seen_by(insider)
    comment = write_comment(viewer, place=demo, about=thing("post", post.pk, viewer), body="Hm.")
    hide(seen_by(moderator), obj=comment, reason="Looked wrong.")
    deliver()
    assert heard(member) == []
    restore(seen_by(moderator), obj=comment, reason="It is fine.")
    deliver()
    assert heard(member) == [("Insider commented on your Two drums", 1)]
    assert ("What was out of sight stands again: Insider on “Two drums”", 1) in heard(insider)
    hide(seen_by(moderator), obj=comment, reason="Again.")
    with time_machine.travel(timezone.now() + dt.timedelta(days=30), tick=False):
        Follow.objects.create(thread=comment.thread, user=moderator)
        restore(seen_by(moderator), obj=comment, reason="Fine after all.")
        deliver()
    assert not Notification.objects.filter(user=moderator, key=f"comment:{comment.pk}").exists()


def test_a_reaction_rings_the_bell_of_whose_it_is_and_sends_no_mail(
    publish, say, seen_by, deliver, confirmed, member, insider, circle
):
    confirmed(member)
    wishes(member, "reaction", mail=True)
    post = publish("Two drums", author=member, space="bench")
    mine = say(member, post, "My own.")
    for who in (insider, circle):
        for kind, pk in (("post", post.pk), ("comment", mine.pk)):
            viewer = seen_by(who)
            react(viewer, thing=thing(kind, pk, viewer), emoji="👏", on=True)
            react(viewer, thing=thing(kind, pk, viewer), emoji="🎉", on=True)
    deliver()
    assert heard(member) == [
        ("Circle and Insider reacted to your comment on Two drums", 2),
        ("Circle and Insider reacted to your Two drums", 2),
    ]
    assert Mail.objects.count() == 0
    viewer = seen_by(circle)
    react(viewer, thing=thing("post", post.pk, viewer), emoji="🎉", on=False)
    assert ("Insider reacted to your Two drums", 1) in heard(member)


def test_the_mail_of_a_mention_says_what_was_written_and_why(publish, say, confirmed, member, insider):
    confirmed(member)
    post = publish("Two drums")
    comment = say(insider, post, "@member: *which* ink?")
    (mail,) = Mail.objects.all()
    assert still_wanted(mail)  # it is written anew when it leaves
    assert mail.subject == "Insider mentioned you in the talk under Two drums · Demo"
    assert "which ink?" in mail.text and comment.url in mail.text
    assert "because somebody mentioned you." in mail.text
