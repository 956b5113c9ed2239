"""Files of a message that was sent: other words for what a picture shows, one of several taken out again."""

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone

from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.discussion.actions import edit_message, write_message
from communities.discussion.attached import files_of
from communities.discussion.models import Message, MessageRevision, Room
from communities.files import store
from communities.files.models import File
from communities.files.waiting import Enclosed
from communities.members.models import Member
from communities.safety.actions import mute_member
from tests.communities.discussion.test_attached import enclosed, handed, nothing, refusal, say, statuses
from tests.conftest import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "RESERVE", 0)


@pytest.fixture
def sent(room: Room, member: Any, demo: Any) -> tuple[Message, File, File]:
    """A message with a picture and a paper."""
    picture, paper = handed(demo, member), handed(demo, member, name="minutes.pdf")
    row = Message.objects.get(pk=say(room, member, picture, paper, body="Both").pk)
    return row, *files_of([row])[row.pk]


def on(message: Message) -> list[tuple[str, str]]:
    return [(one.name, one.alt) for one in files_of([Message.objects.get(pk=message.pk)])[message.pk]]


def test_what_is_taken_out_is_gone_for_everybody(
    sent: Any, member: Any, insider: Any, client_of: Any, django_capture_on_commit_callbacks: Any
) -> None:
    row, picture, paper = sent
    path, rev = store.place(picture.path), row.rev
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        edit_message(viewer_for(member, row.community), message=row, body="Both", files=enclosed(paper))
    now = Message.objects.get(pk=row.pk)
    assert (now.attached, now.source, now.edited_at is not None, now.rev) == (1, "Both", True, rev + 1)
    assert on(row) == [("minutes.pdf", "")]
    assert not path.exists()
    for person in (member, insider):
        assert nothing(client_of(person), picture) and statuses(client_of(person), paper) == {200}
    assert Activity.objects.filter(verb="message.edited").count() == 1
    assert not MessageRevision.objects.exists()  # its words are what they were


def test_other_words_for_a_picture(sent: Any, member: Any) -> None:
    row, picture, paper = sent
    viewer = viewer_for(member, row.community)
    edit_message(
        viewer, message=row, body="Both", files=[Enclosed(picture.token, " The  press\nat night "), *enclosed(paper)]
    )
    assert on(row) == [("press.jpg", "The press at night"), ("minutes.pdf", "")]
    assert row.edited_at and row.attached == 2
    edit_message(viewer, message=row, body="Both", files=[Enclosed(picture.token, "x", bare=True), *enclosed(paper)])
    assert on(row) == [("press.jpg", ""), ("minutes.pdf", "")]


def test_who_types_words_for_a_picture_without_any_means_them(
    room: Room, member: Any, demo: Any, client_of: Any
) -> None:
    """The form ticks by itself that it needs none."""
    file = handed(demo, member)
    viewer = viewer_for(member, demo)
    row = write_message(viewer, room=room, body="Look", files=[Enclosed(file.token, "", bare=True)])
    page = client_of(member).get(f"{row.url}edit/").content.decode()
    assert f'name="bare-{file.token}" value="1" checked' in page
    form = {"body": "Look", "files": [file.token], f"alt-{file.token}": "The drum", f"bare-{file.token}": "1"}
    assert client_of(member).post(f"{row.url}edit/", form).status_code == 302
    assert on(row) == [("press.jpg", "The drum")]


def test_nothing_changed_is_nothing_recorded(sent: Any, member: Any) -> None:
    row, picture, paper = sent
    viewer = viewer_for(member, row.community)
    for files in (None, enclosed(picture, paper), enclosed(paper, picture)):
        edit_message(viewer, message=row, body="Both", files=files)
    assert not Activity.objects.filter(verb="message.edited").exists()
    assert Message.objects.get(pk=row.pk).edited_at is None


def test_who_edits_the_words_alone_leaves_the_files_as_they_are(sent: Any, member: Any) -> None:
    row, _picture, _paper = sent
    edit_message(viewer_for(member, row.community), message=row, body="Other words")
    assert on(row) == [("press.jpg", "A press"), ("minutes.pdf", "")]
    assert MessageRevision.objects.get().source == "Both"


def test_a_picture_keeps_words_and_a_message_keeps_something(sent: Any, member: Any) -> None:
    row, picture, paper = sent
    viewer = viewer_for(member, row.community)
    wordless = [Enclosed(picture.token, " "), *enclosed(paper)]
    assert refusal(lambda: edit_message(viewer, message=row, body="Other", files=wordless)) == {
        "files": ["Say what “press.jpg” shows, or tick that it needs no words."]
    }
    assert refusal(lambda: edit_message(viewer, message=row, body=" ", files=[])) == {
        "body": ["Nothing would be left of it. Leave something in it, or delete the message."]
    }
    assert Message.objects.get(pk=row.pk).source == "Both" and len(on(row)) == 2
    edit_message(viewer, message=row, body="", files=enclosed(paper))
    edit_message(viewer, message=row, body="Words", files=[])
    assert on(row) == [] and Message.objects.get(pk=row.pk).attached == 0


def test_two_screens_do_not_undo_each_other(sent: Any, member: Any) -> None:
    row, picture, paper = sent
    viewer, other = viewer_for(member, row.community), Message.objects.get(pk=row.pk)
    edit_message(viewer, message=row, body="Both", files=enclosed(paper))
    assert refusal(lambda: edit_message(viewer, message=other, body="Both", files=enclosed(picture))) == {
        "body": ["This message was changed elsewhere since you opened it. Have a look first."]
    }
    assert on(row) == [("minutes.pdf", "")]


