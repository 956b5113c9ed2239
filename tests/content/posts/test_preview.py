"""Preview: byte for byte what they will get, and no trace of having looked."""

import re

import pytest
import time_machine
from django.db import transaction

from communities.activity.models import Activity, Delivery
from content.posts.models import Post, Tag
from tests.content.posts.drafts import written

pytestmark = pytest.mark.django_db
NOON = "2026-11-23T12:00:00Z"


def draft(browser, **changes):
    sent = written(tags="ink", teaser="The promise.", body="The whole story.", **changes)
    return browser.post("/c/demo/write/save/", sent).json()["url"], sent


def without_tokens(page: bytes) -> bytes:
    return re.sub(rb'name="(csrfmiddlewaretoken|request)" value="[^"]+"', b"", page)


@pytest.mark.parametrize("audience", ["public", "members", "insider"])
def test_the_visitors_preview_is_the_page_an_anonymous_browser_gets(demo, owner, client_of, visitor, audience):
    with time_machine.travel(NOON, tick=False):
        browser = client_of(owner)
        url, sent = draft(browser, audience=audience)
        shown = browser.get(f"{url}preview/raw/?as=visitor")
        browser.post(url, sent | {"rev": 1})
        real = client_of(visitor).get(Post.objects.get().url)
    assert (shown.status_code, real.status_code) == (200, 200)
    assert shown.content == real.content
    assert (b"The whole story." in shown.content) == (audience == "public")


@pytest.mark.parametrize(
    ("eyes", "who", "opens"), [("member", "member", False), ("insider", "insider", True), ("circle", "circle", True)]
)
def test_a_steps_preview_is_the_page_that_step_gets(request, demo, owner, client_of, eyes, who, opens):
    person = request.getfixturevalue(who)
    with time_machine.travel(NOON, tick=False):
        browser = client_of(owner)
        url, sent = draft(browser, audience="insider")
        shown = browser.get(f"{url}preview/raw/?as={eyes}").content
        browser.post(url, sent | {"rev": 1})
        real = client_of(person).get(Post.objects.get().url).content
    assert (b"The whole story." in shown) == opens
    # In a byline of the author it is the same; the reader's own face stands in the rail, and their number beside the talk.
    face = re.compile(rb"/face/\d+[^\"]*| data-me=\"\d+\"")
    main = re.compile(rb"<main.*</main>", re.S)
    assert face.sub(b"", main.search(without_tokens(shown))[0]) == face.sub(b"", main.search(without_tokens(real))[0])


def test_looking_leaves_nothing_behind(demo, owner, client_of, django_capture_on_commit_callbacks):
    browser = client_of(owner)
    url, _sent = draft(browser, opening_rung_1="")
    before = Post.objects.values().get(), Activity.objects.count(), Delivery.objects.count(), Tag.objects.count()
    with django_capture_on_commit_callbacks() as callbacks:
        for eyes in ("visitor", "members", "insider", "circle"):
            assert browser.get(f"{url}preview/?as={eyes}").status_code == 200
            assert browser.get(f"{url}preview/raw/?as={eyes}").status_code == 200
    assert callbacks == []
    assert (
        Post.objects.values().get(),
        Activity.objects.count(),
        Delivery.objects.count(),
        Tag.objects.count(),
    ) == before


@pytest.mark.django_db(transaction=True)
def test_looking_leaves_nothing_behind_in_a_real_transaction(demo, owner, client_of, visitor):
    browser = client_of(owner)
    url, _sent = draft(browser)
    before = Post.objects.values().get()
    assert b"The whole story." in browser.get(f"{url}preview/raw/").content
    assert not transaction.get_connection().in_atomic_block
    assert Post.objects.values().get() == before
    assert not Activity.objects.filter(verb="post.published").exists()
    assert b"First light" not in client_of(visitor).get("/c/demo/").content


