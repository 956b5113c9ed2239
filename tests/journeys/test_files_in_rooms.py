"""Files in rooms in real browsers: dropped, pasted, chosen by keyboard, watched while they travel; gone with their message."""

from typing import Any

import pytest
from playwright.sync_api import expect

from communities.discussion.models import Message
from communities.files import store
from communities.files.models import File
from tests.communities.files.samples import encoded, shade
from tests.journeys.conftest import tab_to
from tests.journeys.posting import Posting
from tests.journeys.test_every_page import Look
from tests.journeys.test_rooms import SOON, browse, entered, over_http, room, said

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["browse", "over_http", "room"]
# Files as a hand brings them: two pictures drawn in the page itself.
BRING = """async ([how, names]) => {
  const data = new DataTransfer();
  for (const [at, name] of names.entries()) {
    const canvas = new OffscreenCanvas(900, 600 + 300 * at);
    canvas.getContext("2d").fillRect(90, 90, 300, 300);
    data.items.add(new File([await canvas.convertToBlob({ type: "image/png" })], name, { type: "image/png" }));
  }
  const all = { bubbles: true, cancelable: true };
  if (how === "paste") document.querySelector("#id_body").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, ...all }));
  else for (const step of ["dragover", "drop"]) {
    document.querySelector(".messages").dispatchEvent(new DragEvent(step, { dataTransfer: data, ...all }));
  }
}"""
PAPER = {"name": "minutes.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 minutes"}


@pytest.fixture(autouse=True)
def small_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "RESERVE", 0)


def test_two_pictures_are_dropped_described_sent_seen_by_another_and_taken_away(room, member, insider, browse):
    ada, bo = entered(browse(member), room), entered(browse(insider), room)
    held: list[Any] = []
    ada.route(
        "**/messages/files/", lambda route: held.append(route), times=1
    )  # the first travels until it is let through, the others wait for it
    ada.evaluate(BRING, ["drop", ["press.png", "drum.png"]])
    rows = ada.locator(".enclosed li")
    expect(ada.get_by_role("progressbar", name="Uploading press.png")).to_be_visible()
    expect(rows).to_have_count(2)
    ada.evaluate(BRING, ["paste", ["thrown-away.png"]])
    rows.nth(2).get_by_role("button", name="Cancel").click()
    said(ada, "Look at *these*")
    expect(ada.locator("#enclosing")).to_contain_text("It goes out as soon as all files are there.")
    assert ada.input_value("#id_body") == "Look at *these*" and not Message.objects.exists()
    held[0].continue_()
    first = ada.get_by_label("What does it show? press.png")
    expect(first).to_be_focused(timeout=SOON)  # all are there, and it waits for words
    expect(ada.locator("#id_file_error")).to_have_text("Say what it shows, or tick that it needs no words.")
    ada.keyboard.type("The press at night")
    rows.nth(1).get_by_label("Needs no words").check()
    expect(ada.locator("#id_file_error")).to_be_hidden()
    ada.locator("#id_body").press("Enter")
    theirs = bo.locator(".message[data-number='1']")
    expect(theirs.locator(".said")).to_have_text("Look at these", timeout=SOON)
    expect(theirs.locator(".shots img")).to_have_count(2)
    sizes = theirs.locator(".shots img").evaluate_all("all => all.map(one => [one.width, one.height, one.alt])")
    assert sizes == [[200, 133, "The press at night"], [160, 160, ""]]
    assert (
        theirs.locator(".shots img").first.evaluate("async one => { await one.decode(); return one.naturalWidth }")
        >= 400
    )
    expect(bo.locator("#told")).to_contain_text("Member: Look at these, The press at night, A picture")
    expect(ada.locator(".enclosed li")).to_have_count(0)
    assert [(one.name, one.alt, one.parent_kind) for one in File.objects.order_by("position")] == [
        ("press.png", "The press at night", "message"),
        ("drum.png", "", "message"),
    ]
    address = theirs.locator(".shots a").first.get_attribute("href")
    assert bo.goto(address).status == 200
    entered(bo, room)
    mine = ada.locator(".message[data-number='1']")
    mine.hover()
    mine.get_by_role("button", name="More about what Member said").click()
    ada.get_by_text("Delete", exact=True).click()
    ada.get_by_role("button", name="Delete it for good").click()
    expect(theirs).to_have_text("This message was removed by its author.", timeout=SOON)
    assert bo.goto(address).status == 404 and not File.objects.exists()


