"""The desk in a real browser: nothing that axe or the console complains of, nothing wider than the screen, and all of it by keyboard."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress

from communities.people.models import User
from communities.safety.actions import hide
from content.posts.actions import set_tags
from content.posts.models import Post, Tag
from tests.desk import root
from tests.journeys.test_every_page import Look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def chief() -> User:
    user = root()
    user.set_password("a-long-enough-password")
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(page: Any, user: User, target: str) -> None:
    """By keyboard, from the admin's address through the site's door and back."""
    page.goto(target)
    page.locator("[name=login]").focus()
    page.keyboard.type(user.email)
    page.locator("[name=password]").focus()
    page.keyboard.type("a-long-enough-password")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path == target)


def test_no_page_of_the_desk_has_an_axe_or_console_finding(browse, chief: User, publish, seen_by, owner) -> None:
    post = publish("A post with a rather long title that has to wrap on a phone")
    hide(seen_by(owner), obj=publish("Hidden"), reason="off topic")
    set_tags(post, ["riso"])
    pages = [
        "/admin/",
        "/admin/posts/post/?o=1.-4&state__exact=hidden",
        f"/admin/posts/post/{post.pk}/change/",
        f"/admin/posts/post/{post.pk}/act/hide/",
        f"/admin/posts/post/{Post.objects.get(title='Hidden').pk}/history/",
        "/admin/spaces/space/add/",
        "/admin/spaces/community/add/?_popup=1",
        f"/admin/people/user/{owner.pk}/act/groups/",
        f"/admin/posts/tag/{Tag.objects.get().pk}/delete/",
    ]
    look = Look(browse())
    sign_in(look.page, chief, "/admin/")
    for address in pages:
        look.visit(address)
    assert "\n".join(look.wrong) == ""


def test_a_row_is_found_by_typing_and_names_its_field(browse, chief: User, demo) -> None:
    page = browse()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    sign_in(page, chief, "/admin/spaces/space/add/")
    box = page.get_by_role("combobox", name="Community")
    box.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("dem")
    page.locator(".select2-results__option--highlighted", has_text="Demo").wait_for()
    page.keyboard.press("Enter")
    assert page.locator("[name=community]").input_value() == str(demo.pk)
    assert said == []


def test_a_post_is_hidden_with_the_keyboard_alone(browse, chief: User, publish) -> None:
    post = publish("Loud")
    page = browse()
    sign_in(page, chief, "/admin/posts/post/")

    def walk_to(selector: str) -> None:
        for _step in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab never reaches {selector}")

    walk_to(f"a[href*='/post/{post.pk}/change/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/**")
    walk_to("a[href$='/act/hide/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/act/hide/")
    walk_to("[name=reason]")
    page.keyboard.type("An advert.")
    walk_to("form button.default")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/")
    assert page.locator(".messagelist").inner_text() == "Hidden from everybody but its author and the team"
    post.refresh_from_db()
    assert post.state == "hidden"
