"""Files by a form: one a request for scripts, or all of them with the words without any; refused with a sentence, nothing lost."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from communities.access.viewer import viewer_for
from communities.discussion.actions import write_message
from communities.discussion.attached import files_of
from communities.discussion.models import Message, Room
from communities.files import store
from communities.files.models import File
from communities.files.waiting import Enclosed
from communities.members.guidelines import write_guidelines
from communities.members.models import Member, Standing
from communities.safety.actions import mute_member
from tests.communities.discussion.test_attached import PAPER, handed, photo

pytestmark = pytest.mark.django_db
HERE = "/c/demo/messages/files/"


@pytest.fixture(autouse=True)
def small_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "RESERVE", 0)


def sent(name: str = "press.jpg", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data if data is not None else photo() if name.endswith(".jpg") else PAPER)


def test_one_file_comes_back_as_its_line_of_the_form(demo: Any, member: Any, client_of: Any) -> None:
    answer = client_of(member).post(HERE, {"file": sent("C:\\photos\\press.jpg")})
    file = File.objects.get()
    assert (answer.status_code, file.parent_kind, file.parent_id) == (201, "waiting", member.pk)
    assert (file.name, file.uploader, file.community, file.width) == ("press.jpg", member, demo, 900)
    html = answer.content.decode()
    assert f'<input type="hidden" name="files" value="{file.token}">' in html and f'name="alt-{file.token}"' in html
    paper = client_of(member).post(HERE, {"file": sent("minutes.pdf")}).content.decode()
    assert "minutes.pdf" in paper and "alt-" not in paper and "PDF · 16\xa0bytes" in paper


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        (b"", 400, "This file is empty."),
        (b"x" * 2_000_001, 413, "This file is larger than 1 MB."),
        (b"\x89PNG\r\n\x1a\n" + b"broken" * 9, 400, ""),
        (None, 400, "Choose a file first."),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_sentence(
    demo: Any, member: Any, client_of: Any, settings: Any, data: bytes | None, status: int, sentence: str
) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    answer = client_of(member).post(HERE, {} if data is None else {"file": sent("press.png", data)})
    assert (answer.status_code, answer["Content-Type"]) == (status, "text/plain; charset=utf-8")
    assert sentence in answer.content.decode() and len(answer.content) > 10
    assert not File.objects.exists()


def test_too_many_in_a_short_time_wait_and_a_full_store_says_so(
    demo: Any, member: Any, client_of: Any, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("communities.safety.uploads.UPLOADS", (1, 600))
    settings.WRITING_LIMITS = True
    browser = client_of(member)
    with time_machine.travel(timezone.now(), tick=False):
        assert browser.post(HERE, {"file": sent("1.pdf")}).status_code == 201
        slow = browser.post(HERE, {"file": sent("2.pdf")})
    assert (slow.status_code, slow["Retry-After"]) == (429, "600")
    settings.WRITING_LIMITS, settings.UPLOAD_QUOTA_BYTES = False, 1024 * 1024
    File.objects.update(bytes=1024 * 1024)
    full = browser.post(HERE, {"file": sent("3.pdf")})
    assert (full.status_code, full.content.decode()) == (413, "Your files fill the 1 MB that each person has here.")
    assert File.objects.count() == 1


def test_only_who_takes_part_hands_anything_in(
    demo: Any, member: Any, outsider: Any, visitor: Any, maker: Any, client_of: Any
) -> None:
    Member.objects.filter(user=member).update(standing=Standing.SUSPENDED)
    for person in (outsider, member, maker):
        assert client_of(person).get(HERE).status_code == 404
        assert client_of(person).post(HERE, {"file": sent()}).status_code == 403
    for answer in (client_of(visitor).get(HERE), client_of(visitor).post(HERE, {"file": sent()})):
        assert (answer.status_code, answer["Location"][:17]) == (302, "/accounts/login/?")
    assert not File.objects.exists()


def test_where_nobody_talks_nothing_is_handed_in(demo: Any, member: Any, client_of: Any) -> None:
    demo.modules = ["rooms", "messages"]
    demo.save(update_fields=["modules"])
    assert client_of(member).get(HERE).status_code == client_of(member).post(HERE, {"file": sent()}).status_code == 404
    assert not File.objects.exists()


def test_one_takes_out_and_finds_again_only_ones_own(
    room: Room, demo: Any, member: Any, insider: Any, client_of: Any
) -> None:
    mine, theirs = handed(demo, member), handed(demo, insider)
    browser = client_of(member)
    html = browser.get(HERE, {"files": [theirs.token, mine.token, "nosuch"]}).content.decode()
    assert mine.token in html and theirs.token not in html
    assert browser.post(HERE, {"drop": theirs.token}).status_code == 204
    assert File.objects.count() == 2
    assert browser.post(HERE, {"drop": mine.token}).status_code == 204
    assert File.objects.get() == theirs
    viewer = viewer_for(insider, demo)
    row = write_message(viewer, room=room, body="Look", files=[Enclosed(theirs.token, "A press")])
    assert client_of(insider).post(HERE, {"drop": theirs.token}).status_code == 204  # it was sent meanwhile
    assert files_of([row])[row.pk] == [theirs]


def test_without_scripts_everything_goes_with_the_form_and_comes_back_with_what_is_missing(
    room: Room, demo: Any, member: Any, client_of: Any
) -> None:
    browser, address = client_of(member), f"{room.url}write/"
    page = browser.post(address, {"body": "Two things", "file": [sent(), sent("minutes.pdf")]}).content.decode()
    told = "Say what “press.jpg” shows, or tick that it needs no words."
    assert told in page and "Two things</textarea>" in page and not Message.objects.exists()
    picture, paper = File.objects.order_by("pk")
    assert picture.token in page and paper.token in page
    typed = {"body": "Two things", "files": [picture.token, paper.token], f"alt-{picture.token}": "A press"}
    page = browser.post(address, {**typed, "drop": paper.token}).content.decode()
    assert "Two things</textarea>" in page and 'value="A press"' in page and paper.token not in page
    assert File.objects.get() == picture and not Message.objects.exists()
    page = browser.post(address, {**typed, "files": [picture.token], "file": sent("empty.txt", b"")}).content.decode()
    assert "empty.txt: This file is empty." in page and 'value="A press"' in page
    done = browser.post(address, {**typed, "files": [picture.token]})
    row = Message.objects.get()
    assert (done.status_code, done["Location"]) == (302, f"{room.url}#message-{row.pk}")
    assert [(one.name, one.alt) for one in files_of([row])[row.pk]] == [("press.jpg", "A press")]


def test_a_script_hears_the_sentence_and_gets_the_message_of_everybody(
    room: Room, demo: Any, member: Any, insider: Any, client_of: Any
) -> None:
    file, browser = handed(demo, member), client_of(member)
    form, quiet = {"body": "", "files": [file.token]}, {"X-Fragment": "1"}
    no = browser.post(f"{room.url}write/", form, headers=quiet)
    assert (no.status_code, no.content.decode()[:26]) == (422, "Say what “press.jpg” shows"[:26])
    yes = browser.post(f"{room.url}write/", form | {f"bare-{file.token}": "1"}, headers=quiet)
    assert (
        yes.status_code == 201 and file.url in yes.content.decode() and 'aria-label="A picture"' in yes.content.decode()
    )
    assert yes.content.decode() in client_of(insider).get(room.url).content.decode()


def test_who_may_not_write_there_hands_in_nothing_with_the_form(
    room: Room, news_room: Room, inner: Room, demo: Any, member: Any, moderator: Any, client_of: Any
) -> None:
    for place in (news_room, inner):
        assert client_of(member).post(f"{place.url}write/", {"body": "Me", "file": sent()}).status_code == 403
    tomorrow = timezone.now() + dt.timedelta(days=1)
    mute_member(viewer_for(moderator, demo), member=Member.objects.get(user=member), reason="Enough.", until=tomorrow)
    assert client_of(member).post(f"{room.url}write/", {"body": "Me", "file": sent()}).status_code == 403
    assert not File.objects.exists() and not Message.objects.exists()


def test_the_first_message_to_somebody_takes_files_too(demo: Any, member: Any, insider: Any, client_of: Any) -> None:
    browser, form = client_of(member), {"to": "@insider", "body": ""}
    page = browser.post("/c/demo/messages/new/", form | {"file": sent()}).content.decode()
    file = File.objects.get()
    assert "Say what “press.jpg” shows" in page and file.token in page and 'value="@insider"' in page
    assert not Room.objects.exists()
    done = browser.post("/c/demo/messages/new/", form | {"files": file.token, f"alt-{file.token}": "A press"})
    row = Message.objects.get()
    assert done["Location"] == f"{row.room.url}#message-{row.pk}"
    assert files_of([row])[row.pk] == [file] and client_of(insider).get(file.url).status_code == 200


def test_who_has_guidelines_to_accept_hands_in_first_and_agrees_with_the_message(
    room: Room, demo: Any, member: Any, owner: Any, client_of: Any
) -> None:
    write_guidelines(viewer_for(owner, demo), community=demo, source="Be kind.")
    browser = client_of(member)
    assert browser.post(HERE, {"file": sent("minutes.pdf")}).status_code == 201
    token = File.objects.get().token
    held = browser.post(f"{room.url}write/", {"body": "", "files": token})
    assert held.status_code == 403 and f'name="files" value="{token}"' in held.content.decode()
    browser.post(f"{room.url}write/", {"body": "", "files": token, "agree_to": "1"})
    assert Message.objects.get().attached == 1