def test_a_form_that_was_opened_before_somebody_else_edited_asks_to_look_first(
    sent: Any, member: Any, client_of: Any
) -> None:
    row, picture, paper = sent
    address, both = f"{row.url}edit/", {"body": "Both", "files": [picture.token, paper.token]}
    form = both | {f"alt-{picture.token}": "A press", "edited": ""}
    assert 'name="edited" value=""' in client_of(member).get(address).content.decode()
    assert client_of(member).post(address, form | {f"alt-{picture.token}": "A drum"}).status_code == 302
    late = client_of(member).post(address, form | {"gone": [paper.token]})
    page = late.content.decode()
    assert late.status_code == 422 and "This message was changed elsewhere since you opened it." in page
    assert f'value="{paper.token}" checked' in page and on(row) == [("press.jpg", "A drum"), ("minutes.pdf", "")]
    row.refresh_from_db()
    assert (
        f'name="edited" value="{row.edited_at.isoformat().replace("+", "&#x2B;")}"' in page
        or row.edited_at.isoformat() in page
    )
    seen = form | {"gone": [paper.token], "edited": row.edited_at.isoformat(), f"alt-{picture.token}": "A drum"}
    assert client_of(member).post(address, seen).status_code == 302
    assert on(row) == [("press.jpg", "A drum")]


def test_whoever_was_signed_out_keeps_what_was_to_go(sent: Any, member: Any, visitor: Any, client_of: Any) -> None:
    row, picture, paper = sent
    form = {
        "body": "Both",
        "files": [picture.token, paper.token],
        f"alt-{picture.token}": "A press",
        "gone": [paper.token],
    }
    page = client_of(visitor).post(f"{row.url}edit/", form)
    kept = dict.fromkeys(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()))
    assert page.status_code == 403
    assert {("files", picture.token), ("files", paper.token), ("gone", paper.token)} <= set(kept)
    assert (f"alt-{picture.token}", "A press") in kept


def test_a_newcomer_edits_what_they_were_let_send(room: Room, demo: Any, settings: Any) -> None:
    settings.WRITING_LIMITS = True
    newcomer = make_member(demo, "newcomer")
    row = say(room, newcomer, handed(demo, newcomer), handed(demo, newcomer, name="minutes.pdf"), body="Both")
    edit_message(viewer_for(newcomer, demo), message=Message.objects.get(pk=row.pk), body="Both of them")
    assert Message.objects.get().source == "Both of them"


def test_a_file_of_something_else_neither_stays_nor_comes(
    sent: Any, room: Room, member: Any, insider: Any, demo: Any
) -> None:
    row, picture, paper = sent
    theirs = handed(demo, insider)
    say(room, insider, theirs, body="Mine")
    waiting = handed(demo, member)
    mixed = [*enclosed(picture, paper), *enclosed(theirs, waiting, alt="Taken over")]
    edit_message(viewer_for(member, demo), message=row, body="Both", files=mixed)
    assert len(on(row)) == 2
    assert set(File.objects.values_list("token", "parent_kind", "alt")) == {
        (picture.token, "message", "A press"),
        (paper.token, "message", ""),
        (theirs.token, "message", "A press"),
        (waiting.token, "waiting", ""),
    }


def test_the_form_shows_them_and_does_it_without_scripts(
    sent: Any, member: Any, insider: Any, owner: Any, client_of: Any
) -> None:
    row, picture, paper = sent
    address = f"{row.url}edit/"
    page = client_of(member).get(address).content.decode()
    assert f'name="alt-{picture.token}" value="A press"' in page and f'name="alt-{paper.token}"' not in page
    assert page.count('name="gone"') == 2 and f'src="{picture.src(112)}"' in page
    form = {"body": "Both", "files": [picture.token, paper.token], f"alt-{picture.token}": "", "gone": [paper.token]}
    refused = client_of(member).post(address, form)
    html = refused.content.decode()
    assert refused.status_code == 422
    assert "Say what “press.jpg” shows, or tick that it needs no words." in html
    assert f'value="{paper.token}" checked' in html and 'aria-describedby="id_kept_error"' in html
    assert len(on(row)) == 2
    for person in (insider, owner):
        assert client_of(person).post(address, form).status_code == 403
    done = client_of(member).post(address, form | {f"alt-{picture.token}": "A drum"})
    assert (done.status_code, done["Location"]) == (302, f"{row.room.url}?at=1#message-{row.pk}")
    assert on(row) == [("press.jpg", "A drum")]


def test_a_script_gets_the_message_or_the_form_with_what_is_wrong(sent: Any, member: Any, client_of: Any) -> None:
    row, picture, paper = sent
    form = {"body": "Other words", "files": [picture.token, paper.token], f"alt-{picture.token}": " "}
    refused = client_of(member).post(f"{row.url}edit/", form, headers={"X-Fragment": "1"})
    html = refused.content.decode()
    assert refused.status_code == 422 and html.startswith("<form") and "Other words</textarea>" in html
    assert "Say what “press.jpg” shows" in html
    done = client_of(member).post(
        f"{row.url}edit/", form | {f"alt-{picture.token}": "A drum"}, headers={"X-Fragment": "1"}
    )
    assert (done.status_code, done.content.decode().count("<article")) == (200, 1)
    assert 'alt="A drum"' in done.content.decode()


def test_who_is_muted_takes_nothing_out(sent: Any, member: Any, moderator: Any, client_of: Any) -> None:
    row, picture, paper = sent
    seat = Member.objects.get(user=member, community=row.community)
    until = timezone.now() + dt.timedelta(days=1)
    mute_member(viewer_for(moderator, row.community), member=seat, reason="Loud", until=until)
    form = {"body": "Both", "files": [picture.token, paper.token], "gone": [picture.token]}
    assert client_of(member).post(f"{row.url}edit/", form).status_code == 403
    assert len(on(row)) == 2
