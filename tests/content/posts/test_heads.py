"""What previews and engines are told of a page: true, absolute, and nothing that a visitor could not read on it."""

import datetime as dt
import json
import re
from html import unescape

import pytest
import time_machine
from django.http import HttpResponse
from django.utils import timezone

from communities.spaces.models import Community
from content.posts.actions import set_bylines, set_tags
from content.posts.models import Post

pytestmark = [pytest.mark.django_db, pytest.mark.once]


class Head:
    """The head of a page, taken apart."""

    def __init__(self, html: str) -> None:
        self.html = html.partition("</head>")[0]
        found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', self.html)
        self.meta = {name: unescape(value) for name, value in found}
        self.tags = [unescape(value) for name, value in found if name == "article:tag"]
        self.links = re.findall(r'<link rel="([a-z]+)"[^>]*? href="([^"]*)"', self.html)
        data = re.search(r'<script type="application/ld\+json">(.*?)</script>', self.html, re.DOTALL)
        self.graph = {it["@type"]: it for it in json.loads(data[1])["@graph"]} if data else {}

    def link(self, rel: str) -> list[str]:
        return [unescape(address) for name, address in self.links if name == rel]


def without_token(response: HttpResponse) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


@pytest.fixture
def head_of(client_of, visitor):
    def read(path: str, who=visitor, **kwargs) -> Head:
        response = client_of(who).get(path, **kwargs)
        assert response.status_code == 200
        return Head(response.content.decode())

    return read


def test_a_public_post_tells_everything(publish, head_of, settings):
    post = publish(
        "Why the “second” ink <wins>", source="The text.", teaser="What nine of you said.", kind="lesson", language="pt"
    )
    set_tags(post, ["Ink", "Paper & more"])
    set_bylines(post, [("Ada", None), ("Bo", None)])
    head = head_of(post.url)
    address = settings.SITE_URL + post.url
    assert head.link("canonical") == [address]
    assert head.meta["og:url"] == address
    assert head.meta["og:type"] == "article"
    assert head.meta["og:title"] == post.title
    assert head.meta["og:site_name"] == "Demo"
    assert head.meta["og:description"] == head.meta["description"] == "What nine of you said."
    assert head.meta["article:section"] == "Lesson"
    assert head.tags == ["Ink", "Paper & more"]
    assert dt.datetime.fromisoformat(head.meta["article:published_time"]) == post.opens_at.replace(microsecond=0)
    assert head.meta["twitter:card"] == "summary_large_image"
    assert "robots" not in head.meta
    article = head.graph["Article"]
    assert article["headline"] == post.title
    assert [author["name"] for author in article["author"]] == ["Ada", "Bo"]
    assert article["isAccessibleForFree"] is True
    assert "hasPart" not in article
    assert article["keywords"] == ["Ink", "Paper & more"]
    assert article["inLanguage"] == "pt"
    assert article["image"] == head.meta["og:image"]


def test_a_title_in_another_script_has_one_address(publish, head_of, settings):
    post = publish("木版画")
    assert head_of(post.url).link("canonical") == [settings.SITE_URL + post.url]


def test_a_gated_post_tells_its_teaser_and_where_the_wall_is(publish, head_of, client_of, visitor, insider):
    """A09: title, teaser and a drawn picture, whoever looks."""
    post = publish("Shut", rung=20, source="CANARY-BODY", teaser="A promise.", details={"code": "CANARY-CODE"})
    head = head_of(post.url)
    assert head.meta["description"] == "A promise."
    article = head.graph["Article"]
    assert article["isAccessibleForFree"] is False
    assert article["hasPart"] == {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".locked"}
    assert 'class="locked"' in client_of(visitor).get(post.url).content.decode()
    assert "CANARY" not in head.html
    assert "CANARY" not in head_of(post.url, insider).html


def test_a_gated_post_without_a_teaser_is_described_by_nothing(publish, head_of):
    head = head_of(publish("Shut", rung=20, source="CANARY-BODY", teaser="").url)
    assert "description" not in head.meta
    assert "CANARY" not in head.html


def test_an_open_post_without_a_teaser_is_described_by_its_beginning(publish, head_of):
    assert head_of(publish("Open", source="So it begins.", teaser="").url).meta["description"] == "So it begins."


def test_the_wall_falls_with_the_opening(publish, head_of):
    start = timezone.now().replace(microsecond=0)
    opens = start + dt.timedelta(days=1)
    post = publish("Early", rung=20, source="So it begins.", teaser="", openings=((0, opens),))
    with time_machine.travel(opens - dt.timedelta(seconds=1), tick=False):
        head = head_of(post.url)
        assert (head.graph["Article"]["isAccessibleForFree"], "description" in head.meta) == (False, False)
    with time_machine.travel(opens, tick=False):
        head = head_of(post.url)
        assert (head.graph["Article"]["isAccessibleForFree"], head.meta["description"]) == (True, "So it begins.")


def test_the_picture_of_a_preview_is_there_and_its_address_changes_with_it(
    publish, head_of, client_of, visitor, settings
):
    post = publish("Before")
    before = head_of(post.url).meta["og:image"]
    assert before.startswith(f"{settings.SITE_URL}/c/demo/p/{post.pk}/card.png?v=")
    picture = client_of(visitor).get(before.removeprefix(settings.SITE_URL))
    assert (picture["Content-Type"], picture["Cache-Control"]) == ("image/png", "public, max-age=60")
    Post.objects.filter(pk=post.pk).update(title="After")
    assert head_of(post.url).meta["og:image"] != before


