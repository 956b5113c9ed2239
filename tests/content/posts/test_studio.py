"""The studio: who comes in, what its pages show, and what the one form of a post ends in."""

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from communities.access.models import Opening
from communities.activity.models import Activity
from content.posts.models import Post, Tag
from tests.content.posts.drafts import written

pytestmark = pytest.mark.django_db

TEAM_PAGES = ("/c/demo/studio/", "/c/demo/studio/members/")
OWNER_PAGES = (
    "/c/demo/studio/look/",
    "/c/demo/studio/spaces/",
    "/c/demo/studio/spaces/new/",
    "/c/demo/studio/steps/new/",
)
PAGES = (*TEAM_PAGES, *OWNER_PAGES, "/c/demo/write/")


@pytest.mark.parametrize("page", PAGES)
def test_the_owner_comes_in_everywhere(demo, owner, client_of, page):
    assert client_of(owner).get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_the_signed_out_are_sent_to_sign_in_and_come_back(demo, visitor, client_of, page):
    response = client_of(visitor).get(page)
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={page}"


@pytest.mark.parametrize("page", PAGES)
def test_who_lacks_the_role_meets_the_404_of_nowhere(demo, outsider, maker, client_of, page):
    nowhere = client_of(outsider).get("/c/demo/nowhere/at/all/")
    for person in (outsider, maker):
        response = client_of(person).get(page)
        assert (response.status_code, response.content) == (404, nowhere.content)


@pytest.mark.parametrize(
    ("who", "team", "owners", "pen"),
    [
        ("moderator", 200, 404, 200),
        ("staff", 200, 404, 200),  # brand staff write where members do: nowhere; the bench takes members only
        ("member", 404, 404, 200),
        ("circle", 404, 404, 200),
    ],
)
def test_each_role_finds_its_own_doors(request, demo, client_of, who, team, owners, pen):
    browser = client_of(request.getfixturevalue(who))
    assert {browser.get(page).status_code for page in TEAM_PAGES} == {team}
    assert {browser.get(page).status_code for page in OWNER_PAGES} == {owners}
    assert browser.get("/c/demo/write/").status_code == (404 if who == "staff" else pen)


def test_one_form_makes_a_published_post(demo, owner, client_of):
    response = client_of(owner).post("/c/demo/write/", written(tags="ink, paper", teaser="Warm."))
    post = Post.objects.get()
    assert response["Location"] == post.url
    assert (post.title, post.state, post.rung, post.teaser) == ("First light", "published", 0, "Warm.")
    assert "The press is <em>warm</em>." in post.html
    assert [tag.name for tag in post.tags.all()] == ["ink", "paper"]
    assert Activity.objects.filter(verb="post.published", object_id=post.pk).count() == 1


def test_the_same_form_sent_twice_makes_one_post(demo, owner, client_of):
    sent, browser = written(tags="b, a"), client_of(owner)
    first, second = browser.post("/c/demo/write/", sent), browser.post("/c/demo/write/", sent)
    post = Post.objects.get()
    assert first["Location"] == second["Location"] == post.url
    assert Activity.objects.filter(verb="post.published").count() == 1


def test_nobody_writes_a_post_with_fields_of_their_own_choosing(demo, owner, outsider, client_of, maker):
    forged = {
        "author": outsider.pk, "author_id": outsider.pk, "community": "atelier", "community_id": 2, "state": "removed",
        "opens_at": "1999-01-01", "own_rung": 30, "rung": 30, "html": "<script>x</script>", "words": 9999,
        "is_staff": "on", "cover_id": 1,
    }  # fmt: skip
    client_of(owner).post("/c/demo/write/", written(**forged))
    post = Post.objects.get()
    assert (post.author, post.community, post.state, post.rung, post.words) == (owner, demo, "published", 0, 4)
    assert post.opens_at.year > 2000
    assert "script" not in post.html
    assert post.cover_id is None


def test_a_member_posts_where_the_space_says_so_and_nowhere_else(demo, member, client_of):
    browser = client_of(member)
    page = browser.get("/c/demo/write/").content.decode()
    assert 'value="bench"' in page
    assert 'value="journal"' not in page
    browser.post("/c/demo/write/", written(space="journal"))
    assert set(Post.objects.values_list("space__slug", "state")) == {("bench", "draft")}
    browser.post("/c/demo/write/", written(space="bench", title="Mine"))
    assert Post.objects.get(title="Mine").state == "published"


