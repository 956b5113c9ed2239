"""At the door in a real browser, beside the two long journeys: out again, and new guidelines while one writes."""

import re

import pytest

from communities.access.viewer import viewer_for
from communities.members.actions import join_community
from communities.members.guidelines import write_guidelines
from tests.journeys.keyboard import Hands

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_out_again_with_the_keyboard_alone(demo, outsider, browse):
    seat = join_community(outsider, demo)
    leaver = Hands(browse(outsider))
    leaver.open("/me/")
    leaver.press("link", "Leave")
    leaver.at("/c/demo/leave/")
    leaver.press("button", "Leave")
    leaver.at("/me/")
    seat.refresh_from_db()
    assert seat.standing == "left"


def test_what_was_written_waits_for_the_new_guidelines_and_then_goes_out(demo, owner, member, browse):
    page = browse(member)
    page.goto("/c/demo/write/")
    page.fill("#id_title", "Hello")
    page.fill("#id_body", "A long text.")
    write_guidelines(viewer_for(owner, demo), community=demo, source="Be kinder.")
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("heading", name="One moment first").wait_for()
    assert page.locator("textarea[name=body]").input_value() == "A long text."
    page.check("[name=agree_to]")
    page.get_by_role("button", name="Agree and send").click()
    page.wait_for_url(re.compile(r"/p/\d+/hello/$"))
    assert page.locator(".prose").inner_text() == "A long text."
