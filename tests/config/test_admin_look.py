"""The desk in a real browser: nothing that axe or the console complains of, nothing wider than the screen, and all of it by keyboard."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress

from communities.people.models import User
from communities.safety.actions import hide
from content.posts.actions import set_tags
from content.posts.models import Post, Tag
from tests.desk import root
from tests.legs import chromium_path

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
SIZES = [(scheme, width) for scheme in ("light", "dark") for width in (360, 1280)]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright_api = pytest.importorskip("playwright.sync_api")
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser's own loop runs in this thread
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
    patch.undo()


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


def test_no_page_of_the_desk_has_an_axe_or_console_finding(
    chromium, live_server, chief: User, publish, seen_by, owner
) -> None:
    from axe_playwright_python.sync_playwright import Axe

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
    wrong = []
    for scheme, width in SIZES:
        context = chromium.new_context(
            color_scheme=scheme, viewport={"width": width, "height": 900}, base_url=live_server.url
        )
        page = context.new_page()
        sign_in(page, chief, "/admin/")
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda problem, said=said: said.append(str(problem)))
        for address in pages:
            page.goto(address)
            where = f"{scheme} {width} {address}"
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            wrong += [f"{where}: {over} px too wide"] if over > 0 else []
            wrong += [f"{where}: {text}" for text in said]
            found = Axe().run(page, options=RULES).response["violations"]
            wrong += [f"{where}: {one['id']} {one['nodes'][0]['target']}" for one in found]
            said.clear()
        context.close()
    assert wrong == []


def test_a_row_is_found_by_typing_and_names_its_field(chromium, live_server, chief: User, demo) -> None:
    context = chromium.new_context(base_url=live_server.url)
    page = context.new_page()
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
    context.close()


def test_a_post_is_hidden_with_the_keyboard_alone(chromium, live_server, chief: User, publish) -> None:
    post = publish("Loud")
    context = chromium.new_context(base_url=live_server.url)
    page = context.new_page()
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
    context.close()
    post.refresh_from_db()
    assert post.state == "hidden"