def test_the_raw_page_may_be_framed_by_us_alone_and_is_never_kept(demo, owner, client_of):
    browser = client_of(owner)
    url, _sent = draft(browser)
    raw = browser.get(f"{url}preview/raw/")
    assert "frame-ancestors 'self'" in raw["Content-Security-Policy"]
    assert raw["X-Frame-Options"] == "SAMEORIGIN"
    assert raw["Cache-Control"] == "private, no-store"
    assert "frame-ancestors 'none'" in browser.get(f"{url}preview/")["Content-Security-Policy"]


def test_a_post_in_a_space_that_visitors_do_not_know_is_a_404_to_them(demo, owner, client_of, visitor):
    browser = client_of(owner)
    url, sent = draft(browser, space="table")
    shown = browser.get(f"{url}preview/raw/?as=visitor")
    browser.post(url, sent | {"rev": 1})
    real = client_of(visitor).get(Post.objects.get().url)
    assert (shown.status_code, shown.content) == (real.status_code, real.content) == (404, real.content)


def test_unsent_edits_are_previewed_and_stay_unsent(publish, owner, client_of, visitor):
    post, browser = publish("Out there", source="As it was."), client_of(owner)
    browser.post(f"/c/demo/write/{post.pk}/save/", written(title="Out there", body="As it will be.", rev=post.rev))
    assert b"As it will be." in browser.get(f"/c/demo/write/{post.pk}/preview/raw/").content
    assert b"As it was." in client_of(visitor).get(post.url).content


def test_what_cannot_go_out_says_why(demo, owner, client_of):
    browser = client_of(owner)
    url = browser.post("/c/demo/write/save/", written(title="")).json()["url"]
    page = browser.get(f"{url}preview/")
    assert "Give it a title" in page.content.decode()
    assert b"<iframe" not in page.content
    assert browser.get(f"{url}preview/raw/").status_code == 404


def test_a_scheduled_post_is_previewed_as_on_its_day(demo, owner, client_of):
    browser = client_of(owner)
    url, sent = draft(browser, opens="2035-01-01T10:00")
    assert b"The whole story." in browser.get(f"{url}preview/raw/").content
    browser.post(url, sent | {"rev": 1})
    assert Post.objects.get().is_scheduled
    assert b"The whole story." in browser.get(f"{url}preview/raw/").content
    assert Post.objects.get().is_scheduled


@pytest.mark.parametrize("who", ["moderator", "member", "outsider", "maker", "visitor"])
def test_nobody_else_previews_a_draft(request, demo, owner, client_of, who):
    url, _sent = draft(client_of(owner))
    browser = client_of(request.getfixturevalue(who))
    for address in (f"{url}preview/", f"{url}preview/raw/", f"{url}preview/raw/?as=circle"):
        assert browser.get(address).status_code == (302 if who == "visitor" else 404)


def test_eyes_that_nobody_has_are_a_404(demo, owner, client_of):
    browser = client_of(owner)
    url, _sent = draft(browser)
    assert browser.get(f"{url}preview/raw/?as=owner").status_code == 404


@pytest.mark.parametrize("eyes", ["visitor", "members", "insider", "circle"])
def test_what_was_looked_at_ahead_is_served_to_nobody(demo, owner, client_of, member, insider, circle, visitor, eyes):
    """A page made in a preview must not be kept for the real readers of that step."""
    browser = client_of(owner)
    url, _sent = draft(browser)
    assert b"The whole story." in browser.get(f"{url}preview/raw/?as={eyes}").content
    address = f"/c/demo/p/{Post.objects.get().pk}/first-light/"
    for person in (member, insider, circle, visitor):
        answer = client_of(person).get(address)
        assert answer.status_code == 404
        assert b"The whole story." not in answer.content


def test_edits_looked_at_ahead_reach_no_reader_and_what_is_kept_hides_no_edit(publish, owner, client_of, member):
    post, browser, reader = publish("Out there", source="As it was."), client_of(owner), client_of(member)
    assert b"As it was." in reader.get(post.url).content
    browser.post(f"/c/demo/write/{post.pk}/save/", written(title="Out there", body="As it will be.", rev=post.rev))
    assert b"As it will be." in browser.get(f"/c/demo/write/{post.pk}/preview/raw/?as=member").content
    page = reader.get(post.url).content
    assert b"As it was." in page
    assert b"As it will be." not in page
