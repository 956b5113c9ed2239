"""Previews of links in rooms and comments: looked up by the worker once a day, shown like an edit, and never of this house."""

import datetime as dt
import logging
import threading
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities.access.things import thing
from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.comments.actions import edit_comment
from communities.discussion.actions import edit_message, remove_message, write_message
from communities.discussion.conversing import begin_conversation
from communities.discussion.fragments import dressed, html_of
from communities.discussion.models import Message, Room
from communities.discussion.telling import since
from communities.embeds.actions import tidy
from communities.embeds.links import first_link
from communities.embeds.models import Lookup, Preview
from communities.spaces.models import Community
from communities.ui import pagecache
from communities.ui.markdown import render
from tests.communities.discussion.conftest import make_room
from tests.conftest import make_member

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SHOWN = "Old &amp; slow"


@pytest.fixture
def room(demo: Community, owner: Any) -> Room:
    return make_room(demo, owner, "bench")


def spoken(room: Room, user: Any, body: str) -> Message:
    return write_message(viewer_for(user, room.community), room=room, body=body)


def states() -> list[str]:
    return list(Preview.objects.order_by("pk").values_list("state", flat=True))


def test_a_preview_comes_after_the_message_and_travels_like_an_edit(room, member, client_of, elsewhere) -> None:
    row = spoken(room, member, f"Look: {elsewhere.link()}#part")
    client = client_of(member)
    assert SHOWN not in client.get(room.url).content.decode() and elsewhere.asked == []
    before = Room.objects.get().rev
    assert elsewhere.work() == 1
    page = client.get(room.url).content.decode()
    (frame,) = since(room.pk, before, 10)
    assert frame.seq == Room.objects.get().rev == before + 1 and frame.html in page
    assert f'<a class="preview" dir="auto" href="{elsewhere.link()}#part" rel="nofollow ugc noopener">' in frame.html
    assert all(one in frame.html for one in (SHOWN, "Two drums, one sheet.", "The Print Post"))
    assert (elsewhere.asked, elsewhere.work()) == (["/drums"], 0)
    row.refresh_from_db()
    assert row.edited_at is None


def test_a_comment_shows_it_to_everybody_and_its_talk_is_made_anew(
    demo, member, visitor, publish, say, client_of, elsewhere
) -> None:
    post = publish("Public")
    row = say(member, post, f"See {elsewhere.link()}")
    for user in (member, visitor):
        assert SHOWN not in client_of(user).get(post.url).content.decode()
    elsewhere.work()
    for user in (member, visitor):
        assert SHOWN in client_of(user).get(post.url).content.decode()
    assert SHOWN in client_of(member).get(row.url, headers={"X-Fragment": "1"}).content.decode()


def test_one_link_is_asked_once_a_day_whoever_posts_it(
    room, member, insider, publish, say, elsewhere, time_machine
) -> None:
    time_machine.move_to(dt.datetime(2027, 3, 10, 12, tzinfo=dt.UTC))
    for user in (member, insider):
        spoken(room, user, f"{elsewhere.link()} of {user}")
    say(member, publish("Public"), elsewhere.link("/drums#b"))
    assert (elsewhere.work(), elsewhere.asked) == (3, ["/drums"])
    spoken(room, member, f"Again {elsewhere.link()}")
    spoken(room, member, f"Not there {elsewhere.link('/no')}")
    spoken(room, insider, f"Nor here {elsewhere.link('/no')}")
    assert (elsewhere.work(), elsewhere.asked) == (3, ["/drums", "/no"])
    assert states() == ["shown"] * 4 + ["nothing"] * 2
    time_machine.move_to(dt.datetime(2027, 3, 12, 0, 1, tzinfo=dt.UTC))
    spoken(room, member, f"Another day {elsewhere.link()}")
    assert (elsewhere.work(), elsewhere.asked, Lookup.objects.count()) == (1, ["/drums", "/no", "/drums"], 3)
    tidy()
    assert Lookup.objects.count() == 1


def test_the_first_link_alone_and_none_out_of_code_quotes_and_this_house(settings) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://hearth.example", ["hearth.example", ".old.example", "*"]

    def first(source: str) -> str:
        return first_link(render(source).html)

    assert first("a https://one.example/?a=1&b=2 b https://two.example/") == "https://one.example/?a=1&b=2"
    assert first("[words](https://one.example/x)") == "https://one.example/x"
    for none in (
        "`https://one.example/`",
        "    https://one.example/",
        "```\nhttps://one.example/\n```",
        "> https://one.example/",
        "mail@one.example",
        "https://hearth.example/c/demo/p/1/",
        "https://HEARTH.example:8443/",
        "http://hearth.example./",
        "https://www.old.example/p/2",
        "@member",
        "/c/demo/",
        f"https://one.example/{'x' * 2000}",
    ):
        assert first(none) == "", none
    assert first("> https://one.example/\n\nhttps://two.example/") == "https://two.example/"
    assert first("https://hearth.example/ https://two.example/") == "https://two.example/"


