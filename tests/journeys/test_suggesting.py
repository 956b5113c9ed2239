"""Names and signs while one types, in a real browser: with the keyboard alone, on glass, and where one person blocks another."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from communities.access.models import Block
from communities.access.viewer import viewer_for
from communities.comments.models import Comment, Mention
from communities.discussion.actions import write_message
from communities.discussion.models import Message
from tests.communities.discussion.conftest import make_room
from tests.conftest import make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES = "#suggested [role=option] b"


@pytest.fixture
def room(demo, owner, member, insider, circle):
    room = make_room(demo, owner, "bench")
    write_message(viewer_for(owner, demo), room=room, body="Welcome.")
    make_member(demo, "inga")
    Block.objects.create(user=circle, blocked=member)
    return room


def typed(page: Any, text: str, *names: str) -> Any:
    """Typed at the end of the box, and exactly these stand in the list then; none: there is no list."""
    box = page.locator("textarea[name=body]").last
    box.focus()
    page.keyboard.type(text)
    if names:
        expect(page.locator(NAMES)).to_have_text(list(names))
    return box


def test_a_name_and_a_sign_by_keyboard_alone(room, member, insider, circle, browse):
    page = browse(member)
    page.goto(room.url)
    box = typed(page, "Thanks @in", "Inga", "Insider")
    listed = page.get_by_role("listbox", name="Suggestions")
    first = listed.get_by_role("option").first
    assert box.get_attribute("aria-controls") == listed.get_attribute("id")
    assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
    expect(page.get_by_text("2 suggestions. The arrow keys choose, Enter takes one.")).to_have_attribute(
        "aria-live", "polite"
    )
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert (found.generate_report() if found.violations_count else "") == ""
    page.keyboard.press("ArrowDown")
    expect(listed.locator("[aria-selected=true]")).to_contain_text("@insider")
    page.keyboard.press("Enter")  # takes the name and sends nothing
    expect(box).to_have_value("Thanks @insider ")
    expect(listed).to_have_count(0)
    assert box.get_attribute("aria-controls") is None and Message.objects.count() == 1
    typed(page, "and @ins", "Insider")
    page.keyboard.press("Escape")  # no, and no again while the word goes on
    expect(listed).to_have_count(0)
    page.keyboard.type("id")
    page.wait_for_timeout(300)
    expect(listed).to_have_count(0)
    for _letter in "@insid":
        page.keyboard.press("Backspace")
    typed(page, ":tad", "tada")
    page.keyboard.press("Tab")
    expect(box).to_have_value("Thanks @insider and 🎉 ")
    page.keyboard.press("Enter")  # with no list open it is the box's own again
    page.locator(".message[data-number='2'] a", has_text="@insider").wait_for()
    assert list(Mention.objects.values_list("user__handle", flat=True)) == ["insider"]
    typed(page, "At 10:30 :zz @nobody")
    page.wait_for_timeout(400)
    expect(listed).to_have_count(0)


def test_whom_one_blocks_stands_in_no_list_on_either_side(room, member, circle, browse):
    ada, cy = browse(member), browse(circle)
    for page, asked, other in ((ada, "@circ", "@ow"), (cy, "@memb", "@ow")):
        page.goto(room.url)
        with page.expect_response(f"**/people/?q={asked[1:]}"):
            typed(page, asked)
        expect(page.get_by_role("listbox")).to_have_count(0)
        typed(page, f" {other}", "Owner")


def test_under_a_post_on_a_phone_with_a_finger(publish, member, insider, browse):
    post = publish("Drums")
    page = browse(member, viewport={"width": 390, "height": 640}, has_touch=True, is_mobile=True)
    page.goto(post.url)
    box = typed(page, "@ins", "Insider")
    option = page.get_by_role("option")
    place = option.bounding_box()
    assert place["height"] >= 44 and place["x"] >= 0 and place["x"] + place["width"] <= 390
    option.tap()
    expect(box).to_have_value("@insider ")
    expect(box).to_be_focused()
    typed(page, "which drum?")
    page.get_by_role("button", name="Send").tap()
    page.locator(".comment .said a", has_text="@insider").wait_for()
    page.get_by_role("link", name="Edit").tap()
    box = typed(page, " @ins", "Insider")
    page.get_by_role("heading", name="Edit your comment").tap()  # away from it, and it is gone
    expect(page.get_by_role("listbox")).to_have_count(0)
    assert Comment.objects.get().source == "@insider which drum?"


def test_an_answer_that_comes_too_late_is_dropped(room, member, insider, browse):
    page = browse(member)
    page.goto(room.url)
    late: list[Any] = []
    page.route("**/people/?q=in", lambda route: late.append(route))
    with page.expect_request("**/people/?q=in"):
        box = typed(page, "@in")
    typed(page, "s", "Insider")
    box.press("Enter")
    expect(box).to_have_value("@insider ")
    for route in late:
        route.abort()
    typed(page, "hello")
    expect(page.get_by_role("listbox")).to_have_count(0)
