"""The team acts from the room: hide, warn, mute until, put back; each with a reason, in the log, answered where it was reported."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.discussion.actions import write_message
from communities.discussion.models import Message, Room
from communities.members.models import Member
from communities.safety.acts import line_of, take_back
from communities.safety.models import Act, Report
from communities.safety.reporting import file_report

pytestmark = pytest.mark.django_db


def say(room: Room, user: Any, body: str = "Something rude") -> Message:
    return write_message(viewer_for(user, room.community), room=room, body=body)


def acts() -> list[tuple[str, str]]:
    return list(Act.objects.order_by("pk").values_list("verb", "reason"))


def test_hidden_from_its_own_page_and_restored(room, moderator, member, insider, client_of):
    row = say(room, member)
    team, address = client_of(moderator), f"/c/demo/rooms/bench/{row.number}/act/"
    assert address in team.get(row.url).content.decode()
    assert 'data-verb="safety.hidden"' in team.get(address).content.decode()
    refused = team.post(address, {"decision": "hide", "reason": " "})
    assert (refused.status_code, acts()) == (200, []) and "Say in a sentence why." in refused.content.decode()
    assert team.post(address, {"decision": "hide", "reason": "Rude."}).status_code == 302
    assert "Something rude" not in client_of(insider).get(room.url).content.decode()
    page = team.get(address).content.decode()
    assert 'data-verb="safety.restored"' in page and 'data-verb="safety.hidden"' not in page
    assert team.post(address, {"decision": "restore", "reason": "It was a joke."}).status_code == 302
    assert "Something rude" in client_of(insider).get(room.url).content.decode()
    assert acts() == [("hidden", "Rude."), ("restored", "It was a joke.")]


def test_nobody_else_acts_and_nobody_on_themselves(
    room, moderator, owner, member, insider, outsider, visitor, client_of
):
    row, own = say(room, member), say(room, moderator, "My own")
    address = f"/c/demo/rooms/bench/{row.number}/act/"
    for person in (member, insider, outsider):
        assert client_of(person).get(address).status_code == 404
        assert client_of(person).post(address, {"decision": "hide", "reason": "No."}).status_code == 404
        assert address not in client_of(person).get(row.url).content.decode()
    assert client_of(visitor).post(address, {"decision": "hide"}).status_code == 302
    mine = f"/c/demo/rooms/bench/{own.number}/act/"
    assert client_of(moderator).post(mine, {"decision": "hide", "reason": "Me."}).status_code == 404
    theirs = say(room, owner, "The owner's")
    answer = client_of(moderator).post(f"{theirs.url}act/", {"decision": "mute", "reason": "Quiet.", "hours": "1"})
    assert answer.status_code == 200 and "You may not do that here." in answer.content.decode()
    assert (acts(), Member.objects.filter(muted_until__isnull=False).count()) == ([], 0)


def test_a_mute_holds_until_its_moment_and_says_so_at_the_composer(room, moderator, member, client_of):
    row = say(room, member)
    answer = client_of(moderator).post(
        f"{row.url}act/", {"decision": "mute", "reason": "Sleep over it.", "hours": "8", "also_hide": "on"}
    )
    assert answer.status_code == 302
    assert acts() == [("hidden", "Sleep over it."), ("muted", "Sleep over it.")]
    assert Activity.objects.filter(verb="safety.muted").count() == 1
    muted = client_of(member)
    page = muted.get(room.url).content.decode()
    assert "You are muted in the rooms until" in page and "Sleep over it." in page
    assert 'data-verb="message.written"' not in page
    refused = muted.post(f"{room.url}write/", {"body": "But I must say"})
    assert (refused.status_code, Message.objects.count()) == (403, 1)
    assert "But I must say" in refused.content.decode() and "Sleep over it." in refused.content.decode()
    told = muted.post(f"{room.url}write/", {"body": "But"}, headers={"X-Fragment": "1"})
    assert (told.status_code, told["Content-Type"]) == (403, "text/plain; charset=utf-8")
    assert told.content.decode().startswith("Until ") and "you are muted in the rooms." in told.content.decode()
    other = say(room, moderator, "Good night")
    assert muted.post(f"/c/demo/react/message/{other.pk}/", {"emoji": "❤️"}).status_code == 302
    with time_machine.travel(timezone.now() + dt.timedelta(hours=8, minutes=1)):
        assert client_of(member).post(f"{room.url}write/", {"body": "Good morning"}).status_code == 302


def test_a_mute_is_taken_back_from_the_message_or_the_log(room, moderator, member, client_of, seen_by, demo):
    row, team = say(room, member), client_of(moderator)
    for _again in range(2):
        team.post(f"{row.url}act/", {"decision": "mute", "reason": "Sleep.", "hours": "24"})
        assert 'data-verb="safety.unmuted"' in team.get(f"{row.url}act/").content.decode()
        if not _again:
            team.post(f"{row.url}act/", {"decision": "unmute", "reason": "We talked."})
            assert client_of(member).post(f"{room.url}write/", {"body": "Thank you"}).status_code == 302
    last = Act.objects.filter(verb="muted").order_by("-pk")[0]
    line = line_of(seen_by(moderator), last.pk)
    assert line is not None and line.holds
    take_back(seen_by(moderator), last, reason="Enough.")
    assert line_of(seen_by(moderator), last.pk) is None
    assert [verb for verb, _why in acts()] == ["muted", "unmuted", "muted", "unmuted"]
    assert Act.objects.order_by("-pk")[0].undoes == last
    assert client_of(member).post(f"{room.url}write/", {"body": "I am back"}).status_code == 302


def test_what_was_reported_is_answered_by_the_act_in_the_room(room, moderator, member, insider, client_of, seen_by):
    row = say(room, member)
    viewer = seen_by(insider)
    file_report(viewer, kind=Message.KIND, object_id=row.pk, reason="rude", note="Really")
    assert "Something rude" in client_of(moderator).get(f"/c/demo/studio/reports/message/{row.pk}/").content.decode()
    client_of(moderator).post(f"{row.url}act/", {"decision": "warn", "reason": "Please be kind.", "also_hide": "on"})
    report = Report.objects.get()
    assert (report.state, report.decided_by) == ("upheld", moderator)
    assert sorted(acts()) == [("hidden", "Please be kind."), ("warned", "Please be kind.")]
    assert "The team talked to whoever wrote it." in client_of(insider).get("/me/reports/").content.decode()
    assert "Please be kind." in client_of(member).get("/me/standing/").content.decode()
