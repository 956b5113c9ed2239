"""Every list of the desk asks as many queries for many rows as for few, and counts no further than anybody pages."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communities.access.admin import MOST_COUNTED
from communities.activity.models import Activity, Delivery
from communities.files.models import File
from communities.mail.models import Mail
from communities.people.models import Closing, Export, User
from communities.safety.models import Act
from communities.spaces.models import Community, Rung, Space
from content.posts.models import Post, Tag
from tests.conftest import make_user
from tests.desk import browser, root

LISTS = ("people/user", "spaces/community", "spaces/space", "spaces/rung", "safety/act", "admin/logentry", "mail/mail")
LISTS += ("people/export", "people/closing", "files/file", "activity/activity", "activity/delivery", "posts/tag")


def more(community: Community, numbers: range) -> None:
    """A few rows of every model, each with an actor of its own, so that a missing join shows."""
    kind = ContentType.objects.get_for_model(Post)
    for n in numbers:
        user = make_user(f"extra{n}")
        Community.objects.create(slug=f"c{n}", name=f"C {n}")
        place = Community.objects.get(slug=f"c{n}")
        Space.objects.create(community=place, slug="s", name="S")
        Rung.objects.create(community=place, level=10, slug="m", name="M")
        Tag.objects.create(community=place, slug="t", name="T")
        Act.objects.create(community=place, actor=user, verb="hidden", kind="post", object_id=n, reason="x")
        LogEntry.objects.create(user=user, content_type=kind, object_id=str(n), object_repr="x", action_flag=2)
        Mail.objects.create(user=user, to=user.email, kind="x", subject="x", message_id=f"<{n}>")
        Export.objects.create(user=user)
        Closing.objects.create(user=user, how="erase", due_at=timezone.now())
        File.objects.create(
            community=place,
            uploader=user,
            parent_kind="post",
            parent_id=n,
            name="a",
            mime="image/png",
            bytes=1,
            path="x",
        )
        activity = Activity.objects.create(
            key=f"k{n}", verb="post.published", community=place, actor=user, occurred_at=timezone.now()
        )
        Delivery.objects.create(activity=activity, subscriber="x")


@pytest.mark.parametrize("place", LISTS)
def test_a_list_asks_the_same_number_of_queries_for_two_rows_and_for_twelve(demo: Community, place: str) -> None:
    client = browser(root())
    more(demo, range(2))
    client.get(f"/admin/{place}/")
    with CaptureQueriesContext(connection) as few:
        assert client.get(f"/admin/{place}/").status_code == 200
    more(demo, range(2, 12))
    with CaptureQueriesContext(connection) as many:
        client.get(f"/admin/{place}/")
    assert len(many) == len(few) <= 15, [query["sql"] for query in many.captured_queries]


def test_a_list_counts_no_further_than_anybody_pages(db: None) -> None:
    client = browser(root())
    with CaptureQueriesContext(connection) as asked:
        client.get("/admin/activity/activity/?q=12")
    counts = [
        query["sql"] for query in asked.captured_queries if "COUNT(" in query["sql"] and "activity" in query["sql"]
    ]
    assert len(counts) == 1 and f"LIMIT {MOST_COUNTED}" in counts[0]
    assert User.objects.count() == 1
