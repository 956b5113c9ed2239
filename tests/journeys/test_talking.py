"""Talking under a post in a real browser: with scripts and without, with the keyboard alone, two people at once."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from communities.comments.models import Comment, Thread
from communities.reactions.models import Reaction
from tests.journeys.conftest import tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def post(publish):
    return publish("Drums", source="Two drums, one sheet.")


def said(page: Any) -> list[str]:
    return [text.strip() for text in page.locator(".comment .said").all_inner_texts()]


def test_two_people_talk_without_leaving_the_page(post, member, insider, browse):
    ada, bo = browse(member), browse(insider)
    ada.goto(post.url)
    ada.fill("#talk textarea", "Which *drum* first?")
    ada.get_by_role("button", name="Send").click()
    ada.locator(".comment .said").wait_for()
    assert said(ada) == ["Which drum first?"]
    assert ada.locator(".comment:focus").count() == 1
    assert (ada.input_value("#talk textarea"), Comment.objects.count()) == ("", 1)

    bo.goto(post.url)
    bo.get_by_role("link", name="Answer Member").click()
    assert bo.locator(".comment + form.say").count() == 1
    assert "You answer Member" in bo.locator(".answering").inner_text()
    bo.locator("form.say textarea").press_sequentially("Coral.")
    bo.keyboard.press("Control+Enter")
    bo.locator(".comment.answer").wait_for()
    assert said(bo) == ["Which drum first?", "Coral."]
    assert bo.locator(".saying form.say").count() == 1

    ada.reload()
    assert said(ada) == ["Which drum first?", "Coral."]
    passage = ada.locator(".comment.answer .said")
    passage.evaluate("box => getSelection().selectAllChildren(box)")
    ada.get_by_role("link", name="Quote Insider").click()
    expect(ada.locator("form.say textarea")).to_have_value(re.compile("Coral"))
    quoted = ada.input_value("form.say textarea")
    answer = Comment.objects.get(source="Coral.")
    assert quoted == f"> [Insider wrote](/c/demo/comments/{answer.pk}/)\n>\n> Coral.\n\n"
    ada.locator("form.say textarea").press_sequentially("Thank you.")
    ada.get_by_role("button", name="Send").click()
    ada.locator(".comment").nth(2).wait_for()
    assert [row.root for row in Comment.objects.order_by("number")] == [1, 1, 1]

    bo.reload()
    applause = bo.locator(".comment").first.get_by_role("button", name="Love")
    applause.dblclick()
    bo.locator(".comment").first.locator("[aria-pressed=true]").wait_for()
    bo.wait_for_timeout(400)
    assert Reaction.objects.count() == 1
    bo.locator(".comment").nth(1).get_by_role("link", name="Other signs").click()
    bo.locator(".comment").nth(1).get_by_role("button", name="Thinking").click()
    bo.locator(".comment").nth(1).get_by_role("button", name="Thinking, 1, you too").wait_for()
    ada.reload()
    assert ada.locator(".comment").nth(1).get_by_role("button", name="Thinking, 1").count() == 1
    assert urlsplit(bo.url).path == urlsplit(ada.url).path == post.url


def test_what_is_refused_or_lost_stays_in_the_box(post, member, browse):
    page = browse(member)
    page.goto(post.url)
    page.fill("#talk textarea", "a" * 20_001)
    page.get_by_role("button", name="Send").click()
    page.locator("#talk .errors").wait_for()
    assert "1 more" in page.locator("#talk .errors").inner_text()
    assert len(page.input_value("#talk textarea")) == 20_001
    page.fill("#talk textarea", "On a train")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send").click()
    page.get_by_text("That did not get through.").first.wait_for()
    page.context.set_offline(False)
    page.get_by_role("button", name="Send").click()
    page.locator(".comment").wait_for()
    assert (said(page), Comment.objects.count()) == (["On a train"], 1)
    page.fill("#talk textarea", "Signed out meanwhile")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Your text is still here").wait_for()
    assert page.input_value("[name=body]") == "Signed out meanwhile"


def test_everything_works_without_scripts(post, member, insider, say, browse):
    root = say(insider, post, "Which ink do you use?")
    page = browse(member, java_script_enabled=False)
    page.goto(post.url)
    page.get_by_role("link", name="Quote Insider").click()
    assert urlsplit(page.url).fragment == "write"
    assert "Which ink do you use?" in page.input_value("[name=body]")
    page.fill("[name=body]", "Soy.")
    page.get_by_role("button", name="Send").click()
    mine = Comment.objects.get(source="Soy.")
    assert (mine.answers, urlsplit(page.url).fragment) == (root, f"comment-{mine.pk}")
    page.get_by_role("link", name="Edit").click()
    page.fill("[name=body]", "Soy, mostly.")
    page.get_by_role("button", name="Save").click()
    assert "Soy, mostly." in said(page)
    assert "edited" in page.locator(f"#comment-{mine.pk} header").inner_text()
    page.locator(f"#comment-{root.pk}").get_by_role("button", name="Love").click()
    page.locator(f"#comment-{root.pk}").get_by_role("button", name="Love, 1, you too").click()
    assert Reaction.objects.count() == 0
    page.locator(f"#comment-{root.pk}").get_by_role("link", name="Other signs").click()
    page.get_by_role("button", name="Thanks").click()
    assert Reaction.objects.get().emoji == "🙏"
    page.locator(f"#comment-{mine.pk} summary").click()
    page.get_by_role("button", name="Delete it for good").click()
    assert said(page) == ["Which ink do you use?"]
    assert (Comment.objects.get(pk=mine.pk).source, Thread.objects.get().count) == ("", 1)


def test_with_the_keyboard_alone_one_writes_answers_reacts_and_deletes(post, member, insider, say, browse):
    root = say(insider, post, "Which ink?")
    page = browse(member, viewport={"width": 1280, "height": 900})
    page.goto(post.url)
    tab_to(page, f"#comment-{root.pk} button.sign")
    page.keyboard.press("Enter")
    page.locator(f"#comment-{root.pk} [aria-pressed=true]").wait_for()
    assert page.evaluate("document.activeElement.matches('button.sign[aria-pressed=true]')")
    page.keyboard.press("Enter")
    page.locator(f"#comment-{root.pk} [aria-pressed=true]").wait_for(state="detached")
    tab_to(page, f"#comment-{root.pk} a[data-answer]")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "body"
    page.keyboard.type("Soy.")
    tab_to(page, "form.say button.first")
    page.keyboard.press("Enter")
    page.locator(".comment.answer").wait_for()
    assert page.evaluate("document.activeElement.matches('.comment.answer')")
    tab_to(page, ".comment.answer .sure summary")
    page.keyboard.press("Enter")
    tab_to(page, ".comment.answer .sure button")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("#talk$"))
    assert said(page) == ["Which ink?"]
    assert Reaction.objects.count() == 0
