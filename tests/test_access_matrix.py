"""Gated model x audience x viewer x surface: nobody gets a byte too much, nobody who may read is turned away.

The test of the test: an address, mail or subscriber that no list below names fails the suite.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, Group
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from communities.access.rules import gated_models
from communities.access.viewer import viewer_for
from communities.activity.registry import SUBSCRIBERS
from communities.files.models import File
from communities.members.actions import end_rung, grant_rung
from communities.members.models import Member
from communities.spaces.models import Community
from content.posts.models import Post
from tests.conftest import make_member, make_user
from tests.matrix import (
    AUDIENCES,
    EVERYBODY,
    LISTED_FIELDS,
    READABLE_FIELDS,
    Crawl,
    House,
    canary,
    client_for,
    plant,
    suspended,
)

pytestmark = pytest.mark.django_db

# Address name -> what it is to this matrix. "crawl": reached by links or built below. "fixed": the same for everybody.
# "account": asks for an account and shows one's own. "team": needs an ability; the wrong person gets the 404.
# "writes": takes POST only. "demo": exists in demo mode only.
SURFACES: dict[str, str] = {
    "healthz": "fixed",
    "readyz": "fixed",
    "metrics": "fixed",
    "ui:face": "fixed",
    "ui:look": "crawl",
    "posts:home": "crawl",
    "posts:stream": "crawl",
    "posts:join": "writes",
    "posts:seen": "writes",
    "posts:short": "crawl",
    "posts:detail": "crawl",
    "posts:atom": "crawl",
    "posts:rss": "crawl",
    "files:original": "crawl",
    "files:size": "crawl",
    "mail:list": "demo",
    "mail:detail": "demo",
    "mail:html": "demo",
}
# Whole namespaces that ask for themselves: Django's admin (its own matrix in tests/config) and allauth's pages.
NAMESPACES = ("admin:", "account_", "mfa_", "usersessions_", "socialaccount_")
# Mails tell of one's own account only.
MAILS = {"account_changed", "account_exists", "account_unknown", "address_confirm", "password_reset"}
HEARERS: set[str] = set()


def names_of(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from names_of(pattern.url_patterns, prefix + space)
        elif isinstance(pattern, URLPattern):
            yield prefix + (pattern.name or f"unnamed {pattern.pattern}")


def test_every_address_is_a_surface_of_this_matrix() -> None:
    names = {name for name in names_of(get_resolver().url_patterns) if not name.startswith(NAMESPACES)}
    assert names == set(SURFACES)


def test_every_mail_is_a_surface_of_this_matrix() -> None:
    """A mail that tells of somebody's text has to ask access when it is made and when it is sent."""
    mails = {path.stem for path in (settings.BASE_DIR / "templates" / "mail").rglob("*.txt") if path.stem != "base"}
    assert mails == MAILS


def test_every_subscriber_is_known_to_this_matrix() -> None:
    assert set(SUBSCRIBERS) == HEARERS


def test_every_gated_model_is_planted() -> None:
    assert [model.KIND for model in gated_models()] == ["post"]


@pytest.fixture
def house(demo: Community, owner: Any, moderator: Any, circle: Any, insider: Any, member: Any, outsider: Any) -> House:
    people = {
        "visitor": AnonymousUser(),
        "outsider": outsider,
        "member": member,
        "insider": insider,
        "circle": circle,
        "suspended": make_member(demo, "suspended", level=30),
        "lapsed": make_member(demo, "lapsed"),
        "moderator": moderator,
        "owner": owner,
    }
    people["staff"] = make_user("staff", is_staff=True)
    people["staff"].groups.add(Group.objects.get_or_create(name="moderator")[0])
    people["maker"] = make_user("maker")
    planted = plant(House(place=demo, people=people))
    suspended(people, demo)
    boss, lapsed = viewer_for(owner, demo), Member.objects.get(user=people["lapsed"])
    grant_rung(boss, member=lapsed, level=30, reason="for the test")
    end_rung(boss, member=lapsed)
    assert set(people) == EVERYBODY
    return planted


def starts(house: House) -> list[str]:
    """The doors, and straight addresses of everything planted, as somebody would who was sent a link."""
    here = house.place.slug
    found = ["/", f"/c/{here}/", reverse("posts:atom", args=[here]), reverse("posts:rss", args=[here]), "/sitemap.xml"]
    for post in house.posts.values():
        found += [reverse("posts:short", args=[here, post.pk]), reverse("posts:detail", args=[here, post.pk, "guess"])]
    for file in File.objects.all():
        found += [file.url, *(reverse("files:size", args=[file.token, width]) for width in file.widths)]
    return found


def test_each_viewer_gets_exactly_what_the_table_says(house: House, client_of: Callable[[Any], Client]) -> None:
    """Both directions: no byte too much (and nobody else's e-mail address), and nothing missing for whoever may read it."""
    leaks, denials = [], []
    for who in sorted(EVERYBODY):
        crawl = Crawl(client_for(house.people[who], client_of)).run(starts(house))
        for audience, (listed, readable) in AUDIENCES.items():
            fields = {**dict.fromkeys(LISTED_FIELDS, listed), **dict.fromkeys(READABLE_FIELDS, readable)}
            for name, allowed in fields.items():
                if audience == "working" and name not in ("title", "teaser", "body"):
                    continue
                where = crawl.holds(canary(audience, name))
                if who not in allowed and where:
                    leaks.append((who, audience, name, where[:3]))
                if who in allowed and not where:
                    denials.append((who, audience, name))
        for other in house.people.values():
            if other.is_authenticated and other != house.people[who] and who != "staff":
                leaks += [(who, other.email, address) for address in crawl.holds(other.email)]
    assert leaks == []
    assert denials == []


def test_each_file_answers_by_its_post(house: House, client_of: Callable[[Any], Client]) -> None:
    """200 where the post is readable, 403 where it is listed, 404 where it is not known."""
    wrong = []
    for who in sorted(EVERYBODY):
        browser = client_for(house.people[who], client_of)
        for audience, post in house.posts.items():
            listed, readable = AUDIENCES[audience]
            expected = 200 if who in readable else 403 if who in listed else 404
            for file in File.objects.filter(parent_kind=Post.KIND, parent_id=post.pk):
                for address in (file.url, *(reverse("files:size", args=[file.token, width]) for width in file.widths)):
                    got = browser.get(address).status_code
                    if got != expected:
                        wrong.append((who, audience, address, got, expected))
    assert wrong == []


def test_what_one_may_not_know_is_byte_for_byte_what_does_not_exist(
    house: House, client_of: Callable[[Any], Client]
) -> None:
    browser = client_for(house.people["member"], client_of)
    nowhere = browser.get("/c/demo/p/987654321/nothing/")
    for audience in ("table", "draft", "scheduled", "removed", "hidden"):
        post = house.posts[audience]
        for address in (post.url, reverse("posts:short", args=["demo", post.pk])):
            answer = browser.get(address)
            assert (answer.status_code, answer.content) == (404, nowhere.content)
            assert browser.post(address).status_code in (404, 405)
