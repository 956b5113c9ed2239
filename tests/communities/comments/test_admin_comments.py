"""Comments at the desk: read, hidden and restored with a reason, closed; what was taken away is not there."""

import pytest

from communities.comments.actions import remove_comment
from communities.comments.models import Comment, Thread
from communities.safety.models import Act
from tests.desk import brand, browser

pytestmark = pytest.mark.django_db


def test_the_desk_hides_and_restores_a_comment_with_a_reason(publish, say, member):
    row, desk = say(member, publish("Drums"), "Loud words"), browser(brand("moderator"))
    here = f"/admin/comments/comment/{row.pk}/"
    assert "Loud words" in desk.get("/admin/comments/comment/").content.decode()
    desk.post(f"{here}act/hide/", {"reason": "Names a person."})
    assert (Comment.objects.get().state, Thread.objects.get().count) == ("hidden", 0)
    desk.post(f"{here}act/restore/", {"reason": "Agreed."})
    assert (Comment.objects.get().state, Thread.objects.get().count) == ("published", 1)
    assert list(Act.objects.order_by("pk").values_list("verb", "kind")) == [
        ("hidden", "comment"),
        ("restored", "comment"),
    ]


def test_the_desk_closes_a_talk_and_opens_it_again(publish, say, member):
    say(member, publish("Drums"))
    thread, desk = Thread.objects.get(), browser(brand("moderator"))
    for word, closed in (("close", True), ("reopen", False)):
        desk.post(f"/admin/comments/thread/{thread.pk}/act/{word}/")
        assert Thread.objects.get().closed is closed


def test_what_was_taken_away_is_not_on_the_desk(publish, say, seen_by, member):
    row, desk = say(member, publish("Drums"), "Loud words"), browser(brand("moderator"))
    remove_comment(seen_by(member), comment=row)
    assert desk.get(f"/admin/comments/comment/{row.pk}/change/").status_code == 404


def test_the_list_asks_as_many_questions_for_forty_as_for_two(publish, say, member, insider, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    post, desk = publish("Drums"), browser(brand("moderator"))
    for at in range(2):
        say(member, post, f"{at}")
    desk.get("/admin/comments/comment/")
    with CaptureQueriesContext(connection) as few:
        desk.get("/admin/comments/comment/")
    for at in range(38):
        say(insider, post, f"more {at}")
    with django_assert_num_queries(len(few)):
        desk.get("/admin/comments/comment/")
