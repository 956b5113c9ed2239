"""What was reported is kept beside the report as it was: for whoever answers it, whatever its author does meanwhile, and not for ever."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from communities.access.things import thing
from communities.comments.actions import edit_comment, remove_comment, write_comment
from communities.discussion.actions import edit_message, remove_message, write_message
from communities.discussion.conversing import begin_conversation
from communities.people.models import User
from communities.people.portable import Leaver
from communities.safety.deciding import decide
from communities.safety.models import Report
from communities.safety.portable import erase_words
from communities.safety.reporting import file_report
from communities.safety.words import KEPT, forget_words
from tests.communities.discussion.conftest import make_room
from tests.conftest import make_member
from tests.desk import brand, browser

pytestmark = pytest.mark.django_db
BAD = "CANARY-bad"


def said(where: str, demo: Any, owner: Any, publish: Any, seen_by: Any, insider: Any, member: Any) -> Any:
    viewer = seen_by(insider)
    if where == "direct":
        return begin_conversation(viewer, place=demo, people=[member], body=BAD)
    if where == "room":
        return write_message(viewer, room=make_room(demo, owner, "bench"), body=BAD)
    about = thing("post", publish("Open").pk, viewer)
    return write_comment(viewer, place=demo, about=about, body=BAD, request=uuid.uuid4())


def change(row: Any, viewer: Any, body: str = "") -> None:
    """Without words it is taken away."""
    row.refresh_from_db()
    if row.KIND == "message":
        edit_message(viewer, message=row, body=body) if body else remove_message(viewer, message=row)
    elif body:
        edit_comment(viewer, comment=row, about=thing(row.thread.kind, row.thread.object_id, viewer), body=body)
    else:
        remove_comment(viewer, comment=row)


@pytest.mark.parametrize("where", ["direct", "room", "comment"])
def test_what_its_author_takes_away_the_team_still_reads_and_nobody_else(
    where: str, demo: Any, owner: Any, publish: Any, seen_by: Any, insider: Any, member: Any, moderator: Any,
    client_of: Any,
) -> None:  # fmt: skip
    row = said(where, demo, owner, publish, seen_by, insider, member)
    file_report(seen_by(member), kind=row.KIND, object_id=row.pk, reason="rude")
    case = f"/c/demo/studio/reports/{row.KIND}/{row.pk}/"
    as_it_was = "As it was when it was reported"
    page = client_of(moderator).get(case).content.decode()
    assert page.count(BAD) == 1 and as_it_was not in page
    change(row, seen_by(insider), "Nothing at all")
    page = client_of(moderator).get(case).content.decode()
    assert page.count(BAD) == 1 and as_it_was in page and "Nothing at all" in page
    change(row, seen_by(insider))
    page = client_of(moderator).get(case).content.decode()
    assert page.count(BAD) == 1 and as_it_was in page and "Nothing at all" not in page
    assert "Whoever wrote it took it away." in page
    report = Report.objects.get()
    desk = f"/admin/safety/report/{report.pk}/change/"
    assert BAD in browser(brand("watch", "moderator")).get(desk).content.decode()
    assert BAD not in browser(brand("count", "analyst")).get(desk).content.decode()
    for person in (member, insider, owner):
        assert BAD not in client_of(person).get("/me/reports/").content.decode()
    for person in (member, insider):
        assert client_of(person).get(case).status_code == 404
    decide(seen_by(moderator), kind=row.KIND, object_id=row.pk, decision="warn", reason="Not here.")
    assert Report.objects.get().words == BAD


def test_the_same_words_are_kept_once_and_what_they_became_as_well(
    demo: Any, owner: Any, publish: Any, seen_by: Any, insider: Any, member: Any, moderator: Any, client_of: Any
) -> None:
    row = said("room", demo, owner, publish, seen_by, insider, member)
    for n in range(2):
        file_report(seen_by(make_member(demo, f"first{n}")), kind="message", object_id=row.pk, reason="rude")
    change(row, seen_by(insider), "CANARY-worse")
    file_report(seen_by(member), kind="message", object_id=row.pk, reason="rude")
    assert list(Report.objects.order_by("pk").values_list("words", flat=True)) == [BAD, "", "CANARY-worse"]
    page = client_of(moderator).get(f"/c/demo/studio/reports/message/{row.pk}/").content.decode()
    assert (page.count(BAD), page.count("CANARY-worse")) == (1, 1)
    decide(seen_by(moderator), kind="message", object_id=row.pk, decision="fine", reason="Among friends.")
    file_report(seen_by(moderator), kind="message", object_id=row.pk, reason="rude")
    assert Report.objects.order_by("pk").last().words == "CANARY-worse"  # type: ignore[union-attr]


def test_a_quarter_after_the_answer_they_go_and_what_waits_keeps_them(
    demo: Any, owner: Any, publish: Any, seen_by: Any, insider: Any, member: Any, moderator: Any, time_machine: Any
) -> None:
    first = said("room", demo, owner, publish, seen_by, insider, member)
    second = said("direct", demo, owner, publish, seen_by, insider, member)
    for row in (first, second):
        file_report(seen_by(member), kind="message", object_id=row.pk, reason="rude")
    decide(seen_by(moderator), kind="message", object_id=first.pk, decision="fine", reason="Among friends.")
    time_machine.move_to(timezone.now() + KEPT - dt.timedelta(minutes=1), tick=False)
    assert forget_words() == 0
    time_machine.move_to(timezone.now() + dt.timedelta(minutes=2), tick=False)
    assert (forget_words(), forget_words()) == (1, 0)
    assert dict(Report.objects.values_list("object_id", "words")) == {first.pk: "", second.pk: BAD}


def test_whoever_has_everything_erased_leaves_no_copy_and_the_reporter_takes_none(
    demo: Any, owner: Any, publish: Any, seen_by: Any, insider: Any, member: Any
) -> None:
    rows = [said(where, demo, owner, publish, seen_by, insider, member) for where in ("direct", "room", "comment")]
    for row in rows:
        file_report(seen_by(member), kind=row.KIND, object_id=row.pk, reason="rude", note="Look")
    other = write_message(seen_by(member), room=rows[1].room, body="CANARY-other")
    file_report(seen_by(insider), kind="message", object_id=other.pk, reason="spam")

    def kept() -> list[str]:
        return sorted(Report.objects.exclude(words="").values_list("words", flat=True))

    erase_words(Leaver(User.objects.get(pk=insider.pk), erase=False))
    assert kept() == [BAD, BAD, BAD, "CANARY-other"]
    erase_words(Leaver(User.objects.get(pk=insider.pk), erase=True))
    assert kept() == ["CANARY-other"]
