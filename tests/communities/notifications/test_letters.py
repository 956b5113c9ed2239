"""News by mail: one until somebody looks, in measure, and asked about again at the very last moment (A06, G06, C02, R76)."""

import datetime as dt
import email
import email.policy
import re

import pytest
import time_machine
from django.utils import timezone

from communities.access.models import Block
from communities.access.things import thing
from communities.comments.actions import edit_comment, remove_comment, write_comment
from communities.mail.actions import send_due
from communities.mail.models import Mail
from communities.mail.sink import sink_folder
from communities.members.models import Member
from communities.notifications.actions import see_all
from communities.notifications.mailing import mail_news
from communities.notifications.models import Notification
from communities.people.models import User
from communities.safety.actions import hide
from communities.safety.models import Mute
from communities.spaces.models import Community
from content.posts.actions import edit_post
from tests.communities.notifications.conftest import wishes
from tests.communities.notifications.test_bell import ring

pytestmark = pytest.mark.django_db


def letters() -> list[email.message.EmailMessage]:
    files = sorted(sink_folder().glob("*.eml")) if sink_folder().exists() else []
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]


@pytest.fixture(autouse=True)
def into_the_folder(settings):
    settings.EMAIL_BACKEND = "communities.mail.sink.SinkBackend"


@pytest.fixture
def story(publish, deliver, owner, member, confirmed):
    """A story that the member wants to hear of by mail; its mail waits."""
    confirmed(member)
    wishes(member, "post", mail=True)
    post = publish("Two drums")
    deliver()
    return post


