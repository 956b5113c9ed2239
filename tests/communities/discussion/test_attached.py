"""Files on messages: handed in first, sent with words or without, as open as what they hang on, and gone with it."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import TestCase
from django.utils import timezone

from communities.access.models import Block
from communities.access.viewer import viewer_for
from communities.access.words import findable
from communities.activity.models import Activity
from communities.discussion.actions import edit_message, remove_message, write_message
from communities.discussion.attached import files_of
from communities.discussion.conversing import begin_conversation, leave_conversation
from communities.discussion.fragments import dressed, html_of
from communities.discussion.last_words import page_of
from communities.discussion.models import Message, Room
from communities.discussion.rooms import close_room
from communities.discussion.telling import since
from communities.discussion.topics import put_into_topic
from communities.files import store
from communities.files.actions import make_sizes, sweep_files
from communities.files.models import File
from communities.files.waiting import Enclosed, hand_in
from communities.members.actions import join_community, settle_rung
from communities.members.models import Member, RungSource, Standing
from communities.safety.actions import hide, restore
from communities.safety.reporting import file_report
from communities.spaces.models import Community
from tests.communities.discussion.conftest import make_room
from tests.communities.files.samples import encoded, shade
from tests.conftest import make_member

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.7 minutes"


@pytest.fixture(autouse=True)
def small_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "RESERVE", 0)


def photo(width: int = 900, height: int = 600) -> bytes:
    return encoded(shade(width, height), "JPEG")


def handed(place: Any, user: Any, *, name: str = "press.jpg", data: bytes | None = None) -> File:
    sent = photo() if data is None and name.endswith(".jpg") else data or PAPER
    return hand_in(community=place, uploader=user, upload=SimpleUploadedFile(name, sent), name=name)


def enclosed(*rows: File, alt: str = "A press") -> list[Enclosed]:
    return [Enclosed(row.token, alt if row.is_picture else "") for row in rows]


def say(room: Room, user: Any, *rows: File, body: str = "", alt: str = "A press", **how: Any) -> Message:
    files = enclosed(*rows, alt=alt)
    return write_message(viewer_for(user, room.community), room=room, body=body, files=files, **how)


def refusal(act: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as told:
        act()
    return told.value.message_dict


def statuses(client: Any, file: File) -> set[int]:
    sizes = [f"/f/{file.token}/{width}.webp" for width in file.widths]
    return {getattr(client, method)(one).status_code for method in ("get", "head") for one in [file.url, *sizes]}


def nothing(client: Any, file: File) -> bool:
    """Each of its addresses answers as one that never was."""
    missing = client.get("/f/0000000000000000000000/press.jpg")
    assert missing.status_code == 404
    sizes = [f"/f/{file.token}/{width}.webp" for width in file.widths]
    return all((got.status_code, got.content) == (404, missing.content) for got in map(client.get, [file.url, *sizes]))


def test_files_hang_on_their_message_in_the_order_of_the_writer(room: Room, member: Any, demo: Any) -> None:
    paper, picture = handed(demo, member, name="minutes.pdf"), handed(demo, member)
    row = say(room, member, picture, paper, body="Both", alt="  The press \n at night ")
    found = files_of([row])[row.pk]
    assert [(one.name, one.parent_kind, one.parent_id, one.position, one.alt) for one in found] == [
        ("press.jpg", "message", row.pk, 0, "The press at night"),
        ("minutes.pdf", "message", row.pk, 1, ""),
    ]
    assert row.attached == 2
    assert Activity.objects.filter(verb="message.written").count() == 1


def test_a_message_may_be_files_alone_and_nothing_at_all_is_none(room: Room, member: Any, demo: Any) -> None:
    row = say(room, member, handed(demo, member))
    assert (row.source, row.html, row.attached) == ("", "", 1)
    assert refusal(lambda: say(room, member)) == {"body": ["There is nothing in it yet."]}
    viewer = viewer_for(member, demo)
    worded = edit_message(viewer, message=Message.objects.get(pk=row.pk), body="With words")
    assert edit_message(viewer, message=worded, body="").source == ""
    plain = say(room, member, body="Words")
    assert refusal(lambda: edit_message(viewer, message=plain, body=" ")) == {"body": ["There is nothing in it yet."]}


def test_a_picture_has_words_or_somebody_knew_that_it_needs_none(room: Room, member: Any, demo: Any) -> None:
    file = handed(demo, member)
    told = {"files": ["Say what “press.jpg” shows, or tick that it needs no words."]}
    assert refusal(lambda: say(room, member, file, body="Look", alt=" ")) == told
    assert not Message.objects.exists() and File.objects.get().parent_kind == "waiting"
    viewer = viewer_for(member, demo)
    row = write_message(viewer, room=room, body="Look", files=[Enclosed(file.token, "typed, then ticked", bare=True)])
    assert files_of([row])[row.pk][0].alt == ""


def test_only_what_one_handed_in_oneself_and_here_goes_along_and_once(
    room: Room, member: Any, insider: Any, demo: Any, maker: Any
) -> None:
    gone = {"files": ["A file that you added is not here any more. Take it out and add it again."]}
    theirs, atelier = handed(demo, insider), Community.objects.get(slug="atelier")
    join_community(member, atelier)
    elsewhere, mine = handed(atelier, member), handed(demo, member)
    for file in (theirs, elsewhere, File(token="nosuchfile", width=1)):
        assert refusal(lambda file=file: say(room, member, mine, file, body="Look")) == gone
    assert set(File.objects.values_list("parent_kind", flat=True)) == {"waiting"}
    say(room, member, mine, body="Look")
    assert refusal(lambda: say(room, member, mine, body="And again")) == gone
    assert refusal(lambda: say(room, member, *[handed(demo, member, name=f"{n}.txt") for n in range(11)])) == {
        "files": ["At most 10 files go with one message."]
    }
    assert Message.objects.count() == 1


def test_sent_twice_under_one_number_it_is_one_message_with_its_files(room: Room, member: Any, demo: Any) -> None:
    file, request = handed(demo, member), uuid.uuid4()
    one, two = (say(room, member, file, request=request) for _n in range(2))
    assert one.pk == two.pk and Message.objects.count() == 1
    file.refresh_from_db()
    assert (file.parent_kind, file.parent_id) == ("message", one.pk)


@pytest.mark.django_db(transaction=True)
def test_sent_at_once_with_two_messages_a_file_hangs_on_one_of_them(room: Room, member: Any, demo: Any) -> None:
    file, other = handed(demo, member), handed(demo, member, name="minutes.pdf")

    def send(n: int) -> bool:
        try:
            say(room, member, file, other, body=f"Message {n}")
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as hands:
        assert sorted(hands.map(send, range(4))) == [False, False, False, True]
    row = Message.objects.get()
    assert {(one.parent_kind, one.parent_id) for one in File.objects.all()} == {("message", row.pk)}
    assert (row.number, Room.objects.get().last) == (1, 1)


def test_it_is_as_open_as_the_room(
    demo: Any, inner: Room, insider: Any, member: Any, outsider: Any, visitor: Any, moderator: Any, staff: Any, maker: Any,
    client_of: Any,
) -> None:  # fmt: skip
    file = handed(demo, insider)
    for person in (member, moderator, staff, visitor):
        assert nothing(client_of(person), file)  # it waits: nobody else's at all
    assert statuses(client_of(insider), file) == {200}
    row = say(inner, insider, file)
    make_sizes()
    for person in (insider, moderator, staff):
        assert statuses(client_of(person), file) == {200}
        assert client_of(person).get(file.url)["Cache-Control"] == "private, no-store"
    for person in (member, outsider, visitor, maker):
        assert nothing(client_of(person), file)
    for undone in (
        lambda: Member.objects.filter(user=insider).update(standing=Standing.SUSPENDED),
        lambda: (
            RungSource.objects.filter(member__user=insider).delete(),
            settle_rung(Member.objects.get(user=insider)),
        ),
    ):
        undone()
        assert nothing(client_of(insider), file)
        Member.objects.filter(user=insider).update(standing=Standing.MEMBER)
    assert row.attached == 1


def test_in_a_room_for_everybody_a_visitor_has_it_for_a_minute(
    demo: Any, owner: Any, member: Any, visitor: Any, client_of: Any
) -> None:
    file = handed(demo, member)
    say(make_room(demo, owner, "yard", own_rung=0), member, file)
    assert client_of(visitor).get(file.url)["Cache-Control"] == "public, max-age=60"
    assert client_of(member).get(file.url)["Cache-Control"] == "private, no-store"


def test_it_goes_at_once_with_its_message_hidden_removed_or_its_room_closed(
    room: Room, demo: Any, owner: Any, member: Any, insider: Any, moderator: Any, client_of: Any
) -> None:
    file = handed(demo, member)
    row = say(room, member, file, body="Look")
    make_sizes()
    paths = [file.path, *file.renditions.values_list("path", flat=True)]
    row.community = demo
    hide(viewer_for(moderator, demo), obj=row, reason="Not here.")
    assert nothing(client_of(insider), file)
    assert statuses(client_of(member), file) == statuses(client_of(moderator), file) == {200}
    assert file.token not in since(room.pk, 0, 10)[0].html
    page = client_of(member).get(row.url).content.decode()
    assert file.token in page and file.token not in client_of(member).get(room.url).content.decode()
    restore(viewer_for(moderator, demo), obj=row, reason="It is fine.")
    assert statuses(client_of(insider), file) == {200}
    row.refresh_from_db()
    with TestCase.captureOnCommitCallbacks(execute=True):
        remove_message(viewer_for(member, demo), message=row)
    assert nothing(client_of(member), file) and nothing(client_of(moderator), file)
    assert not File.objects.exists() and not any(store.place(path).exists() for path in paths)
    row.refresh_from_db()
    assert row.attached == 0
    other = handed(demo, member)
    say(room, member, other)
    close_room(viewer_for(owner, demo), room=room)
    assert nothing(client_of(member), other) and nothing(client_of(owner), other)


def test_nothing_of_a_part_that_is_off(room: Room, demo: Any, owner: Any, member: Any, client_of: Any) -> None:
    file = handed(demo, member)
    say(room, member, file)
    demo.modules = ["rooms"]
    demo.save(update_fields=["modules"])
    assert nothing(client_of(member), file) and nothing(client_of(owner), file)


def test_between_people_it_is_theirs_and_the_desks_once_somebody_reports_it(
    demo: Any, member: Any, insider: Any, circle: Any, moderator: Any, owner: Any, visitor: Any, client_of: Any
) -> None:
    file, kept = handed(demo, insider), handed(demo, insider, name="kept.pdf")
    with_insider = {"place": demo, "people": [member]}
    row = begin_conversation(viewer_for(insider, demo), body="", files=enclosed(file), **with_insider)
    begin_conversation(viewer_for(insider, demo), body="Not reported", files=enclosed(kept), **with_insider)
    assert statuses(client_of(member), file) == statuses(client_of(insider), file) == {200}
    for person in (circle, moderator, owner, visitor):
        assert nothing(client_of(person), file)
    Block.objects.create(user=member, blocked=insider)  # what was said stays between them
    assert statuses(client_of(member), file) == {200}
    file_report(viewer_for(member, demo), kind="message", object_id=row.pk, reason="rude", note="")
    assert statuses(client_of(moderator), file) == statuses(client_of(owner), file) == {200}
    assert nothing(client_of(circle), file) and nothing(client_of(moderator), kept)
    desk = client_of(moderator).get(f"/c/demo/studio/reports/message/{row.pk}/").content.decode()
    assert file.url in desk and "A press" in desk and kept.token not in desk
    assert "took it away" not in desk


def test_who_leaves_a_conversation_of_several_leaves_its_files_too(
    demo: Any, member: Any, insider: Any, circle: Any, client_of: Any
) -> None:
    theirs, mine = handed(demo, insider), handed(demo, member, name="minutes.pdf")
    room = begin_conversation(
        viewer_for(insider, demo), place=demo, people=[member, circle], body="", files=enclosed(theirs)
    ).room
    say(room, member, mine)
    leave_conversation(viewer_for(member, demo), room=room)
    for file in (theirs, mine):
        assert nothing(client_of(member), file)
        assert statuses(client_of(circle), file) == statuses(client_of(insider), file) == {200}


def test_everybody_gets_the_same_fragment_with_pixels_said_before_the_picture_is_there(
    room: Room, member: Any, insider: Any, demo: Any, client_of: Any, django_assert_num_queries: Any
) -> None:
    photo_file, paper = handed(demo, member), handed(demo, member, name="minutes.pdf")
    row = say(room, member, photo_file, paper, body="Look", alt='The "press"')
    html = html_of(room, [dressed(Message.objects.filter(pk=row.pk)).get()])[row.pk]
    token = photo_file.token
    assert (
        f'<a href="{photo_file.url}" data-large="900"><img src="/f/{token}/400.webp" '
        f'srcset="/f/{token}/400.webp 400w, /f/{token}/800.webp 800w, {photo_file.url} 900w" sizes="360px" '
        'width="360" height="240" alt="The &quot;press&quot;" loading="lazy" decoding="async"></a>'
    ) in html
    assert f'<a href="{paper.url}" download>' in html and "PDF · 16\xa0bytes" in html
    assert since(room.pk, 0, 10)[0].html == html
    assert html in client_of(insider).get(room.url).content.decode()
    words = [say(room, member, body=f"Word {n}").pk for n in range(3)]
    files = [say(room, member, handed(demo, member), body=f"File {n}").pk for n in range(3)]
    for ids, cost in ((words, 2), (files, 3)):  # signs and seats; and what hangs on them
        rows = list(dressed(Message.objects.filter(pk__in=ids)))
        with django_assert_num_queries(cost):
            html_of(room, rows)


def test_of_a_message_without_words_one_hears_how_many_files_it_is(
    demo: Any, room: Room, member: Any, insider: Any, django_assert_num_queries: Any
) -> None:
    files = [handed(demo, insider), handed(demo, insider, name="minutes.pdf")]
    begin_conversation(viewer_for(insider, demo), place=demo, people=[member], body="", files=enclosed(*files))
    told = page_of(demo, viewer_for(member, demo), "")[0]
    assert [(one.last, one.unread) for one in told] == [("2 files", 1)]


def test_found_by_what_it_shows_and_what_it_is_called(room: Room, member: Any, demo: Any) -> None:
    row = say(room, member, handed(demo, member), handed(demo, member, name="minutes.pdf"), body="Look")
    known = findable("message")
    assert known is not None
    assert known.words([row.pk])[0].text.split() == ["Look", "press.jpg", "A", "press", "minutes.pdf"]


def test_a_topic_takes_a_message_along_with_its_files(
    room: Room, member: Any, insider: Any, demo: Any, client_of: Any
) -> None:
    file = handed(demo, member)
    row = say(room, member, file)
    row.room, row.community = room, demo
    topic = put_into_topic(viewer_for(member, demo), message=row, title="Presses")
    assert file.token in client_of(insider).get(f"{room.url}topics/{topic.pk}/").content.decode()
    assert statuses(client_of(insider), file) == {200}


def test_newcomers_send_one_picture_and_one_file_and_pictures_alone_are_no_repetition(
    room: Room, demo: Any, settings: Any, insider: Any
) -> None:
    fresh = make_member(demo, "fresh")
    pictures = [handed(demo, fresh) for _n in range(2)]
    papers = [handed(demo, fresh, name=f"{n}.pdf") for n in range(2)]
    settings.WRITING_LIMITS = True
    told = "In your first days here a text may hold at most 1 picture, 1 file. Take some out; this opens up soon."
    assert refusal(lambda: say(room, fresh, *pictures, *papers)) == {"body": [told]}
    assert say(room, fresh, pictures[0], papers[0]).attached == 2
    for _n in range(3):
        say(room, insider, handed(demo, insider))
    assert Message.objects.count() == 4


def test_what_was_never_sent_is_swept_after_three_days_and_what_was_sent_stays(
    room: Room, member: Any, insider: Any, demo: Any
) -> None:
    left, sent = handed(demo, member), handed(demo, member, name="minutes.pdf")
    row = say(room, member, sent)
    with time_machine.travel(timezone.now() + dt.timedelta(days=2, hours=23)):
        assert sweep_files()[0] == 0
    with time_machine.travel(timezone.now() + dt.timedelta(days=3, seconds=1)):
        assert sweep_files()[0] == 1
    assert File.objects.get() == sent and files_of([row])[row.pk] == [sent]
    assert left.pk != sent.pk
    Message.objects.filter(pk=row.pk).update(state="removed")  # whatever way it went
    with time_machine.travel(timezone.now() + dt.timedelta(days=2)):
        assert sweep_files()[0] == 1


@pytest.mark.django_db(transaction=True)
def test_sent_at_the_moment_of_the_broom_it_is_either_there_or_refused(room: Room, member: Any, demo: Any) -> None:
    files = [handed(demo, member, name=f"{n}.pdf") for n in range(6)]
    File.objects.update(created_at=timezone.now() - dt.timedelta(days=4))

    def act(n: int) -> None:
        try:
            if n % 2:
                sweep_files()
            else:
                say(room, member, files[n // 2], body=f"Message {n}")
        except ValidationError:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as hands:
        list(hands.map(act, range(6)))
    assert Message.objects.filter(attached=1).count() == File.objects.filter(parent_kind="message").count()
    assert not File.objects.filter(parent_kind="waiting").exists()
