"""J1 in one go, with the keyboard alone, and once more without JavaScript: a stranger reads, is invited, comes in and is at home."""

import datetime as dt
import re

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from communities.access.viewer import viewer_for
from communities.members.guidelines import write_guidelines
from communities.members.models import Acceptance, Invitation, Member
from communities.members.topics import reasons_for
from communities.people.models import User
from communities.spaces.actions import change_community
from communities.spaces.topics import Offer, save_topics
from content.posts.actions import set_tags
from tests.conftest import make_member
from tests.journeys.conftest import WORD
from tests.journeys.keyboard import Hands

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECRET = "CANARY-linseed"
SHEETS = "ABCDEFGHIJKL"


@pytest.fixture
def stories(demo, owner, publish):
    """Something to read for everybody, something for insiders, something old about what one can care about; nobody comes in uninvited."""
    boss = viewer_for(owner, demo)
    write_guidelines(boss, community=demo, source="Be *kind*, and brief.")
    labels = [("interest", "Ink", ""), ("interest", "Paper", ""), ("challenge", "Getting it to register", "register")]
    save_topics(boss, community=demo, offers=[Offer(*words) for words in labels])
    change_community(boss, community=demo, join_mode="invitation", tagline="Ink, paper and patience")
    now = timezone.now()
    set_tags(publish("Corner marks", opens_at=now - dt.timedelta(days=40)), ["register"])
    for day in range(len(SHEETS)):
        publish(f"Sheet {SHEETS[day]}", opens_at=now - dt.timedelta(days=day + 1))
    publish("The recipe", rung=20, source=f"Two parts {SECRET}.", teaser="What the ink is made of.")
    return publish("Eleven blues", source="All eleven of them, one below the other.")


@pytest.fixture
def ana(demo) -> User:
    user = make_member(demo, "ana")
    Member.objects.filter(user=user).update(agreed=1)
    return user


@pytest.mark.parametrize("scripts", [True, False])
def test_a_stranger_reads_is_invited_and_comes_home(demo, stories, ana, browse, postman, scripts):
    nora = Hands(browse(java_script_enabled=scripts, viewport={"width": 1280, "height": 900}))
    reads(nora, stories)
    host = Hands(browse(ana, java_script_enabled=scripts))
    link = makes_a_link(host)
    comes_in(nora, postman, link)
    finds_what_fits(nora)
    host.open("/c/demo/invite/")
    host.page.get_by_text("1 of 1 used").wait_for()
    assert host.page.locator(".came b").all_inner_texts() == [str(User.objects.get(email="nora@test.example"))]


def reads(nora: Hands, story) -> None:
    """Steps 1 and 2: people before numbers, a whole story, and a teaser that says what is inside and how to get there."""
    page = nora.page
    nora.open("/")
    assert page.locator(".house .faces .face").count() == 1
    assert not re.search(r"\d", " ".join(page.locator("h1, h2").all_inner_texts()))
    nora.press("link", "Eleven blues")
    nora.at(story.url)
    assert page.locator(".prose").inner_text() == "All eleven of them, one below the other."
    nora.press("link", "Demo", within=".rail")
    nora.at("/c/demo/")
    assert SECRET not in page.content()
    nora.press("link", "The recipe")
    page.locator(".locked").wait_for()
    assert page.locator(".standfirst").inner_text() == "What the ink is made of."
    assert "3 words" in page.locator(".locked").inner_text()
    assert page.locator(".way h3").all_inner_texts() == ["Step up to Insider", "Or earn it"]
    assert SECRET not in page.content()
    assert page.context.cookies() == []


def makes_a_link(ana: Hands) -> str:
    ana.open("/c/demo/")
    ana.press("link", "Invite", within=".rail")
    ana.at("/c/demo/invite/")
    ana.page.get_by_role("heading", name="Who should be here and is not yet?").wait_for()
    ana.write("For whom", "Nora")
    ana.enter()
    ana.page.get_by_text("Here it is: the first link below.").wait_for()
    return f"/i/{Invitation.objects.get(label='Nora').token}/"


def comes_in(nora: Hands, postman, link: str) -> None:
    """Steps 4 and 5: invited by somebody with a name, an account, a letter, the guidelines."""
    page, address = nora.page, "nora@test.example"
    nora.open(link)
    assert page.locator("main .who").inner_text().split("\n") == ["Ana", "invites you to"]
    assert page.locator("main form").count() == 0
    nora.press("link", "Make an account and come in")
    page.wait_for_url("**/accounts/signup/**")
    nora.write("E-mail address", "Nora@Test.Example")
    nora.write("Password", "short")
    nora.enter()
    page.locator(".errors").first.wait_for()
    assert page.get_by_label("E-mail address").input_value().lower() == address
    nora.write("Password", WORD)
    nora.press("button", "Make my account")
    page.get_by_role("heading", name="One letter away").wait_for()
    postman.round()
    (letter,) = [found for found in postman.links(address) if "/confirm-email/" in found]
    nora.open(letter)
    assert not EmailAddress.objects.get(email=address).verified
    nora.press("button", "Yes, that is mine")
    page.wait_for_url("**/accounts/login/**")
    nora.write("E-mail address", address)
    nora.write("Password", WORD)
    nora.press("button", "Sign in")
    nora.at(link)
    nora.press("button", "Join")
    page.get_by_text("Please read the guidelines and tick this").wait_for()
    nora.tick("I have read the guidelines and agree to them")
    nora.press("button", "Join")
    nora.at("/c/demo/welcome/")


def finds_what_fits(nora: Hands) -> None:
    """Steps 6 and 7: skipping is fine; what one picks later is why something is pointed out."""
    page = nora.page
    nora.press("button", "Skip this")
    nora.at("/c/demo/")
    assert page.locator(".suggestions").count() == 0
    nora.press("link", "Say what you care about")
    nora.at("/c/demo/welcome/")
    for topic in ("Ink", "Paper", "Getting it to register"):
        nora.tick(topic)
    nora.press("button", "Save")
    nora.at("/c/demo/")
    suggested = page.locator(".suggestions li").all_inner_texts()
    assert [line.split("\n") for line in suggested] == [["Corner marks", "You picked Getting it to register"]]
    sheets = [f"Sheet {letter}" for letter in SHEETS]
    stories = page.locator("#feed .story .title").all_inner_texts()
    assert stories == ["Eleven blues", "The recipe", *sheets, "Corner marks"]
    seat = Member.objects.get(user__email="nora@test.example")
    assert (seat.agreed, Acceptance.objects.filter(user=seat.user).count()) == (1, 1)
    assert [slug for slug, _label, _kind in reasons_for(seat)] == ["ink", "paper", "register"]
