"""Conversations and topics in real browsers: a letter that arrives while one looks, a block in plain words, a name that changes."""

from typing import Any

import pytest
from playwright.sync_api import expect

from communities.access.models import Block
from communities.access.viewer import viewer_for
from communities.discussion.models import Message, Room, Topic
from communities.discussion.topics import rename_topic
from tests.journeys.test_rooms import SOON, browse, entered, over_http, room, said, speak

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["browse", "over_http", "room"]


def test_a_letter_arrives_and_a_block_says_so_in_plain_words(demo, member, insider, browse):
    bo = browse(insider)
    bo.goto("/c/demo/people/member/")
    bo.get_by_role("link", name="Write to Member").click()
    bo.locator("textarea[name=body]").fill("Do you have the teal sheet?")
    bo.get_by_role("button", name="Send").click()
    bo.wait_for_url("**/rooms/dm-**")
    letter = Room.objects.select_related("community").get(party=f"{member.pk}.{insider.pk}")
    ada = browse(member)
    ada.goto("/c/demo/messages/")
    expect(ada.locator(".rooms .count")).to_contain_text("1 new message")
    entered(ada, letter)
    expect(ada.locator("h1")).to_have_text("Insider")
    entered(bo, letter)
    said(ada, "Two of them.")
    bo.locator(".message[data-number='2']").wait_for(timeout=SOON)
    Block.objects.create(user=member, blocked=insider)
    said(bo, "Which drawer?")
    expect(bo.locator(".outbox, .message.failed").first).to_contain_text("Member does not take messages from you.")
    assert ada.locator(".message[data-number]").count() == 2 and Message.objects.count() == 2
    expect(ada.locator(".messages")).to_contain_text("Do you have the teal sheet?")


def test_a_topic_grows_on_its_page_and_its_name_changes_before_ones_eyes(room: Any, member, insider, browse):
    first = speak(room, insider, "Which ink?", "Good morning")[0]
    ada, bo = browse(member), browse(insider)
    ada.goto(f"{room.url}{first.number}/topic/")
    ada.keyboard.type("The ink")
    ada.keyboard.press("Enter")
    ada.locator("h1", has_text="The ink").wait_for()
    topic = Topic.objects.select_related("room__community").get()
    entered(ada, room, f"topics/{topic.pk}/")
    assert ada.locator(".message[data-number]").count() == 1
    entered(bo, room)
    said(bo, "Of tea, nothing")
    said(ada, "Soy, always")
    mine = bo.locator(".message[data-number]", has_text="Soy, always")
    expect(mine.locator(".about")).to_have_text("The ink", timeout=SOON)
    expect(ada.locator(".message[data-number]")).to_have_count(2)
    expect(ada.locator(".messages")).not_to_contain_text("Of tea, nothing")
    rename_topic(viewer_for(member, room.community), topic=topic, title="Ink & co")
    expect(mine.locator(".about")).to_have_text("Ink & co", timeout=SOON)
    expect(ada.locator("h1")).to_have_text("Ink & co", timeout=SOON)
    mine.locator(".about").click()
    bo.wait_for_url(f"**/topics/{topic.pk}/**")
    expect(bo.locator(".message[data-number]")).to_have_count(2)
