"""Writing in a room: numbers without a gap, once however often it is sent, and only by whom it is open to."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from communities.access.texts import TooMuch
from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.comments.models import Mention
from communities.discussion.actions import edit_message, remove_message, write_message
from communities.discussion.models import Marker, Message, MessageRevision, Room
from communities.discussion.rooms import close_room

pytestmark = pytest.mark.django_db


def test_a_new_line_is_a_new_line(room: Any, member: Any) -> None:
    row = write_message(viewer_for(member, room.community), room=room, body="Shopping:\nink\n\n- one\n- two")
    assert row.html.strip().startswith('<p dir="auto">Shopping:<br>\nink</p>') and row.html.count("<br>") == 1


def test_a_message_takes_the_next_number_and_moves_the_room_on(room: Room, member: Any, demo: Any) -> None:
    viewer = viewer_for(member, demo)
    first = write_message(viewer, room=room, body="Good *morning*")
    second = write_message(viewer, room=room, body="Anybody here?", answers=first)
    assert [(row.number, row.rev) for row in (first, second)] == [(1, 1), (2, 2)]
    assert first.html == '<p dir="auto">Good <em>morning</em></p>\n'
    assert second.answers == first
    room.refresh_from_db()
    assert (room.last, room.rev) == (2, 2)
    assert Marker.objects.get(user=member).number == 2
    assert Activity.objects.filter(verb="message.written").count() == 2


def test_sent_twice_it_is_one_message(room: Room, member: Any, demo: Any) -> None:
    viewer, request = viewer_for(member, demo), uuid.uuid4()
    one = write_message(viewer, room=room, body="Once", request=request)
    two = write_message(viewer, room=room, body="Once", request=request)
    assert one.pk == two.pk and Message.objects.count() == 1
    room.refresh_from_db()
    assert (room.last, room.rev) == (1, 1)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("  \n ", "There is nothing in it yet."),
        ("a" * 4_002, "There is room for 4,000 characters; this has 2 more."),
    ],
)
def test_what_is_no_message_is_refused_with_a_sentence(
    room: Room, member: Any, demo: Any, body: str, sentence: str
) -> None:
    with pytest.raises(ValidationError) as told:
        write_message(viewer_for(member, demo), room=room, body=body)
    assert told.value.message_dict == {"body": [sentence]}
    assert not Message.objects.exists()


def test_who_may_not_read_or_write_there_writes_nothing(
    room: Room, inner: Room, news_room: Room, member: Any, outsider: Any, moderator: Any, demo: Any
) -> None:
    for place, user in ((inner, member), (news_room, member), (room, outsider)):
        with pytest.raises(PermissionDenied):
            write_message(viewer_for(user, demo), room=place, body="Hello")
    assert not Message.objects.exists()
    assert write_message(viewer_for(moderator, demo), room=news_room, body="News").by_team


def test_a_closed_room_takes_nothing(room: Room, member: Any, owner: Any, demo: Any) -> None:
    close_room(viewer_for(owner, demo), room=room)
    with pytest.raises(ValidationError, match="This room is closed"):  # it was open when the page was made
        write_message(viewer_for(member, demo), room=room, body="Too late")
    room.refresh_from_db()
    with pytest.raises(PermissionDenied):
        write_message(viewer_for(member, demo), room=room, body="Too late")
    assert not Message.objects.exists()


def test_slow_mode_says_how_long_to_wait(room: Room, member: Any, moderator: Any, demo: Any, time_machine: Any) -> None:
    Room.objects.filter(pk=room.pk).update(slow=30)
    room.refresh_from_db()
    time_machine.move_to("2027-01-20T10:00:00Z", tick=False)
    viewer = viewer_for(member, demo)
    write_message(viewer, room=room, body="One")
    time_machine.shift(12)
    with pytest.raises(TooMuch) as told:
        write_message(viewer, room=room, body="Two")
    assert told.value.messages == ["This room is slow: wait 18 seconds and send it again."]
    assert told.value.seconds == 18
    time_machine.shift(18)
    write_message(viewer, room=room, body="Two")
    for body in ("Three", "Four"):
        write_message(viewer_for(moderator, demo), room=room, body=body)
    assert Message.objects.count() == 4


def test_an_edit_keeps_what_it_said_and_moves_the_counter(room: Room, member: Any, insider: Any, demo: Any) -> None:
    viewer = viewer_for(member, demo)
    message = write_message(viewer, room=room, body="Hello @insider")
    edit_message(viewer, message=message, body="Hello dear @insider")
    edit_message(viewer, message=message, body="Hello dear @insider")
    message.refresh_from_db()
    assert (message.source, message.rev, message.number) == ("Hello dear @insider", 2, 1)
    assert [row.source for row in MessageRevision.objects.all()] == ["Hello @insider"]
    assert Mention.objects.filter(kind="message", object_id=message.pk, user=insider).count() == 1
    assert Activity.objects.filter(verb="message.mentioned").count() == 1
    with pytest.raises(PermissionDenied):
        edit_message(viewer_for(insider, demo), message=message, body="Mine now")


def test_what_is_taken_away_leaves_its_place_and_no_word(room: Room, member: Any, insider: Any, demo: Any) -> None:
    viewer = viewer_for(member, demo)
    message = write_message(viewer, room=room, body="Secret")
    edit_message(viewer, message=message, body="Secret too")
    with pytest.raises(PermissionDenied):
        remove_message(viewer_for(insider, demo), message=message)
    remove_message(viewer, message=message)
    remove_message(viewer, message=message)
    message.refresh_from_db()
    assert (message.state, message.source, message.html, message.number, message.rev) == ("removed", "", "", 1, 3)
    assert not MessageRevision.objects.exists()
    assert Activity.objects.filter(verb="message.removed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_write_at_once_and_no_number_is_missing_or_double(
    room: Room, member: Any, insider: Any, demo: Any
) -> None:
    viewers = [viewer_for(member, demo), viewer_for(insider, demo)]

    def speak(n: int) -> None:
        try:
            write_message(viewers[n % 2], room=room, body=f"Message {n}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(speak, range(24)))
    rows = list(Message.objects.order_by("rev").values_list("number", "rev"))
    assert rows == [(n, n) for n in range(1, 25)]
