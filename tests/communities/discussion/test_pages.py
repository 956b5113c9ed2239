"""The pages of rooms: what is unread, where one goes on, and what stands there for whom."""

import json
import uuid
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities.access.models import Block
from communities.access.viewer import viewer_for
from communities.discussion.actions import read_up_to, remove_message, write_message
from communities.discussion.models import Marker, Message, Room
from communities.discussion.reading import first_unread, unread_of
from communities.discussion.telling import doors
from communities.discussion.topics import put_into_topic
from tests.communities.discussion.conftest import make_room

pytestmark = pytest.mark.django_db


def say(room: Room, user: Any, *bodies: str) -> list[Message]:
    return [write_message(viewer_for(user, room.community), room=room, body=body) for body in bodies]


def test_the_room_shows_what_was_said_in_its_order(client_of: Any, room: Room, member: Any, insider: Any) -> None:
    say(room, member, "First", "Second")
    say(room, insider, "Third")
    page = client_of(member).get("/c/demo/rooms/bench/").content.decode()
    assert [page.index(word) for word in ("First", "Second", "Third")] == sorted(
        page.index(word) for word in ("First", "Second", "Third")
    )
    assert 'data-verb="message.written"' in page and 'data-rev="3"' in page


def test_a_form_without_scripts_writes_and_leads_back(client_of: Any, room: Room, member: Any) -> None:
    client = client_of(member)
    answer = client.post("/c/demo/rooms/bench/write/", {"body": "By hand", "request": "", "answers": ""})
    message = Message.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/c/demo/rooms/bench/#message-{message.pk}")
    refused = client.post("/c/demo/rooms/bench/write/", {"body": "x" * 4001, "request": "", "answers": ""})
    page = refused.content.decode()
    assert "There is room for 4,000 characters; this has 1 more." in page and "x" * 4001 in page


def test_a_script_gets_the_very_fragment_of_the_page(client_of: Any, room: Room, member: Any) -> None:
    client = client_of(member)
    answer = client.post("/c/demo/rooms/bench/write/", {"body": "Hi"}, headers={"X-Fragment": "1"})
    assert answer.status_code == 201
    assert answer.content.decode() in client.get("/c/demo/rooms/bench/").content.decode()
    told = client.post("/c/demo/rooms/bench/write/", {"body": " "}, headers={"X-Fragment": "1"})
    assert (told.status_code, told.content.decode()) == (422, "There is nothing in it yet.")


def test_unread_counts_equal_the_rows(room: Room, inner: Room, member: Any, insider: Any, circle: Any) -> None:
    place = room.community
    say(room, member, "One")
    rows = say(room, insider, "Two", "Three", "Four")
    say(inner, circle, "Inside")
    viewer = viewer_for(member, place)
    assert unread_of(viewer, [room, inner]) == {room.pk: 3}
    room.refresh_from_db()
    assert first_unread(room, viewer) == (2, 3)
    read_up_to(viewer, room=room, number=3)
    read_up_to(viewer, room=room, number=2)
    assert Marker.objects.get(room=room, user=member).number == 3
    remove_message(viewer_for(insider, place), message=rows[2])
    assert unread_of(viewer, [room]) == {}
    read_up_to(viewer, room=room, number=10**9)
    assert Marker.objects.get(room=room, user=member).number == 4


def test_one_goes_on_where_one_left_off(client_of: Any, room: Room, member: Any, insider: Any) -> None:
    say(room, member, "Mine")
    say(room, insider, *[f"Word {n:03d}" for n in range(120)])
    page = client_of(member).get("/c/demo/rooms/bench/").content.decode()
    assert "120 new messages" in page and "Mine" in page
    assert "Word 039" in page and "Word 040" not in page
    assert "What came after" in page and "What was said before" not in page
    later = client_of(member).get("/c/demo/rooms/bench/?after=41", headers={"X-Fragment": "1"}).content.decode()
    assert "Word 040" in later and "Word 089" in later and "Word 090" not in later and "<html" not in later
    at = client_of(member).get("/c/demo/rooms/bench/?at=100").content.decode()
    assert "Word 088" in at and "Word 087" not in at and 'id="unread"' not in at


def test_a_room_costs_the_same_whatever_was_said(
    client_of: Any, room: Room, member: Any, insider: Any, django_assert_max_num_queries: Any
) -> None:
    say(room, insider, *[f"Word {n}" for n in range(60)])
    client = client_of(member)
    client.get("/c/demo/rooms/bench/")
    with django_assert_max_num_queries(9):
        client.get("/c/demo/rooms/bench/")
    with django_assert_max_num_queries(8):
        client.get("/c/demo/rooms/")


