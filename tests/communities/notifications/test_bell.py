"""The bell: what stands on it is asked about again for its reader, and looking at it changes nothing but by a POST (A06, D01)."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communities.access.models import Block
from communities.members.actions import end_rung
from communities.members.models import Member
from communities.notifications.models import Notification
from communities.people.models import User
from communities.safety.actions import hide
from content.posts.models import Post
from tests.communities.notifications.conftest import bell_of

pytestmark = pytest.mark.django_db


def ring(user: User, post: Post, *, kind: str = "post", key: str = "", actor: User | None = None) -> Notification:
    """News for somebody, as the worker would have written it."""
    now = timezone.now()
    row = Notification.objects.create(
        user=user,
        community=post.community,
        kind=kind,
        key=key or f"{kind}:{post.pk}",
        actor=actor or post.author,
        about_kind="post",
        about_id=post.pk,
        topic=f"post:{post.pk}",
        at=now,
    )
    User.objects.filter(pk=user.pk).update(bell_at=now)
    return row


def everything() -> list[Any]:
    return [*Notification.objects.order_by("pk").values_list(), *User.objects.order_by("pk").values_list()]


def test_a_visitor_is_sent_to_sign_in(db: None) -> None:
    assert Client().get("/me/news/")["Location"] == "/accounts/login/?next=/me/news/"
    assert Client().post("/me/news/seen/").status_code == 302


def test_it_stands_there_newest_first_with_a_link_to_the_thing(publish, client_of, member):
    first, second = publish("First"), publish("Second")
    ring(member, first)
    ring(member, second)
    page = client_of(member).get("/me/news/").content.decode()
    assert page.index("Second") < page.index("First")
    assert f'href="{second.url}"' in page
    assert page.count('class="news unseen"') == 2
    assert "The text of Second." in page


def test_nothing_there_is_a_page_that_says_so(demo, client_of, member):
    page = client_of(member).get("/me/news/").content.decode()
    assert "All quiet" in page
    assert 'data-verb="notifications.seen"' not in page


def test_looking_by_get_changes_nothing(publish, client_of, member):
    ring(member, publish("First"))
    browser = client_of(member)
    before = everything()
    for _look in range(2):
        assert browser.get("/me/news/").status_code == 200
        assert browser.head("/me/news/").status_code == 200
        assert browser.get("/me/news/seen/").status_code == 405
    assert everything() == before


def test_a_look_is_told_by_a_beacon_and_the_dot_goes_out(publish, client_of, member):
    row = ring(member, publish("First"))
    browser = client_of(member)
    assert b"something new" in browser.get("/c/demo/").content
    answer = browser.post("/me/news/seen/", {"first": row.pk, "last": row.pk})
    assert answer.status_code == 204
    row.refresh_from_db()
    assert row.seen_at is not None
    assert b"something new" not in browser.get("/c/demo/").content
    assert b"unseen" not in browser.get("/me/news/").content


def test_a_beacon_that_comes_late_takes_nothing_of_what_came_meanwhile(publish, client_of, member):
    old = ring(member, publish("First"))
    new = ring(member, publish("Second"))
    client_of(member).post("/me/news/seen/", {"first": old.pk, "last": old.pk})
    assert list(Notification.objects.filter(seen_at=None)) == [new]
    assert User.objects.get(pk=member.pk).has_news


def test_nobody_takes_the_news_of_another(publish, client_of, member, insider):
    row = ring(member, publish("First"))
    browser = client_of(insider)
    before = everything()
    browser.post("/me/news/seen/", {"first": row.pk, "last": row.pk})
    assert everything() == before
    browser.post("/me/news/seen/")
    row.refresh_from_db()
    assert row.seen_at is None


def test_all_is_read_by_a_button(publish, client_of, member):
    for number in range(40):
        ring(member, publish(f"Story {number}"))
    answer = client_of(member).post("/me/news/seen/", follow=True)
    assert "All read." in answer.content.decode()
    assert not Notification.objects.filter(seen_at=None).exists()
    assert not User.objects.get(pk=member.pk).has_news


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "9" * 30, "٣", "1.5"])
def test_a_page_or_a_beacon_of_nonsense_is_none(nonsense, demo, client_of, member):
    assert client_of(member).get("/me/news/", {"before": nonsense}).status_code == 404
    assert client_of(member).post("/me/news/seen/", {"first": nonsense, "last": "1"}).status_code == 404


def test_several_of_one_kind_about_one_thing_since_the_last_look_are_one_line(
    publish, client_of, member, insider, circle, owner
):
    post = publish("Two drums", author=member, space="bench")
    for number, who in enumerate((insider, circle, insider, owner, circle)):
        ring(member, post, kind="comment", key=f"comment:{number}", actor=who)
    assert bell_of(member) == [("Circle, Owner and 1 other commented on your Two drums", 5)]
    client_of(member).post("/me/news/seen/")
    ring(member, post, kind="comment", key="comment:9", actor=insider)
    assert bell_of(member) == [
        ("Insider commented on your Two drums", 1),
        ("Circle, Owner and 1 other commented on your Two drums", 5),
    ]


def test_pages_go_on_by_key_and_leave_out_nothing(publish, client_of, member):
    posts = [publish(f"Story {number}") for number in range(35)]
    for post in posts:
        ring(member, post)
    browser = client_of(member)
    first = browser.get("/me/news/").content.decode()
    (token,) = [part.split('"')[0] for part in first.split('href="?before=')[1:]]
    second = browser.get("/me/news/", {"before": token}).content.decode()
    seen = [number for number in range(35) if f"Story {number}</bdi>" in first]
    assert seen == list(range(5, 35))
    assert [number for number in range(35) if f"Story {number}</bdi>" in second] == list(range(5))


def test_what_one_may_no_longer_read_is_neither_shown_nor_counted(
    publish, client_of, seen_by, owner, moderator, insider, circle
):
    """A06: lost by a lower step, by hiding, by a block."""
    locked, loud, of_another = (
        publish("Locked", rung=20),
        publish("Loud"),
        publish("Blocked", author=circle, space="bench"),
    )
    for post in (locked, loud, of_another):
        ring(insider, post)
    assert len(bell_of(insider)) == 3
    end_rung(seen_by(owner), member=Member.objects.get(user=insider))
    Member.objects.filter(user=insider).update(rung=10)
    assert "Owner published Locked" not in dict(bell_of(insider))
    hide(seen_by(moderator), obj=loud, reason="Too loud.")
    Block.objects.create(user=insider, blocked=circle)
    assert bell_of(insider) == []
    page = client_of(insider).get("/me/news/").content.decode()
    assert not any(word in page for word in ("Locked", "Loud", "Blocked"))


def test_of_a_line_only_what_is_still_open_counts(publish, seen_by, moderator, member, insider, circle):
    post = publish("Two drums", author=member, space="bench")
    for number, who in enumerate((insider, circle)):
        ring(member, post, kind="comment", key=f"comment:{number}", actor=who)
    Block.objects.create(user=member, blocked=circle)
    assert bell_of(member) == [("Insider commented on your Two drums", 1)]


def test_who_reads_the_story_itself_has_no_news_of_it_left(publish, client_of, member):
    post, other = publish("First"), publish("Second")
    ring(member, post)
    ring(member, other)
    browser = client_of(member)
    browser.post("/c/demo/seen/", {"seen": f"post:{post.pk}"})
    assert list(Notification.objects.filter(seen_at=None).values_list("about_id", flat=True)) == [other.pk]
    assert User.objects.get(pk=member.pk).has_news
    browser.post("/c/demo/seen/", {"seen": f"post:{other.pk}"})
    assert not User.objects.get(pk=member.pk).has_news


def test_the_page_asks_the_same_number_of_questions_for_three_lines_and_for_thirty(publish, client_of, member):
    browser, counts = client_of(member), []
    for many in (3, 27):
        for number in range(many):
            ring(member, publish(f"Story {many}-{number}"))
        with CaptureQueriesContext(connection) as queries:
            browser.get("/me/news/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_the_dot_costs_no_question(publish, client_of, member):
    browser = client_of(member)
    publish("First")
    browser.get("/c/demo/")
    with CaptureQueriesContext(connection) as before:
        browser.get("/c/demo/")
    ring(member, Post.objects.get())
    with CaptureQueriesContext(connection) as after:
        page = browser.get("/c/demo/").content
    assert b"something new" in page
    assert len(after) == len(before)


def test_names_and_titles_are_text_on_the_bell(publish, client_of, member, insider):
    User.objects.filter(pk=insider.pk).update(name="<img src=x> {what} \u202egnp.exe")
    post = publish("<b>Bold</b> {who}", author=member, space="bench")
    ring(member, post, kind="comment", key="c", actor=insider)
    page = client_of(member).get("/me/news/").content.decode()
    assert "&lt;img src=x&gt; {what}" in page
    assert "<bdi>&lt;b&gt;Bold&lt;/b&gt; {who}</bdi>" in page
    assert "<img src=x>" not in page
