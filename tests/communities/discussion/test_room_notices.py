"""News of rooms: who is called, who is answered, who asked for everything; never a flood, and asked again when it is read or sent."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress

from communities.access.viewer import viewer_for
from communities.activity.actions import deliver_due
from communities.activity.models import Activity
from communities.discussion.actions import choose_level, edit_message, read_up_to, write_message
from communities.discussion.models import Marker, Message, Room
from communities.mail.actions import send_due
from communities.mail.models import Mail
from communities.members.actions import settle_rung
from communities.members.models import Member, RungSource
from communities.notifications.models import Notification
from communities.safety.actions import hide, restore
from communities.safety.blocking import block_person
from tests.communities.notifications.conftest import bell_of

pytestmark = pytest.mark.django_db


def say(room: Room, user: Any, body: str, answers: Message | None = None) -> Message:
    return write_message(viewer_for(user, room.community), room=room, body=body, answers=answers)


def heard_of_rooms(user: Any) -> list[tuple[str, int]]:
    return [line for line in bell_of(user) if " you in " in line[0] or " wrote in " in line[0]]


def deliver() -> None:
    """Everything that happened reaches its subscribers."""
    while deliver_due():
        pass


def confirm(user: Any) -> None:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def tune(room: Room, user: Any, level: str) -> None:
    choose_level(viewer_for(user, room.community), room=room, level=level)


def test_who_is_called_or_answered_hears_it_in_one_line(room, member, insider, circle):
    first = say(room, member, "Which drum?")
    say(room, insider, "Coral, @circle said.", first)
    say(room, insider, "@member and @circle know.")
    deliver()
    say(room, circle, "Nobody is called here.")
    deliver()
    assert heard_of_rooms(circle) == [("Insider called you in Bench", 2)]
    assert heard_of_rooms(member) == [("Insider called you in Bench", 1), ("Insider answered you in Bench", 1)]
    assert heard_of_rooms(insider) == []


def test_a_message_is_one_piece_of_news_whatever_it_is_to_somebody(room, member, insider):
    tune(room, member, "all")
    first = say(room, member, "Which drum?")
    say(room, insider, "@member, coral.", first)
    deliver()
    assert heard_of_rooms(member) == [("Insider called you in Bench", 1)]


def test_every_message_for_whoever_asked_and_nothing_for_whoever_did_not(room, member, insider, circle):
    tune(room, member, "all")
    tune(room, circle, "none")
    mine = say(room, circle, "Anybody here?")
    for n in range(12):
        say(room, insider, f"Word {n}, @circle", mine)
    deliver()
    assert heard_of_rooms(member) == [("Insider and Circle wrote in Bench", 13)]
    assert heard_of_rooms(circle) == []


def test_what_was_read_in_the_room_is_no_news(room, member, insider, client_of):
    say(room, insider, "One, @member")
    read_up_to(viewer_for(member, room.community), room=room, number=1)
    deliver()
    assert Notification.objects.filter(user=member).count() == 0
    say(room, insider, "Two, @member")
    deliver()
    assert Notification.objects.filter(user=member, seen_at__isnull=True).count() == 1
    client_of(member).post(f"{room.url}read/", {"number": "2"})
    assert Notification.objects.filter(user=member, seen_at__isnull=True).count() == 0


def test_being_called_by_an_edit_is_news_even_of_what_one_has_read(room, member, insider):
    row = say(room, insider, "Who knows?")
    read_up_to(viewer_for(member, room.community), room=room, number=1)
    edit_message(viewer_for(insider, room.community), message=row, body="Who knows, @member?")
    edit_message(viewer_for(insider, room.community), message=row, body="Who knows it, @member?")
    deliver()
    assert heard_of_rooms(member) == [("Insider called you in Bench", 1)]


def test_whoever_lost_the_room_or_turned_it_down_reads_nothing_of_it(inner, demo, insider, circle):
    confirm(insider)
    say(inner, circle, "Secret words for @insider")
    deliver()
    assert heard_of_rooms(insider) == [("Circle called you in Inner", 1)]
    mail = Mail.objects.get(user=insider)
    tune(inner, insider, "none")
    assert heard_of_rooms(insider) == []
    tune(inner, insider, "calls")
    RungSource.objects.filter(member__user=insider).delete()
    settle_rung(Member.objects.get(user=insider, community=demo))
    assert heard_of_rooms(insider) == []
    send_due()
    mail.refresh_from_db()
    assert mail.state != "sent" and "Secret" not in mail.text


def test_one_mail_for_all_calls_until_somebody_looks(room, member, insider):
    confirm(member)
    for n in range(3):
        say(room, insider, f"{n}: @member")
    deliver()
    assert Mail.objects.filter(user=member).count() == 1


def test_blocked_people_and_hidden_words_call_nobody(room, member, insider, moderator, seen_by):
    block_person(member, insider)
    say(room, insider, "@member")
    deliver()
    assert heard_of_rooms(member) == []
    row = say(room, moderator, "Look, @insider")
    row.community = room.community
    owner_view = seen_by(room.author)
    hide(owner_view, obj=row, reason="Too soon.")
    deliver()
    assert [said for said, _n in heard_of_rooms(insider) if "called" in said] == []
    restore(owner_view, obj=row, reason="Now.")
    deliver()
    assert ("Moderator called you in Bench", 1) in heard_of_rooms(insider)


def test_the_level_is_a_page_of_the_room_that_works_without_scripts(room, member, outsider, client_of):
    address = "/c/demo/rooms/bench/level/"
    say(room, room.author, "Before")
    assert address in client_of(member).get("/c/demo/rooms/bench/").content.decode()
    page = client_of(member).get(address).content.decode()
    assert client_of(outsider).get(address).status_code == 404
    assert 'data-verb="room.tuned"' in page and 'value="calls" checked' in page
    assert client_of(member).post(address, {"level": "all"}).status_code == 302
    mine = Marker.objects.get(room=room, user=member)
    assert (mine.level, mine.number) == ("all", 1)
    assert 'value="all" checked' in client_of(member).get(address).content.decode()
    assert Activity.objects.filter(verb="room.tuned", actor=member).count() == 1
    client_of(member).post(address, {"level": "louder"})
    assert client_of(outsider).post(address, {"level": "none"}).status_code == 403
    mine.refresh_from_db()
    assert (mine.level, Marker.objects.filter(user=outsider).count()) == ("all", 0)
