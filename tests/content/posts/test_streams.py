"""A stranger reads, an insider sees more: the stream and the page of a post for each of the cast."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

pytestmark = pytest.mark.django_db


def test_a_stranger_reads_a_public_post_in_full(publish, client_of, visitor):
    post = publish("Open door", source="Everybody may read *this*.")
    response = client_of(visitor).get(post.url)
    assert response.status_code == 200
    assert "Everybody may read <em>this</em>." in response.content.decode()
    assert not response.cookies


def test_a_stranger_gets_the_teaser_of_an_insider_post_and_not_a_word_of_it(publish, client_of, visitor):
    post = publish("Closed door", rung=20, source="CANARY-BODY", teaser="Just the promise.")
    page = client_of(visitor).get(post.url)
    assert page.status_code == 200
    assert "Just the promise." in page.content.decode()
    assert "Share five tutorials." in page.content.decode()
    assert "CANARY-BODY" not in page.content.decode()
    stream = client_of(visitor).get("/c/demo/").content.decode()
    assert "Closed door" in stream
    assert "CANARY-BODY" not in stream


def test_an_insider_reads_what_a_member_does_not(publish, client_of, insider, member):
    post = publish("Closed door", rung=20, source="CANARY-BODY")
    assert "CANARY-BODY" in client_of(insider).get(post.url).content.decode()
    assert "CANARY-BODY" not in client_of(member).get(post.url).content.decode()


def test_a_post_of_an_unlisted_space_is_the_404_of_nowhere(publish, client_of, member, insider):
    post = publish("Secret title", space="table", rung=30)
    nowhere = client_of(member).get("/c/demo/p/999999/nothing/")
    hidden = client_of(member).get(post.url)
    assert (hidden.status_code, nowhere.status_code) == (404, 404)
    assert hidden.content == nowhere.content
    assert client_of(insider).get(post.url).status_code == 200


def test_an_opening_flips_at_the_minute(publish, client_of, visitor, insider, circle):
    start = timezone.now().replace(microsecond=0)
    post = publish(
        "Early",
        rung=30,
        source="CANARY-BODY",
        opens_at=start,
        openings=((20, start + dt.timedelta(days=3)), (0, start + dt.timedelta(days=7))),
    )

    def readers() -> list[bool]:
        return ["CANARY-BODY" in client_of(who).get(post.url).content.decode() for who in (circle, insider, visitor)]

    with time_machine.travel(start + dt.timedelta(days=3, seconds=-1), tick=False):
        assert readers() == [True, False, False]
    with time_machine.travel(start + dt.timedelta(days=3), tick=False):
        assert readers() == [True, True, False]
    with time_machine.travel(start + dt.timedelta(days=7, seconds=-1), tick=False):
        assert readers() == [True, True, False]
    with time_machine.travel(start + dt.timedelta(days=7), tick=False):
        assert readers() == [True, True, True]


def test_a_scheduled_post_is_nowhere_before_its_minute(publish, client_of, visitor, owner):
    start = timezone.now().replace(microsecond=0)
    post = publish("Tomorrow", opens_at=start + dt.timedelta(days=1))
    assert client_of(visitor).get(post.url).status_code == 404
    assert client_of(owner).get(post.url).status_code == 200
    assert "Tomorrow" not in client_of(visitor).get("/c/demo/").content.decode()
    with time_machine.travel(start + dt.timedelta(days=1), tick=False):
        assert "Tomorrow" in client_of(visitor).get("/c/demo/").content.decode()


def test_the_queries_of_a_stream_do_not_grow_with_its_posts(
    publish, client_of, member, django_assert_max_num_queries, django_assert_num_queries
):
    browser = client_of(member)
    publish("One", rung=20)
    browser.get("/c/demo/")
    publish("Two")
    with django_assert_max_num_queries(26) as few:  # nothing is kept after a publication
        browser.get("/c/demo/")
    for number in range(12):
        publish(f"Post {number}", rung=20 if number % 2 else 0)
    with django_assert_num_queries(len(few)):
        browser.get("/c/demo/")
    with django_assert_num_queries(2):  # who is asking, and how they stand here: the rest is kept
        browser.get("/c/demo/")


def test_the_atom_feed_holds_public_texts_and_teasers_only(publish, client_of, insider):
    publish("Open", source="PUBLIC-TEXT")
    publish("Shut", rung=20, source="CANARY-BODY", teaser="A promise.")
    feed = client_of(insider).get("/c/demo/feed.atom").content.decode()
    assert "PUBLIC-TEXT" in feed
    assert "A promise." in feed
    assert "CANARY-BODY" not in feed


def test_a_members_feed_opens_with_the_newest_and_a_visitors_front_with_something_to_read(
    publish, client_of, visitor, member
):
    publish("Open and older")
    publish("Shut and newest", rung=20, opens_at=timezone.now() - dt.timedelta(seconds=5))
    fronts = [client_of(who).get("/c/demo/").content.decode() for who in (member, visitor)]
    feed, front = (page[page.index('class="front"') :] for page in fronts)
    assert feed.index("Shut and newest") < feed.index("Open and older")
    assert front.index("Open and older") < front.index("Shut and newest")
