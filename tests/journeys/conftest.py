"""A real Chromium against the live server: one browser a session, a fresh context a test, violations of axe in one word."""

import os
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

import environ
import pytest
from aiosmtpd.controller import Controller
from allauth.account.models import EmailAddress
from django.test import Client

from communities.activity.actions import deliver_due
from communities.mail.actions import send_due
from communities.people.models import User
from config.processes import free_port
from tests.legs import chromium_path

WORD = "a-long-enough-word"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--js-flags=--no-opt --no-maglev",  # each page is new: its scripts are over before it pays to make them faster
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)
    # Playwright's own loop runs in this thread; Django would take it for ours.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browse(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """browse(user) opens a page of a new browser that has been signed in before; browse(None) a visitor's."""
    yield from browsers(chromium, live_server.url)


def browsers(chromium: Any, url: str) -> Iterator[Callable[..., Any]]:
    contexts = []

    def open_page(user: User | None = None, **options: Any) -> Any:
        context = chromium.new_context(**{"base_url": url, "locale": "en-GB"} | options)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        if user is not None:
            sign_in(page, user, url)
        return page

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page: Any, user: User, url: str) -> None:
    """As if it were yesterday; the door itself is gone through in the journeys about accounts."""
    user.set_password(WORD)
    user.save()
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    browser = Client()
    browser.force_login(user, backend="communities.people.backend.Backend")
    page.context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": url}])


def tab_to(page: Any, selector: str, most: int = 90) -> None:
    """Goes there with the Tab key alone."""
    for _step in range(most):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key never came to {selector}")


class Postman:
    """A mail server on loopback that takes everything: what reached people, by address, the newest last."""

    def __init__(self) -> None:
        self.letters: dict[str, list[Any]] = {}

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content, policy=policy.default)
        for address in envelope.rcpt_tos:
            self.letters.setdefault(address, []).append(letter)
        return "250 OK"

    def round(self) -> None:
        """What the worker does every second, until nothing is left to do."""
        while deliver_due():
            pass
        while send_due():
            pass

    def links(self, address: str) -> list[str]:
        """The addresses on this site in the newest letter to somebody, without the host."""
        text = self.letters[address][-1].get_body(("plain",)).get_content()
        return re.findall(r"https?://localhost:\d+(/\S*)", text)


@pytest.fixture
def postman(settings: Any) -> Iterator[Postman]:
    """Mail leaves by SMTP, over a real socket."""
    postman = Postman()
    server = Controller(postman, hostname="127.0.0.1", port=free_port())
    server.start()
    for name, value in environ.Env.email_url_config(f"smtp://127.0.0.1:{server.port}").items():
        setattr(settings, name, value)
    yield postman
    server.stop()


@pytest.fixture
def say(demo: Any) -> Callable[..., Any]:
    """say(user, post, "…"): a comment that stands there already."""
    from communities.access.things import thing
    from communities.access.viewer import viewer_for
    from communities.comments.actions import write_comment

    def write(user: User, post: Any, body: str) -> Any:
        viewer = viewer_for(user, demo)
        about = thing(post.KIND, post.pk, viewer)
        assert about is not None
        return write_comment(viewer, place=demo, about=about, body=body)

    return write