@pytest.mark.django_db(transaction=True)
def test_saying_something_reads_nothing_twice(client_of: Any, room: Room, member: Any) -> None:
    first = say(room, member, "Hello")[0]
    client = client_of(member)
    for answers in ("", str(first.number)):
        body = {"body": "Again", "answers": answers, "request": uuid.uuid4().hex}
        with CaptureQueriesContext(connection) as asked:
            sent = client.post("/c/demo/rooms/bench/write/", body, headers={"X-Fragment": "1"})
        assert sent.status_code == 201 and "Again" in sent.content.decode()
        read = [query["sql"] for query in asked.captured_queries if query["sql"].startswith("SELECT")]
        told = [sql for sql in read if "discussion_message" in sql.partition(" WHERE ")[0] or "reactions" in sql]
        assert len(told) == (1 if answers else 0)  # what it answers, and never the message that was just written


def test_whoever_is_shut_out_sees_the_door_and_no_word(
    client_of: Any, inner: Room, circle: Any, member: Any, visitor: Any
) -> None:
    message = say(inner, circle, "CANARY-inside")[0]
    for client in (client_of(member), client_of(visitor)):
        page = client.get("/c/demo/rooms/inner/")
        assert page.status_code == 200 and "CANARY-inside" not in page.content.decode()
        assert client.get(f"/c/demo/rooms/inner/{message.number}/").status_code == 404
    assert client_of(member).post("/c/demo/rooms/inner/write/", {"body": "No"}).status_code == 403
    assert client_of(member).post("/c/demo/rooms/inner/read/", {"number": "1"}).status_code == 403
    assert not Marker.objects.filter(user=member).exists()


def test_a_room_that_one_may_not_know_is_the_plain_404(client_of: Any, demo: Any, owner: Any, member: Any) -> None:
    from tests.communities.discussion.conftest import make_room

    make_room(demo, owner, "vault", own_rung=30, own_listed_rung=30)
    client = client_of(member)
    none = client.get("/c/demo/rooms/nothing/")
    assert (none.status_code, none.content) == (404, client.get("/c/demo/rooms/vault/").content)
    assert "Vault" not in client.get("/c/demo/rooms/").content.decode()


def test_a_place_without_rooms_has_none(client_of: Any, room: Room, member: Any) -> None:
    room.community.modules = ["rooms"]
    room.community.save(update_fields=["modules"])
    client = client_of(member)
    none = client.get("/c/demo/nothing/")
    for path in ("/c/demo/rooms/", "/c/demo/rooms/bench/"):
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (404, none.content)
    assert doors({room.pk: [member.pk]}) == {room.pk: {}}
    assert "/c/demo/rooms/" not in client.get("/c/demo/").content.decode()


def test_blocked_people_are_not_there(client_of: Any, room: Room, member: Any, insider: Any) -> None:
    say(room, insider, "CANARY-blocked")
    Block.objects.create(user=member, blocked=insider)
    assert "CANARY-blocked" not in client_of(member).get("/c/demo/rooms/bench/").content.decode()
    assert "CANARY-blocked" in client_of(insider).get("/c/demo/rooms/bench/").content.decode()


def test_signs_on_messages_are_ones_own(client_of: Any, room: Room, member: Any, insider: Any) -> None:
    message = say(room, insider, "Look")[0]
    client = client_of(member)
    assert client.post(f"/c/demo/react/message/{message.pk}/", {"emoji": "👏", "on": "1"}).status_code == 302
    message.refresh_from_db()
    assert message.rev == 2
    page = client.get("/c/demo/rooms/bench/").content.decode()
    assert json.dumps({message.pk: "👏"}).replace('"', "&quot;") in page and "👏 <b>1</b>" in page


def test_the_author_edits_and_the_team_sees_what_it_said(
    client_of: Any, room: Room, member: Any, insider: Any, moderator: Any
) -> None:
    message = say(room, member, "Befor")[0]
    path = f"/c/demo/rooms/bench/{message.number}/"
    assert client_of(member).post(f"{path}edit/", {"body": "Before"}).status_code == 302
    assert client_of(insider).get(f"{path}edit/").status_code == 404
    assert client_of(insider).post(f"{path}edit/", {"body": "Stolen"}).status_code == 403
    assert client_of(insider).post(f"{path}remove/").status_code == 403
    assert client_of(insider).get(f"{path}history/").status_code == 404
    assert "<del>Befor</del>" in client_of(moderator).get(f"{path}history/").content.decode()
    assert Message.objects.get().source == "Before"
    assert client_of(member).post(f"{path}remove/").status_code == 302
    assert Message.objects.get().source == ""
    assert "removed by its author" in client_of(insider).get("/c/demo/rooms/bench/").content.decode()


