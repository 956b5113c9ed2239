"""Conversations between people: the same people always meet in the same one, nobody else reads a word, and a block holds."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from communities.access.models import Block, Pass
from communities.access.texts import TooMuch
from communities.access.things import thing
from communities.access.viewer import viewer_for
from communities.activity.actions import deliver_due
from communities.activity.models import Activity
from communities.discussion.actions import edit_message, read_up_to, remove_message, write_message
from communities.discussion.conversing import begin_conversation
from communities.discussion.direct import conversations_of
from communities.discussion.last_words import page_of
from communities.discussion.models import Marker, Message, Room
from communities.discussion.telling import doors
from communities.members.models import Member
from communities.notifications.models import Notification
from communities.safety.actions import suspend_member
from communities.spaces.models import Community
from tests.conftest import make_member

pytestmark = pytest.mark.django_db


def write(place: Community, user: Any, *others: Any, body: str = "Hello", request: uuid.UUID | None = None) -> Message:
    return begin_conversation(viewer_for(user, place), place=place, people=others, body=body, request=request)


def refusal(act: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as told:
        act()
    return told.value.message_dict


def test_the_same_people_always_meet_in_the_same_conversation(demo: Any, member: Any, insider: Any) -> None:
    one, two = write(demo, member, insider), write(demo, insider, member, body="Hello back")
    assert one.room_id == two.room_id and [one.number, two.number] == [1, 2]
    three = write(demo, member, insider, make_member(demo, "third"))
    assert three.room_id != one.room_id
    assert Pass.objects.count() == 5 and Marker.objects.count() == 5
    verbs = Activity.objects.values_list("verb", flat=True)
    assert [verbs.filter(verb=verb).count() for verb in ("direct.begun", "direct.written", "message.written")] == [
        2,
        3,
        0,
    ]


@pytest.mark.django_db(transaction=True)
def test_begun_by_both_at_once_it_is_one_conversation(demo: Any, member: Any, insider: Any) -> None:
    def begin(n: int) -> None:
        pair = (member, insider) if n % 2 else (insider, member)
        try:
            write(demo, *pair, body=f"Hello {n}")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(begin, range(6)))
    assert Room.objects.get().last == 6
    assert sorted(Message.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_sent_twice_it_is_one_message(demo: Any, member: Any, insider: Any) -> None:
    request = uuid.uuid4()
    assert write(demo, member, insider, request=request) == write(demo, member, insider, request=request)
    assert Message.objects.count() == 1


def test_nobody_else_knows_of_it_the_team_neither(
    demo: Any, owner: Any, member: Any, insider: Any, moderator: Any, circle: Any, client_of: Any
) -> None:
    message = write(demo, member, insider, body="CANARY")
    room = Room.objects.select_related("community").get()
    for user in (owner, moderator, circle):
        viewer = viewer_for(user, demo)
        assert not Room.objects.listed_to(viewer).exists() and not Room.objects.readable_by(viewer).exists()
        assert thing("message", message.pk, viewer) is None and thing("room", room.pk, viewer) is None
        client = client_of(user)
        for address in (room.url, message.url, f"/c/demo/react/message/{message.pk}/"):
            assert client.get(address).content == client.get("/c/demo/rooms/nothing/").content
        assert client.post(f"{room.url}write/", {"body": "Me too"}).status_code == 404
        for address in ("/c/demo/rooms/", "/c/demo/messages/", "/c/demo/"):
            assert "CANARY" not in client.get(address).content.decode()
    assert room.slug not in client_of(owner).get("/c/demo/studio/rooms/").content.decode()
    assert client_of(owner).get(f"/c/demo/studio/rooms/{room.pk}/").status_code == 404
    assert client_of(owner).post(f"/c/demo/studio/rooms/{room.pk}/close/").status_code == 404
    assert set(doors({room.pk: [owner.pk, moderator.pk, member.pk, insider.pk]})[room.pk]) == {member.pk, insider.pk}
    assert Message.objects.count() == 1


def test_whom_it_is_between_reads_and_writes_as_in_any_room(
    demo: Any, member: Any, insider: Any, client_of: Any
) -> None:
    write(demo, member, insider, body="Hello *you*")
    room, client = Room.objects.select_related("community").get(), client_of(insider)
    page = client.get(room.url).content.decode()
    assert "Hello <em>you</em>" in page and '<h1 dir="auto">Member</h1>' in page and "Write to Member" in page
    assert client.post(f"{room.url}write/", {"body": "And you"}).status_code == 302
    assert "And you" in client_of(member).get(room.url).content.decode()
    assert "1 new message" in client_of(member).get("/c/demo/messages/").content.decode()
    assert "You:" in client.get("/c/demo/messages/").content.decode()
    client_of(member).post(f"{room.url}read/", {})
    assert "new message" not in client_of(member).get("/c/demo/messages/").content.decode()
    assert client.get("/c/demo/messages/new/?to=@member")["Location"] == room.url


def test_the_list_costs_the_same_however_many_there_are(
    demo: Any, member: Any, insider: Any, client_of: Any, django_assert_num_queries: Any
) -> None:
    write(demo, insider, member)
    client = client_of(member)
    client.get("/c/demo/messages/")
    with django_assert_num_queries(7):
        client.get("/c/demo/messages/")
    for n in range(5):
        write(demo, make_member(demo, f"more{n}"), member, body=f"Word {n}")
    with django_assert_num_queries(7):
        assert "Word 4" in client.get("/c/demo/messages/").content.decode()
    rows, token = page_of(demo, viewer_for(member, demo), "")
    assert ([row.unread for row in rows], token) == ([1] * 6, "")


def test_a_block_ends_writing_in_plain_words_and_history_stays(
    demo: Any, member: Any, insider: Any, client_of: Any
) -> None:
    """R7: A (member) blocks B (insider)."""
    old = write(demo, insider, member, body="Said before")
    room = Room.objects.select_related("community").get()
    Block.objects.create(user=member, blocked=insider)
    theirs, mine = viewer_for(insider, demo), viewer_for(member, demo)
    sentence = {"body": ["Member does not take messages from you."]}
    assert refusal(lambda: write_message(theirs, room=room, body="Hear me")) == sentence
    assert refusal(lambda: edit_message(theirs, message=old, body="Hear me")) == sentence
    assert refusal(lambda: write(demo, insider, member)) == sentence
    assert refusal(lambda: write_message(mine, room=room, body="No")) == {
        "body": ["You block Insider. To write to them, end that first."]
    }
    assert "Said before" in client_of(member).get(room.url).content.decode()
    assert "Said before" in client_of(member).get("/c/demo/messages/").content.decode()
    answer = client_of(insider).post(f"{room.url}write/", {"body": "Hear me"}, headers={"X-Fragment": "1"})
    assert (answer.status_code, answer.content.decode()) == (422, sentence["body"][0])
    assert {door.unseen for door in doors({room.pk: [member.pk, insider.pk]})[room.pk].values()} == {True}
    assert Message.objects.get() == old
    remove_message(theirs, message=old)


def test_among_several_a_block_hides_what_is_said_from_then_on(
    demo: Any, member: Any, insider: Any, circle: Any, client_of: Any
) -> None:
    write(demo, insider, member, circle, body="Said before")
    room = Room.objects.select_related("community").get()
    Block.objects.create(user=member, blocked=insider)
    write_message(viewer_for(insider, demo), room=room, body="Said after")
    page, other = client_of(member).get(room.url).content.decode(), client_of(circle).get(room.url).content.decode()
    assert "Said before" in page and "Said after" not in page and "Said after" in other
    rows, _token = page_of(demo, viewer_for(member, demo), "")
    assert (rows[0].last, rows[0].unread) == ("Said before", 1)


@pytest.mark.parametrize("reach", ["nobody", "wrote"])
def test_one_says_who_may_write_to_one(demo: Any, member: Any, insider: Any, reach: str, client_of: Any) -> None:
    client_of(member).post("/c/demo/people/me/", {"listed": "on", "reach": reach})
    assert Member.objects.get(user=member, community=demo).reach == reach
    refused = {"to": ["Member does not take messages from you."]}
    assert refusal(lambda: write(demo, insider, member)) == refused and not Room.objects.exists()
    if reach == "nobody":
        assert refusal(lambda: write(demo, member, insider))["to"][0].startswith("You take messages from nobody")
        return
    write(demo, member, insider)
    assert write(demo, insider, member).number == 2


def test_who_takes_no_part_writes_to_nobody_and_reads_on(
    demo: Any, owner: Any, member: Any, insider: Any, outsider: Any, client_of: Any
) -> None:
    write(demo, member, insider, body="Said before")
    room = Room.objects.select_related("community").get()
    seat = Member.objects.get(user=insider, community=demo)
    suspend_member(viewer_for(owner, demo), member=seat, reason="Rest.")
    for user, others in ((outsider, [member]), (insider, [member])):
        with pytest.raises(PermissionDenied):
            write(demo, user, *others)
        assert client_of(user).get("/c/demo/messages/new/?to=@member").status_code == 404
    assert refusal(lambda: write(demo, member, insider)) == {"body": ["Insider is not here any more."]}
    assert "Said before" in client_of(insider).get(room.url).content.decode()
    assert "not here any more" in client_of(member).get(room.url).content.decode()
    assert client_of(insider).post(f"{room.url}write/", {"body": "No"}).status_code == 403
    assert refusal(lambda: write(demo, member, outsider)) == {"to": ["Outsider is not here any more."]}
    assert Message.objects.count() == 1


def test_who_is_not_to_be_found_is_nobody_and_too_many_are_too_many(demo: Any, member: Any, client_of: Any) -> None:
    client = client_of(member)
    told = client.post("/c/demo/messages/new/", {"to": "@nobody", "body": "Hi there"}).content.decode()
    assert "Nobody here is called @nobody." in told and "Hi there" in told
    for n in range(8):
        make_member(demo, f"one{n}")
    many = client.post("/c/demo/messages/new/", {"to": " ".join(f"@one{n}" for n in range(8)), "body": "Hi"})
    assert "At most 8 people talk in one conversation, with you." in many.content.decode()
    none = client.post("/c/demo/messages/new/", {"to": "@member", "body": "Hi"})
    assert "Choose somebody to write to." in none.content.decode()
    assert not Room.objects.exists()


def test_newcomers_begin_few_conversations_a_day(demo: Any, member: Any, settings: Any) -> None:
    settings.WRITING_LIMITS = True
    others = [make_member(demo, f"one{n}") for n in range(4)]
    for n, other in enumerate(others[:3]):
        write(demo, member, other, body=f"Hello {n}")
    with pytest.raises(TooMuch):
        write(demo, member, others[3], body="Hello you")
    write(demo, member, others[0], body="Once more")
    assert Room.objects.count() == 3


def test_news_says_who_and_never_what(demo: Any, member: Any, insider: Any, client_of: Any) -> None:
    write(demo, insider, member, body="CANARY")
    room = Room.objects.select_related("community").get()
    deliver_due()
    news = Notification.objects.get(kind="direct")
    assert (news.kind, news.user_id, news.topic) == ("direct", member.pk, room.topic)
    page = client_of(member).get("/me/news/").content.decode()
    assert "wrote to you" in page and "CANARY" not in page
    client_of(member).post(f"{room.url}read/", {})
    news.refresh_from_db()
    assert news.seen_at is not None
    write(demo, insider, member, body="Read at once")
    read_up_to(viewer_for(member, demo), room=room, number=2)
    deliver_due()
    assert Notification.objects.filter(kind="direct").count() == 1
    Marker.objects.filter(user=member).update(level="none")
    write(demo, insider, member, body="Again")
    deliver_due()
    assert Notification.objects.filter(kind="direct").count() == 1


def test_the_desk_sees_the_message_that_was_reported_and_nothing_around_it(
    demo: Any, member: Any, insider: Any, moderator: Any, client_of: Any
) -> None:
    write(demo, insider, member, body="CANARY-around")
    bad = write(demo, insider, member, body="CANARY-bad")
    path = f"/c/demo/report/message/{bad.pk}/"
    assert client_of(moderator).get(path).status_code == 404
    assert client_of(member).post(path, {"reason": "rude", "note": "Look"}).status_code == 302
    desk = client_of(moderator).get(f"/c/demo/studio/reports/message/{bad.pk}/").content.decode()
    assert "CANARY-bad" in desk and "CANARY-around" not in desk and "A direct message of Insider" in desk
    assert client_of(moderator).get(bad.url).status_code == 404
    hidden = {"decision": "hide", "reason": "Unkind."}
    assert client_of(moderator).post(f"/c/demo/studio/reports/message/{bad.pk}/", hidden).status_code == 302
    bad.refresh_from_db()
    assert bad.state == "hidden"
    assert "CANARY-bad" not in client_of(member).get(bad.room.url).content.decode()
    assert client_of(member).get(bad.url).status_code == 404


def test_a_moderator_is_no_team_in_a_conversation_of_their_own(
    demo: Any, member: Any, moderator: Any, client_of: Any
) -> None:
    said = write(demo, member, moderator, body="Befor")
    edit_message(viewer_for(member, demo), message=said, body="Before")
    client = client_of(moderator)
    assert client.get(f"{said.url}history/").status_code == 404
    assert "history/" not in client.get(said.url).content.decode()


def test_reading_marks_are_ones_own(demo: Any, member: Any, insider: Any, owner: Any) -> None:
    write(demo, insider, member)
    room = Room.objects.get()
    with pytest.raises(PermissionDenied):
        read_up_to(viewer_for(owner, demo), room=room, number=1)
    assert conversations_of(demo, viewer_for(owner, demo)).count() == 0


def test_where_the_part_is_off_there_are_no_messages(demo: Any, member: Any, insider: Any, client_of: Any) -> None:
    write(demo, insider, member)
    room = Room.objects.select_related("community").get()
    demo.modules = ["messages"]
    demo.save(update_fields=["modules"])
    client, nothing = client_of(member), client_of(member).get("/c/demo/nothing/").content
    for path in ("/c/demo/messages/", "/c/demo/messages/new/", room.url):
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (404, nothing)
    assert doors({room.pk: [member.pk]}) == {room.pk: {}}
    assert "/messages/" not in client.get("/c/demo/people/insider/").content.decode()
