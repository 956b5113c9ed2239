"""The bell as a journey: two browsers, the keyboard alone, and no JavaScript at all."""

import re

import pytest

from communities.activity.actions import deliver_due
from communities.mail.actions import send_due
from communities.mail.sink import sink_folder
from communities.notifications.models import Notification, Preference
from communities.people.models import User
from tests.communities.notifications.conftest import confirmed
from tests.journeys.conftest import tab_to

__all__ = ["confirmed"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def delivered() -> None:
    while deliver_due():
        pass


def test_somebody_is_answered_in_one_browser_and_finds_it_with_the_keyboard_in_another(
    demo, member, insider, publish, browse
):
    post = publish("Two drums", author=member, space="bench")
    writer, reader = browse(insider), browse(member)
    writer.goto(post.url)
    writer.fill("#talk textarea[name=body]", "Which ink was it?")
    writer.locator("form[data-verb='comment.written'] button").last.click()
    writer.get_by_text("Which ink was it?").first.wait_for()
    delivered()
    reader.goto("/c/demo/")
    assert reader.get_by_role("link", name="Your news (something new)").count() == 1
    tab_to(reader, ".rail .bell")
    reader.keyboard.press("Enter")
    reader.wait_for_url("**/me/news/")
    assert "Insider commented on your Two drums" in reader.locator(".news.unseen").inner_text()
    # A second on the screen is a look: the dot goes out here, and everywhere with the next page.
    reader.locator(".bell .dot").first.wait_for(state="detached")
    assert Notification.objects.get(kind="comment").seen_at is not None
    reader.goto("/me/news/")
    assert reader.locator(".news.unseen").count() == 0
    tab_to(reader, ".news a")
    reader.keyboard.press("Enter")
    reader.wait_for_url(re.compile(r"/p/\d+/two-drums/"))
    assert reader.get_by_text("Which ink was it?").first.is_visible()


def test_without_javascript_a_button_marks_all_and_the_settings_are_kept(demo, member, owner, publish, browse):
    publish("Two drums")
    delivered()
    page = browse(member, java_script_enabled=False)
    page.goto("/me/news/")
    assert page.locator(".news.unseen").count() == 1
    page.get_by_role("button", name="Mark all as read").click()
    assert page.get_by_text("All read.").is_visible()
    assert page.locator(".news.unseen").count() == 0
    assert not User.objects.get(pk=member.pk).has_news
    page.get_by_role("link", name="What you hear of").click()
    page.get_by_label("A new story is open to you: Mail").check()
    page.get_by_label("Somebody reacts to something of yours: Bell").uncheck()
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("Saved. From now on").is_visible()
    assert page.get_by_label("A new story is open to you: Mail").is_checked()
    said = set(Preference.objects.values_list("user__name", "kind", "channel", "on"))
    assert said == {("Member", "post", "mail", True), ("Member", "reaction", "bell", False)}


def test_a_mail_is_stopped_by_whoever_holds_it_signed_in_nowhere(
    demo, member, owner, publish, browse, confirmed, settings
):
    settings.EMAIL_BACKEND = "communities.mail.sink.SinkBackend"
    confirmed(member)
    Preference.objects.create(user=member, kind="post", channel="mail", on=True)
    publish("Two drums")
    delivered()
    assert send_due() == 1
    (file,) = sink_folder().glob("*.eml")
    (link,) = re.findall(r"List-Unsubscribe:\s+<http://localhost:8000(/n/\S+/)>", file.read_text())
    page = browse(java_script_enabled=False)
    page.goto(link)
    page.get_by_role("button", name="No more mail of this kind").focus()
    page.keyboard.press("Enter")
    page.get_by_text("You get no more mail of this kind").wait_for()
    assert not Preference.objects.get(kind="post").on
    publish("Another")
    delivered()
    assert send_due() == 0
