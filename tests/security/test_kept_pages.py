"""What one reader's visit leaves in the process must not answer another reader who may see less."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from communities.access.models import Pass
from communities.members.models import Member, RungSource, Standing
from communities.spaces.models import Community, Rung
from content.posts.models import Post
from tests.conftest import make_member

pytestmark = pytest.mark.django_db
Browsers = Callable[[Any], Client]


def test_a_scheduled_post_that_its_author_looked_at_is_nobody_elses_yet(
    demo: Community, member: Any, insider: Any, publish: Callable[..., Post], client_of: Browsers
) -> None:
    """A23: the author's own page of it was kept under the audience that it will have."""
    later = timezone.now() + dt.timedelta(hours=1)
    post = publish("Not yet", space="bench", author=member, opens_at=later)
    other = Member.objects.get(user=insider)
    Member.objects.filter(pk=other.pk).update(rung=10)
    assert client_of(member).get(post.url).status_code == 200
    assert client_of(insider).get(post.url).status_code == 404


def test_the_authors_pen_is_not_on_the_page_of_others(
    demo: Community, member: Any, insider: Any, publish: Callable[..., Post], client_of: Browsers
) -> None:
    post = publish("On the bench", space="bench", author=member)
    Member.objects.filter(user=insider).update(rung=10)
    pen = f'href="/c/demo/write/{post.pk}/"'.encode()
    assert pen in client_of(member).get(post.url).content
    assert pen not in client_of(insider).get(post.url).content


def test_who_fell_reads_the_teaser_at_once(
    demo: Community, circle: Any, insider: Any, publish: Callable[..., Post], client_of: Browsers
) -> None:
    """B03, C12: what the step kept does not answer somebody who stands on it no more."""
    post = publish("For insiders", rung=20, source="CANARY")
    for person in (circle, insider):
        assert b"CANARY" in client_of(person).get(post.url).content
    Member.objects.filter(user=insider).update(rung_until=timezone.now() - dt.timedelta(seconds=1))
    Member.objects.filter(user=circle).update(standing=Standing.SUSPENDED)
    RungSource.objects.all().delete()
    for person in (circle, insider):
        shown = client_of(person).get(post.url)
        assert (shown.status_code, b"CANARY" in shown.content) == (200, False)
        assert b"CANARY" not in client_of(person).get("/c/demo/").content


def test_a_step_of_the_same_height_next_door_opens_nothing(
    demo: Community, maker: Any, publish: Callable[..., Post], insider: Any, client_of: Browsers
) -> None:
    """Two communities number their steps alike; what is kept for one is not the other's."""
    Rung.objects.create(community=Community.objects.get(slug="atelier"), level=20, slug="insider", name="Insider")
    post = publish("For insiders", rung=20, source="CANARY")
    assert b"CANARY" in client_of(insider).get(post.url).content
    assert b"CANARY" not in client_of(maker).get(post.url).content
    assert client_of(maker).get(post.url.replace("/c/demo/", "/c/atelier/")).status_code == 404


def test_a_pass_opens_for_one_person_however_fresh_it_is(
    demo: Community, member: Any, publish: Callable[..., Post], client_of: Browsers
) -> None:
    """That somebody has no exceptions is remembered for a while; what they see with a new one is not everybody's."""
    post = publish("For insiders", rung=20, source="CANARY")
    other, browser = make_member(demo, "other"), client_of(member)
    browser.get(publish("Open").url)
    Pass.objects.create(user=member, kind=Post.KIND, object_id=post.pk, source="gift")
    browser.get("/c/demo/")
    assert b"CANARY" in browser.get(post.url).content
    for address in ("/c/demo/", post.url):
        assert b"CANARY" not in client_of(other).get(address).content
