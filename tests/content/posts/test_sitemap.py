"""The site map holds what a visitor may read or see the teaser of, once, in files of a bounded size; robots.txt names it."""

import datetime as dt
import fnmatch
import uuid
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from communities.spaces.models import Community
from content.posts import sitemaps
from content.posts.actions import edit_post
from content.posts.models import Post

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def entries(response) -> list[tuple[str, str | None]]:
    """(address, lastmod) in the order of the file."""
    assert response.status_code == 200
    root = ElementTree.XML(response.content)
    return [(child.findtext(f"{NS}loc") or "", child.findtext(f"{NS}lastmod")) for child in root]


@pytest.fixture
def mapped(client_of, visitor, settings):
    """Every page of the site map with its lastmod, found through the index."""

    def read(who=visitor) -> dict[str, str | None]:
        found: list[tuple[str, str | None]] = []
        for address, _lastmod in entries(client_of(who).get("/sitemap.xml")):
            assert address.startswith(settings.SITE_URL)
            found += entries(client_of(who).get(address.removeprefix(settings.SITE_URL)))
        assert len(found) == len(dict(found))
        return dict(found)

    return read


def test_fronts_and_listed_posts_are_on_the_map(publish, maker, mapped, settings):
    posts = [publish("Open"), publish("Shut", rung=20), publish("木版画")]
    fronts = ("/", "/c/demo/", "/c/demo/people/", "/c/atelier/", "/c/atelier/people/")
    wanted = {settings.SITE_URL + path for path in (*fronts, *(post.url for post in posts))}
    assert set(mapped()) == wanted


def test_what_a_visitor_may_not_know_is_on_no_map_whoever_asks(publish, mapped, owner, insider):
    """A12: nor does its place show."""
    publish("CANARY-table", space="table", rung=30)
    later = publish("CANARY-later", opens_at=timezone.now() + dt.timedelta(days=1))
    for state in ("draft", "hidden", "removed"):
        Post.objects.filter(pk=publish(f"CANARY-{state}").pk).update(state=state)
    for who in (owner, insider):
        assert "canary" not in "".join(mapped(who)).lower()
    assert "sitemap-0" not in "".join(mapped())
    with time_machine.travel(later.opens_at, tick=False):
        assert "canary-later" in "".join(mapped()).lower()


def test_the_index_names_no_file_of_a_community_with_nothing_to_show(publish, client_of, visitor, settings):
    publish("Secret", space="table", rung=30)
    assert entries(client_of(visitor).get("/sitemap.xml")) == [(f"{settings.SITE_URL}/sitemap-fronts.xml", None)]
    nowhere = client_of(visitor).get("/c/nowhere/sitemap-0.xml")
    for path in ("/c/demo/sitemap-0.xml", "/c/demo/sitemap-77.xml", "/c/demo/sitemap-99999999999999999999.xml"):
        assert client_of(visitor).get(path).content == nowhere.content


def test_an_unlisted_community_is_on_no_map(publish, demo, maker, client_of, owner, mapped, settings):
    publish("Open")
    Community.objects.filter(pk=demo.pk).update(listed=False)
    assert set(mapped(owner)) == {settings.SITE_URL + path for path in ("/", "/c/atelier/", "/c/atelier/people/")}
    assert client_of(owner).get("/c/demo/sitemap-0.xml").status_code == 404


def test_the_first_post_of_a_community_is_on_the_map_at_once(demo, publish, mapped, settings):
    before = mapped()
    post = publish("First")
    assert set(mapped()) - set(before) == {settings.SITE_URL + post.url}


def test_lastmod_follows_publishing_editing_and_opening(publish, mapped, settings, seen_by, owner):
    start = dt.datetime(2026, 3, 1, 12, 0, 0, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        early = publish("Early", rung=20, opens_at=start, openings=((0, start + dt.timedelta(days=2)),))
        plain = publish("Plain", opens_at=start)
        address, other = settings.SITE_URL + early.url, settings.SITE_URL + plain.url
        assert (mapped()[address], mapped()[other]) == ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z")
        clock.shift(dt.timedelta(days=1))
        edit_post(seen_by(owner), post=Post.objects.get(pk=plain.pk), source="New")
        assert mapped()[other] == "2026-03-02T12:00:00Z"
        clock.shift(dt.timedelta(days=1))
        assert (mapped()[address], mapped()[other]) == ("2026-03-03T12:00:00Z", "2026-03-02T12:00:00Z")


def test_files_are_of_a_bounded_size_and_share_nothing(publish, mapped, client_of, visitor, monkeypatch):
    monkeypatch.setattr(sitemaps, "BLOCK", 3)
    posts = [publish(f"Post {number}") for number in range(8)]
    index = entries(client_of(visitor).get("/sitemap.xml"))
    assert len(index) - 1 == len({post.pk // 3 for post in posts})
    assert len(mapped()) == 3 + len(posts)


def test_addresses_are_ours_whatever_host_was_asked(publish, client_of, visitor, settings):
    """C05: nothing is built from the Host header."""
    settings.ALLOWED_HOSTS = ["*"]
    publish("Open")
    for path in ("/sitemap.xml", "/c/demo/sitemap-0.xml", "/robots.txt", "/c/demo/feed.atom", "/c/demo/", "/"):
        text = client_of(visitor).get(path, headers={"Host": "evil.example"}).content.decode()
        assert "evil.example" not in text


def test_the_map_is_cached_for_everybody_and_answers_conditional_requests(publish, client_of, visitor):
    publish("Open")
    for path in ("/sitemap.xml", "/sitemap-fronts.xml", "/c/demo/sitemap-0.xml", "/robots.txt"):
        browser = client_of(visitor)
        first = browser.get(path)
        assert first["Cache-Control"].startswith("public, max-age=")
        assert browser.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_the_questions_of_the_map_do_not_grow(publish, demo, owner, client_of, visitor, django_assert_num_queries):
    space = publish("First").space
    now = timezone.now()
    for expected in (1, 40):
        rows = [
            Post(
                community=demo, space=space, author=owner, title=f"P{n}", slug=f"p{n}", state="published",
                opens_at=now, request=uuid.uuid4(),
            )
            for n in range(expected)
        ]  # fmt: skip
        Post.objects.bulk_create(rows)
        with django_assert_num_queries(4):
            client_of(visitor).get("/sitemap.xml")
        with django_assert_num_queries(3):  # which files there are is known for a while
            client_of(visitor).get("/sitemap.xml")
        cache.clear()
        with django_assert_num_queries(5):
            client_of(visitor).get("/c/demo/sitemap-0.xml")


def test_robots_names_the_map_and_keeps_crawlers_off_what_is_ones_own(publish, client_of, visitor, settings):
    post = publish("Open")
    response = client_of(visitor).get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    lines = response.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert lines[-1] == f"Sitemap: {settings.SITE_URL}/sitemap.xml"
    forbidden = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")]

    def kept_off(path: str) -> bool:
        return any(fnmatch.fnmatchcase(path, pattern.replace("?", "[?]") + "*") for pattern in forbidden)

    for path in ("/accounts/login/", "/me/", "/c/demo/studio/", "/c/demo/join/", "/c/demo/?kind=idea&space=journal"):
        assert kept_off(path), path
    card = f"/c/demo/p/{post.pk}/card.png?v=1"
    for path in (
        "/",
        "/c/demo/",
        "/c/demo/?kind=idea",
        post.url,
        card,
        "/c/demo/feed.atom",
        "/sitemap.xml",
        "/c/demo/sitemap-0.xml",
    ):
        assert not kept_off(path), path