def test_one_mail_in_text_and_html_says_what_why_where_and_how_to_stop(story, member):
    assert send_due() == 1
    (letter,) = letters()
    assert letter["to"] == member.email
    assert letter["subject"] == "Owner published Two drums · Demo"
    stop = letter["list-unsubscribe"].strip(" <>")
    assert re.fullmatch(r"http://localhost:8000/n/[A-Za-z0-9_.-]+/", stop)
    assert letter["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert letter["list-id"] == "<demo.localhost>"
    assert letter["auto-submitted"] == "auto-generated"
    text = letter.get_body(("plain",)).get_content()
    html = letter.get_body(("html",)).get_content()
    for part in (text, html):
        for said in (
            "The text of Two drums.",
            "You get this from Demo because it is open to you since just now.",
            "http://localhost:8000" + story.url,
            stop,
            "http://localhost:8000/me/notifications/",
        ):
            assert said in part, (said, part)


def test_by_default_a_story_sends_no_mail(publish, deliver, owner, member, confirmed):
    confirmed(member)
    publish("Two drums")
    deliver()
    assert Mail.objects.count() == 0


def test_an_address_that_nobody_confirmed_gets_none(publish, deliver, owner, member):
    wishes(member, "post", mail=True)
    publish("Two drums")
    deliver()
    assert Mail.objects.count() == 0
    assert Notification.objects.filter(user=member).count() == 1


def test_who_wants_the_mail_alone_has_nothing_on_the_bell(publish, deliver, owner, member, confirmed):
    confirmed(member)
    wishes(member, "post", mail=True, bell=False)
    publish("Two drums")
    deliver()
    assert Mail.objects.get().to == member.email
    assert not User.objects.get(pk=member.pk).has_news


def test_no_mail_at_all_is_stronger_than_a_kind(publish, deliver, owner, member, confirmed):
    confirmed(member)
    wishes(member, "post", mail=True)
    wishes(member, "", mail=False)
    publish("Two drums")
    deliver()
    assert Mail.objects.count() == 0


def test_fifty_answers_in_a_minute_are_one_mail_until_somebody_looks(publish, member, insider, confirmed):
    confirmed(member)
    post = publish("Two drums", author=member, space="bench")
    for number in range(50):
        mail_news([ring(member, post, kind="comment", key=f"comment:{number}", actor=insider)])
    assert Mail.objects.count() == 1
    see_all(member)
    mail_news([ring(member, post, kind="comment", key="comment:50", actor=insider)])
    mail_news([ring(member, post, kind="comment", key="comment:51", actor=insider)])
    assert Mail.objects.count() == 2


def test_nobody_gets_more_than_five_in_an_hour_whoever_causes_them(publish, member, insider, confirmed):
    """C02: mentioned in twenty threads, somebody is not buried in mail."""
    confirmed(member)
    now = timezone.now()
    posts = [publish(f"Story {number}") for number in range(21)]
    with time_machine.travel(now, tick=False) as clock:
        for post in posts[:20]:
            mail_news([ring(member, post, kind="mention", key=f"m:{post.pk}", actor=insider)])
        assert Mail.objects.count() == 5
        assert Notification.objects.filter(mailed_at=None).count() == 15
        clock.shift(dt.timedelta(hours=1, seconds=1))
        mail_news([ring(member, posts[20], kind="mention", key="m", actor=insider)])
    assert Mail.objects.count() == 6


def withdrawn() -> None:
    """The mail did not leave, and nothing of what it said is kept."""
    assert send_due() == 0
    row = Mail.objects.get()
    assert (row.state, row.text, row.html, row.headers) == ("withdrawn", "", "", {})
    assert letters() == []


def test_it_quotes_what_stands_when_it_leaves_and_nothing_waits_in_the_row(story, owner, seen_by):
    waiting = Mail.objects.get()
    assert "The text of Two drums." not in waiting.text + waiting.html
    edit_post(seen_by(owner), post=story, title="Three drums", source="Nobody is named here any more.")
    assert send_due() == 1
    (letter,) = letters()
    assert letter["subject"] == "Owner published Three drums · Demo"
    for part in ("plain", "html"):
        said = letter.get_body((part,)).get_content()
        assert "Nobody is named here any more." in said and "The text of Two drums." not in said


def test_a_talk_quotes_nothing_of_what_was_taken_away(publish, deliver, demo, seen_by, member, insider, confirmed):
    """A comment that was edited before its mail left is quoted as it stands, one that is gone is not told."""
    confirmed(member)
    post = publish("Two drums")
    about = thing("post", post.pk, seen_by(insider))
    assert about is not None
    rows = [
        write_comment(seen_by(insider), place=demo, about=about, body=f"@member SECRET number {at}") for at in range(2)
    ]
    deliver()
    edit_comment(seen_by(insider), comment=rows[0], about=about, body="@member look here")
    remove_comment(seen_by(insider), comment=rows[1])
    assert send_due() == 1
    (letter,) = letters()
    assert "look here" in str(letter) and "SECRET" not in str(letter)


def test_who_lost_the_place_before_the_mail_left_gets_none(story, member):
    Member.objects.filter(user=member).update(standing="left")
    Community.objects.update(listed=False)
    withdrawn()


def test_what_was_hidden_before_the_mail_left_is_not_mailed(story, seen_by, moderator):
    hide(seen_by(moderator), obj=story, reason="Too loud.")
    withdrawn()


@pytest.mark.parametrize("kind", ["post", ""])
def test_who_said_no_before_the_mail_left_gets_none(story, member, kind):
    wishes(member, kind, mail=False)
    withdrawn()


def test_who_looked_before_the_mail_left_gets_none(story, member):
    see_all(member)
    withdrawn()


def test_who_blocked_or_muted_before_the_mail_left_gets_none(story, member, owner):
    Block.objects.create(user=member, blocked=owner)
    withdrawn()


def test_who_muted_somebody_before_the_mail_left_gets_none(story, member, owner):
    Mute.objects.create(user=member, kind="user", object_id=owner.pk)
    withdrawn()


def test_who_changed_the_address_or_was_shut_out_gets_none(story, member):
    User.objects.filter(pk=member.pk).update(email="other@test.example")
    withdrawn()


def test_who_was_shut_out_gets_none(story, member):
    User.objects.filter(pk=member.pk).update(is_active=False)
    withdrawn()


def test_a_locked_story_is_not_told_beyond_what_its_reader_may_read(publish, member, confirmed):
    confirmed(member)
    post = publish("Locked", rung=20, source="SECRET")
    mail_news([ring(member, post)])
    assert Mail.objects.count() == 0


@pytest.mark.parametrize(
    "evil", ["Ana\r\nBcc: eve@evil.example", "Ana\u2028Bcc: x", "\u202eanA\u2066\u061c", "Ana\x00\x1b"]
)
def test_what_people_call_themselves_makes_no_header(publish, deliver, demo, owner, member, confirmed, evil):
    """G06: one message, to one person, with the headers that we chose; nothing that turns text around."""
    confirmed(member)
    wishes(member, "post", mail=True)
    name = evil.replace("\x00", "")
    User.objects.filter(pk=owner.pk).update(name=name)
    Community.objects.filter(pk=demo.pk).update(name=name)
    publish(name + " title")
    deliver()
    assert send_due() == 1
    (letter,) = letters()
    assert letter["bcc"] is None
    assert letter["to"] == member.email
    assert sorted(letter.keys()) == sorted(
        ["Auto-Submitted", "Content-Type", "Date", "From", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
         "MIME-Version", "Message-ID", "References", "Subject", "To"]
    )  # fmt: skip
    assert not re.search(r"[\x00-\x1f\u2028\u202a-\u202e\u2066-\u2069\u061c]", str(letter["subject"]))
