"""The queue at the door: who may answer, once, by whoever came first; and what is asked there."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.members.models import JoinQuestion, JoinRequest, Member
from communities.members.requests import approve_request, decline_request
from communities.spaces.models import Community
from tests.conftest import make_user

QUEUE = "/c/demo/studio/requests/"


def asked(demo: Community, name: str) -> JoinRequest:
    return JoinRequest.objects.create(
        community=demo, user=make_user(name), answers=[["What do you make?", f"{name}'s bowls"]]
    )


@pytest.mark.django_db
def test_the_team_reads_the_answers_and_lets_in(demo, moderator, client_of):
    row = asked(demo, "nora")
    browser = client_of(moderator)
    assert "nora&#x27;s bowls" in browser.get(QUEUE).content.decode()
    answer = browser.post(f"{QUEUE}{row.pk}/", {"answer": "approve", "note": "Welcome!"}, follow=True)
    assert "Nora is in." in answer.content.decode()
    row.refresh_from_db()
    assert (row.state, row.note, row.decided_by) == ("approved", "Welcome!", moderator)
    assert Member.objects.get(user__handle="nora").role == "member"
    verbs = list(Activity.objects.order_by("pk").values_list("verb", "actor__handle"))[-2:]
    assert verbs == [("member.joined", "nora"), ("join.approved", "moderator")]


@pytest.mark.django_db
def test_who_comes_second_reads_who_was_first(demo, owner, moderator, client_of):
    row = asked(demo, "nora")
    decline_request(viewer_for(moderator, demo), request=row, note="Not now.")
    answer = client_of(owner).post(f"{QUEUE}{row.pk}/", {"answer": "approve"}, follow=True)
    assert "Moderator was quicker: turned down." in answer.content.decode()
    row.refresh_from_db()
    assert (row.state, row.note, row.decided_by) == ("declined", "Not now.", moderator)
    assert not Member.objects.filter(user__handle="nora").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts(demo, owner, moderator):
    for turn in range(4):
        row = asked(demo, f"nora{turn}")

        def answer(one: tuple[Any, Any], row: JoinRequest = row) -> bool:
            act, person = one
            try:
                act(viewer_for(person, demo), request=JoinRequest.objects.get(pk=row.pk))
            except ValidationError:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(4) as pool:
            done = list(pool.map(answer, [(approve_request, owner), (decline_request, moderator)] * 2))
        row.refresh_from_db()
        assert sum(done) == 1
        assert Member.objects.filter(user=row.user).exists() == (row.state == "approved")
        assert Activity.objects.filter(verb__startswith="join.", object_id=row.pk).count() == 1


@pytest.mark.django_db
def test_a_yes_without_a_place_is_a_place_in_line(demo, owner, client_of):
    Community.objects.filter(pk=demo.pk).update(size_cap=1)
    row = asked(demo, "nora")
    answer = client_of(owner).post(f"{QUEUE}{row.pk}/", {"answer": "approve"}, follow=True)
    assert "they are in line" in answer.content.decode()
    row.refresh_from_db()
    assert (row.state, row.queued_at is not None) == ("queued", True)
    assert not Activity.objects.filter(verb="join.approved").exists()
    client_of(owner).post(f"{QUEUE}{row.pk}/", {"answer": "decline"})
    row.refresh_from_db()
    assert row.state == "declined"


@pytest.mark.django_db
def test_others_neither_see_the_queue_nor_answer(demo, member, outsider, visitor, maker, client_of):
    row = asked(demo, "nora")
    for person in (member, outsider, maker):
        browser = client_of(person)
        assert browser.get(QUEUE).status_code == 404
        assert browser.post(f"{QUEUE}{row.pk}/", {"answer": "approve"}).status_code == 404
    assert client_of(visitor).post(f"{QUEUE}{row.pk}/", {"answer": "approve"}).status_code == 302
    with pytest.raises(PermissionDenied):
        approve_request(viewer_for(maker, Community.objects.get(slug="atelier")), request=row)
    row.refresh_from_db()
    assert row.state == "asked"
    assert not Member.objects.filter(user__handle="nora").exists()


@pytest.mark.django_db
def test_another_places_team_cannot_reach_it(demo, maker, client_of):
    row = asked(demo, "nora")
    answer = client_of(maker).post(f"/c/atelier/studio/requests/{row.pk}/", {"answer": "approve"})
    assert answer.status_code == 404
    row.refresh_from_db()
    assert row.state == "asked"


@pytest.mark.django_db
def test_a_long_queue_costs_the_same(demo, owner, client_of, django_assert_num_queries, django_assert_max_num_queries):
    browser = client_of(owner)
    asked(demo, "first")
    browser.get(QUEUE)
    with django_assert_max_num_queries(20) as few:
        browser.get(QUEUE)
    count = len(few)
    for number in range(30):
        asked(demo, f"more{number}")
    with django_assert_num_queries(count):
        page = browser.get(QUEUE)
    assert [row.user.handle for row in page.context["asked"]][:2] == ["first", "more0"]
    assert page.context["asked_count"] == 31


@pytest.mark.django_db
def test_questions_are_retired_and_old_answers_keep_their_words(demo, owner, client_of):
    browser = client_of(owner)
    desk = "/c/demo/studio/door/"
    browser.post(desk, {"question_0": "What do you make?", "required_0": "on", "question_1": "Who sent you?"})
    first = JoinQuestion.objects.get(text="What do you make?")
    browser.post(desk, {"question_0": "Who sent you?", "question_1": "What is your favourite ink?", "required_1": "on"})
    rows = JoinQuestion.objects.filter(community=demo, retired=False)
    assert list(rows.values_list("text", "required")) == [
        ("Who sent you?", False),
        ("What is your favourite ink?", True),
    ]
    first.refresh_from_db()
    assert first.retired


@pytest.mark.django_db
def test_the_owner_says_who_comes_in_under_look_and_settings(demo, owner, client_of):
    browser = client_of(owner)
    page = browser.get("/c/demo/studio/look/")
    form = {name: value for name, value in page.context["form"].initial.items() if value not in (None, False)}
    form |= {"join_mode": "request", "join_note": "Come on a Thursday.", "size_cap": "40"}
    assert browser.post("/c/demo/studio/look/", form).status_code == 302
    demo.refresh_from_db()
    assert (demo.join_mode, demo.join_note, demo.size_cap) == ("request", "Come on a Thursday.", 40)
    form["join_mode"] = "nonsense"
    assert 'class="errors"' in browser.post("/c/demo/studio/look/", form).content.decode()
