"""Old addresses lead on for those who may know of the post, and are as unknown as any other path for all others."""

import datetime as dt

import pytest
from django.utils import timezone

from communities.access.viewer import viewer_for
from communities.spaces.models import Community, Space
from content.posts.actions import publish_post, start_draft
from content.posts.models import OldPath

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved(demo):
    """moved(post, "2021/05/01/foo"): the address that it had."""

    def add(post, path):
        return OldPath.objects.create(community=post.community, path=path, post=post)

    return add


@pytest.mark.parametrize(
    "asked", ["/2021/05/01/foo/", "/2021/05/01/foo", "/c/demo/2021/05/01/foo/", "/2021//05/01/foo/"]
)
def test_an_old_address_leads_to_the_post(publish, moved, client_of, visitor, asked):
    post = publish("Foo")
    moved(post, "2021/05/01/foo")
    response = client_of(visitor).get(asked)
    assert (response.status_code, response["Location"]) == (301, post.url)
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("blog/foo.html", "/blog/foo.html"),
        ("blog/größe", "/blog/gr%C3%B6%C3%9Fe/"),
        ("blog/größe", "/blog/gro%CC%88%C3%9Fe"),
        ("blog/gr%C3%B6%C3%9Fe", "/blog/gr%c3%b6%c3%9fe/"),
        ("記事/一", "/%E8%A8%98%E4%BA%8B/%E4%B8%80/"),
        ("a b", "/a%20b/"),
    ],
)
def test_old_addresses_are_found_in_every_spelling(publish, moved, client_of, visitor, kept, asked):
    post = publish("Foo")
    moved(post, kept)
    assert client_of(visitor).get(asked)["Location"] == post.url


def test_an_address_that_nobody_had_is_the_404(demo, client_of, visitor):
    for path in ("/nothing/", "/c/demo/nothing/", "/%00/", "/" + "x" * 400, "/%FF%FE/", "/c/"):
        assert client_of(visitor).get(path).status_code == 404, path


def test_only_reading_is_led_on(publish, moved, client_of, visitor):
    moved(publish("Foo"), "foo")
    assert client_of(visitor).post("/foo/").status_code == 404
    assert client_of(visitor).head("/foo/").status_code == 301


def test_a_post_one_may_not_know_of_is_the_404_of_nowhere(publish, moved, client_of, visitor, member, insider):
    """A10: neither status, nor bytes, nor headers tell that the address is known."""
    post = publish("Secret title", space="table", rung=30)
    moved(post, "2020/secret")
    for who in (visitor, member):
        for known, unknown in (("/2020/secret/", "/2020/nothing/"), ("/c/demo/2020/secret/", "/c/demo/2020/nothing/")):
            there, nowhere = client_of(who).get(known), client_of(who).get(unknown)
            assert (there.status_code, nowhere.status_code) == (404, 404)
            assert there.content == nowhere.content
            assert there.headers == nowhere.headers
    assert client_of(insider).get("/2020/secret/")["Location"] == post.url


def test_drafts_scheduled_hidden_and_removed_posts_keep_their_old_address_to_themselves(
    publish, moved, client_of, visitor
):
    later = publish("Later", opens_at=timezone.now() + dt.timedelta(days=1))
    moved(later, "later")
    for state in ("draft", "hidden", "removed"):
        post = publish(f"In {state}")
        type(post).objects.filter(pk=post.pk).update(state=state)
        moved(post, state)
        assert client_of(visitor).get(f"/{state}/").status_code == 404
    assert client_of(visitor).get("/later/").status_code == 404


def test_the_oldest_community_that_may_show_its_post_wins(publish, moved, maker, client_of, visitor, insider):
    atelier = Community.objects.get(slug="atelier")
    space = Space.objects.get(community=atelier, slug="journal")
    writer = viewer_for(maker, atelier)
    theirs = publish_post(writer, post=start_draft(writer, space=space, title="Theirs", source="Text"))
    OldPath.objects.create(community=atelier, path="about", post=theirs)
    ours = publish("Ours", space="table", rung=30)
    moved(ours, "about")
    Community.objects.filter(slug="demo").update(created_at=timezone.now() - dt.timedelta(days=9))
    assert client_of(insider).get("/about/")["Location"] == ours.url
    assert client_of(visitor).get("/about/")["Location"] == theirs.url
    assert client_of(visitor).get("/c/atelier/about/")["Location"] == theirs.url


def test_an_unlisted_community_keeps_its_old_addresses(publish, moved, demo, client_of, visitor, member):
    post = publish("Foo")
    moved(post, "foo")
    Community.objects.filter(pk=demo.pk).update(listed=False)
    assert client_of(visitor).get("/foo/").status_code == 404
    assert client_of(visitor).get("/c/demo/foo/").status_code == 404
    assert client_of(member).get("/foo/")["Location"] == post.url


def test_pages_that_exist_ask_for_no_old_address(publish, client_of, visitor):
    post = publish("Foo")
    OldPath.objects.create(community=post.community, path="c/demo", post=post)
    browser = client_of(visitor)
    assert browser.get("/c/demo/").status_code == 200
    assert browser.get("/c/demo")["Location"] == "/c/demo/"


def test_an_unknown_address_costs_one_question_more(publish, demo, client_of, visitor, django_assert_num_queries):
    with django_assert_num_queries(1):
        client_of(visitor).get("/nothing/")


def test_short_and_misspelt_addresses_lead_on_only_for_those_who_may_know_the_title(
    publish, client_of, visitor, member, insider
):
    """A10: the slug is the title."""
    post = publish("Secret title", space="table", rung=30)
    for who in (visitor, member):
        for path in (f"/c/demo/p/{post.pk}/", f"/c/demo/p/{post.pk}/wrong/", f"/c/demo/p/{post.pk}"):
            answer = client_of(who).get(path, follow=True)
            assert answer.status_code == 404
            assert b"secret" not in answer.content.lower()
            assert all("secret" not in step for step, _status in answer.redirect_chain)
    for path in (f"/c/demo/p/{post.pk}/", f"/c/demo/p/{post.pk}/wrong/"):
        assert client_of(insider).get(path)["Location"] == post.url
    assert client_of(visitor).get("/c/demo/p/99999999999999999999999999/").status_code == 404
    assert client_of(visitor).get("/c/demo/p/99999999999999999999999999/card.png").status_code == 404