def test_a_member_writes_for_nobody_above_themselves(demo, insider, client_of):
    page = client_of(insider).get("/c/demo/write/").content.decode()
    assert 'value="insider"' in page
    assert 'value="circle"' not in page
    answer = client_of(insider).post("/c/demo/write/", written(space="bench", audience="circle"))
    assert answer.status_code == 200
    assert Post.objects.get().state == "draft"


def test_early_access_opens_step_by_step_in_the_communitys_time(demo, owner, client_of, visitor):
    with time_machine.travel("2026-11-23T10:00:00Z", tick=False):
        client_of(owner).post(
            "/c/demo/write/",
            written(
                audience="circle",
                opens="2026-11-24T18:00",
                opening_rung_1="insider",
                opening_at_1="2026-11-27T18:00",
                opening_rung_2="public",
                opening_at_2="2026-12-01T09:30",
            ),
        )
    post = Post.objects.get()
    assert (post.state, post.rung, post.listed_rung) == ("published", 30, 0)
    assert post.opens_at.isoformat() == "2026-11-24T18:00:00+00:00"  # Lisbon keeps to UTC in winter
    later = Opening.objects.filter(object_id=post.pk).order_by("at").values_list("rung", "at")
    assert [(rung, at.isoformat()) for rung, at in later] == [
        (20, "2026-11-27T18:00:00+00:00"),
        (0, "2026-12-01T09:30:00+00:00"),
    ]


def test_an_unlisted_post_is_known_to_its_readers_only(demo, owner, client_of):
    client_of(owner).post("/c/demo/write/", written(audience="insider", unlisted="on"))
    post = Post.objects.get()
    assert (post.rung, post.listed_rung) == (20, 20)


