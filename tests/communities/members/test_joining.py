"""The door: what it asks, who comes in at once, who waits, and how a wait ends."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.members.guidelines import write_guidelines
from communities.members.models import Acceptance, JoinQuestion, JoinRequest, Member
from communities.members.questions import save_questions
from communities.spaces.models import Community
from communities.ui import pagecache
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
DOOR = "/c/demo/join/"


def set_to(demo: Community, **fields: Any) -> None:
    Community.objects.filter(pk=demo.pk).update(**fields)
    demo.refresh_from_db()
    pagecache.bump(demo.slug)


@pytest.fixture
def by_request(demo, owner) -> tuple[JoinQuestion, JoinQuestion]:
    """The place asks two questions, the second one only if you like."""
    set_to(demo, join_mode="request")
    save_questions(
        viewer_for(owner, demo), community=demo, questions=[("What do you make?", True), ("Who sent you?", False)]
    )
    one, two = JoinQuestion.objects.filter(community=demo)
    return one, two


def told(answer: Any) -> str:
    return answer.content.decode()


def test_joining_makes_a_member_once(demo, client_of, outsider, seen_by):
    browser = client_of(outsider)
    assert seen_by(outsider).rung == 0
    for _time in range(2):
        answer = browser.post(DOOR)
        assert (answer.status_code, answer["Location"]) == (302, "/c/demo/")
    assert Member.objects.filter(community=demo, user=outsider).count() == 1
    assert Activity.objects.filter(verb="member.joined", actor=outsider).count() == 1
    assert seen_by(outsider).rung == 10


def test_a_visitor_is_sent_to_sign_in_and_joins_nothing(demo, client_of, visitor):
    before = Member.objects.count()
    answer = client_of(visitor).post(DOOR)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/c/demo/join/")
    assert Member.objects.count() == before


def test_a_visitor_sees_what_is_asked_without_a_form(demo, owner, client_of, visitor, by_request):
    write_guidelines(viewer_for(owner, demo), community=demo, source="Be *kind*.")
    answer = client_of(visitor).get(DOOR)
    page = told(answer)
    assert answer.status_code == 200
    assert "What do you make?" in page
    assert "Be <em>kind</em>." in page
    assert "<form" not in page
    assert "/accounts/signup/?next=/c/demo/join/" in page
    assert not answer.cookies


def test_nothing_in_the_form_makes_more_than_a_plain_member(demo, client_of, outsider):
    client_of(outsider).post(DOOR, {"role": "owner", "rung": 30, "level": 30, "standing": "member", "agreed": 99})
    seat = Member.objects.get(user=outsider)
    assert (seat.role, seat.rung, seat.agreed) == ("member", 10, 0)


def test_who_has_to_agree_is_led_to_the_door_by_a_bare_button(demo, owner, client_of, outsider):
    row = write_guidelines(viewer_for(owner, demo), community=demo, source="Be kind.")
    browser = client_of(outsider)
    assert browser.post(DOOR)["Location"] == DOOR
    refused = browser.post(DOOR, {"door": "1", "version": "1"})
    assert "Please read the guidelines and tick this" in told(refused)
    old = browser.post(DOOR, {"door": "1", "version": "0", "agreed": "on"})
    assert "changed while you were reading" in told(old)
    assert not Member.objects.filter(user=outsider).exists()
    assert not Acceptance.objects.filter(user=outsider).exists()
    assert browser.post(DOOR, {"door": "1", "version": "1", "agreed": "on"})["Location"] == "/c/demo/"
    assert Member.objects.get(user=outsider).agreed == 1
    assert Acceptance.objects.get(user=outsider).guidelines == row
    verbs = Activity.objects.filter(actor=outsider).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["guidelines.accepted", "member.joined"]


def test_a_request_needs_its_answers_and_keeps_what_was_typed(demo, client_of, outsider, by_request):
    one, two = by_request
    browser = client_of(outsider)
    refused = told(browser.post(DOOR, {"door": "1", f"answer_{two.pk}": "My aunt"}))
    assert "Please answer this one" in refused
    assert "My aunt</textarea>" in refused
    assert not JoinRequest.objects.exists()
    browser.post(DOOR, {"door": "1", f"answer_{one.pk}": "Bowls", f"answer_{two.pk}": "My aunt"})
    row = JoinRequest.objects.get(user=outsider)
    assert (row.state, row.answers) == ("asked", [["What do you make?", "Bowls"], ["Who sent you?", "My aunt"]])
    assert "Waiting for an answer" in told(browser.get(DOOR))
    assert not Member.objects.filter(user=outsider).exists()
    browser.post(DOOR, {"door": "1", f"answer_{one.pk}": "Bowls again"})
    assert JoinRequest.objects.get(user=outsider).answers == row.answers


def test_a_request_is_taken_back_and_made_again(demo, client_of, outsider, by_request):
    one, _two = by_request
    browser = client_of(outsider)
    for _time in range(2):
        browser.post(DOOR, {"door": "1", f"answer_{one.pk}": "Bowls"})
        answer = browser.post(DOOR, {"do": "withdraw"}, follow=True)
        assert "Taken back." in told(answer)
    assert set(JoinRequest.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert Activity.objects.filter(verb="join.withdrawn").count() == 2


def test_who_was_turned_down_reads_why_and_asks_again_a_week_later(demo, owner, client_of, outsider, by_request):
    one, _two = by_request
    browser, desk = client_of(outsider), client_of(owner)
    with time_machine.travel(timezone.now() - dt.timedelta(days=8), tick=False) as clock:
        browser.post(DOOR, {"door": "1", f"answer_{one.pk}": "Bowls"})
        row = JoinRequest.objects.get()
        desk.post(f"/c/demo/studio/requests/{row.pk}/", {"answer": "decline", "note": "After the winter, please."})
        assert "After the winter, please." in told(browser.get(DOOR))
        browser.post(DOOR, {"door": "1", f"answer_{one.pk}": "Bowls"})
        assert JoinRequest.objects.count() == 1
        clock.shift(dt.timedelta(days=8))
        browser.post(DOOR, {"door": "1", f"answer_{one.pk}": "More bowls"})
    assert JoinRequest.objects.filter(state="asked").count() == 1


def test_a_place_by_invitation_names_the_way_in_and_what_is_open(demo, client_of, outsider, publish):
    publish("For all to read")
    publish("For insiders only", rung=20)
    set_to(demo, join_mode="invitation", join_note="Come to a Thursday and ask Ana.")
    browser = client_of(outsider)
    page = told(browser.get(DOOR))
    assert "Come to a Thursday and ask Ana." in page
    assert "For all to read" in page
    assert "For insiders only" not in page
    assert told(browser.post(DOOR, {"door": "1"})).count("Come to a Thursday") == 1
    assert not Member.objects.filter(user=outsider).exists()


def test_one_too_many_stands_in_line_and_sees_their_place(demo, client_of, outsider):
    set_to(demo, size_cap=1)
    first = make_user("first")
    client_of(first).post(DOOR)
    browser = client_of(outsider)
    assert "one person waits in line" in told(browser.get(DOOR))
    page = told(browser.post(DOOR, follow=True))
    assert "You are number 2 in line" in page
    client_of(first).post(DOOR, {"do": "withdraw"})
    assert "You are number 1 in line" in told(browser.get(DOOR))
    assert Member.objects.filter(community=demo).count() == 1


def test_when_the_door_opens_who_had_asked_walks_in(demo, client_of, outsider, by_request):
    one, _two = by_request
    browser = client_of(outsider)
    browser.post(DOOR, {"door": "1", f"answer_{one.pk}": "Bowls"})
    set_to(demo, join_mode="open")
    browser.post(DOOR, {"door": "1"})
    assert Member.objects.filter(user=outsider).exists()
    assert JoinRequest.objects.get().state == "approved"


def test_a_member_is_not_asked_again_and_a_suspended_one_is_told(demo, client_of, member):
    assert client_of(member).get(DOOR)["Location"] == "/c/demo/"
    Member.objects.filter(user=member).update(standing="suspended")
    browser = client_of(member)
    assert "You are suspended here" in told(browser.get(DOOR))
    browser.post(DOOR, {"door": "1"})
    assert Member.objects.get(user=member).standing == "suspended"


def test_a_place_that_is_not_listed_has_no_door(demo, client_of, outsider, visitor):
    set_to(demo, listed=False)
    for person in (outsider, visitor):
        browser = client_of(person)
        nowhere = browser.get("/c/nowhere/join/")
        for answer in (browser.get(DOOR), browser.post(DOOR)):
            assert (answer.status_code, answer.content) == (404, nowhere.content)
    assert not Member.objects.filter(user=outsider).exists()


def test_the_door_asks_the_same_number_of_questions_of_the_database(
    demo, client_of, outsider, publish, by_request, django_assert_num_queries, django_assert_max_num_queries
):
    browser = client_of(outsider)
    publish("The first")
    browser.get(DOOR)
    with django_assert_max_num_queries(16) as few:
        browser.get(DOOR)
    count = len(few)
    for number in range(12):
        publish(f"Post {number}")
        JoinQuestion.objects.create(community=demo, text=f"And {number}?")
    browser.get(DOOR)
    with django_assert_num_queries(count):
        browser.get(DOOR)


def test_the_button_on_the_stream_joins_at_once_only_where_nothing_is_asked(demo, owner, client_of, outsider):
    browser = client_of(outsider)
    assert 'action="/c/demo/join/"' in told(browser.get("/c/demo/"))
    write_guidelines(viewer_for(owner, demo), community=demo, source="Be kind.")
    page = told(browser.get("/c/demo/"))
    assert 'action="/c/demo/join/"' not in page
    assert 'href="/c/demo/join/"' in page
