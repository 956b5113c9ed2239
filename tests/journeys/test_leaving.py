"""Taking everything along and leaving, in a browser: with the keyboard alone and with JavaScript off."""

import datetime as dt
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from communities.people.exporting import pack_due
from communities.people.leaving import close_due
from communities.people.models import Closing, User
from tests.journeys.conftest import WORD, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def unpacked(page: Any, folder: Path) -> Path:
    """The zip as the browser saved it, opened into a folder."""
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    waiting.value.save_as(folder / "me.zip")
    assert waiting.value.suggested_filename.startswith("member-")
    with zipfile.ZipFile(folder / "me.zip") as box:
        box.extractall(folder)
    return folder


def test_everything_about_me_with_the_keyboard_alone(demo, member, publish, browse, tmp_path) -> None:
    publish("Ink & paper", author=member, space="bench", source="How I mix teal.")
    page = browse(member)
    page.goto("/me/")
    tab_to(page, "a[href='/me/data/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/data/")
    tab_to(page, "form[data-verb='data.asked'] button")
    page.keyboard.press("Enter")
    page.get_by_text("It is being packed.").wait_for()
    assert pack_due() == 1
    tab_to(page, "main a[href='/me/data/']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "main .rows a.button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/reauthenticate/**")
    page.locator("[name=password]").focus()
    page.keyboard.type(WORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/data/")
    tab_to(page, "main .rows a.button")
    folder = unpacked(page, tmp_path)
    data = json.loads((folder / "data.json").read_text())
    assert [post["title"] for post in data["posts"]] == ["Ink & paper"]
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"file://{folder}/index.html")
    assert "Everything about Member" in page.title()
    assert page.get_by_role("heading", name="What you posted").is_visible()
    assert page.get_by_text("How I mix teal.").is_visible()
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert said == []


@pytest.mark.parametrize("scripts", [True, False])
def test_leaving_and_thinking_better_of_it(demo, member, browse, scripts: bool) -> None:
    page = browse(member, java_script_enabled=scripts)
    page.goto("/me/")
    page.get_by_role("link", name="Leave Hearth").click()
    page.get_by_role("button", name="Close my account").click()
    page.get_by_text("Choose one of the two.").wait_for()
    page.get_by_text("Keep it, without my name").click()
    page.get_by_role("button", name="Close my account").click()
    page.wait_for_url("**/accounts/reauthenticate/**")
    page.fill("[name=password]", WORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/me/leave/")
    page.get_by_role("heading", name="You are about to leave").wait_for()
    assert Closing.objects.get().how == "anonymise"
    page.goto("/me/")
    page.get_by_role("button", name="Stay after all").click()
    page.get_by_text("Your account stays as it is.").wait_for()
    assert not Closing.objects.exists()


def test_leaving_for_good_with_the_keyboard_alone(demo, member, insider, publish, browse) -> None:
    post = publish("Ink & paper", author=member, space="bench")
    page = browse(member)
    page.goto("/me/leave/")
    tab_to(page, "input[name=how]")
    page.keyboard.press("Space")
    tab_to(page, "form[data-verb='account.closing'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/reauthenticate/**")
    page.locator("[name=password]").focus()
    page.keyboard.type(WORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/leave/")
    with time_machine.travel(timezone.now() + dt.timedelta(days=7, minutes=1)):
        assert close_due() == 1
    page.goto("/me/")
    assert "/accounts/login/" in page.url
    address = member.email
    page.fill("[name=login]", address)
    page.fill("[name=password]", WORD)
    page.press("[name=password]", "Enter")
    page.locator("main [role=alert]").wait_for()
    assert User.objects.get(pk=member.pk).left_at is not None
    other = browse(insider)
    other.goto(post.url)
    assert other.get_by_text("Somebody who left").first.is_visible()
    assert other.get_by_text("Member", exact=True).count() == 0
