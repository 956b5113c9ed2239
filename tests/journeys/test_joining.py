"""Coming in through a real browser: by an invitation, by asking, with the keyboard alone, and without scripts."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from communities.access.viewer import viewer_for
from communities.mail.models import Mail
from communities.members.guidelines import write_guidelines
from communities.members.invitations import make_invitation
from communities.members.models import Acceptance, JoinRequest, Member
from communities.members.questions import save_questions
from communities.members.topics import reasons_for
from communities.people.models import User
from communities.spaces.actions import change_community
from communities.spaces.topics import Offer, save_topics
from tests.journeys.conftest import WORD, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def link(demo: Any, owner: User, publish: Any) -> str:
    """An invitation into a place that takes nobody else, has guidelines and topics."""
    boss = viewer_for(owner, demo)
    publish("The first sheet")
    write_guidelines(boss, community=demo, source="Be *kind*, and brief.")
    offers = [
        Offer("interest", "Ink"),
        Offer("interest", "Paper"),
        Offer("challenge", "Getting it to register", "register"),
    ]
    save_topics(boss, community=demo, offers=offers)
    change_community(boss, community=demo, join_mode="invitation", listed=False)
    return f"/i/{make_invitation(boss, community=demo, label='Nora').token}/"


def letter_to(address: str) -> str:
    found = re.search(r"https?://\S+(/accounts/confirm-email/\S+)", Mail.objects.get(to=address).text)
    assert found is not None
    return found.group(1)


def at(page: Any, path: str) -> None:
    page.wait_for_url(lambda url: urlsplit(url).path == path)


@pytest.mark.parametrize("scripts", [True, False])
def test_from_an_invitation_to_ones_own_feed(link, owner, browse, scripts):
    """J1, steps 4 to 8, into a place that nobody else may know of."""
    page = browse(java_script_enabled=scripts, viewport={"width": 390, "height": 844})
    page.goto(link)
    assert page.locator("h1").inner_text() == "Demo"
    assert page.locator("main .who b").first.inner_text() == "Owner"
    assert page.locator("main form").count() == 0
    page.get_by_role("link", name="Make an account and come in").click()
    page.fill("[name=email]", "nora@test.example")
    page.fill("[name=password1]", WORD)
    page.press("[name=password1]", "Enter")
    page.wait_for_url("**/accounts/confirm-email/")
    page.goto(letter_to("nora@test.example"))
    page.get_by_role("button", name="Yes, that is mine").click()
    page.wait_for_url(re.compile(r"/accounts/login/"))
    page.fill("[name=login]", "nora@test.example")
    page.fill("[name=password]", WORD)
    page.press("[name=password]", "Enter")
    at(page, link)
    page.get_by_role("button", name="Join", exact=True).click()
    page.get_by_text("Please read the guidelines and tick this").wait_for()
    page.check("[name=agreed]")
    page.get_by_role("button", name="Join", exact=True).click()
    at(page, "/c/demo/welcome/")
    page.get_by_label("Ink", exact=True).check()
    page.get_by_label("Paper", exact=True).check()
    page.get_by_label("Getting it to register").check()
    page.get_by_role("button", name="That is me").click()
    at(page, "/c/demo/")
    page.get_by_role("link", name="The first sheet").first.wait_for()
    seat = Member.objects.get(user__email="nora@test.example")
    assert (seat.agreed, Acceptance.objects.filter(user=seat.user).count()) == (1, 1)
    assert [slug for slug, _label, _kind in reasons_for(seat)] == ["ink", "paper", "register"]
    boss = browse(owner)
    boss.goto("/c/demo/invite/")
    boss.get_by_text("1 of 1 used").wait_for()
    assert boss.locator(".came b").all_inner_texts() == [str(seat.user)]


def test_asking_and_being_let_in_in_two_browsers(demo, owner, outsider, browse):
    """J2, steps 1 and 2."""
    boss = viewer_for(owner, demo)
    write_guidelines(boss, community=demo, source="Be kind.")
    save_questions(boss, community=demo, questions=[("What do you make?", True), ("Who sent you?", True)])
    change_community(boss, community=demo, join_mode="request")
    page, desk = browse(outsider), browse(owner)
    page.goto("/c/demo/")
    page.locator(".masthead").get_by_role("link", name="Ask to join").click()
    page.get_by_label("What do you make?").fill("Bowls")
    page.get_by_role("button", name="Ask to join").click()
    page.get_by_text("Please answer this one").wait_for()
    assert page.get_by_label("What do you make?").input_value() == "Bowls"
    assert page.evaluate("document.activeElement.name").startswith("answer_")
    page.get_by_label("Who sent you?").fill("My aunt")
    page.check("[name=agreed]")
    page.get_by_role("button", name="Ask to join").click()
    page.get_by_role("heading", name="Waiting for an answer").wait_for()

    desk.goto("/c/demo/studio/")
    desk.locator(".rail").get_by_role("link", name="Requests").click()
    assert desk.locator(".request dd").all_inner_texts() == ["Bowls", "My aunt"]
    desk.locator("[name=note]").fill("Come on Thursday.")
    desk.get_by_role("button", name="Let in").click()
    desk.get_by_text("Outsider is in.").wait_for()
    page.goto("/c/demo/join/")
    at(page, "/c/demo/")
    assert (Member.objects.get(user=outsider).standing, JoinRequest.objects.get().note) == (
        "member",
        "Come on Thursday.",
    )


def test_through_the_door_and_out_again_with_the_keyboard_alone(demo, owner, outsider, browse):
    boss = viewer_for(owner, demo)
    write_guidelines(boss, community=demo, source="Be kind.")
    save_topics(boss, community=demo, offers=[Offer("interest", "Ink"), Offer("challenge", "Paper")])
    page = browse(outsider)
    page.goto("/c/demo/")
    tab_to(page, ".masthead a[href='/c/demo/join/']")
    page.keyboard.press("Enter")
    at(page, "/c/demo/join/")
    tab_to(page, "[name=agreed]")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    at(page, "/c/demo/welcome/")
    tab_to(page, "[name=interest]")
    page.keyboard.press("Space")
    tab_to(page, "main form button.first")
    page.keyboard.press("Enter")
    at(page, "/c/demo/")
    seat = Member.objects.get(user=outsider)
    assert [slug for slug, _label, _kind in reasons_for(seat)] == ["ink"]
    tab_to(page, "a[href='/c/demo/invite/']")
    page.keyboard.press("Enter")
    at(page, "/c/demo/invite/")
    tab_to(page, "#id_label")
    page.keyboard.type("Nora")
    page.keyboard.press("Enter")
    page.get_by_text("Here it is: the first link below.").wait_for()
    page.goto("/c/demo/leave/")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    at(page, "/me/")
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
