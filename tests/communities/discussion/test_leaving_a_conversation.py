"""Out of a conversation of several: at once and for good; the others see it and go on, and nobody is brought back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from communities.access.models import Pass
from communities.access.things import thing
from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.discussion.actions import write_message
from communities.discussion.conversing import begin_conversation, leave_conversation
from communities.discussion.direct import conversations_of, name_rooms
from communities.discussion.models import Marker, Message, Room
from communities.discussion.reading import first_unread
from communities.live import hub as hubs
from communities.members.models import Member
from communities.safety.reporting import file_report
from tests.communities.discussion.test_leaving import carried
from tests.communities.live.conftest import House, house
from tests.conftest import make_member

pytestmark = pytest.mark.django_db
__all__ = ["house"]


@pytest.fixture
def talk(demo: Any, member: Any, insider: Any, circle: Any) -> Room:
    """Three people, of whom the circle has said something."""
    viewer = viewer_for(circle, demo)
    room = begin_conversation(viewer, place=demo, people=[member, insider], body="CANARY-before").room
    room.community = demo
    return room


def fresh(room: Room) -> Room:
    return Room.objects.select_related("community").get(pk=room.pk)


def test_the_leaver_reads_no_more_and_the_others_see_it_and_go_on(
    talk: Room, demo: Any, member: Any, insider: Any, circle: Any, client_of: Any, seen_by: Any
) -> None:
    page = client_of(circle).get(talk.url).content.decode()
    assert f'href="{talk.url}leave/"' in page
    asked = client_of(circle).get(f"{talk.url}leave/").content.decode()
    assert 'data-verb="direct.left"' in asked and Message.objects.count() == 1
    away = client_of(circle).post(f"{talk.url}leave/")
    assert (away.status_code, away["Location"]) == (302, "/c/demo/messages/")
    write_message(seen_by(member), room=fresh(talk), body="CANARY-after")
    nothing = client_of(circle).get("/c/demo/nothing/").content
    for path in (talk.url, f"{talk.url}1/", f"{talk.url}3/", f"{talk.url}leave/", f"{talk.url}level/"):
        assert client_of(circle).get(path).content == nothing
    for path in ("write/", "leave/", "read/", "1/edit/", "1/remove/"):
        assert client_of(circle).post(f"{talk.url}{path}", {"body": "Back"}).content == nothing
    assert "CANARY" not in client_of(circle).get("/c/demo/messages/").content.decode()
    assert list(conversations_of(demo, seen_by(circle))) == [] and not Marker.objects.filter(user=circle).exists()
    assert thing("message", Message.objects.get(number=1).pk, seen_by(circle)) is None
    page = client_of(insider).get(talk.url).content.decode()
    assert "<bdi>Circle</bdi> left the conversation." in page and "CANARY-before" in page and "CANARY-after" in page
    assert '<h1 dir="auto">Member</h1>' in page and "leave/" not in page
    assert Activity.objects.filter(verb="direct.left", actor_id=circle.pk, object_id=talk.pk).count() == 1


def test_that_somebody_left_is_no_message(
    talk: Room, demo: Any, member: Any, insider: Any, circle: Any, client_of: Any, seen_by: Any
) -> None:
    leave_conversation(seen_by(circle), room=talk)
    row = Message.objects.get(left=True)
    assert (row.number, row.rev, row.source) == (2, 2, "")
    assert thing("message", row.pk, seen_by(member)) is None
    assert client_of(member).get(row.url).status_code == 404
    assert client_of(member).post(f"/c/demo/report/message/{row.pk}/", {"reason": "rude"}).status_code == 404
    assert client_of(member).post(f"/c/demo/react/message/{row.pk}/", {"emoji": "👏"}).status_code == 404
    assert first_unread(fresh(talk), seen_by(member)) == (1, 1)
    answer = write_message(seen_by(member), room=fresh(talk), body="A pity", answers=row)
    assert answer.answers is None
    listed = client_of(insider).get("/c/demo/messages/").content.decode()
    assert "A pity" in listed
    Message.objects.filter(pk=answer.pk).update(state="removed")
    assert "CANARY-before" in client_of(insider).get("/c/demo/messages/").content.decode()


def test_nobody_is_brought_back_and_the_same_people_begin_anew(
    talk: Room, demo: Any, member: Any, insider: Any, circle: Any, seen_by: Any
) -> None:
    leave_conversation(seen_by(circle), room=talk)
    pair = begin_conversation(seen_by(member), place=demo, people=[insider], body="Only us").room
    assert pair.pk != talk.pk
    Member.objects.filter(user=circle).update(reach="nobody")
    with pytest.raises(ValidationError, match="does not take messages"):
        begin_conversation(seen_by(member), place=demo, people=[insider, circle], body="Come back")
    assert Room.objects.count() == 2
    Member.objects.filter(user=circle).update(reach="everybody")
    anew = begin_conversation(seen_by(member), place=demo, people=[insider, circle], body="Anew").room
    assert anew.pk not in (talk.pk, pair.pk)
    assert set(Pass.objects.filter(object_id=talk.pk).values_list("user", flat=True)) == {member.pk, insider.pk}
    rows = [fresh(talk), fresh(pair)]
    name_rooms(rows, seen_by(member))
    assert [row.name for row in rows] == ["Insider", "Insider"]


def test_of_two_nobody_leaves_and_no_stranger_leaves_for_them(
    talk: Room, demo: Any, owner: Any, member: Any, insider: Any, circle: Any, client_of: Any, seen_by: Any
) -> None:
    for user in (owner, make_member(demo, "stranger")):
        assert client_of(user).post(f"{talk.url}leave/").status_code == 404
        with pytest.raises(PermissionDenied):
            leave_conversation(seen_by(user), room=fresh(talk))
    leave_conversation(seen_by(circle), room=talk)
    for user in (member, circle):
        with pytest.raises(PermissionDenied):
            leave_conversation(seen_by(user), room=fresh(talk))
        assert client_of(user).post(f"{talk.url}leave/").status_code == 404
    assert (Message.objects.count(), fresh(talk).people_ids) == (2, sorted([member.pk, insider.pk]))


def test_what_was_reported_is_answered_and_the_export_says_that_one_left(
    talk: Room, demo: Any, member: Any, circle: Any, moderator: Any, client_of: Any, seen_by: Any
) -> None:
    row = Message.objects.get()
    file_report(seen_by(member), kind="message", object_id=row.pk, reason="rude")
    leave_conversation(seen_by(circle), room=talk)
    assert "CANARY-before" in client_of(moderator).get(f"/c/demo/studio/reports/message/{row.pk}/").content.decode()
    lines = [(one["text"], one["left"], one["thing"]) for one in carried(circle)["messages"]]
    assert lines == [("CANARY-before", False, f"room {talk.pk}"), ("", True, f"room {talk.pk}")]


@pytest.mark.django_db(transaction=True)
def test_two_who_leave_at_once_leave_two(demo: Any, member: Any, insider: Any, circle: Any, owner: Any) -> None:
    room = begin_conversation(viewer_for(circle, demo), place=demo, people=[member, insider, owner], body="Hello").room

    def leave(user: Any) -> None:
        try:
            leave_conversation(viewer_for(user, demo), room=fresh(room))
        except PermissionDenied:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(leave, (member, insider, circle)))
    left = set(Message.objects.filter(left=True).values_list("author", flat=True))
    there = {member.pk, insider.pk, circle.pk, owner.pk} - left
    assert len(left) == 2 and set(fresh(room).people_ids) == there
    assert set(Pass.objects.values_list("user", flat=True)) == there
    assert list(Message.objects.order_by("number").values_list("number", "rev")) == [(1, 1), (2, 2), (3, 3)]


@pytest.mark.django_db(transaction=True)
def test_an_open_tab_loses_it_in_that_moment_and_the_others_read_that_somebody_left(
    house: House, demo: Any, member: Any, insider: Any, circle: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(hubs, "RECHECK", 600.0)  # not by the usual look
    talk = begin_conversation(viewer_for(circle, demo), place=demo, people=[member, insider], body="Hello").room
    gone, there = house.socket(circle), house.socket(member)
    for tab in (gone, there):
        tab.join(talk.topic, 0)
    leave_conversation(viewer_for(circle, demo), room=fresh(talk))
    frame = there.until(lambda one: one.get("seq") == 2)
    assert "<bdi>Circle</bdi> left the conversation." in frame["html"]
    assert gone.closed() == 4403
    assert gone.heard[-1] == {"error": "denied", "topic": talk.topic}
    write_message(viewer_for(member, demo), room=fresh(talk), body="CANARY-after")
    there.until(lambda one: one.get("seq") == 3)
    assert "CANARY-after" not in str(gone.heard)
    assert house.socket(circle).join(talk.topic, 0) == {"error": "denied", "topic": talk.topic}
