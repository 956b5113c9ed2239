"""What rooms hold about a person: carried away with it, and gone when they leave, with every number still in its place."""

import datetime as dt
import json
import zipfile
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import TestCase
from django.utils import timezone

from communities.access.viewer import viewer_for
from communities.comments.models import Mention
from communities.discussion import portable
from communities.discussion.actions import edit_message, read_up_to, remove_message, write_message
from communities.discussion.conversing import begin_conversation
from communities.discussion.models import Marker, Message, MessageRevision, Room
from communities.discussion.topics import put_into_topic
from communities.files import store
from communities.files.models import File
from communities.members.models import Member
from communities.people.exporting import ask_export, pack_due
from communities.people.leaving import ask_closing, close_due
from communities.people.models import OldHandle, User
from communities.safety.actions import hide
from tests.communities.discussion.test_attached import handed, say, small_disk

pytestmark = pytest.mark.django_db
__all__ = ["small_disk"]
WEEK = dt.timedelta(days=7, seconds=1)


def carried(user: User) -> Any:
    export = ask_export(user)
    assert pack_due() == 1
    export.refresh_from_db()
    return json.loads(zipfile.ZipFile(store.place(export.path)).read("data.json"))


def left(user: User, how: str) -> None:
    ask_closing(user, how=how)
    with time_machine.travel(timezone.now() + WEEK), TestCase.captureOnCommitCallbacks(execute=True):
        assert close_due() == 1


@pytest.fixture
def talk(room: Room, inner: Room, member: User, insider: User, moderator: User, demo: Any) -> list[Message]:
    """The insider said and edited something, calls the member and was called; the member said something between."""
    OldHandle.objects.create(user=insider, handle="inky", shape="inky")
    mine, theirs = viewer_for(insider, demo), viewer_for(member, demo)
    first = write_message(mine, room=room, body="Hello @member, I am @insider")
    edit_message(mine, message=first, body="Hello @member, @insider here")
    answer = write_message(theirs, room=room, body="Ask @Inky or @insider, not @insiders", answers=first)
    edit_message(theirs, message=answer, body="Ask @Inky or @insider, never @insiders")
    reply = write_message(mine, room=room, body="Loud", answers=answer)
    gone = write_message(mine, room=inner, body="Taken back")
    remove_message(mine, message=gone)
    reply.community = demo
    hide(viewer_for(moderator, demo), obj=reply, reason="Too loud.")
    room.refresh_from_db()
    return [first, answer, reply]


def test_what_one_said_comes_along_with_what_it_said_before_and_what_the_team_did(
    talk: list[Message], insider: User
) -> None:
    data = carried(insider)
    lines = [{name: one[name] for name in ("number", "text", "state", "reply_to")} for one in data["messages"]]
    assert lines == [
        {"number": 1, "text": "Hello @member, @insider here", "state": "published", "reply_to": None},
        {"number": 3, "text": "Loud", "state": "hidden", "reply_to": 2},
        {"number": 1, "text": "", "state": "removed", "reply_to": None},
    ]
    assert [old["text"] for old in data["messages"][0]["revisions"]] == ["Hello @member, I am @insider"]
    assert [(act["what"], act["reason"]) for act in data["messages"][1]["moderation"]] == [("hidden", "Too loud.")]
    assert data["messages"][0]["thing"]["title"] == "Bench"
    assert data["messages"][0]["thing"]["address"].endswith("/c/demo/rooms/bench/")
    assert [(one["thing"]["title"], one["read_up_to"], one["hears"]) for one in data["markers"]] == [
        ("Bench", 3, "calls"),
        ("Inner", 1, "calls"),
    ]
    assert [one["thing"][-len("/c/demo/rooms/bench/2/") :] for one in data["mentions"]] == ["/c/demo/rooms/bench/2/"]
    assert "never" not in json.dumps(data)  # somebody else's words


def test_of_a_room_that_one_lost_there_is_the_number_alone(talk: list[Message], inner: Room, insider: User) -> None:
    Room.objects.filter(pk=inner.pk).update(own_listed_rung=20, listed_rung=20)
    Member.objects.filter(user=insider).update(rung=10)
    data = carried(insider)
    assert (data["messages"][2]["thing"], data["markers"][1]["thing"]) == (f"room {inner.pk}", f"room {inner.pk}")


