"""The page of search: what was asked stays in the box, answers lead to their place, and it costs the same however much there is."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities.access.viewer import viewer_for
from communities.activity.actions import deliver_due
from communities.discussion.actions import write_message
from communities.discussion.models import Message, Room
from communities.discussion.topics import put_into_topic
from content.search import engine, reading
from content.search.models import Entry
from tests.content.search.conftest import Found
from tests.content.search.test_index import comment_on

pytestmark = pytest.mark.django_db
AT = "/c/demo/search/"


def ask(browser: Any, **query: Any) -> str:
    while deliver_due():
        pass
    answer = browser.get(AT, query)
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page


def links_of(page: str) -> list[str]:
    return [html.unescape(url) for url in re.findall(r'<h2><a href="([^"]+)"', page)]


def test_an_answer_leads_to_its_place(client_of: Any, publish: Any, room: Room, member: Any, insider: Any) -> None:
    post = publish("Teal drums", source="We print.")
    comment = comment_on(post, insider, "Teal it is")
    message = write_message(viewer_for(insider, room.community), room=room, body="Teal, and <b>bold</b>")
    page = ask(client_of(member), q="teal")
    assert links_of(page) == [f"/c/demo/rooms/bench/?at=1#message-{message.pk}", comment.url, post.url]
    assert "<mark>Teal</mark>, and bold" in page and 'value="teal"' in page and "3 places, the newest first" in page
    one = ask(client_of(member), q="teal", kind="comment")
    assert links_of(one) == [comment.url]
    assert links_of(ask(client_of(member), q="teal", kind="nonsense", page="-1")) == links_of(page)


def test_a_message_of_a_topic_leads_into_it(client_of: Any, room: Room, member: Any) -> None:
    viewer = viewer_for(member, room.community)
    message = write_message(viewer, room=room, body="Teal")
    topic = put_into_topic(viewer, message=message, title="Inks")
    topic.room = room
    (url,) = links_of(ask(client_of(member), q="teal"))
    assert url == f"{topic.url}?at=1#message-{message.pk}"
    assert f'id="message-{message.pk}"' in client_of(member).get(url).content.decode()


def test_a_teaser_is_found_by_its_public_words_and_shown_as_one(
    client_of: Any, publish: Any, member: Any, visitor: Any
) -> None:
    post = publish("Formulas", teaser="Twelve of them.", source="Coral is two parts of red.", rung=20)
    for who in (member, visitor):
        page = ask(client_of(who), q="formulas twelve")
        assert links_of(page) == [post.url] and "<mark>Twelve</mark> of them." in page and "Coral" not in page
        assert "What everybody may know of it" in page
        for words in ("coral", "formulas coral", "kind:update coral"):
            nothing = ask(client_of(who), q=words)
            assert links_of(nothing) == [] and "Nothing like that, as far as you may read" in nothing


def test_a_visitor_asks_without_an_account_and_carries_no_token(client_of: Any, publish: Any, visitor: Any) -> None:
    publish("Teal drums")
    answer = client_of(visitor).get(AT, {"q": "teal"})
    page = answer.content.decode()
    assert page.count("<form") == 1 and "csrfmiddlewaretoken" not in page and not answer.cookies
    assert '<meta name="robots" content="noindex">' in page and answer["Cache-Control"] == "private, no-store"
    assert "<form" not in client_of(visitor).get("/c/demo/").content.decode()
    assert f'href="{AT}"' in client_of(visitor).get("/c/demo/").content.decode()


def test_whatever_is_typed_is_kept_and_never_html(client_of: Any, publish: Any, member: Any) -> None:
    publish("Ink <script>alert(1)</script>", source='Say "ink" & <em>paper</em>.', teaser="</mark><b>ink")
    page = ask(client_of(member), q='"><script>ink')
    assert "<script>alert" not in page and "&quot;&gt;&lt;script&gt;ink" in page
    assert "&lt;/<mark>" not in page and "<b>ink" not in page
    assert ask(client_of(member), q="x" * 10_000).count("x" * 10_000) == 1
    for typed in ("*", '"', ":", "  "):
        assert "There is no word in that" in ask(client_of(member), q=typed) or not typed.strip()


def test_pages_are_twenty_and_end_where_nothing_is_left(
    client_of: Any, room: Room, member: Any, monkeypatch: Any
) -> None:
    viewer = viewer_for(member, room.community)
    sent = [write_message(viewer, room=room, body=f"Teal {number}") for number in range(25)]
    browser = client_of(member)
    first, second = ask(browser, q="teal"), ask(browser, q="teal", page=2)
    assert [len(links_of(page)) for page in (first, second)] == [20, 5]
    ids = [int(url.rpartition("-")[2]) for url in links_of(first) + links_of(second)]
    assert ids == [message.pk for message in reversed(sent)]
    assert 'rel="next nofollow"' in first and 'rel="next nofollow"' not in second
    assert links_of(ask(browser, q="teal", page=99999)) == links_of(second)
    monkeypatch.setattr(reading, "MOST", 22)
    cut = ask(browser, q="teal", page=2)
    assert len(links_of(cut)) == 2 and "put before: and a day to it" in cut


def test_queries_do_not_grow_with_what_is_found(
    client_of: Any, publish: Any, room: Room, member: Any, insider: Any
) -> None:
    def said(many: int) -> None:
        for number in range(many):
            post = publish(f"Teal {number}", rung=20 * (number % 2))
            if not post.rung:
                comment_on(post, insider, "Teal too")
            write_message(viewer_for(insider, room.community), room=room, body="And teal")

    browser, counts = client_of(member), []
    for many in (2, 8):
        said(many)
        ask(browser, q="teal")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            browser.get(AT, {"q": "teal"})
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 24, [query["sql"] for query in queries]


def test_another_community_is_another_index(
    found: Found, client_of: Any, publish: Any, maker: Any, member: Any
) -> None:
    publish("Teal drums")
    assert len(found(member, "teal")) == 1
    assert links_of(client_of(maker).get("/c/atelier/search/?q=teal").content.decode()) == []


def test_what_is_not_listed_has_no_search(client_of: Any, demo: Any, outsider: Any, visitor: Any) -> None:
    demo.listed = False
    demo.save()
    nowhere = client_of(outsider).get("/c/nowhere/search/?q=teal")
    for who in (outsider, visitor):
        answer = client_of(who).get(AT, {"q": "teal"})
        assert answer.status_code == 404
        if who is outsider:
            assert answer.content == nowhere.content


def test_a_stray_entry_of_what_is_gone_is_never_shown(client_of: Any, room: Room, member: Any) -> None:
    """Whatever the index says, the row itself is asked."""
    message = write_message(viewer_for(member, room.community), room=room, body="Teal")
    ask(client_of(member), q="teal")
    Message.objects.filter(pk=message.pk).update(state="removed")
    assert links_of(ask(client_of(member), q="teal")) == [] and Entry.objects.filter(kind="message").exists()


@pytest.mark.parametrize("typed", ["teal", "teal from:insider", "teal before:2031", "teal kind:message", "rare", "te"])
def test_looking_through_the_newest_first_answers_the_same(
    client_of: Any, publish: Any, room: Room, member: Any, insider: Any, monkeypatch: Any, typed: str
) -> None:
    """Where many entries hold a word, PostgreSQL looks through the newest of a kind before it asks for all."""
    for n in range(9):
        post = publish(f"Teal {n}" if n else "Rare teal", rung=20 * (n % 2))
        comment_on(post, insider, f"Teal too {n}")
        write_message(viewer_for(insider, room.community), room=room, body=f"Teal, said {n} times" if n % 3 else "Rare")
    whole = ask(client_of(member), q=typed)
    for newest, most in ((4, 1000), (4, 3), (8, 5), (400, 2)):
        monkeypatch.setattr(reading, "MOST", most)
        monkeypatch.setattr(engine, "NEWEST", newest)
        near = links_of(ask(client_of(member), q=typed))
        monkeypatch.setattr(engine, "NEWEST", 10**6)
        assert near == links_of(ask(client_of(member), q=typed)), (newest, most)
    assert links_of(whole) and ("rare" in typed) == (len(links_of(whole)) < 5)
