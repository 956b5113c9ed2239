"""Keeping a place good in a real browser: report, answer, outcome; block and see nothing. Without scripts, and by the keyboard alone."""

import pytest

from communities.safety.models import Act, Report
from tests.journeys.conftest import tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_without_scripts_a_report_is_filed_answered_and_its_outcome_read(demo, publish, member, insider, owner, browse):
    publish("Loud", author=member, space="bench")
    reporter = browse(insider, java_script_enabled=False)
    reporter.goto("/c/demo/")
    reporter.get_by_role("link", name="Loud", exact=True).click()
    reporter.get_by_role("link", name="Report", exact=True).first.click()
    reporter.get_by_role("button", name="Report it").click()
    assert "Choose what fits best." in reporter.content()
    reporter.get_by_label("unkind or hateful").check()
    reporter.get_by_label("In your words").fill("It calls names.")
    reporter.get_by_role("button", name="Report it").click()
    assert "you will hear what came of it" in reporter.locator("[role=status]").first.inner_text()
    team = browse(owner, java_script_enabled=False)
    team.goto("/c/demo/studio/reports/")
    team.get_by_role("link", name="Loud", exact=True).click()
    assert "It calls names." in team.content()
    team.locator("summary", has_text="Hide it").click()
    form = team.locator("form[data-verb='safety.hidden']")
    form.get_by_label("Why").fill("Names a person.")
    form.get_by_role("button").click()
    assert "Nothing waits" in team.content()
    assert Act.objects.get().verb == "hidden"
    reporter.goto("/me/reports/")
    assert "The team took it out of sight." in reporter.content()
    author = browse(member, java_script_enabled=False)
    author.goto("/me/standing/")
    assert "Names a person." in author.content()


def test_by_the_keyboard_alone_the_team_finds_something_fine(demo, publish, member, insider, owner, browse) -> None:
    post = publish("Loud", author=member, space="bench")
    Report.objects.create(community=demo, kind="post", object_id=post.pk, reporter=insider, reason="rude")
    page = browse(owner)
    page.goto("/c/demo/studio/reports/")
    tab_to(page, f"main a[href$='/reports/post/{post.pk}/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/post/*/")
    tab_to(page, ".answers summary")
    page.keyboard.press("Enter")
    tab_to(page, "form[data-verb='report.decided'] textarea")
    page.keyboard.type("It is a quotation.")
    tab_to(page, "form[data-verb='report.decided'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/studio/reports/")
    assert Report.objects.get().outcome == "It is a quotation."


def test_who_is_blocked_is_gone_from_the_feed_and_comes_back(demo, publish, member, insider, browse) -> None:
    publish("Loud", author=member, space="bench")
    publish("Quiet")
    page = browse(insider)
    page.goto("/c/demo/people/member/")
    page.get_by_role("link", name="Block or mute").click()
    page.get_by_role("button", name="Block", exact=True).first.click()
    page.wait_for_url("**/people/member/")
    assert "You block Member." in page.content()
    page.goto("/c/demo/")
    assert "Loud" not in page.content() and "Quiet" in page.content()
    page.goto("/me/blocks/")
    page.get_by_role("button", name="Take it back").click()
    page.goto("/c/demo/")
    assert "Loud" in page.content()
