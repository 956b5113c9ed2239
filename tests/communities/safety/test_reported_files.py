"""Files of a message that was reported: taken away by their author they are gone for everybody but whoever answers, and not for ever."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from communities.discussion.actions import edit_message, remove_message
from communities.discussion.conversing import begin_conversation
from communities.files import store
from communities.files.actions import sweep_files
from communities.files.models import File
from communities.files.refusal import UploadRefused
from communities.people.models import User
from communities.people.packing import files_of as packed
from communities.people.portable import Leaver
from communities.safety.deciding import decide
from communities.safety.models import Report
from communities.safety.portable import erase_words
from communities.safety.reporting import file_report
from communities.safety.words import KEPT, forget_words
from tests.communities.discussion.conftest import make_room
from tests.communities.discussion.test_attached import enclosed, handed, nothing, say, statuses
from tests.desk import brand, browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "RESERVE", 0)


@pytest.fixture
def sent(demo: Any, owner: Any, insider: Any) -> Any:
    """A message of an insider with a picture and a paper."""
    picture, paper = handed(demo, insider), handed(demo, insider, name="minutes.pdf")
    return say(make_room(demo, owner, "bench"), insider, picture, paper, body="CANARY-bad"), picture, paper


def reported(seen_by: Any, who: Any, row: Any) -> str:
    file_report(seen_by(who), kind="message", object_id=row.pk, reason="rude")
    return f"/c/demo/studio/reports/message/{row.pk}/"


def test_taken_away_they_open_for_whoever_answers_and_for_nobody_else(
    sent: Any, demo: Any, owner: Any, member: Any, insider: Any, moderator: Any, staff: Any, outsider: Any, visitor: Any,
    maker: Any, seen_by: Any, client_of: Any, django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    row, picture, paper = sent
    case = reported(seen_by, member, row)
    row.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        edit_message(seen_by(insider), message=row, body="Nothing", files=enclosed(paper))
    page = client_of(moderator).get(case).content.decode()
    assert page.index("1 report") < page.index("As it stands now")  # what is wrong with it comes first
    now, then = page.split("As it was when it was reported")
    assert "minutes.pdf" in now and picture.token not in now
    assert picture.token in then and "CANARY-bad" in then and paper.url not in then
    with django_capture_on_commit_callbacks(execute=True):
        remove_message(seen_by(insider), message=row)
    page = client_of(moderator).get(case).content.decode()
    then = page.split("As it was when it was reported")[1]
    assert "Taken away: message" in page and "Taken away since then" in then
    assert picture.token in then and "minutes.pdf" in then
    for person in (owner, moderator, staff):
        for file in (picture, paper):
            file.refresh_from_db()
            assert statuses(client_of(person), file) == {200}
            assert client_of(person).get(file.url)["Cache-Control"] == "private, no-store"
    for person in (insider, member, outsider, visitor, maker):
        assert nothing(client_of(person), picture) and nothing(client_of(person), paper)
        assert client_of(person).get(case).status_code in (302, 404)
    assert not packed(insider).exists()  # the export says nothing of it


def test_of_what_nobody_reported_nothing_stays(
    sent: Any, insider: Any, seen_by: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        remove_message(seen_by(insider), message=sent[0])
    assert not File.objects.exists() and not store.place(sent[1].path).exists()


def test_they_go_with_the_words_of_the_report(
    sent: Any, member: Any, insider: Any, moderator: Any, seen_by: Any, client_of: Any, time_machine: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    row, picture, _paper = sent
    reported(seen_by, member, row)
    remove_message(seen_by(insider), message=row)
    time_machine.move_to(timezone.now() + 2 * KEPT, tick=False)
    sweep_files()
    assert File.objects.count() == 2  # nobody has answered yet
    decide(seen_by(moderator), kind="message", object_id=row.pk, decision="warn", reason="Not here.")
    time_machine.move_to(timezone.now() + KEPT - dt.timedelta(minutes=1), tick=False)
    forget_words(), sweep_files()
    assert File.objects.count() == 2 and statuses(client_of(moderator), picture) == {200}
    time_machine.move_to(timezone.now() + dt.timedelta(minutes=2), tick=False)
    assert nothing(client_of(moderator), picture)  # before anybody has swept
    assert picture.token not in client_of(moderator).get(f"/c/demo/studio/reports/message/{row.pk}/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        forget_words(), sweep_files()
    assert not File.objects.exists() and Report.objects.get().words == ""


def test_they_hang_on_the_report_that_waits_and_the_one_that_was_answered_forgets_nothing_of_it(
    sent: Any, member: Any, insider: Any, moderator: Any, seen_by: Any, time_machine: Any
) -> None:
    row, _picture, _paper = sent
    reported(seen_by, member, row)
    decide(seen_by(moderator), kind="message", object_id=row.pk, decision="fine", reason="Among friends.")
    time_machine.move_to(timezone.now() + dt.timedelta(days=1))
    reported(seen_by, moderator, row)
    remove_message(seen_by(insider), message=row)
    assert set(File.objects.values_list("parent_kind", "parent_id")) == {
        ("report", Report.objects.get(state="open").pk)
    }


def test_brand_staff_see_them_in_the_admin(sent: Any, member: Any, insider: Any, seen_by: Any) -> None:
    row, picture, paper = sent
    reported(seen_by, member, row)
    row.refresh_from_db()
    edit_message(seen_by(insider), message=row, body="Nothing", files=enclosed(paper))
    desk = f"/admin/safety/report/{Report.objects.get().pk}/change/"
    page = browser(brand("watch", "moderator")).get(desk).content.decode()
    assert picture.url in page and paper.url in page
    page = browser(brand("count", "analyst")).get(desk).content.decode()
    assert picture.url not in page and paper.url not in page


def test_a_full_store_does_not_tell_whether_somebody_reported_it(
    sent: Any, demo: Any, member: Any, insider: Any, seen_by: Any, settings: Any
) -> None:
    row, _picture, paper = sent
    reported(seen_by, member, row)
    settings.UPLOAD_QUOTA_BYTES = sum(File.objects.values_list("bytes", flat=True))
    with pytest.raises(UploadRefused):
        handed(demo, insider, name="more.pdf")
    remove_message(seen_by(insider), message=row)
    assert handed(demo, insider, name="more.pdf").bytes == paper.bytes


def test_between_people_it_is_the_same(
    demo: Any, member: Any, insider: Any, moderator: Any, seen_by: Any, client_of: Any
) -> None:
    picture = handed(demo, insider)
    row = begin_conversation(seen_by(insider), place=demo, people=[member], body="Look", files=enclosed(picture))
    reported(seen_by, member, row)
    remove_message(seen_by(insider), message=row)
    assert statuses(client_of(moderator), picture) == {200}
    assert nothing(client_of(member), picture) and nothing(client_of(insider), picture)


def test_whoever_has_everything_erased_leaves_none(sent: Any, member: Any, insider: Any, seen_by: Any) -> None:
    row = sent[0]
    reported(seen_by, member, row)
    remove_message(seen_by(insider), message=row)
    erase_words(Leaver(User.objects.get(pk=insider.pk), erase=False))
    assert File.objects.count() == 2
    erase_words(Leaver(User.objects.get(pk=insider.pk), erase=True))
    assert not File.objects.exists()
