"""How fast somebody writes in a room, and what a newcomer's message may hold: refused with how long, and the text kept."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from communities.discussion.models import Message
from communities.members.models import Member
from tests.communities.discussion.conftest import make_room

pytestmark = pytest.mark.django_db


def test_a_slow_room_says_how_long_and_its_composer_counts_from_there(demo, owner, member, client_of):
    room = make_room(demo, owner, "slow", slow=60)
    client, now = client_of(member), timezone.now()
    with time_machine.travel(now, tick=False):
        assert client.post(f"{room.url}write/", {"body": "One"}).status_code == 302
    with time_machine.travel(now + dt.timedelta(seconds=20), tick=False):
        told = client.post(f"{room.url}write/", {"body": "Two"}, headers={"X-Fragment": "1"})
        assert (told.status_code, told["Retry-After"]) == (429, "40")
        assert told.content.decode() == "This room is slow: wait 40 seconds and send it again."
        page = client.post(f"{room.url}write/", {"body": "Two"})
        assert page.status_code == 429 and ">\nTwo</textarea>" in page.content.decode()
        assert 'data-slow="60" data-wait="40"' in client.get(room.url).content.decode()
        assert "data-slow" not in client_of(owner).get(room.url).content.decode()
    with time_machine.travel(now + dt.timedelta(seconds=61), tick=False):
        assert 'data-wait="0"' in client.get(room.url).content.decode()
        assert client.post(f"{room.url}write/", {"body": "Two"}).status_code == 302
    assert Message.objects.count() == 2


def test_a_newcomers_message_holds_two_links_and_two_calls_and_others_more(
    settings, room, member, insider, circle, owner, client_of
):
    settings.WRITING_LIMITS = True
    Member.objects.filter(user=insider).update(joined_at=timezone.now() - dt.timedelta(days=9))
    links = "See https://a.example https://b.example https://c.example"
    calls = "Hello @owner, @insider and @circle"
    for body, says in ((links, "2 links"), (calls, "2 mentions")):
        refused = client_of(member).post(f"{room.url}write/", {"body": body}, headers={"X-Fragment": "1"})
        assert refused.status_code == 422 and says in refused.content.decode()
    assert Message.objects.count() == 0
    for body in (links, calls):
        assert client_of(insider).post(f"{room.url}write/", {"body": body}).status_code == 302