def test_neither_straight_nor_round_the_corner_is_this_house_asked(room, member, publish, elsewhere, settings) -> None:
    """A14: a short link that leads to a gated post here shows nothing of it."""
    secret = publish("CANARY-gated", rung=30)
    settings.ALLOWED_HOSTS = ["testserver"]
    elsewhere.pages["/short"] = f"http://testserver:{elsewhere.port}{secret.url}"
    elsewhere.pages[secret.url] = "<title>CANARY-gated</title>"
    spoken(room, member, f"http://testserver{secret.url} and {elsewhere.link('/short')}")
    elsewhere.work()
    assert (elsewhere.asked, states(), Preview.objects.get().title) == (["/short"], ["nothing"], "")


def test_what_people_say_to_each_other_is_looked_at_by_nobody(demo, member, insider, elsewhere) -> None:
    said = begin_conversation(viewer_for(member, demo), place=demo, people=[insider], body=elsewhere.link())
    edit_message(viewer_for(member, demo), message=said, body=f"Or {elsewhere.link('/x')}")
    assert (Preview.objects.count(), elsewhere.work(), elsewhere.asked) == (0, 0, [])


def test_an_edit_looks_again_only_where_the_link_is_another(room, member, elsewhere) -> None:
    elsewhere.pages["/new"] = "<title>New</title>"
    row, viewer = spoken(room, member, f"A {elsewhere.link()}"), viewer_for(member, room.community)
    elsewhere.work()
    for body, expected, title in (
        (f"B {elsewhere.link()}", ["shown"], "Old & slow"),
        (f"B {elsewhere.link('/new')}", ["waits"], ""),
        ("B", [], None),
        (f"B {elsewhere.link('/new')} C", ["waits"], ""),
    ):
        row = edit_message(viewer, message=row, body=body)
        assert (states(), Preview.objects.values_list("title", flat=True).first()) == (expected, title)
    elsewhere.work()
    assert states() == ["shown"]
    remove_message(viewer, message=row)
    assert states() == []


def test_its_author_and_the_team_take_it_away_and_it_stays_away(
    room, member, insider, moderator, outsider, client_of, elsewhere
) -> None:
    row, other = (spoken(room, member, f"{word} {elsewhere.link()}") for word in ("A", "B"))
    elsewhere.work()
    for user, status in ((insider, 403), (outsider, 404)):
        assert client_of(user).post(f"{row.url}preview/").status_code == status
    assert states() == ["shown", "shown"] and not Activity.objects.filter(verb="preview.removed").exists()
    assert f'action="{row.url}preview/"' in client_of(member).get(row.url).content.decode()
    assert f'action="{row.url}preview/"' not in client_of(insider).get(row.url).content.decode()
    rev = Room.objects.get().rev
    answer = client_of(member).post(f"{row.url}preview/", headers={"X-Fragment": "1"})
    assert answer.status_code == 200 and SHOWN not in answer.content.decode()
    assert client_of(moderator).post(f"{other.url}preview/").status_code == 302
    client_of(moderator).post(f"{other.url}preview/")
    assert (states(), Room.objects.get().rev) == (["taken", "taken"], rev + 2)
    assert SHOWN not in client_of(insider).get(room.url).content.decode()
    assert list(Activity.objects.filter(verb="preview.removed").order_by("pk").values_list("actor", "kind", "object_id")) == [
        (member.pk, "message", row.pk), (moderator.pk, "message", other.pk),
    ]  # fmt: skip
    edit_message(viewer_for(member, room.community), message=row, body=f"C {elsewhere.link()}")
    elsewhere.work()
    assert states() == ["taken", "taken"]


def test_below_a_comment_likewise(demo, member, insider, moderator, publish, say, client_of, elsewhere) -> None:
    post = publish("Public")
    row = say(member, post, elsewhere.link())
    elsewhere.work()
    form = f'action="{row.url}preview/"'
    assert [form in client_of(user).get(post.url).content.decode() for user in (member, moderator, insider)] == [
        True,
        True,
        False,
    ]
    assert client_of(insider).post(f"{row.url}preview/").status_code == 403
    assert client_of(member).post(f"{row.url}preview/").status_code == 302
    assert (states(), SHOWN in client_of(insider).get(post.url).content.decode()) == (["taken"], False)
    about = thing(post.KIND, post.pk, viewer_for(member, demo))
    edit_comment(viewer_for(member, demo), comment=row, about=about, body="Without")
    assert states() == []


