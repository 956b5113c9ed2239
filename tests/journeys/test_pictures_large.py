"""A picture of a story or a room opens over the page in a real browser: by keyboard, by hand, and as a plain link without scripts."""

from typing import Any

import pytest
from playwright.sync_api import expect

from communities.access.viewer import viewer_for
from communities.files import store
from communities.files.actions import take_image
from communities.files.models import File
from content.posts.actions import publish_post, save_draft, start_draft
from content.posts.models import Post
from tests.communities.discussion.test_attached import handed, say
from tests.communities.files.samples import encoded, shade
from tests.journeys.conftest import tab_to
from tests.journeys.test_every_page import Look
from tests.journeys.test_rooms import browse, entered, over_http, room

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["browse", "over_http", "room"]


@pytest.fixture(autouse=True)
def small_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "RESERVE", 0)


@pytest.fixture
def story(demo: Any, owner: Any) -> Post:
    """Three pictures: two that one can see larger, one that is as small as it looks."""
    writer = viewer_for(owner, demo)
    post = start_draft(writer, space=demo.spaces.get(slug="journal"), title="Two drums", teaser="What the ink did.")
    files = [
        take_image(
            community=demo,
            uploader=owner,
            parent_kind=Post.KIND,
            parent_id=post.pk,
            upload=encoded(shade(*size), "JPEG"),
            name=name,
            alt=alt,
        )
        for size, name, alt in (
            ((1700, 900), "drum.jpg", "A drum"),
            ((900, 1200), "sheet.jpg", "A sheet"),
            ((90, 90), "dot.jpg", "A dot"),
        )
    ]
    drum, sheet, dot = (f"![{file.alt}]({file.url}" for file in files)
    text = f'{drum})\n\n{sheet} "In March")\n\n{dot})'
    save_draft(writer, post=post, rev=post.rev, source=text)
    return publish_post(writer, post=post, rung=0)


def test_a_story_s_pictures_by_keyboard(story, browse):
    page = browse()
    look = Look(page)
    page.goto(story.url)
    links = page.locator(".prose figure a")
    expect(links).to_have_count(2)
    tab_to(page, ".prose figure a")
    page.keyboard.press("Enter")
    large = page.get_by_role("dialog", name="Pictures")
    expect(large.get_by_role("img")).to_have_attribute("alt", "A drum")
    expect(large.get_by_role("button", name="Close")).to_be_focused()
    expect(large.locator(".of")).to_have_text("Picture 1 of 2")
    expect(large.locator(".words")).to_have_text("A drum")
    look.judge("a picture in full")
    page.keyboard.press("ArrowRight")
    expect(large.get_by_role("img")).to_have_attribute("alt", "A sheet")
    expect(large.locator(".words")).to_have_text("In March")
    page.keyboard.press("ArrowRight")  # round and round
    expect(large.get_by_role("img")).to_have_attribute("alt", "A drum")
    page.keyboard.press("ArrowLeft")
    expect(large.locator(".of")).to_have_text("Picture 2 of 2")
    sized = "async one => { await one.decode(); return [one.width, one.height] }"
    width, height = large.get_by_role("img").evaluate(sized)
    assert height < 720 and abs(width * 4 - height * 3) < 8  # whole on the screen
    assert large.bounding_box()["width"] == page.viewport_size["width"]
    large.get_by_role("button", name="Full size").press("Enter")
    expect(large.get_by_role("button", name="Full size")).to_have_attribute("aria-pressed", "true")
    assert large.get_by_role("img").evaluate(sized) == [900, 1200]
    look.judge("a picture in full, at full size")
    page.keyboard.press("Escape")
    expect(large).to_be_hidden()
    expect(links.first).to_be_focused()
    assert page.url.endswith(story.url)


def test_by_hand_and_by_finger(story, browse):
    page = browse(viewport={"width": 390, "height": 780}, has_touch=True)
    page.goto(story.url)
    page.get_by_role("img", name="A drum").tap()
    large = page.get_by_role("dialog", name="Pictures")
    shown = large.get_by_role("img")
    expect(shown).to_have_attribute("alt", "A drum")
    assert (
        shown.evaluate("async one => { await one.decode(); return Math.round(one.getBoundingClientRect().width) }")
        == 390
    )
    swipe = """([from, to]) => {
      const over = document.querySelector("dialog.large .sight");
      const touch = (x) => new Touch({ identifier: 1, target: over, clientX: x, clientY: 400 });
      over.dispatchEvent(new TouchEvent("touchstart", { bubbles: true, touches: [touch(from)], changedTouches: [touch(from)] }));
      over.dispatchEvent(new TouchEvent("touchend", { bubbles: true, touches: [], changedTouches: [touch(to)] }));
    }"""
    page.evaluate(swipe, [300, 100])
    expect(shown).to_have_attribute("alt", "A sheet")
    page.evaluate(swipe, [100, 120])  # too little to be meant
    expect(shown).to_have_attribute("alt", "A sheet")
    page.evaluate(swipe, [100, 300])
    expect(shown).to_have_attribute("alt", "A drum")
    large.locator(".sight").tap(position={"x": 20, "y": 20})  # beside the picture
    expect(large).to_be_hidden()


def test_in_a_room_it_turns_through_what_was_shown_there(room, demo, member, insider, browse):
    for person, alt in ((insider, "The press"), (member, "The drum")):
        say(room, person, handed(demo, person), body="Look", alt=alt)
    page = entered(browse(member), room)
    page.locator(".message[data-number='1'] .shots a").click()
    large = page.get_by_role("dialog", name="Pictures")
    expect(large.locator(".words")).to_have_text("The press")
    large.get_by_role("button", name="The next picture").click()
    expect(large.locator(".words")).to_have_text("The drum")
    large.get_by_role("button", name="Close").click()
    expect(page.locator(".message[data-number='1'] .shots a")).to_be_focused()


def test_it_is_never_shown_larger_than_it_is(room, demo, member, browse):
    small = handed(demo, member, data=encoded(shade(500, 300), "JPEG"))
    say(room, member, small, body="Look", alt="A dot")
    page = entered(browse(member), room)
    page.locator(".shots a").click()
    large = page.get_by_role("dialog", name="Pictures")
    sized = "async one => { await one.decode(); return [one.width, one.height] }"
    assert large.get_by_role("img").evaluate(sized) == [500, 300]
    expect(large.get_by_role("button", name="Full size")).to_be_hidden()
    large.get_by_role("img").click()
    assert large.get_by_role("img").evaluate(sized) == [500, 300]


def test_without_scripts_it_is_a_link_to_the_picture(story, browse):
    page = browse(java_script_enabled=False)
    page.goto(story.url)
    page.get_by_role("link", name="A drum").click()
    page.wait_for_url("**/drum.jpg")
    assert File.objects.get(name="drum.jpg").url in page.url
