"""What a link is about comes by itself into a room that is open, and goes when its author takes it away."""

import pytest
from playwright.sync_api import expect

from tests.communities.embeds.conftest import elsewhere
from tests.journeys.test_rooms import browse, entered, over_http, room, said

__all__ = ["browse", "elsewhere", "over_http", "room"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_preview_comes_and_goes_on_every_screen_that_is_open(room, member, insider, browse, elsewhere):
    ada, bo = entered(browse(member), room), entered(browse(insider), room)
    said(ada, f"Read {elsewhere.link()}", "And then?")
    bo.locator(".message[data-number='2']").wait_for()
    elsewhere.work()
    for page in (ada, bo):
        expect(page.locator(".message[data-number='1'] a.preview b")).to_have_text("Old & slow")
        assert (
            page.evaluate("document.scrollingElement.scrollHeight - document.scrollingElement.scrollTop - innerHeight")
            < 2
        )
    assert bo.locator("a.preview").get_attribute("href") == elsewhere.link()
    ada.locator(".message[data-number='1']").hover()
    ada.get_by_role("button", name="More about what Member said").first.click()
    ada.get_by_role("button", name="Take the preview away").click()
    for page in (ada, bo):
        expect(page.locator("a.preview")).to_have_count(0)
        expect(page.locator(".message[data-number='1'] .said")).to_contain_text("Read")