def test_an_offer_asks_for_its_link_and_keeps_its_own_fields(demo, owner, client_of):
    browser = client_of(owner)
    answer = browser.post("/c/demo/write/", written(kind="offer", offer_code="INK10"))
    assert "Link is needed here." in answer.content.decode()
    post = Post.objects.get()
    sent = written(
        kind="offer", offer_code="INK10", offer_link="https://example.org/ink", offer_until="2030-07-01T12:00",
        lesson_minutes="not a number", rev=post.rev,
    )  # fmt: skip
    browser.post(f"/c/demo/write/{post.pk}/", sent)
    post.refresh_from_db()
    assert post.state == "published"
    assert post.details == {
        "link": "https://example.org/ink", "until": "2030-07-01T11:00:00+00:00", "code": "INK10",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": "  "}, "Give it a title: it is what people click."),
        ({"body": ""}, "There is nothing in it yet."),
        ({"opens": "2001-01-01T10:00"}, "That moment has passed."),
        ({"opens": "tomorrow"}, "Write day and time like 2026-11-24 18:00."),
        ({"opening_rung_1": "public"}, "From when on?"),
        ({"opening_at_1": "2031-01-01T10:00"}, "For whom?"),
        ({"opening_rung_1": "insider", "opening_at_1": "2031-01-01T10:00"}, "They can read it before that already."),
        (
            {"audience": "circle", "opening_rung_1": "public", "opening_at_1": "2001-01-01T10:00"},
            "That moment has passed.",
        ),
        ({"audience": "nobody"}, "Select a valid choice."),
        ({"kind": "offer", "offer_link": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"title": "x" * 201}, "Ensure this value has at most 200 characters"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_typed_is_lost(demo, owner, client_of, change, sentence):
    sent = written(tags="ink", bylines="Ada", teaser="A promise") | change
    answer = client_of(owner).post("/c/demo/write/", sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert page.count("autofocus") == 1
    for name in ("title", "teaser", "body", "tags", "bylines"):
        assert sent[name].strip() in page
    post = Post.objects.get()
    assert post.state == "draft"
    again = client_of(owner).get(f"/c/demo/write/{post.pk}/").content.decode()
    assert change.get("title", "ink").strip() in again


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}",
    "</textarea><b>",
    "javascript:alert(1)",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_stay_words_on_every_page(demo, owner, client_of, hostile):
    owner.name = hostile
    owner.save()
    demo.name = hostile
    demo.save()
    browser = client_of(owner)
    browser.post("/c/demo/write/", written(title=hostile, tags=hostile, teaser=hostile, bylines=hostile, body=hostile))
    post = Post.objects.get()
    assert post.state == "published"
    pages = ("/c/demo/studio/", f"/c/demo/write/{post.pk}/", f"/c/demo/write/{post.pk}/remove/", post.url, "/c/demo/",
             f"/c/demo/write/{post.pk}/preview/", "/c/demo/studio/members/", "/c/demo/studio/look/", "/me/")  # fmt: skip
    for page in pages:
        answer = browser.get(page, follow=True)
        assert answer.status_code == 200, page
        text = answer.content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "</textarea><b>" not in text
        assert 'href="javascript' not in text
    assert Tag.objects.exists()


def test_what_is_published_can_be_taken_back_and_removed_by_its_author(demo, owner, publish, client_of, visitor):
    post, browser = publish("Too early"), client_of(owner)
    browser.post(f"/c/demo/write/{post.pk}/back/")
    post.refresh_from_db()
    assert post.state == "draft"
    assert client_of(visitor).get(post.url).status_code == 404
    assert browser.get(f"/c/demo/write/{post.pk}/remove/").status_code == 200
    post.refresh_from_db()
    assert post.state == "draft"
    browser.post(f"/c/demo/write/{post.pk}/remove/")
    post.refresh_from_db()
    assert post.state == "removed"
    assert browser.get(f"/c/demo/write/{post.pk}/").status_code == 404


def test_a_scheduled_post_can_be_moved_and_let_out_at_once(demo, owner, client_of):
    browser, sent = client_of(owner), written(opens="2035-01-01T10:00")
    browser.post("/c/demo/write/", sent)
    post = Post.objects.get()
    assert post.is_scheduled
    browser.post(f"/c/demo/write/{post.pk}/", sent | {"rev": post.rev, "opens": "2036-01-01T10:00"})
    post.refresh_from_db()
    assert post.opens_at.year == 2036
    browser.post(f"/c/demo/write/{post.pk}/", sent | {"rev": post.rev, "opens": ""})
    post.refresh_from_db()
    assert post.opens_at <= timezone.now()
    assert Activity.objects.filter(verb="post.published", object_id=post.pk).count() == 1


STRANGE = [
    "write/{id}/",
    "write/{id}/save/",
    "write/{id}/back/",
    "write/{id}/discard/",
    "write/{id}/remove/",
    "write/{id}/files/",
]


@pytest.mark.parametrize("address", STRANGE)
def test_another_communitys_post_is_not_there(demo, owner, maker, client_of, address, publish):
    theirs = client_of(maker)
    theirs.post("/c/atelier/write/", written(title="Not yours"))
    post = Post.objects.get()
    before = Post.objects.values().get()
    for person, place in ((owner, "demo"), (owner, "atelier"), (maker, "demo")):
        answer = client_of(person).post(
            f"/c/{place}/{address.format(id=post.pk)}", written(title="Taken over", rev=post.rev)
        )
        assert answer.status_code in (403, 404)
    assert Post.objects.values().get() == before


def test_a_listed_post_of_another_is_the_404_to_look_at_and_403_to_send_to(publish, member, client_of):
    post = publish("Theirs")
    before: Any = Post.objects.values().get()
    assert client_of(member).get(f"/c/demo/write/{post.pk}/").status_code == 404
    assert client_of(member).post(f"/c/demo/write/{post.pk}/", written(rev=post.rev)).status_code == 403
    assert Post.objects.values().get() == before


def test_somebody_elses_request_id_makes_ones_own_post(demo, owner, moderator, client_of):
    shared = str(uuid.uuid4())
    client_of(owner).post("/c/demo/write/", written(request=shared, title="One"))
    client_of(moderator).post("/c/demo/write/", written(request=shared, title="Two"))
    assert set(Post.objects.values_list("author__handle", "title")) == {("owner", "One"), ("moderator", "Two")}


def test_the_queries_of_the_studio_do_not_grow(
    demo, owner, publish, client_of, django_assert_num_queries, django_assert_max_num_queries
):
    browser = client_of(owner)

    def more(count: int) -> None:
        for number in range(count):
            publish("Out", rung=20)
            soon = timezone.now() + dt.timedelta(days=number + 1)
            publish("Soon", rung=20, opens_at=soon, openings=((0, soon + dt.timedelta(days=1)),))
            browser.post("/c/demo/write/", written(action="save"))

    more(1)
    browser.get("/c/demo/studio/")
    with django_assert_max_num_queries(30) as few:
        browser.get("/c/demo/studio/")
    count = len(few)
    more(4)
    browser.get("/c/demo/studio/")  # reads the messages of what was just saved
    with django_assert_num_queries(count):
        browser.get("/c/demo/studio/")
