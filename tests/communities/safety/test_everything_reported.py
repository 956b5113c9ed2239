"""R70: the same report, answer and way back for a comment and for a person as for a post."""

import uuid

import pytest

from communities.access.models import State
from communities.access.things import thing
from communities.comments.actions import write_comment
from communities.comments.models import Comment, Thread
from communities.members.models import Member
from communities.people.models import OldHandle
from communities.safety.deciding import decide
from communities.safety.models import Act, Report
from communities.safety.reporting import file_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def remark(demo, publish, insider, seen_by) -> Comment:
    post, viewer = publish("Open"), seen_by(insider)
    about = thing("post", post.pk, viewer)
    return write_comment(viewer, place=demo, about=about, body="You fool.", request=uuid.uuid4())


def test_a_comment_is_reported_hidden_by_three_and_answered(remark, neighbours, seen_by, client_of, moderator) -> None:
    address = f"/c/demo/report/comment/{remark.pk}/"
    page = client_of(neighbours[0]).get(remark.url, follow=True)
    assert address in page.content.decode()
    for person in neighbours[:3]:
        assert client_of(person).post(address, {"reason": "rude", "note": "Unkind."}).status_code == 302
    assert (Comment.objects.get(pk=remark.pk).state, Thread.objects.get().count) == (State.HIDDEN, 0)
    case = client_of(moderator).get(f"/c/demo/studio/reports/comment/{remark.pk}/").content.decode()
    assert "You fool." in case and "hidden by itself" in case
    decide(seen_by(moderator), kind="comment", object_id=remark.pk, decision="fine", reason="Among friends.")
    assert (Comment.objects.get(pk=remark.pk).state, Thread.objects.get().count) == (State.PUBLISHED, 1)


def test_a_person_is_reported_from_their_page_and_is_never_hidden(demo, insider, neighbours, client_of, seen_by, owner):
    seat = Member.objects.get(user=insider)
    address = "/c/demo/report/person/insider/"
    assert address in client_of(neighbours[0]).get("/c/demo/people/insider/").content.decode()
    for person in neighbours[:4]:
        assert client_of(person).post(address, {"reason": "spam"}).status_code == 302
    assert (Report.objects.count(), Act.objects.count()) == (4, 0)
    page = client_of(owner).get(f"/c/demo/studio/reports/member/{seat.pk}/").content.decode()
    assert "Insider @insider" in page and 'data-verb="safety.hidden"' not in page
    decide(seen_by(owner), kind="member", object_id=seat.pk, decision="warn", reason="No adverts in your profile.")
    act = Act.objects.get()
    assert (act.verb, act.kind, act.object_id, act.after) == ("warned", "member", seat.pk, {"warnings": 1})
    assert "No adverts" in client_of(insider).get("/me/standing/").content.decode()


def test_nobody_reports_whom_they_cannot_come_across(demo, insider, outsider, seen_by, client_of, member) -> None:
    seat = Member.objects.get(user=insider)
    Member.objects.filter(pk=seat.pk).update(standing="left")
    assert client_of(member).get("/c/demo/report/person/insider/").status_code == 404
    own = Member.objects.get(user=member)
    assert "your own" in client_of(member).get("/c/demo/report/person/member/").content.decode()
    file_report(seen_by(outsider), kind="member", object_id=own.pk, reason="other")
    assert Report.objects.get().weight == 0


def test_numbers_name_nobody(demo, insider, outsider, member, owner, client_of) -> None:
    """The number of a membership is the same 404 as one that was never given, whoever asks and however."""
    seat = Member.objects.get(user=insider)
    Member.objects.filter(pk=seat.pk).update(listed=False)
    for person in (outsider, member, owner):
        browser = client_of(person)
        nowhere = browser.get("/c/demo/p/987654321/nothing/").content
        for number in (seat.pk, seat.pk + 1_000_000):
            address = f"/c/demo/report/member/{number}/"
            for answer in (browser.get(address), browser.post(address, {"reason": "rude"})):
                assert (answer.status_code, answer.content) == (404, nowhere)
    assert not Report.objects.exists()


def test_a_person_is_reported_from_what_they_said_and_by_a_handle_they_had_before(
    remark, insider, neighbours, client_of, demo
) -> None:
    browser = client_of(neighbours[0])
    asked = browser.get(f"/c/demo/report/comment/{remark.pk}/").content.decode()
    assert 'href="/c/demo/report/person/insider/"' in asked and "Is it about the person" in asked
    OldHandle.objects.create(user=insider, handle="before", shape="before")
    assert browser.post("/c/demo/report/person/before/", {"reason": "rude"})["Location"] == "/c/demo/people/insider/"
    assert Report.objects.get().object_id == Member.objects.get(user=insider).pk
    assert "person/insider" not in client_of(insider).get(f"/c/demo/report/comment/{remark.pk}/").content.decode()


def test_somebodys_page_says_that_one_blocks_them(demo, insider, member, client_of, visitor) -> None:
    browser = client_of(member)
    assert "/me/blocks/?person=insider" in browser.get("/c/demo/people/insider/").content.decode()
    browser.post("/me/blocks/", {"person": "insider"})
    assert "You block Insider." in browser.get("/c/demo/people/insider/").content.decode()
    for person in (insider, visitor):
        page = client_of(person).get("/c/demo/people/insider/").content.decode()
        assert "/me/blocks/?" not in page and "/report/" not in page
