"""Requests that nobody sends by accident: none of them is an error of ours, a wait, or a hint at what is there."""

import base64
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from communities.files.actions import take_file
from communities.spaces.models import Community
from communities.ui.logs import without_secrets
from content.posts.models import Post
from tests.desk import brand

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sign", ["a-", "a", "token", "secret ", "://a:", "cookie", "token= ", "-_"])
def test_a_log_line_costs_no_more_than_its_length(sign: str) -> None:
    """H03, E11: sixteen kilobytes of path took a minute; anybody can ask for one, and every 404 is logged."""
    began = time.process_time()
    without_secrets("Not Found: /" + (sign * 60_000)[:60_000])
    assert time.process_time() - began < 10


def test_a_place_that_is_not_listed_answers_as_one_that_is_not_there(demo: Community) -> None:
    """A01, header for header: looking into the session before or after finding the place told them apart."""
    Community.objects.filter(pk=demo.pk).update(listed=False)
    browser = Client()
    for rest in ("", "join/", "studio/", "write/", "feed.atom", "look-1.css", "card.png", "p/1/x/", "sitemap-0.xml"):
        there, nowhere = (browser.get(f"/c/{slug}/{rest}") for slug in ("demo", "nowhere"))
        assert (there.status_code, dict(there.items()), there.content) == (
            404,
            dict(nowhere.items()),
            nowhere.content,
        ), rest


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_page_token_beyond_all_calendars_is_none(moment: str, demo: Community, owner: Any, client_of: Any) -> None:
    token = base64.urlsafe_b64encode(f"{moment}~5".encode()).decode().rstrip("=")
    for address in ("/c/demo/", "/c/demo/studio/", "/c/demo/studio/members/"):
        assert client_of(owner).get(address, {"after": token}).status_code == 404


def test_a_nul_in_an_address_finds_nothing(demo: Community, owner: Any, client_of: Any) -> None:
    """PostgreSQL refuses such a text with an error."""
    for address in ("/c/demo/?tag=%00", "/c/demo/feed.atom?tag=a%00", "/f/abc%00/x.png", "/c/demo/p/1/%00/"):
        assert client_of(owner).get(address).status_code == 404


@pytest.mark.parametrize("wanted", ["bytes=" + "9" * 5000 + "-", "bytes=-" + "9" * 5000, "bytes=١-٢"])
def test_a_range_of_any_number_is_answered(
    wanted: str, publish: Callable[..., Post], owner: Any, visitor: Any, client_of: Any
) -> None:
    post = publish("Open")
    file = take_file(
        community=post.community, uploader=owner, parent_kind="post", parent_id=post.pk, upload=b"words", name="a.txt"
    )
    answer = client_of(visitor).get(file.url, headers={"Range": wanted.encode().decode("latin-1")})
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"words")


def test_no_more_is_read_than_any_form_may_bring(settings: Any, owner: Any) -> None:
    """E10: a form that asks for no file at all, from somebody without an account, filled the disk for temporary files."""
    settings.UPLOAD_MAX_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    big = SimpleUploadedFile("big.bin", b"x" * 4000)
    assert Client().post("/accounts/login/", {"login": "a@b.example", "password": "x", "file": big}).status_code == 400


def test_a_page_kept_for_https_is_not_the_answer_to_http(settings: Any, demo: Community, visitor: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    browser = Client()
    assert browser.get("/c/demo/", secure=True).status_code == 200
    assert browser.get("/c/demo/").status_code == 301


def test_the_desk_is_asked_for_nothing_that_cannot_be(demo: Community, client_of: Any) -> None:
    """One database finds nothing there, the other refuses to look: neither is an error of ours."""
    browser = client_of(brand("manager"))
    for asked in ({"community__id__in": "9" * 30}, {"opens_at__year": "-1"}, {"opens_at__year": "9" * 30}):
        assert browser.get("/admin/posts/post/", asked).status_code in (200, 404), asked
    for chosen in ("", "\x00", "9" * 30, "null", "../.."):
        sent = {"action": "hide", "_selected_action": chosen, "apply": "1", "reason": "x"}
        assert browser.post("/admin/posts/post/", sent).status_code in (302, 404), chosen