def test_one_of_them_is_taken_out_and_another_gets_other_words_by_keyboard(room, member, insider, browse):
    ada, bo = entered(browse(member), room), entered(browse(insider), room)
    look = Look(ada)
    ada.evaluate(BRING, ["paste", ["press.png", "drum.png"]])
    rows = ada.locator("#write .enclosed li")
    expect(ada.locator("#write .enclosed li[data-token]")).to_have_count(2)
    for at, words in ((0, "A press"), (1, "A drum")):
        rows.nth(at).get_by_label("What does it show?").fill(words)
    said(ada, "Two of them")
    theirs = bo.locator(".message[data-number='1']")
    expect(theirs.locator(".shots img")).to_have_count(2, timeout=SOON)
    mine = ada.locator(".message[data-number='1'] .shots img")  # the other may have it first
    expect(mine).to_have_count(2, timeout=SOON)
    ada.locator("#id_body").press("ArrowUp")  # one's last message, to be edited where it stands
    box = ada.locator(".edit-of")
    expect(box.get_by_label("Your message")).to_be_focused()
    look.judge("a message with files is edited")
    tab_to(ada, ".edit-of li:nth-child(1) [name^=alt-]")
    ada.keyboard.press("ControlOrMeta+A")
    ada.keyboard.press("Delete")
    ada.keyboard.press("Enter")
    expect(box.locator("#id_kept_error")).to_have_text("Say what “press.png” shows, or tick that it needs no words.")
    expect(box.get_by_label("What does it show? press.png")).to_be_focused()
    look.said.clear()  # the browser says itself that the house refused
    look.judge("the same with something that is wrong")
    ada.keyboard.type("The press at night")
    tab_to(ada, ".edit-of li:nth-child(2) [name=gone]")
    ada.keyboard.press("Space")
    ada.keyboard.press("Enter")
    expect(theirs.locator(".shots img")).to_have_count(1, timeout=SOON)
    expect(theirs.locator(".shots img")).to_have_attribute("alt", "The press at night")
    expect(ada.locator(".message[data-number='1']")).to_be_focused()
    expect(ada.locator(".message[data-number='1'] .shots img")).to_have_count(1)
    assert [(one.name, one.alt) for one in File.objects.all()] == [("press.png", "The press at night")]


def test_what_was_not_sent_is_not_lost(room, member, browse):
    """A page that goes, a line that goes, an answer that never comes: the file is handed in once and the message said once."""
    page = entered(browse(member), room)
    page.set_input_files("#id_file", [PAPER])
    expect(page.locator(".enclosed li[data-token]")).to_contain_text("minutes.pdf")
    page.evaluate(BRING, ["paste", ["press.png"]])
    page.get_by_label("What does it show? press.png").fill("Half a word")
    page.reload()
    expect(page.get_by_label("What does it show? press.png")).to_have_value("Half a word")
    expect(page.locator(".enclosed li")).to_have_count(2)
    page.locator(".enclosed li").nth(1).get_by_role("button", name="Take it out: press.png").click()
    expect(page.locator(".enclosed li")).to_have_count(1)
    page.context.set_offline(True)
    page.set_input_files("#id_file", [{**PAPER, "name": "second.pdf"}])
    expect(page.locator(".refused")).to_contain_text("second.pdf did not arrive.")
    page.locator("#id_body").press("Enter")
    expect(page.get_by_role("button", name="Try again")).to_be_focused()  # nothing goes without what was added
    page.context.set_offline(False)
    expect(page.locator(".enclosed li[data-token]")).to_have_count(2, timeout=SOON)  # by itself
    page.context.set_offline(True)
    page.locator("#id_body").press("Enter")
    expect(page.locator(".waiting .along")).to_have_text("minutes.pdf, second.pdf")
    posting = Posting(page, "**/write/")
    posting.fate = "refused"
    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".waiting .along")).to_have_text("minutes.pdf, second.pdf")
    posting.fate = "lost"
    expect(page.locator(".message[data-number='1'] .papers b")).to_have_text(
        ["minutes.pdf", "second.pdf"], timeout=SOON
    )
    expect(page.locator(".waiting")).to_have_count(0)
    assert len(posting.lost) == 1 and Message.objects.get().attached == 2
    assert list(File.objects.order_by("position").values_list("name", "parent_kind")) == [
        ("minutes.pdf", "message"),
        ("second.pdf", "message"),
    ]


def test_by_keyboard_alone_and_it_offends_nobody(room, member, browse):
    page = entered(browse(member), room)
    look = Look(page)
    with (
        page.expect_file_chooser() as chooser
    ):  # listened for well before the key: asked for with it, it may come too late
        tab_to(page, "#id_file")
        page.keyboard.press("Space")
    picture = {"name": "press.jpg", "mimeType": "image/jpeg", "buffer": encoded(shade(900, 600), "JPEG")}
    chooser.value.set_files([picture, PAPER, {**PAPER, "name": "empty.txt", "buffer": b""}])
    expect(page.locator(".refused .errors")).to_have_text("empty.txt This file is empty.")
    expect(page.locator(".enclosed li")).to_have_count(3)
    look.said.clear()  # the browser says itself that the house refused
    look.judge("with files to send")
    page.locator("#id_body").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("What does it show? press.jpg")).to_be_focused()
    look.judge("asked for words")
    page.keyboard.type("A press")
    page.keyboard.press("Enter")
    expect(page.locator("#id_body")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".refused").get_by_role("button", name="Take it out")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#id_body")).to_be_focused()
    page.keyboard.press("Enter")
    message = page.locator(".message[data-number='1']")
    expect(message.locator(".shots img")).to_have_attribute("alt", "A press", timeout=SOON)
    expect(message.locator(".papers b")).to_have_text("minutes.pdf")
    look.judge("sent")
    assert "\n".join(look.wrong) == ""
    with page.expect_download() as download:
        message.locator(".papers a").press("Enter")
    assert download.value.suggested_filename == "minutes.pdf"


def test_the_first_message_to_somebody_takes_what_is_dropped_on_it(demo, member, insider, browse):
    page = browse(member)
    page.goto("/c/demo/messages/new/?to=@insider")
    page.evaluate(BRING.replace(".messages", "main"), ["drop", ["press.png"]])
    expect(page.get_by_label("What does it show? press.png")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("What does it show? press.png")).to_be_focused()
    assert not Message.objects.exists()
    page.keyboard.type("A press")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/rooms/dm-**")
    expect(page.locator(".shots img")).to_have_attribute("alt", "A press")
    assert Message.objects.get().attached == 1
    page.goto("/c/demo/messages/new/?to=@owner")
    assert page.locator(".enclosed li").count() == 0
