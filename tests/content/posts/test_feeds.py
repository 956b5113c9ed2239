"""Feeds are valid, whole where everybody may read, honest where not, and silent about what a visitor may not know."""

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import time_machine
from django.utils import timezone

from communities.spaces.models import Community
from content.posts.actions import edit_post, set_tags
from content.posts.feeds import absolute, sayable
from content.posts.models import Post, Tag

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
ALL = ("/c/demo/feed.atom", "/c/demo/feed.rss", "/feed.atom", "/feed.rss")


@pytest.fixture
def feed(client_of, visitor):
    def read(path: str) -> ElementTree.Element:
        response = client_of(visitor).get(path)
        assert response.status_code == 200
        return ElementTree.XML(response.content)

    return read


def is_absolute(address: str | None) -> bool:
    parts = urlsplit(address or "")
    return bool(parts.scheme and parts.netloc)


@pytest.mark.parametrize("path", ["/c/demo/feed.atom", "/feed.atom", "/c/demo/feed.atom?kind=update"])
def test_atom_has_what_its_specification_asks_for(publish, feed, settings, path):
    """RFC 4287, 4.1: id, title, updated and authors for the feed and each entry; one self link; absolute ids."""
    publish("One", source="Text")
    publish("Two", rung=20)
    root = feed(path)
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert len(root.findall(ATOM + name)) == 1
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links["self"] == settings.SITE_URL + path
    assert is_absolute(links["alternate"])
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == (1 if path == "/feed.atom" else 2)
    for entry in entries:
        for name in ("id", "title", "updated", "published"):
            assert len(entry.findall(ATOM + name)) == 1
        assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Owner"
        assert is_absolute(entry.findtext(f"{ATOM}id"))
        assert is_absolute(entry.find(f"{ATOM}link").get("href"))
        assert dt.datetime.fromisoformat(entry.findtext(f"{ATOM}updated")).tzinfo is not None
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    assert root.findtext(f"{ATOM}updated") == max(entry.findtext(f"{ATOM}updated") for entry in entries)


@pytest.mark.parametrize("path", ["/c/demo/feed.rss", "/feed.rss"])
def test_rss_has_what_its_specification_asks_for(publish, feed, settings, path):
    """RSS 2.0: channel title, link, description; items with title, link, guid and a date of RFC 822; a self link."""
    publish("One", source="Text")
    root = feed(path)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    channel = root.find("channel")
    for name in ("title", "link", "description"):
        assert channel.findtext(name)
    self_link = channel.find(f"{ATOM}link")
    assert (self_link.get("rel"), self_link.get("href")) == ("self", settings.SITE_URL + path)
    for item in channel.findall("item"):
        assert item.findtext("title") == "One"
        assert is_absolute(item.findtext("link"))
        assert is_absolute(item.findtext("guid"))
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo is not None
        assert item.findtext(f"{CONTENT}encoded") == '<p dir="auto">Text</p>\n'


@pytest.mark.parametrize("path", ALL)
def test_a_gated_text_is_in_no_feed_whoever_asks(publish, client_of, visitor, insider, owner, path):
    """A03: the teaser of what is listed, nothing of what is not."""
    publish("Open", source="PUBLIC-TEXT")
    publish("Shut", rung=20, source="CANARY-BODY", teaser="A promise.", details={"code": "CANARY-CODE"}, kind="lesson")
    publish("CANARY-TITLE", space="table", rung=30, teaser="CANARY-TEASER")
    publish("CANARY-LATER", opens_at=timezone.now() + dt.timedelta(hours=1))
    for state in ("draft", "hidden", "removed"):
        post = publish(f"CANARY-{state}")
        Post.objects.filter(pk=post.pk).update(state=state)
    for who in (visitor, insider, owner):
        text = client_of(who).get(path).content.decode()
        assert "PUBLIC-TEXT" in text
        assert "CANARY" not in text
        if path.startswith("/c/"):
            assert "A promise. For Insider." in text


def test_a_text_comes_with_its_opening(publish, feed):
    start = timezone.now().replace(microsecond=0)
    publish("Early", rung=20, source="THE-TEXT", openings=((0, start + dt.timedelta(days=1)),))
    with time_machine.travel(start + dt.timedelta(days=1, seconds=-1), tick=False):
        assert b"THE-TEXT" not in ElementTree.tostring(feed("/c/demo/feed.atom"))
        assert b"THE-TEXT" not in ElementTree.tostring(feed("/feed.atom"))
    with time_machine.travel(start + dt.timedelta(days=1), tick=False):
        assert b"THE-TEXT" in ElementTree.tostring(feed("/c/demo/feed.atom"))
        assert b"THE-TEXT" in ElementTree.tostring(feed("/feed.atom"))


def test_the_id_of_an_entry_outlives_its_title(publish, feed, seen_by, owner):
    post = publish("Before")
    before = feed("/c/demo/feed.atom").find(f"{ATOM}entry")
    edit_post(seen_by(owner), post=Post.objects.get(pk=post.pk), title="After")
    after = feed("/c/demo/feed.atom").find(f"{ATOM}entry")
    assert after.findtext(f"{ATOM}title") == "After"
    assert after.findtext(f"{ATOM}id") == before.findtext(f"{ATOM}id")
    assert after.findtext(f"{ATOM}updated") > before.findtext(f"{ATOM}updated")


