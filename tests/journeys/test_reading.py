"""A reader's day in a real browser: without scripts, with the keyboard alone, light over the wire."""

import datetime as dt
import gzip
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from content.posts.models import Post
from tests.journeys.conftest import WORD, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Where the keyboard is: inside the story? with an outline? on the screen? Nothing at all where the page is done.
STOP = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  if (one === document.body) return null;
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return [one.matches("main *"), outlined, box.width > 0 && box.bottom > 0 && box.top < innerHeight];
}"""


@pytest.fixture
def shelf(publish: Callable[..., Post]) -> list[Post]:
    """Thirty posts that everybody reads, a day apart, and the newest for insiders only."""
    now = timezone.now()
    posts = [publish(f"Sheet {number}", opens_at=now - dt.timedelta(days=40 - number)) for number in range(30)]
    return [*posts, publish("Inside", rung=20, source="The recipe is secret.")]


def listened(page: Any) -> list[Any]:
    """Every answer that the page gets from now on."""
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))
    return answers


def weights(answers: list[Any]) -> dict[str, int]:
    """Gzipped bytes of the style sheets and of the scripts that came."""
    found = {"css": 0, "javascript": 0}
    for answer in answers:
        for kind in found:
            if kind in answer.headers.get("content-type", "") and answer.status == 200:
                found[kind] += len(gzip.compress(answer.body(), 6))
    return found


def focused(page: Any) -> str:
    return page.evaluate("document.activeElement.textContent.trim()")


def test_without_scripts_a_visitor_reads_pages_on_and_sees_both_doors(shelf, browse):
    page = browse(java_script_enabled=False)
    answers = listened(page)
    page.goto("/c/demo/")
    first = page.locator(".story .title").all_inner_texts()
    page.locator("a[rel=next]").click()
    page.wait_for_url(re.compile(r"/\?after="))
    second = page.locator(".story .title").all_inner_texts()
    assert (first[0], first[1]) == ("Sheet 29", "Inside")  # what opens the front can be read
    assert not set(first) & set(second)
    assert first + second == ["Sheet 29", "Inside", *(f"Sheet {number}" for number in reversed(range(29)))]
    page.get_by_role("link", name="Sheet 0", exact=True).click()
    assert page.locator(".prose").inner_text() == "The text of Sheet 0."
    assert page.get_by_role("link", name="Sheet 1").get_attribute("rel") == "next"
    page.goto(shelf[-1].url)
    assert page.locator(".standfirst").inner_text() == "The teaser of Inside."
    doors = page.locator(".way")
    assert doors.locator("h3").all_inner_texts() == ["Step up to Insider", "Or earn it"]
    assert "Share five tutorials." in doors.nth(1).inner_text()
    for door, address in ((0, "/accounts/login/"), (1, "/accounts/signup/")):
        assert doors.nth(door).locator("a").get_attribute("href") == f"{address}?next={shelf[-1].url}"
    assert "recipe" not in page.content()
    assert {urlsplit(answer.url).netloc for answer in answers} == {urlsplit(page.url).netloc}
    assert page.context.cookies() == []


def test_public_pages_are_light_ask_nobody_else_and_leave_no_trace(demo, shelf, browse):
    page = browse()
    answers = listened(page)
    for address in ("/", "/c/demo/", shelf[0].url, shelf[-1].url):
        answers.clear()
        page.goto(address, wait_until="networkidle")
        loaded = weights(answers)
        assert 0 < loaded["css"] <= 15 * 1024, address
        assert 0 < loaded["javascript"] <= 15 * 1024, address
        assert {urlsplit(answer.url).netloc for answer in answers} == {urlsplit(page.url).netloc}
        assert not [answer.url for answer in answers if "htmx" in answer.url]
    assert page.context.cookies() == []
    # Where somebody first landed stays in their own browser, and reaches the house only if they sign up.
    assert page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]") == ["arrival"]


@pytest.mark.parametrize("address", ["/c/demo/", "/c/demo/write/", "/c/demo/studio/", "/me/"])
def test_pages_of_who_is_signed_in_stay_light(demo, owner, publish, browse, address):
    publish("A sheet")
    page = browse(owner)
    answers = listened(page)
    client = page.context.new_cdp_session(page)
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(address, wait_until="networkidle")
    loaded = weights(answers)
    assert 0 < loaded["css"] <= 20 * 1024
    assert 0 < loaded["javascript"] <= 45 * 1024


def test_with_the_keyboard_alone_one_gets_in_and_back_to_where_one_was(demo, member, shelf, browse):
    member.set_password(WORD)
    member.save()
    setup = browse(member)  # verifies the address
    setup.context.close()
    page = browse(viewport={"width": 1280, "height": 900})
    page.goto(shelf[-1].url)
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the story"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    outline = (
        "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth"
    )
    assert page.evaluate(outline) == "solid3px"
    tab_to(page, ".way a[href^='/accounts/login/']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/accounts/login/\?next="))
    tab_to(page, "[name=login]")
    page.keyboard.type(member.email)
    page.keyboard.press("Tab")
    page.keyboard.type(WORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path == shelf[-1].url)

    tab_to(page, ".rail .menu summary")
    page.keyboard.press("Enter")
    drop = page.locator(".rail .menu .drop")
    assert drop.is_visible()
    tab_to(page, ".rail .drop a[href='/me/']")
    page.keyboard.press("Escape")
    assert not drop.is_visible()
    assert page.evaluate("document.activeElement.matches('.rail .menu summary')")
    page.keyboard.press("Space")
    tab_to(page, ".rail .drop form button")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path in ("/", "/accounts/logout/"))
    assert [cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid"] == []


def test_every_stop_of_the_keyboard_is_seen_and_in_order(demo, shelf, browse):
    page = browse(viewport={"width": 1280, "height": 900})
    page.goto(shelf[0].url)
    stops = []
    for _step in range(60):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            break
        stops.append(stop)
    assert len(stops) > 8
    assert [stop for stop in stops if stop[1:] != [True, True]] == []
    assert "".join("m" if stop[0] else "-" for stop in stops).strip("-").count("-") == 0
