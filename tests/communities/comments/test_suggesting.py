"""Names while one types: who is suggested to whom, in rooms, under posts and between people, and to whom there is no such list."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities.access.models import Block, Pass
from communities.access.viewer import viewer_for
from communities.discussion.actions import remove_message, write_message
from communities.discussion.conversing import begin_conversation
from communities.discussion.models import Room
from communities.members.actions import settle_rung
from communities.members.models import Member, RungSource
from communities.people.models import User
from tests.communities.discussion.conftest import make_room
from tests.conftest import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(demo: Any, owner: Any) -> Room:
    return make_room(demo, owner, "bench")


@pytest.fixture
def inner(demo: Any, owner: Any) -> Room:
    return make_room(demo, owner, "inner", own_rung=20, own_listed_rung=20)


def asked(client: Any, url: str, typed: str) -> list[str]:
    answer = client.get(f"{url}people/", {"q": typed})
    assert answer.status_code == 200
    return re.findall(r'data-put="@([^"]+)"', answer.content.decode())


def named(user: User, name: str) -> None:
    User.objects.filter(pk=user.pk).update(name=name)


def test_people_are_found_by_the_beginning_of_their_handle_or_of_a_word_of_their_name(
    demo: Any, room: Room, member: Any, insider: Any, circle: Any, client_of: Any
) -> None:
    named(insider, "Zoë <b>Maria</b> Ink")
    ask = client_of(member)
    assert asked(ask, room.url, "ins") == ["insider"]
    assert asked(ask, room.url, "@INS") == ["insider"]
    assert asked(ask, room.url, "zo") == asked(ask, room.url, "ink") == ["insider"]
    assert asked(ask, room.url, "sider") == asked(ask, room.url, "aria") == []
    assert asked(ask, room.url, "") == asked(ask, room.url, "x" * 31) == []
    assert asked(ask, room.url, "member") == []  # oneself
    assert asked(ask, room.url, "%") == asked(ask, room.url, "_") == []
    page = ask.get(f"{room.url}people/?q=zo").content.decode()
    assert "Zoë &lt;b&gt;Maria&lt;/b&gt; Ink" in page and "@test.example" not in page


def test_eight_at_most_and_whoever_spoke_there_comes_first(demo: Any, room: Room, member: Any, client_of: Any) -> None:
    people = [make_member(demo, f"anna{number}") for number in range(10)]
    write_message(viewer_for(people[9], demo), room=room, body="Hello")
    assert asked(client_of(member), room.url, "ann") == ["anna9", *(f"anna{number}" for number in range(7))]


def test_whom_one_blocks_and_who_blocks_one_are_not_there(
    demo: Any, room: Room, member: Any, insider: Any, circle: Any, publish: Any, client_of: Any
) -> None:
    Block.objects.create(user=member, blocked=insider)
    under = f"/c/demo/talk/post/{publish('Public').pk}/"
    for url in (room.url, under):
        assert asked(client_of(member), url, "ins") == asked(client_of(insider), url, "mem") == []
        assert asked(client_of(circle), url, "ins") == ["insider"]
        assert asked(client_of(circle), url, "mem") == ["member"]


def test_who_is_not_in_the_directory_is_suggested_only_where_they_spoke(
    demo: Any, room: Room, member: Any, insider: Any, publish: Any, say: Any, client_of: Any
) -> None:
    Member.objects.filter(user=insider).update(listed=False)
    post, other = publish("Public"), publish("Other")
    under = [f"/c/demo/talk/post/{one.pk}/" for one in (post, other)]
    say(insider, post)
    assert [asked(client_of(member), url, "ins") for url in (room.url, *under)] == [[], ["insider"], []]
    row = write_message(viewer_for(insider, demo), room=room, body="Here")
    assert asked(client_of(member), room.url, "ins") == ["insider"]
    remove_message(viewer_for(insider, demo), message=row)
    assert asked(client_of(member), room.url, "ins") == []


def test_only_who_may_read_the_very_thing_is_suggested(
    demo: Any,
    inner: Room,
    owner: Any,
    member: Any,
    insider: Any,
    circle: Any,
    moderator: Any,
    publish: Any,
    client_of: Any,
) -> None:
    ask, under = client_of(insider), f"/c/demo/talk/post/{publish('High', rung=20).pk}/"
    for url in (inner.url, under):
        assert [asked(ask, url, one) for one in ("mem", "cir", "own", "mod")] == [
            [],
            ["circle"],
            ["owner"],
            ["moderator"],
        ]
    Pass.objects.create(user=member, kind="room", object_id=inner.pk, source="invitation")
    assert [asked(ask, url, "mem") for url in (inner.url, under)] == [["member"], []]
    RungSource.objects.filter(member__user=circle).delete()
    settle_rung(Member.objects.get(user=circle))
    assert asked(ask, inner.url, "cir") == []


def test_the_ones_who_may_not_read_take_nobody_s_place(
    demo: Any, inner: Room, insider: Any, circle: Any, client_of: Any
) -> None:
    for number in range(30):
        make_member(demo, f"cirb{number}")
    assert asked(client_of(insider), inner.url, "cir") == ["circle"]


def test_who_left_or_is_suspended_is_not_there(
    demo: Any, room: Room, member: Any, insider: Any, client_of: Any
) -> None:
    for standing in ("left", "suspended"):
        Member.objects.filter(user=insider).update(standing=standing)
        assert asked(client_of(member), room.url, "ins") == []


def test_between_people_there_are_these_people_alone(
    demo: Any, member: Any, insider: Any, circle: Any, owner: Any, client_of: Any
) -> None:
    said = begin_conversation(viewer_for(member, demo), place=demo, people=[insider], body="Hello")
    url = said.room.url
    Member.objects.filter(user=insider).update(listed=False)
    assert asked(client_of(member), url, "ins") == ["insider"]
    assert asked(client_of(member), url, "cir") == asked(client_of(member), url, "own") == []
    for user in (circle, owner):
        assert client_of(user).get(f"{url}people/?q=ins").status_code == 404


def test_for_whoever_may_not_write_there_is_no_such_list(
    demo: Any,
    room: Room,
    inner: Room,
    owner: Any,
    member: Any,
    outsider: Any,
    insider: Any,
    publish: Any,
    client_of: Any,
) -> None:
    nothing = client_of(outsider).get("/c/demo/nothing/").content
    news = make_room(demo, owner, "news", posting="team", own_rung=0)
    under = [f"/c/demo/talk/post/{publish('Post', rung=rung).pk}/" for rung in (0, 20)]
    shut = [(outsider, room.url), (outsider, news.url), (outsider, under[0]), (outsider, under[1])]
    shut += [(member, inner.url), (member, news.url), (member, under[1]), (member, "/c/demo/rooms/none/")]
    shut += [(member, f"/c/demo/talk/room/{room.pk}/"), (member, "/c/demo/talk/post/99999999/")]
    for user, url in shut:
        answer = client_of(user).get(f"{url}people/?q=ins")
        assert (answer.status_code, answer.content) == (404, nothing), url
    answer = client_of(AnonymousUser()).get(f"{room.url}people/?q=ins")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")
    assert client_of(member).post(f"{room.url}people/").status_code == 405


def test_the_questions_do_not_grow_with_the_people(
    demo: Any, room: Room, member: Any, client_of: Any, django_assert_num_queries: Any
) -> None:
    ask = client_of(member)
    make_member(demo, "anna1")
    asked(ask, room.url, "an")
    with CaptureQueriesContext(connection) as few:
        asked(ask, room.url, "an")
    for number in range(2, 30):
        make_member(demo, f"anna{number}", level=20 + number % 3 * 5)
    with django_assert_num_queries(len(few)):
        assert len(asked(ask, room.url, "an")) == 8


def test_one_who_asks_all_the_time_waits(demo: Any, room: Room, member: Any, client_of: Any, settings: Any) -> None:
    settings.WRITING_LIMITS = True
    ask = client_of(member)
    answers = [ask.get(f"{room.url}people/?q=own").status_code for _ in range(121)]
    assert answers == [200] * 120 + [429]


def test_the_boxes_say_where_they_ask(
    demo: Any, room: Room, member: Any, insider: Any, publish: Any, say: Any, client_of: Any
) -> None:
    post = publish("Public")
    mine, row = say(member, post), write_message(viewer_for(member, demo), room=room, body="Here")
    said = begin_conversation(viewer_for(member, demo), place=demo, people=[insider], body="Hello")
    under = f"/c/demo/talk/post/{post.pk}/people/"
    pages = {
        room.url: f"{room.url}people/",
        f"{row.url}edit/": f"{room.url}people/",
        said.room.url: f"{said.room.url}people/",
        post.url: under,
        f"/c/demo/comments/{mine.pk}/edit/": under,
    }
    for page, address in pages.items():
        assert f'data-people="{address}"' in client_of(member).get(page).content.decode(), page
    assert "data-people" not in client_of(AnonymousUser()).get(post.url).content.decode()