def test_a_community_and_the_house_can_do_without(demo, room, member, client_of, elsewhere, settings) -> None:
    spoken(room, member, f"A {elsewhere.link()}")
    elsewhere.work()
    Community.objects.update(modules=["previews"])
    pagecache.bump("demo")
    room = Room.objects.select_related("community").get()
    assert SHOWN not in client_of(member).get(room.url).content.decode()
    spoken(room, member, f"B {elsewhere.link()}")
    Community.objects.update(modules=[])
    settings.LINK_PREVIEWS = False
    spoken(Room.objects.select_related("community").get(), member, f"C {elsewhere.link()}")
    assert (states(), elsewhere.work()) == (["shown"], 0)


def test_without_a_network_nobody_notices_and_the_log_counts(room, member, client_of, elsewhere, caplog) -> None:
    elsewhere.close()
    spoken(room, member, f"A {elsewhere.link()}")
    spoken(room, member, "B https://nowhere.invalid/secret-path")
    with caplog.at_level(logging.INFO, "communities.embeds.actions"):
        elsewhere.work()
    assert states() == ["nothing", "nothing"]
    assert caplog.messages == ["previews: 2 broken"]
    assert client_of(member).get(room.url).status_code == 200


def test_what_a_page_says_is_shown_as_text(room, member, client_of, elsewhere) -> None:
    elsewhere.pages["/x"] = (
        "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title><meta name=description content='\"><img src=x>'>"
    )
    spoken(room, member, elsewhere.link("/x"))
    elsewhere.work()
    page = client_of(member).get(room.url).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "<script>alert" not in page and "<img src=x" not in page


def test_fifty_previews_cost_one_question_and_texts_without_links_none(room, member, insider, elsewhere) -> None:
    def cost() -> int:
        rows = list(dressed(Message.objects.order_by("number")))
        Room.objects.update(rev=1)
        Message.objects.update(rev=Message.objects.count() * 1000)
        rows = list(dressed(Message.objects.order_by("number")))
        with CaptureQueriesContext(connection) as asked:
            html_of(room, rows)
        return len(asked)

    spoken(room, member, "plain")
    plain = cost()
    spoken(room, member, f"A {elsewhere.link()}")
    one = cost()
    for number in range(10):
        spoken(room, member, f"{number} {elsewhere.link(f'/{number}')}")
    assert (one - plain, cost() - one) == (1, 0)


def test_more_links_than_hands_are_all_looked_at(room, member, elsewhere) -> None:
    for number in range(19):
        spoken(room, member, elsewhere.link(f"/drums?{number}"))
    assert [elsewhere.work() for _look in range(4)] == [8, 8, 3, 0]
    assert (len(elsewhere.asked), len(set(elsewhere.asked))) == (19, 19)


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_ask_once(demo, owner, member, elsewhere) -> None:
    room = make_room(demo, owner, "bench")
    for number in range(3):
        spoken(room, member, f"{number} {elsewhere.link()}")

    def work() -> None:
        try:
            elsewhere.work()
        finally:
            connection.close()

    hands = [threading.Thread(target=work) for _hand in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    elsewhere.work()
    assert (elsewhere.asked, states()) == (["/drums"], ["shown"] * 3)


def test_a_worker_that_died_with_a_link_is_tried_once_more_and_then_it_is_enough(
    room, member, elsewhere, time_machine
) -> None:
    now = dt.datetime(2027, 3, 10, 12, tzinfo=dt.UTC)
    time_machine.move_to(now)
    spoken(room, member, elsewhere.link())
    Lookup.objects.create(
        day=now.date(), key=Preview.objects.get().key, attempts=1, next_at=now + dt.timedelta(seconds=30)
    )
    assert (elsewhere.work(), states()) == (0, ["waits"])
    time_machine.move_to(now + dt.timedelta(seconds=31))
    assert (elsewhere.work(), states()) == (1, ["shown"])
    make_member(room.community, "nora")
    spoken(room, member, elsewhere.link("/other"))
    Lookup.objects.create(day=now.date(), key=Preview.objects.last().key, attempts=2)
    elsewhere.work()
    assert (states(), elsewhere.asked) == (["shown", "nothing"], ["/drums"])
