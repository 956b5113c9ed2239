"""Rooms in real browsers: people who talk, a line that breaks, hands that only have a keyboard, and no scripts at all."""

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from a2wsgi import WSGIMiddleware
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from playwright.sync_api import expect

from communities.access.viewer import viewer_for
from communities.discussion.actions import edit_message, read_up_to, remove_message, write_message
from communities.discussion.models import Message, Room
from communities.live.routing import sockets
from communities.members.actions import settle_rung
from communities.members.models import RungSource
from communities.safety.actions import hide
from tests.communities.discussion.conftest import make_room
from tests.communities.live.conftest import served
from tests.journeys.conftest import browsers, tab_to
from tests.journeys.posting import Posting
from tests.journeys.test_every_page import Look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = 20_000  # ms: mostly somebody else sees it within one second, but a busy machine fails no test


def pages(environ: Any, start: Any) -> Any:
    """The pages of the house; a thread that is done with one holds no connection."""
    try:
        return list(StaticFilesHandler(WSGIHandler())(environ, start))
    finally:
        connections.close_all()


@pytest.fixture(scope="module")
def over_http() -> Any:
    return WSGIMiddleware(pages, workers=4)


@pytest.fixture
def browse(chromium: Any, transactional_db: None, over_http: Any) -> Iterator[Any]:
    """As everywhere, from a server that has sockets as well."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await (sockets if scope["type"] == "websocket" else over_http)(scope, receive, send)

    with served(application) as house:
        yield from browsers(chromium, house.origin)


@pytest.fixture
def room(demo: Any, owner: Any) -> Room:
    return make_room(demo, owner, "bench")


def speak(room: Room, user: Any, *bodies: str) -> list[Message]:
    return [write_message(viewer_for(user, room.community), room=room, body=body) for body in bodies]


def shown(page: Any) -> list[str]:
    return page.locator(".messages .message[data-number] .said").all_inner_texts()


def entered(page: Any, room: Room, query: str = "") -> Any:
    """In the room, and the socket stands."""
    page.goto(room.url + query)
    page.locator("#here[data-others]").wait_for(
        state="attached"
    )  # the house says who else is here as soon as one is in
    return page


def said(page: Any, *bodies: str) -> None:
    for body in bodies:
        page.fill("#write textarea", body)
        page.keyboard.press("Enter")


def test_two_people_talk_and_each_sees_at_once_what_the_other_does(room, member, insider, browse):
    ada, bo = entered(browse(member), room), entered(browse(insider), room)
    expect(ada.locator("#here")).to_have_text("Insider is here")
    ada.locator("#write textarea").press_sequentially("Good")
    expect(bo.locator("#typing")).to_have_text("Member is typing…")
    said(ada, "Good *morning*")
    theirs = bo.locator(".message[data-number='1']")
    theirs.wait_for(timeout=SOON)
    assert bo.locator("#typing").inner_text().strip() == ""
    expect(bo.locator("#told")).to_have_text("Member: Good morning ")
    assert bo.locator("#told").get_attribute("aria-live") == "polite"
    theirs.hover()
    theirs.get_by_role("button", name="Love what Member said").click()
    ada.locator("a.sign[data-sign='❤️']").wait_for(timeout=SOON)
    ada.locator("#write textarea").focus()
    ada.keyboard.press("ArrowUp")
    ada.locator(".edit-of textarea").fill("Good evening")
    ada.keyboard.press("Enter")
    expect(theirs.locator(".said")).to_have_text("Good evening", timeout=SOON)
    expect(theirs.locator("header")).to_contain_text("edited")
    expect(ada.locator(".edit-of")).to_have_count(0)
    theirs.hover()
    theirs.get_by_role("button", name="Answer Member").click()
    bo.keyboard.type("Is it?")
    bo.keyboard.press("Enter")
    ada.locator(".message .to", has_text="Member").wait_for(timeout=SOON)
    ada.locator(".message[data-number='1']").hover()
    ada.get_by_role("button", name="More about what Member said").click()
    ada.get_by_text("Delete", exact=True).click()
    ada.get_by_role("button", name="Delete it for good").click()
    expect(theirs).to_have_text("This message was removed by its author.", timeout=SOON)
    assert shown(ada) == shown(bo) == ["Is it?"]
    bo.close()
    expect(ada.locator("#here")).to_be_hidden()
    rows = Message.objects.order_by("number").values_list("source", "answers__number")
    assert list(rows) == [("", None), ("Is it?", 1)]


def test_what_one_changed_in_a_message_is_not_thrown_away_by_one_key(room, member, browse):
    speak(room, member, "As it was")
    page = entered(browse(member), room)
    page.locator("#id_body").press("ArrowUp")
    box = page.get_by_label("Your message")
    box.press("Escape")
    expect(box).to_have_count(0)  # nothing was changed
    page.locator("#id_body").press("ArrowUp")
    box.fill("As it should be")
    box.press("Escape")
    expect(page.get_by_role("link", name="Leave it as it was")).to_be_focused()
    assert box.input_value() == "As it should be"
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    assert Message.objects.get().source == "As it was"


def test_what_a_moderator_hid_its_author_and_the_team_find_from_the_room(room, member, insider, moderator, browse):
    row = speak(room, member, "Too loud")[0]
    hide(viewer_for(moderator, room.community), obj=row, reason="Too loud")
    for person, ways in ((member, 1), (moderator, 1), (insider, 0)):
        page = entered(browse(person), room)
        gone = page.locator(".message.gone")
        expect(gone).to_contain_text("A moderator hid this message.")
        expect(gone.get_by_role("link", name="See it")).to_have_count(ways)
    page = browse(member)
    page.goto(f"{room.url}{row.number}/")
    expect(page.locator("main")).to_contain_text("Too loud")
    page.get_by_role("link", name="Why").click()
    page.wait_for_url("**/me/standing/")


def test_the_arrow_to_the_end_stands_above_what_one_writes(room, member, browse):
    speak(room, member, *[f"Word {n}" for n in range(60)])
    page = browse(member, viewport={"width": 390, "height": 780})
    page.goto(room.url)
    page.fill("#id_body", "One\n" * 6)
    page.evaluate("scrollTo(0, 0)")
    arrow, writes = page.locator(".to-end"), page.locator("#write")
    expect(arrow).to_be_visible()
    for _again in range(50):
        over, under = arrow.bounding_box(), writes.bounding_box()
        if over["y"] + over["height"] <= under["y"]:
            break
        page.wait_for_timeout(100)
    assert over["y"] + over["height"] <= under["y"] and over["y"] > 300


def test_two_hundred_messages_while_the_line_of_one_is_cut(room, member, insider, browse):
    """The net of one goes in the middle and comes back; both talk on, and both have all of it, once and in the order of the house."""
    ada, bo = entered(browse(member), room), entered(browse(insider), room)
    each = int(os.environ.get("HEARTH_MESSAGES", "20")) // 2
    for n in range(each):
        if n == each // 3:
            ada.context.set_offline(True)
            expect(ada.locator("#line")).to_contain_text("You are not connected")
        if n == each * 2 // 3:
            time.sleep(float(os.environ.get("HEARTH_CUT", "1")))
            assert len(shown(ada)) < len(shown(bo))
            ada.context.set_offline(False)
        said(ada, f"Ada {n}")
        said(bo, f"Bo {n}")
    wanted = f".message[data-number='{2 * each}']"
    ada.locator(wanted).wait_for()
    bo.locator(wanted).wait_for()
    expect(ada.locator(".waiting")).to_have_count(0)
    order = list(Message.objects.order_by("number").values_list("source", flat=True))
    assert sorted(order) == sorted(f"{who} {n}" for who in ("Ada", "Bo") for n in range(each))
    for who in ("Ada", "Bo"):
        assert [one for one in order if one.startswith(who)] == [f"{who} {n}" for n in range(each)]
    for page in (ada, bo):
        if page.locator("[data-more=earlier]").count():
            page.evaluate("scrollTo(0, 0)")
            page.locator("[data-more=earlier]").wait_for(state="detached")
        expect(page.locator(".messages .message[data-number]")).to_have_count(2 * each)
        assert shown(page) == order
    assert not ada.locator("#line").is_visible()


def test_what_is_typed_without_a_line_is_kept_sent_once_and_outlives_the_page(room, member, browse):
    page = entered(browse(member), room)
    page.context.set_offline(True)
    said(page, "In a tunnel", "Still in it")
    page.fill("#write textarea", "Half a thou")
    expect(page.locator(".waiting .said")).to_have_text(["In a tunnel", "Still in it"])
    assert not Message.objects.exists()
    posting = Posting(page, "**/write/")
    posting.fate = "refused"  # the net is back, and the page is made anew before anything was sent
    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".waiting .said")).to_have_text(["In a tunnel", "Still in it"])
    assert page.input_value("#write textarea") == "Half a thou"
    # The house has it, and its answer is lost: what stands there waits until it is known which message it is.
    posting.fate = "lost"
    expect(page.locator(".waiting")).to_have_count(0)
    assert len(posting.lost) == 1 and shown(page) == ["In a tunnel", "Still in it"]
    assert list(Message.objects.order_by("number").values_list("source", flat=True)) == ["In a tunnel", "Still in it"]
    page.fill("#write textarea", "x" * 4001)
    page.keyboard.press("Enter")
    expect(page.locator(".failed .errors")).to_contain_text("There is room for 4,000 characters; this has 1 more.")
    page.get_by_role("button", name="Throw away").click()
    expect(page.locator(".waiting")).to_have_count(0)
    # Signed in anew elsewhere: the token of this page is an old one, and the message arrives nevertheless.
    page.evaluate("document.querySelector('#write [name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    said(page, "With an old token")
    expect(page.locator(".messages .said")).to_have_text(["In a tunnel", "Still in it", "With an old token"])
    page.context.clear_cookies(name="sessionid")
    said(page, "Signed out")
    expect(page.locator(".failed .errors")).to_contain_text("You are signed out, or may not write here any more.")
    assert Message.objects.count() == 3
    page.goto("/accounts/login/")
    assert "Signed out" in page.evaluate("Object.values(localStorage).join()")


def test_where_one_left_off_and_all_that_was_said_before_and_after(room, member, insider, browse):
    """A line above the first unread message; reading on and back moves nothing that one looks at; counts follow what was seen."""
    speak(room, insider, *[f"Word {n:03d} " + "and more " * (n % 30) for n in range(1, 181)])
    read_up_to(viewer_for(member, room.community), room=room, number=90)
    page = browse(member, viewport={"width": 390, "height": 780})
    page.goto("/c/demo/rooms/")
    assert page.locator(".rooms .count [aria-hidden]").inner_text() == "90"
    page.get_by_role("link", name="Bench 90 new messages").click()
    line = page.locator("#unread")
    assert line.inner_text() == "90 NEW MESSAGES" or "90 new messages" in line.inner_text()
    seen = "() => { const at = document.querySelector('#unread').getBoundingClientRect(); return at.top > 0 && at.bottom < innerHeight }"
    page.wait_for_function(seen)
    assert not_over(page, "#write", ".bottombar")
    moved = []
    for top, way in ((0, "earlier"), (10**6, "later")):
        for _n in range(12):
            if not page.locator(f"[data-more={way}]").count():
                break
            page.evaluate(
                "top => scrollTo(0, top ? document.scrollingElement.scrollHeight - innerHeight - 500 : 700)", top
            )
            moved.append(page.evaluate(MEASURE, way))
    assert len(moved) >= 3 and max(moved) <= 1
    page.evaluate("scrollTo(0, document.scrollingElement.scrollHeight)")
    expect(page.locator(".messages .message[data-number]")).to_have_count(180)
    assert [text.split()[1] for text in shown(page)] == [f"{n:03d}" for n in range(1, 181)]
    with page.expect_response("**/read/"):
        page.evaluate("scrollBy(0, 1)")
    page.goto("/c/demo/rooms/")
    assert page.locator(".rooms .count").count() == 0
    speak(room, insider, "One more")
    page.reload()
    page.get_by_role("button", name="Mark as read Bench").click()
    assert page.locator(".rooms .count").count() == 0


# How far the message at the top of the screen moves while more is put above or below it.
MEASURE = """async way => {
  const rows = () => [...document.querySelectorAll(".messages .message[data-number]")];
  const anchor = rows().find(one => one.getBoundingClientRect().bottom > 60), count = rows().length;
  await new Promise(done => requestAnimationFrame(done));
  const before = anchor.getBoundingClientRect().top;
  document.querySelector(`[data-more=${way}]`)?.click();
  for (let n = 0; n < 200 && rows().length === count; n++) await new Promise(done => setTimeout(done, 20));
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  return Math.abs(anchor.getBoundingClientRect().top - before);
}"""


def not_over(page: Any, upper: str, lower: str) -> bool:
    """The one is on the screen and ends where the other begins."""
    return page.evaluate(
        """([upper, lower]) => {
          const [a, b] = [upper, lower].map(name => document.querySelector(name).getBoundingClientRect());
          return a.top >= 0 && a.height > 20 && a.bottom <= b.top + 1 && b.bottom <= innerHeight + 1;
        }""",
        [upper, lower],
    )


def test_who_scrolled_up_is_not_pulled_down_and_sees_how_much_came(room, member, insider, browse):
    speak(room, insider, *[f"Word {n}" for n in range(40)])
    page = entered(browse(member, viewport={"width": 390, "height": 780}), room)
    page.evaluate("scrollTo(0, 200)")
    top = page.locator(".message[data-number='20']").evaluate("one => one.getBoundingClientRect().top")
    speak(room, insider, "Below", "And below")
    arrow = page.get_by_role("button", name="To the newest message (2)")
    arrow.wait_for()
    assert page.locator(".message[data-number='20']").evaluate("one => one.getBoundingClientRect().top") == top
    arrow.click()
    expect(arrow).to_have_count(0)
    assert page.get_by_text("And below").evaluate("one => one.getBoundingClientRect().bottom < innerHeight")


def test_a_room_of_the_team_and_a_room_that_is_lost_and_won(demo, owner, room, member, insider, browse, client_of):
    news = make_room(demo, owner, "news", posting="team")
    inner = make_room(demo, owner, "inner", own_rung=20)
    message = speak(news, owner, "From the press")[0]
    page = entered(browse(member), news)
    assert page.locator("#write").count() == 0 and page.get_by_text("The team writes here.").is_visible()
    assert client_of(member).post(f"{news.url}write/", {"body": "Me too"}).status_code == 403
    page.locator(".message").hover()
    page.get_by_role("button", name="Love what Owner said").click()
    page.locator("a.sign[aria-pressed=true]").wait_for()
    speak(news, owner, "And more")
    page.get_by_text("And more").first.wait_for()
    assert Message.objects.get(pk=message.pk).rev == 2

    seat = demo.members.get(user=insider)
    theirs = entered(browse(insider), inner)
    theirs.fill("#write textarea", "Half a sentence")
    RungSource.objects.filter(member=seat).delete()
    settle_rung(seat)
    expect(theirs.locator("#line")).to_have_text("This room is no longer open to you.", timeout=5_000)
    assert not theirs.locator("#write").is_visible()
    speak(inner, owner, "CANARY-inside")
    theirs.reload()
    assert "This room is for Insider." in theirs.locator(".empty").inner_text()
    theirs.evaluate("window.same = true")
    theirs.wait_for_timeout(1500)
    assert theirs.evaluate("window.same")  # it knocks, and the page stands still
    RungSource.objects.create(member=seat, source="hand", ref="hand", level=20)
    settle_rung(seat)
    theirs.locator("#write textarea").wait_for()  # the door opens by itself
    assert theirs.input_value("#write textarea") == "Half a sentence" and shown(theirs) == ["CANARY-inside"]


def test_by_keyboard_alone(room, member, insider, browse):
    speak(room, insider, "Which ink?")
    page = entered(browse(member), room)
    tab_to(page, ".to-write")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_body"
    page.keyboard.type("Soy")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("and water")
    page.keyboard.press("Enter")
    page.locator(".message.own[data-number]").wait_for()
    assert Message.objects.get(number=2).source == "Soy\nand water"
    for _n in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('[data-number=\"1\"] .more-tools')"):
            break
    page.keyboard.press("Enter")
    page.locator(".acts-of").wait_for()
    assert page.evaluate("document.activeElement.closest('.acts-of') !== null")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('[data-number=\"1\"] .more-tools')")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.locator(".answering").inner_text().startswith("You answer Insider")
    page.keyboard.press("Escape")
    assert not page.locator(".answering").is_visible()
    page.keyboard.press("ArrowUp")
    page.locator(".edit-of textarea").wait_for()
    page.keyboard.type("!")
    page.keyboard.press("Enter")
    expect(page.locator(".message.own .said")).to_have_text("Soy\nand water!")
    assert Message.objects.get(number=2).source == "Soy\nand water!"


def test_without_scripts(room, member, insider, browse):
    speak(room, insider, *[f"Word {n:02d}" for n in range(60)])
    page = browse(member, java_script_enabled=False)
    page.goto(room.url)
    assert shown(page)[-1] == "Word 59"
    page.get_by_role("link", name="What was said before").click()
    assert shown(page)[0] == "Word 00"
    page.goto(room.url)
    page.fill("[name=body]", "By hand")
    page.get_by_role("button", name="Send").click()
    mine = page.locator(".message", has_text="By hand")
    mine.locator("a.at").click()
    page.get_by_role("link", name="Edit").click()
    page.fill("[name=body]", "By both hands")
    page.get_by_role("button", name="Save").click()
    page.locator(".message", has_text="By both hands").locator("a.at").click()
    page.get_by_role("link", name="Answer").click()
    page.fill("[name=body]", "To myself")
    page.get_by_role("button", name="Send").click()
    page.locator(".message", has_text="To myself").locator("a.at").click()
    page.get_by_role("button", name="Thanks").click()
    assert page.locator(".sign[aria-pressed=true]").count() == 1
    page.locator("summary", has_text="Delete").click()
    page.get_by_role("button", name="Delete it for good").click()
    assert "removed by its author" in page.locator(".message").last.inner_text()
    rows = Message.objects.filter(number__gt=60).order_by("number").values_list("source", "answers__number")
    assert list(rows) == [("By both hands", None), ("", 61)]


def test_a_room_in_use_offends_nobody(room, member, insider, browse):
    """Axe, light and dark, on a phone and a desk: with people in it, something unfolded, something failed and the line gone."""
    messages = speak(room, insider, "Which ink?", "> Slow is smooth.\n\n`code` and مرحبا", "Wrong", "x" * 300)
    speak(room, member, "Soy @insider")
    remove_message(viewer_for(insider, room.community), message=messages[2])
    edit_message(viewer_for(insider, room.community), message=messages[0], body="Which ink is it?")
    page = browse(member)
    look = Look(page)
    entered(page, room)
    page.locator(".message[data-number='5']").hover()
    page.locator("[data-number='5'] .more-tools").click()
    page.locator(".acts-of").wait_for()
    said(page, "y" * 4001)
    page.locator(".failed").wait_for()
    look.said.clear()  # the browser says itself that the house refused
    look.judge("in use")
    page.locator("[data-number='5'] [data-edit]").click()
    page.locator(".edit-of").wait_for()
    page.context.set_offline(True)
    page.locator("#line:not([hidden])").wait_for()
    look.said.clear()
    look.judge("edited while away")
    assert "\n".join(look.wrong) == ""