def test_nobody_who_sees_more_than_a_visitor_is_given_a_preview(publish, head_of, insider, owner):
    """What is not for visitors has none at all; no engine signs in."""
    hidden = publish("Secret", space="table", rung=30, source="CANARY-BODY")
    later = publish("Later", opens_at=timezone.now() + dt.timedelta(days=1))
    for post, who in ((hidden, insider), (later, owner)):
        head = head_of(post.url, who)
        assert not [name for name in head.meta if name.startswith(("og:", "twitter:", "article:", "description"))]
        assert head.graph == {}


def test_a_title_cannot_leave_the_data_block(publish, head_of):
    title = '</script><script>alert(1)</script><!-- & \u2028 "quoted"'
    head = head_of(publish(title).url)
    assert head.graph["Article"]["headline"] == title
    assert "<script>alert" not in head.html


def test_crumbs_lead_from_the_house_to_the_post(publish, head_of, settings):
    post = publish("Open")
    steps = head_of(post.url).graph["BreadcrumbList"]["itemListElement"]
    assert [step["position"] for step in steps] == [1, 2, 3]
    assert [step["item"] for step in steps] == [settings.SITE_URL + path for path in ("/", "/c/demo/", post.url)]


def test_the_brand_is_a_website_of_an_organization(demo, head_of, settings):
    head = head_of("/")
    assert head.link("canonical") == [f"{settings.SITE_URL}/"]
    assert {"WebSite", "Organization"} <= set(head.graph)
    assert head.graph["WebSite"]["url"] == f"{settings.SITE_URL}/"
    assert head.link("alternate") == ["/feed.atom", "/feed.rss"]


def test_a_front_offers_both_feeds_and_a_picture(demo, head_of, client_of, visitor, settings):
    head = head_of("/c/demo/")
    assert head.link("alternate") == ["/c/demo/feed.atom", "/c/demo/feed.rss"]
    assert head.link("canonical") == [f"{settings.SITE_URL}/c/demo/"]
    assert head.meta["og:type"] == "website"
    assert "robots" not in head.meta
    picture = head.meta["og:image"].removeprefix(settings.SITE_URL)
    assert client_of(visitor).get(picture)["Content-Type"] == "image/png"


@pytest.mark.parametrize("query", ["kind=update", "space=journal", "tag=ink"])
def test_filtered_pages_stay_out_of_engines(publish, head_of, query):
    set_tags(publish("Open"), ["Ink"])
    head = head_of(f"/c/demo/?{query}")
    assert head.meta["robots"] == "noindex"
    assert head.graph == {}


def test_addresses_never_come_from_the_request(publish, head_of, settings):
    """C05."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://hearth.example"
    post = publish("Open")
    head = head_of(post.url, headers={"Host": "evil.example"})
    assert "evil.example" not in head.html
    for address in (*head.link("canonical"), head.meta["og:image"], head.graph["Article"]["url"]):
        assert address.startswith("https://hearth.example/")


def test_an_unlisted_community_offers_no_feed(publish, demo, head_of, owner):
    post = publish("Open")
    Community.objects.filter(pk=demo.pk).update(listed=False)
    for path in (post.url, "/c/demo/"):
        assert head_of(path, owner).link("alternate") == []


def test_what_stands_around_a_post_tells_of_nothing_hidden(publish, client_of, visitor, member):
    """A12, A14: newer and older posts, tags and counts are those of what the reader may know."""
    start = timezone.now() - dt.timedelta(days=3)
    post = publish("Middle", opens_at=start)
    older = publish("CANARY-older", space="table", rung=30, opens_at=start - dt.timedelta(hours=1))
    newer = publish("CANARY-newer", space="table", rung=30, opens_at=start + dt.timedelta(hours=1))
    for hidden in (older, newer):
        set_tags(hidden, ["CANARY-tag"])
    for who in (visitor, member):
        page = client_of(who).get(post.url).content.decode()
        assert "CANARY" not in page
        assert 'rel="next"' not in page
        assert 'rel="prev"' not in page
        for path in ("/c/demo/", "/", "/c/demo/?tag=canary-tag", "/c/demo/?kind=update"):
            answer = client_of(who).get(path)
            assert "CANARY" not in answer.content.decode()
        unknown, hidden_tag = (client_of(who).get(f"/c/demo/?tag={slug}") for slug in ("nothing", "canary-tag"))
        assert unknown.status_code == hidden_tag.status_code
        assert without_token(unknown).replace("nothing", "canary-tag") == without_token(hidden_tag)


def test_a_link_to_a_hidden_post_shows_no_more_than_what_was_typed(publish, client_of, visitor):
    """A14: nothing is looked up for a link between posts."""
    hidden = publish("CANARY-title", space="table", rung=30, teaser="CANARY-teaser", source="CANARY-body")
    post = publish("Open", source=f"See http://localhost:8000/c/demo/p/{hidden.pk}/ and [it](/c/demo/p/{hidden.pk}/).")
    assert "CANARY" not in client_of(visitor).get(post.url).content.decode()
    assert "CANARY" not in client_of(visitor).get("/c/demo/feed.atom").content.decode()