def test_erased_the_rows_are_empty_and_keep_their_numbers(
    talk: list[Message], room: Room, insider: User, member: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr(portable, "BATCH", 1)
    rev = room.rev
    left(insider, "erase")
    rows = list(Message.objects.filter(room=room).order_by("number").values_list("number", "state", "source", "html"))
    assert rows[0] == (1, "removed", "", "") and rows[2] == (3, "removed", "", "")
    assert rows[1][:3] == (2, "published", "Ask @gone or @gone, never @insiders")
    assert "/people/insider/" not in rows[1][3] and "@insiders" in rows[1][3]
    assert [old.source for old in MessageRevision.objects.all()] == ["Ask @gone or @gone, not @insiders"]
    assert not Marker.objects.filter(user=insider).exists() and Marker.objects.filter(user=member).exists()
    assert not Mention.objects.exists()
    room.refresh_from_db()
    revs = sorted(Message.objects.filter(room=room).values_list("rev", flat=True))
    assert room.rev == revs[-1] > rev and len(set(revs)) == 3  # each change is one that open screens hear


def test_kept_the_words_stay_and_what_they_said_before_goes(talk: list[Message], room: Room, insider: User) -> None:
    left(insider, "anonymise")
    first = Message.objects.get(pk=talk[0].pk)
    assert (first.state, first.source) == ("published", "Hello @member, @gone here")
    assert not MessageRevision.objects.filter(message=first).exists()
    assert Mention.objects.get().object_id == first.pk  # whom they called is still called
    assert not Marker.objects.filter(user=insider).exists()
    assert str(first.author) not in ("insider", "Insider")


def test_somebody_elses_marker_says_nothing_of_one(room: Room, member: User, insider: User, demo: Any) -> None:
    write_message(viewer_for(insider, demo), room=room, body="Hello")
    read_up_to(viewer_for(member, demo), room=room, number=1)
    data = carried(member)
    assert (data["messages"], [one["read_up_to"] for one in data["markers"]]) == ([], [1])


def test_conversations_come_along_by_whom_they_are_with_and_no_word_of_theirs(
    demo: Any, member: User, insider: User
) -> None:
    mine, theirs = viewer_for(member, demo), viewer_for(insider, demo)
    begin_conversation(mine, place=demo, people=[insider], body="My own words")
    begin_conversation(theirs, place=demo, people=[member], body="CANARY-theirs")
    data = carried(member)
    assert [(one["text"], one["thing"]["title"]) for one in data["messages"]] == [("My own words", "Insider")]
    assert [(one["thing"]["title"], one["hears"]) for one in data["markers"]] == [("Insider", "all")]
    assert "CANARY" not in json.dumps(data)
    left(member, "erase")
    assert list(Message.objects.order_by("number").values_list("source", flat=True)) == ["", "CANARY-theirs"]
    assert refusal_of(theirs, demo) == ["Somebody who left is not here any more."]


def refusal_of(viewer: Any, place: Any) -> list[str]:
    room = Room.objects.select_related("community").get()
    with pytest.raises(ValidationError) as told:
        write_message(viewer, room=room, body="Anybody?")
    return told.value.messages


def test_a_topic_stays_and_its_name_goes_with_whoever_erases_their_words(
    talk: list[Message], insider: User, member: User, demo: Any
) -> None:
    talk[1].room.community = demo
    topic = put_into_topic(viewer_for(insider, demo), message=talk[0], title="CANARY-title")
    assert [one["title"] for one in carried(insider)["topics"]] == ["CANARY-title"]
    left(insider, "erase")
    topic.refresh_from_db()
    assert (topic.title, str(topic)) == ("", "without a name")
    assert topic.messages.filter(author=member).count() == 1


def test_files_are_carried_with_their_messages_and_go_or_stay_with_the_words(
    room: Room, demo: Any, insider: User, member: User, circle: User
) -> None:
    """Erased: rows and bytes of what was sent and of what waits; kept: what was sent stays, what waits goes."""
    mine = handed(demo, insider, name="minutes.pdf")
    say(room, insider, mine, body="Look")
    theirs, kept = handed(demo, member, name="theirs.pdf"), handed(demo, circle, name="kept.pdf")
    say(room, member, theirs, body="And this")
    say(room, circle, kept)
    waits, also = handed(demo, insider, name="waits.pdf"), handed(demo, circle, name="also.pdf")
    data = carried(insider)
    assert [(line["text"], line["files"]) for line in data["messages"]] == [("Look", [f"files/{mine.pk}-minutes.pdf"])]
    assert [(line["name"], line["thing"] is not None) for line in data["files"]] == [
        ("minutes.pdf", True),
        ("waits.pdf", False),
    ]
    export = insider.exports.get()
    names = zipfile.ZipFile(store.place(export.path)).namelist()
    assert sorted(one for one in names if one.startswith("files/")) == sorted(
        [f"files/{mine.pk}-minutes.pdf", f"files/{waits.pk}-waits.pdf"]
    )
    left(insider, "erase")
    left(circle, "anonymise")
    assert set(File.objects.values_list("name", flat=True)) == {"theirs.pdf", "kept.pdf"}
    assert [store.place(row.path).exists() for row in (mine, waits, also, theirs, kept)] == [False] * 3 + [True] * 2
    assert list(Message.objects.order_by("number").values_list("state", "attached")) == [
        ("removed", 0),
        ("published", 1),
        ("published", 1),
    ]
