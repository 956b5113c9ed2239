"""Topics in a room: fast talk is found again, under a name, with a count of its own, and the room's stream stays whole."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.discussion.actions import read_up_to, write_message
from communities.discussion.models import Marker, Message, Room, Topic
from communities.discussion.reading import first_unread, topics_of, unread_in, unread_of
from communities.discussion.telling import since
from communities.discussion.topics import put_into_topic, rename_topic, take_out

pytestmark = pytest.mark.django_db


def say(room: Room, user: Any, body: str, **how: Any) -> Message:
    return write_message(viewer_for(user, room.community), room=room, body=body, **how)


def put(message: Message, user: Any, title: str) -> Topic:
    return put_into_topic(viewer_for(user, message.community), message=message, title=title)


def test_a_topic_begins_with_a_message_and_takes_its_answers_along(room: Room, member: Any, insider: Any) -> None:
    first = say(room, member, "Which ink?")
    say(room, insider, "Morning")
    answer = say(room, insider, "Soy", answers=first)
    topic = put(first, insider, "  The   ink ")
    later = say(room, member, "Thanks", answers=answer)
    assert topic.title == "The ink"
    assert set(Message.objects.filter(topic=topic).values_list("source", flat=True)) == {"Which ink?", "Soy"}
    later = say(room, member, "Thanks", answers=Message.objects.get(pk=answer.pk))
    assert later.topic_id == topic.pk
    topic.refresh_from_db()
    assert topic.last == later.number
    verbs = Activity.objects.values_list("verb", flat=True)
    assert [verbs.filter(verb=verb).count() for verb in ("topic.started", "message.moved")] == [1, 2]
    assert put(Message.objects.get(source="Morning"), member, "the INK") == topic and Topic.objects.count() == 1


def test_moving_is_the_authors_or_the_teams(room: Room, member: Any, insider: Any, moderator: Any) -> None:
    row = say(room, member, "Which ink?")
    topic = put(row, insider, "The ink")
    with pytest.raises(PermissionDenied):
        put(row, insider, "Something else")
    with pytest.raises(PermissionDenied):
        take_out(viewer_for(insider, room.community), message=row)
    row.refresh_from_db()
    assert row.topic == topic and Topic.objects.count() == 1
    other = put(row, member, "Something else")
    take_out(viewer_for(moderator, room.community), message=row)
    topic.refresh_from_db()
    other.refresh_from_db()
    assert [row.topic, topic.last, other.last] == [None, 0, 0]


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        (" \n ", "Give it a name that says what it is about."),
        ("a" * 81, "At most 80 characters: a name, not a sentence."),
    ],
)
def test_what_is_no_name_is_refused_with_a_sentence(room: Room, member: Any, title: str, sentence: str) -> None:
    row = say(room, member, "Which ink?")
    with pytest.raises(ValidationError) as told:
        put(row, member, title)
    assert told.value.message_dict == {"title": [sentence]} and not Topic.objects.exists()


def test_a_new_name_is_logged_and_reaches_screens_that_are_open(
    room: Room, member: Any, insider: Any, client_of: Any
) -> None:
    row = say(room, member, "Which ink?")
    topic = put(row, member, "The inc")
    other = put(say(room, member, "Which paper?"), member, "Paper")
    with pytest.raises(PermissionDenied):
        rename_topic(viewer_for(insider, room.community), topic=topic, title="Mine now")
    with pytest.raises(ValidationError) as told:
        rename_topic(viewer_for(member, room.community), topic=topic, title="paper")
    assert "There is a topic of that name" in told.value.messages[0]
    room.refresh_from_db()
    before = room.rev
    rename_topic(viewer_for(member, room.community), topic=Topic.objects.get(pk=topic.pk), title="The <ink>")
    frames = since(room.pk, before, 10)
    assert [(frame.seq, frame.kind, frame.id, frame.html) for frame in frames] == [
        (before + 1, "topic", topic.pk, "The <ink>")
    ]
    assert Activity.objects.filter(verb="topic.renamed", actor=member).count() == 1
    page = client_of(insider).get(room.url).content.decode()
    assert "The &lt;ink&gt;" in page and "The inc" not in page and str(other) in page


def test_its_page_holds_what_it_is_about_and_writes_into_it(
    room: Room, member: Any, insider: Any, client_of: Any
) -> None:
    row = say(room, member, "Which ink?")
    say(room, insider, "Something else")
    topic = put(row, member, "The ink")
    topic.room = room
    client = client_of(insider)
    page = client.get(topic.url).content.decode()
    assert "Which ink?" in page and "Something else" not in page and f'data-only="{topic.pk}"' in page
    answer = client.post(f"{topic.url}write/", {"body": "Soy", "request": ""})
    said = Message.objects.get(source="Soy")
    assert answer["Location"] == f"{topic.url}#message-{said.pk}" and said.topic == topic
    stream = client.get(room.url).content.decode()
    assert f'href="{topic.url}?at={said.number}#message-{said.pk}"' in stream and "Something else" in stream
    refused = client.post(f"{topic.url}write/", {"body": " "}).content.decode()
    assert "There is nothing in it yet." in refused and "Something else" not in refused
    assert client.get(f"{topic.url}name/").status_code == 404
    assert client.post(f"{topic.url}name/", {"title": "Mine"}).status_code == 403
    assert client_of(member).post(f"{topic.url}name/", {"title": "Inks"})["Location"] == topic.url
    assert "Inks" in client.get(f"{room.url}topics/").content.decode()


def test_the_page_of_a_message_leads_into_a_topic_and_out_again(
    room: Room, member: Any, insider: Any, client_of: Any
) -> None:
    row = say(room, member, "Which ink?")
    client, address = client_of(member), f"/c/demo/rooms/bench/{row.number}/topic/"
    assert "Start a topic" in client.get(row.url).content.decode()
    wrong = client.post(address, {"title": " "}).content.decode()
    assert "Give it a name that says what it is about." in wrong
    answer = client.post(address, {"title": "The ink"})
    topic = Topic.objects.get()
    assert answer["Location"] == f"/c/demo/rooms/bench/topics/{topic.pk}/?at={row.number}#message-{row.pk}"
    assert client_of(insider).get(address).status_code == 404
    assert client_of(insider).post(address, {"out": "1"}).status_code == 403
    assert client.post(address, {"out": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.topic is None


def test_what_was_read_in_a_topic_is_not_unread_in_its_room(room: Room, member: Any, insider: Any) -> None:
    mine, theirs = viewer_for(member, room.community), viewer_for(insider, room.community)
    say(room, member, "Here I am")
    ink = put(say(room, insider, "Which ink?"), insider, "Ink")
    paper = put(say(room, insider, "Which paper?"), insider, "Paper")
    say(room, insider, "And tea")
    room.refresh_from_db()
    assert unread_of(mine, [room]) == {room.pk: 3} and unread_in(mine, room, [ink, paper]) == {ink.pk: 1, paper.pk: 1}
    read_up_to(mine, room=room, topic=ink, number=2)
    read_up_to(mine, room=room, topic=ink, number=1)
    assert unread_of(mine, [room]) == {room.pk: 2} and unread_in(mine, room, [ink, paper]) == {paper.pk: 1}
    assert first_unread(room, mine) == (3, 2) and first_unread(room, mine, paper) == (3, 1)
    write_message(mine, room=room, topic=paper, body="Grey")
    assert unread_of(mine, [room]) == {room.pk: 1} and Marker.objects.get(user=member).number == 1
    assert unread_in(theirs, room, [ink, paper]) == {paper.pk: 1}
    read_up_to(mine, room=room, number=5)
    assert unread_of(mine, [room]) == {}


def test_topics_cost_the_same_however_many_there_are(
    room: Room, member: Any, insider: Any, django_assert_num_queries: Any
) -> None:
    say(room, member, "Here I am")
    for n in range(7):
        put(say(room, insider, f"About {n}"), insider, f"Topic {n}")
    viewer = viewer_for(member, room.community)
    with django_assert_num_queries(3):
        found = topics_of(room, viewer, most=5)
        assert [str(topic) for topic in found] == [f"Topic {n}" for n in (6, 5, 4, 3, 2)]
    assert [topic.__dict__["unread"] for topic in found] == [1] * 5


def test_a_shut_room_hides_its_topics_and_a_topic_belongs_to_one_room(
    room: Room, inner: Room, member: Any, circle: Any, client_of: Any
) -> None:
    secret = put(say(inner, circle, "CANARY-said"), circle, "CANARY-title")
    client, nothing = client_of(member), client_of(member).get("/c/demo/rooms/nothing/").content
    for path in (f"/c/demo/rooms/inner/topics/{secret.pk}/", f"/c/demo/rooms/bench/topics/{secret.pk}/"):
        for answer in (client.get(path), client.get(f"{path}name/")):
            assert (answer.status_code, answer.content) == (404, nothing)
    assert "CANARY" not in client.get("/c/demo/rooms/inner/topics/").content.decode()
    assert client.post(f"/c/demo/rooms/inner/topics/{secret.pk}/write/", {"body": "No"}).status_code == 403
    row = say(room, member, "Elsewhere", topic=secret)
    assert row.topic is None


@pytest.mark.django_db(transaction=True)
def test_four_start_the_same_topic_at_once_and_it_is_one(room: Room, member: Any, insider: Any) -> None:
    rows = [say(room, user, f"About {n}") for n, user in enumerate((member, insider, member, insider))]

    def start(row: Message) -> None:
        try:
            put(row, row.author, "The ink")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, rows))
    topic = Topic.objects.get()
    assert (topic.messages.count(), topic.last) == (4, 4)
    assert sorted(Message.objects.values_list("rev", flat=True)) == [5, 6, 7, 8]