def test_the_owner_makes_a_room_and_nobody_else(client_of: Any, demo: Any, owner: Any, member: Any) -> None:
    form = {"name": "Quiet Corner", "about": "", "own_rung": "20", "own_listed_rung": "0", "posting": "members",
            "posting_rung": "", "slow": "0", "position": "0"}  # fmt: skip
    assert client_of(member).post("/c/demo/studio/rooms/new/", form).status_code == 404
    assert not Room.objects.exists()
    assert client_of(owner).post("/c/demo/studio/rooms/new/", form).status_code == 302
    room = Room.objects.get()
    assert (room.slug, room.rung, room.listed_rung, room.state) == ("quiet-corner", 20, 0, "published")
    wrong = client_of(owner).post(f"/c/demo/studio/rooms/{room.pk}/", form | {"own_listed_rung": "30"})
    assert "choose the same step or a lower one" in wrong.content.decode()
    assert client_of(owner).post(f"/c/demo/studio/rooms/{room.pk}/close/").status_code == 302
    assert client_of(owner).get("/c/demo/rooms/quiet-corner/").status_code == 404


def test_whoever_was_signed_out_keeps_the_words_and_comes_back_to_where_one_writes(
    client_of: Any, room: Room, member: Any, insider: Any, visitor: Any
) -> None:
    message = say(room, member, "Before")[0]
    topic = put_into_topic(viewer_for(member, room.community), message=message, title="Ink")
    number, here = message.number, "/c/demo/rooms/bench/"
    leads = {
        f"{here}write/": here, f"{here}read/": here, f"{here}topics/{topic.pk}/write/": topic.url,
        f"{here}topics/{topic.pk}/read/": topic.url, f"{here}{number}/remove/": f"{here}{number}/",
        f"{here}{number}/edit/": None, "/c/demo/messages/new/": None,
    }  # fmt: skip
    for path, back in leads.items():
        away = client_of(visitor).post(path)
        assert (away.status_code, away["Location"]) == (302, f"/accounts/login/?next={quote(path)}")
        came = client_of(member).get(path)
        assert (came.status_code, came.headers.get("Location")) == ((302, back) if back else (200, None))
    for path, verb in ((f"{here}write/", "message.written"), (f"{here}{number}/edit/", "message.edited")):
        kept = client_of(visitor).post(path, {"body": "Long in the making", "answers": "1", "request": "abc"})
        page = kept.content.decode()
        assert kept.status_code == 403 and f'data-verb="{verb}"' in page and "\nLong in the making</textarea>" in page
        assert 'name="answers" value="1"' in page and 'name="request" value="abc"' in page
    kept = client_of(visitor).post("/c/demo/messages/new/", {"body": "Hello", "to": "@insider"}).content.decode()
    assert 'name="to" value="@insider"' in kept and "\nHello</textarea>" in kept
    assert [row.source for row in Message.objects.all()] == ["Before"]
    shut = make_room(room.community, room.author, "inner", own_rung=20, own_listed_rung=20)
    nothing = client_of(member).get("/c/demo/nothing/").content
    assert client_of(member).get(f"{shut.url}write/").content == nothing


def test_a_room_that_is_shut_says_for_whom_it_is_and_how_one_gets_in(
    client_of: Any, room: Room, inner: Room, member: Any, outsider: Any, visitor: Any
) -> None:
    """Everybody reads the name of the step; a visitor and whoever is no member yet finds the door beside it."""

    def shut(user: Any, slug: str = "inner") -> str:
        answer = client_of(user).get(f"/c/demo/rooms/{slug}/")
        assert answer.status_code == 200
        page: str = answer.content.decode()
        return page[page.index('id="door"') : page.index("</main>")]

    assert "This room is for <b>Insider</b>." in shut(member) and "button" not in shut(member)
    assert 'href="/c/demo/join/"' in shut(outsider)
    for words in (
        "<b>Insider</b>",
        "/accounts/signup/?next=/c/demo/rooms/inner/",
        "/accounts/login/?next=/c/demo/rooms/inner/",
    ):
        assert words in shut(visitor)
    assert "This room is for members." in shut(visitor, "bench") and "This room is for members." in shut(
        outsider, "bench"
    )
