"""An owner at work in a real browser: with the keyboard alone, without a connection, from two tabs, without scripts."""

import re

import pytest

from communities.members.models import Member
from content.posts.models import Post
from tests.journeys.conftest import tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """async () => {
  const canvas = new OffscreenCanvas(320, 200);
  const paint = canvas.getContext("2d");
  paint.fillStyle = "teal";
  paint.fillRect(0, 0, 320, 200);
  const file = new File([await canvas.convertToBlob({ type: "image/png" })], "pasted.png", { type: "image/png" });
  const data = new DataTransfer();
  data.items.add(file);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
SAVED = re.compile(r"^Saved \d")


def saved(page):
    page.get_by_text(SAVED).wait_for()


def test_from_the_first_letter_to_the_published_post_with_the_keyboard_alone(demo, owner, member, browse):
    page = browse(owner)
    page.goto("/c/demo/")
    tab_to(page, "a[href='/c/demo/write/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/write/")
    tab_to(page, "#id_title")
    page.keyboard.type("First light")
    page.keyboard.press("Enter")
    page.keyboard.type("The press is warm.")
    tab_to(page, "#id_body")
    page.keyboard.type("The press is ")
    page.keyboard.press("Control+b")
    page.keyboard.type("warm")
    page.wait_for_url(re.compile(r"/write/\d+/$"))
    saved(page)
    page.keyboard.press("End")
    page.evaluate(PASTE)
    page.locator(".upload input").wait_for()
    page.keyboard.type("A teal sheet")
    page.keyboard.press("Enter")
    page.locator(".upload").wait_for(state="detached")
    saved(page)
    post = Post.objects.get()
    assert (post.state, post.title, post.teaser) == ("draft", "First light", "The press is warm.")
    assert re.fullmatch(r"The press is \*\*warm\*\*\n\n!\[A teal sheet\]\(/f/\S+\)\n\n", post.source)

    tab_to(page, "button[value=preview]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/preview/")
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="First light").wait_for()
    assert frame.locator("img[alt='A teal sheet']").count() == 1
    assert frame.get_by_role("link", name="Sign in").count() == 2  # in the bar, and under the talk
    tab_to(page, ".crumbs a")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/write/\d+/$"))

    page.locator("#id_opens").fill("2035-01-01T10:00")
    publish = page.locator("button[data-publish]")
    assert publish.inner_text() == "Schedule"
    tab_to(page, "button[data-publish]")
    page.keyboard.press("Enter")
    page.get_by_text("Scheduled. It opens by itself on").wait_for()
    post.refresh_from_db()
    assert post.is_scheduled
    page.goto(f"/c/demo/write/{post.pk}/")
    page.locator("#id_opens").fill("")
    tab_to(page, "button[value=publish]")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/p/\d+/first-light/$"))
    post.refresh_from_db()
    assert post.state == "published"
    assert not post.is_scheduled
    visitor = browse()
    visitor.goto(page.url)
    assert visitor.locator("img[alt='A teal sheet']").count() == 1

    row = Member.objects.get(user=member)
    page.goto(f"/c/demo/studio/members/{row.pk}/")
    tab_to(page, "#id_level")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#id_reason")
    page.keyboard.type("Swept the floor")
    page.keyboard.press("Enter")
    page.get_by_text("stands there now").wait_for()
    row.refresh_from_db()
    assert row.rung == 30


def test_without_a_connection_the_text_stays_and_goes_out_when_it_is_back(demo, owner, browse):
    page = browse(owner)
    page.goto("/c/demo/write/")
    page.fill("#id_title", "On the train")
    saved(page)
    page.context.set_offline(True)
    page.fill("#id_body", "Written in a tunnel.")
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("No connection.").wait_for()
    assert page.input_value("#id_body") == "Written in a tunnel."
    page.context.set_offline(False)
    saved(page)
    assert Post.objects.get().source == "Written in a tunnel."


def test_two_tabs_are_told_of_each_other_and_the_writer_chooses(demo, owner, browse):
    one = browse(owner)
    one.goto("/c/demo/write/")
    one.fill("#id_title", "Twice")
    saved(one)
    two = one.context.new_page()
    two.goto(one.url)
    two.fill("#id_body", "from the second tab")
    saved(two)
    one.fill("#id_body", "from the first tab")
    one.get_by_role("button", name="Keep what is here").wait_for()
    assert Post.objects.get().source == "from the second tab"
    one.get_by_role("button", name="Keep what is here").click()
    saved(one)
    assert Post.objects.get().source == "from the first tab"


def test_who_was_signed_out_signs_in_elsewhere_and_loses_nothing(demo, owner, browse):
    page = browse(owner)
    page.goto("/c/demo/write/")
    page.fill("#id_title", "Long hours")
    saved(page)
    session = next(cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    page.context.clear_cookies(name="sessionid")
    page.fill("#id_body", "Two thousand words.")
    page.get_by_text("You are signed out.").wait_for()
    page.context.add_cookies([session])
    saved(page)
    assert Post.objects.get().source == "Two thousand words."


def test_the_tools_write_markdown_and_the_server_shows_it(demo, owner, browse):
    page = browse(owner)
    page.goto("/c/demo/write/")
    page.fill("#id_body", "ink")
    page.locator("#id_body").select_text()
    for keys, text in (
        ("Control+b", "**ink**"), ("Control+b", "ink"), ("Control+i", "*ink*"), ("Control+i", "ink"), ("Control+e", "`ink`"),
        ("Control+e", "ink"), ("Control+Shift+Digit9", "> ink"),
    ):  # fmt: skip
        page.keyboard.press(keys)
        assert page.input_value("#id_body") == text
    page.keyboard.press("Control+z")
    assert page.input_value("#id_body") == "ink"
    page.fill("#id_body", "## Ink\n\nis *wet*")
    page.locator("[data-tool=shown]").click()
    page.locator("#shown em", has_text="wet").wait_for()
    page.fill("#id_body", "now <script>alert(1)</script> **dry**")
    page.locator("#shown strong", has_text="dry").wait_for()
    assert page.locator("#shown script").count() == 0


def test_a_picture_that_is_too_large_is_told_before_it_travels(demo, owner, browse, settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    page = browse(owner)
    page.goto("/c/demo/write/")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if "/files/" in request.url else None)
    page.locator(".add-picture summary").click()
    page.set_input_files("#id_file", {"name": "big.png", "mimeType": "image/png", "buffer": b"x" * (1024 * 1024 + 1)})
    page.get_by_text("This picture is larger than 1 MB.").wait_for()
    assert sent == []


def test_without_scripts_the_same_pages_write_schedule_and_publish(demo, owner, browse):
    page = browse(owner, java_script_enabled=False)
    page.goto("/c/demo/write/")
    page.fill("#id_title", "Plain")
    page.fill("#id_body", "Words.")
    page.check("input[name=kind][value=offer]", force=True)
    page.fill("#id_offer_link", "https://example.org/")
    assert not page.locator("#id_lesson_needs").is_visible()
    page.press("#id_title", "Enter")
    page.get_by_text("Saved. Nobody sees it").wait_for()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_url("**/plain/")
    assert Post.objects.get().details == {"link": "https://example.org/"}


def test_the_look_changes_on_the_page_before_it_is_saved(demo, owner, browse):
    page = browse(owner)
    page.goto("/c/demo/studio/look/")
    colour = "getComputedStyle(document.querySelector('.swatch')).backgroundColor"
    before = page.evaluate(colour)
    page.locator("#id_hue").fill("200")
    assert page.evaluate(colour) != before
    assert page.locator("#hue-now").inner_text() == "200"
    page.reload()
    assert page.evaluate(colour) == before


def test_a_mistake_is_marked_until_it_is_mended_and_back_sends_nothing_twice(demo, owner, browse):
    page = browse(owner)
    page.goto("/c/demo/write/")
    page.fill("#id_body", "Words.")
    page.check("input[name=kind][value=offer]", force=True)
    assert page.locator("label[for=id_offer_link]").inner_text() == "Link"
    assert page.locator("label[for=id_offer_code]").inner_text() == "Code optional"
    tops = [page.locator(f"#id_offer_{name}").bounding_box()["y"] for name in ("link", "until")]
    assert tops[0] == tops[1]
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("Saved, but not out yet").wait_for()
    assert page.locator(".field.wrong label").all_inner_texts() == ["Title", "Link"]
    assert page.evaluate("document.activeElement.id") == "id_title"
    page.keyboard.type("Half price")
    assert page.locator(".field.wrong label").all_inner_texts() == ["Link"]
    assert page.locator("#id_title_error").count() == 0
    saved(page)
    page.get_by_role("button", name="Preview").click()
    page.wait_for_url("**/preview/")
    page.go_back()
    page.wait_for_url(re.compile(r"/write/\d+/$"))
    assert page.input_value("#id_title") == "Half price"
    assert Post.objects.get().state == "draft"