@pytest.mark.parametrize("path", ALL)
def test_characters_that_xml_does_not_know_are_left_out(publish, feed, demo, path):
    post = publish("Bell", source="Text")
    Post.objects.filter(pk=post.pk).update(
        title="Be\x07ll\ufffe", teaser="\x0bTea", html="<p>T\x1fext\x0c \U0001f41d</p>"
    )
    Community.objects.filter(pk=demo.pk).update(name="De\x01mo", tagline="\x02")
    text = ElementTree.tostring(feed(path), encoding="unicode")
    assert "Bell" in text
    assert "Text \U0001f41d" in text


def test_sayable_keeps_what_xml_knows():
    assert sayable("a\tb\nc\r\x85\ud7ff\ue000\U0010ffff") == "a\tb\nc\r\x85\ud7ff\ue000\U0010ffff"
    assert sayable("\x00\x08\x0b\x0e\x1f\ud800\udfff\ufffe\uffff") == ""


def test_own_addresses_are_made_whole_and_text_stays_as_it_is(settings):
    site, here = settings.SITE_URL, "http://x/c/demo/p/1/a/"
    assert absolute('<a href="/c/demo/">x</a>', here) == f'<a href="{site}/c/demo/">x</a>'
    assert absolute('<a href="#at-1" id="at-2">x</a>', here) == f'<a href="{here}#at-1" id="at-2">x</a>'
    assert (
        absolute('<img src="/f/a/480.webp" srcset="/f/a/480.webp 480w, /f/a/960.webp 960w">', here)
        == f'<img src="{site}/f/a/480.webp" srcset="{site}/f/a/480.webp 480w, {site}/f/a/960.webp 960w">'
    )
    for same in (
        '<code>src="/a.png" href="#b"</code>',
        '<a href="//elsewhere.example/">x</a>',
        '<a href="https://elsewhere.example/?a=/b">x</a>',
        '<img alt="say href=&quot;/x&quot;" title="a > b">',
        "",
    ):
        assert absolute(same, here) == same


def test_a_body_with_footnotes_and_links_has_absolute_addresses_only(publish, feed):
    publish("Linked", source="See [home](/c/demo/) and this[^1].\n\n[^1]: A note.")
    html = feed("/c/demo/feed.atom").find(f"{ATOM}entry").findtext(f"{ATOM}content")
    addresses = re.findall(r'(?:href|src)="([^"]*)"', html)
    assert len(addresses) >= 3
    assert all(is_absolute(address) for address in addresses)


def test_a_feed_can_be_narrowed_down_to_what_a_visitor_sees(publish, feed, client_of, visitor):
    publish("Idea", kind="idea")
    tagged = publish("Tagged")
    set_tags(tagged, ["Ink"])
    hidden = publish("Hidden", space="table", rung=30)
    set_tags(hidden, ["Secret"])
    Tag.objects.create(community=tagged.community, slug="unused", name="Unused")

    def titles(query: str) -> list[str | None]:
        return [entry.findtext(f"{ATOM}title") for entry in feed(f"/c/demo/feed.atom?{query}").findall(f"{ATOM}entry")]

    assert titles("kind=idea") == ["Idea"]
    assert titles("tag=ink") == ["Tagged"]
    assert titles("kind=lesson") == []
    assert set(titles("space=journal&utm_source=x")) == {"Idea", "Tagged"}
    # A12: a tag or a space that only hidden posts have is as unknown as one that nobody has.
    for query in ("tag=secret", "tag=unused", "tag=nothing", "space=table", "space=nothing", "kind=nothing"):
        assert client_of(visitor).get(f"/c/demo/feed.atom?{query}").status_code == 404


def test_the_feed_of_an_unlisted_community_is_nowhere(publish, demo, client_of, visitor, owner):
    publish("Open", source="CANARY")
    Community.objects.filter(pk=demo.pk).update(listed=False)
    for who in (visitor, owner):
        assert client_of(who).get("/c/demo/feed.atom").status_code == 404
        assert client_of(who).get("/c/demo/feed.rss").status_code == 404
        assert b"CANARY" not in client_of(who).get("/feed.atom").content


@pytest.mark.parametrize("path", ALL)
def test_a_feed_reader_that_has_it_already_is_told_so(publish, client_of, visitor, path):
    publish("Open")
    browser = client_of(visitor)
    first = browser.get(path)
    assert browser.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client_of(visitor).get(path)["ETag"] == first["ETag"]


@pytest.mark.parametrize("path", ALL)
def test_an_empty_feed_is_valid_and_always_the_same(demo, feed, client_of, visitor, path):
    first = client_of(visitor).get(path).content
    with time_machine.travel(timezone.now() + dt.timedelta(days=3), tick=False):
        assert client_of(visitor).get(path).content == first


def test_the_queries_of_a_feed_do_not_grow_with_its_posts(
    publish, client_of, visitor, django_assert_max_num_queries, django_assert_num_queries
):
    set_tags(publish("First", rung=20), ["a"])
    publish("Second")
    client_of(visitor).get("/c/demo/feed.atom")
    for path in ALL:
        publish("Third")  # a publication lets go of what is kept, here as below
        with django_assert_max_num_queries(12) as few:
            client_of(visitor).get(path)
        for number in range(4):
            set_tags(publish(f"Post {number}", rung=20 if number % 2 else 0), [f"t{number}"])
        with django_assert_num_queries(len(few)):
            client_of(visitor).get(path)
