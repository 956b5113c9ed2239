"""J2 in one go, with the keyboard alone, and once more without JavaScript: somebody asks to join, says hello, is answered and known."""

import pytest
from allauth.account.models import EmailAddress

from communities.access.viewer import viewer_for
from communities.members.guidelines import write_guidelines
from communities.members.models import JoinRequest, Member
from communities.members.questions import save_questions
from communities.notifications.models import Preference
from communities.spaces.actions import change_community
from content.posts.models import Post
from memberships.tiers.actions import open_tier, save_tier
from tests.communities.files.samples import photo_with_everything
from tests.journeys.conftest import WORD
from tests.journeys.keyboard import Hands

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(demo, owner, outsider):
    """One is let in by hand, after two questions; members write at the bench; there is a staircase. Both people can sign in."""
    boss = viewer_for(owner, demo)
    write_guidelines(boss, community=demo, source="Be kind.")
    Member.objects.filter(user=owner).update(agreed=1)
    save_questions(boss, community=demo, questions=[("What do you make?", True), ("Who sent you?", True)])
    change_community(boss, community=demo, join_mode="request")
    open_tier(boss, tier=save_tier(boss, community=demo, name="Insider", level=20, why="Ink.", what="It.", how="So."))
    for person in (owner, outsider):
        person.set_password(WORD)
        person.save()
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_asks_says_hello_is_answered_and_known(
    demo, house, owner, outsider, browse, postman, tmp_path, scripts
):
    wide = {"java_script_enabled": scripts, "viewport": {"width": 1280, "height": 900}}
    nora, team = Hands(browse(**wide)), Hands(browse(**wide))
    for hands, person in ((nora, outsider), (team, owner)):
        signs_in(hands, person.email)
    asks(nora)
    lets_in(team)
    postman.round()
    assert outsider.email in postman.letters
    hears_of_it(nora, outsider)
    photo = tmp_path / "me.jpg"
    photo.write_bytes(photo_with_everything("JPEG", size=(640, 400)))
    hello = says_hello(nora, photo)
    is_answered(nora, team, postman, hello, outsider)
    wants_less_mail(nora, team, postman, hello, outsider)
    is_known(nora)


def signs_in(hands: Hands, address: str) -> None:
    hands.open("/c/demo/")
    hands.press("link", "Sign in", within=".rail")
    hands.page.wait_for_url("**/accounts/login/**")
    hands.write("E-mail address", address)
    hands.write("Password", WORD)
    hands.press("button", "Sign in")
    hands.at("/c/demo/")


def asks(nora: Hands) -> None:
    """Step 1: the guidelines and two questions; what is missing is said where it is missing."""
    page = nora.page
    nora.press("link", "Ask to join", within=".masthead")
    nora.at("/c/demo/join/")
    nora.write("What do you make?", "Bowls")
    nora.press("button", "Ask to join")
    page.get_by_text("Please answer this one").wait_for()
    assert page.get_by_label("What do you make?").input_value() == "Bowls"
    assert page.evaluate("document.activeElement.labels[0].textContent").startswith("Who sent you?")
    nora.write("Who sent you?", "My aunt")
    nora.tick("I have read the guidelines and agree to them")
    nora.press("button", "Ask to join")
    page.get_by_role("heading", name="Waiting for an answer").wait_for()


def lets_in(team: Hands) -> None:
    """Step 2: the answers are read by a person, who says a word."""
    page = team.page
    team.press("link", "Requests", within=".rail")
    team.at("/c/demo/studio/requests/")
    assert page.locator(".request dd").all_inner_texts() == ["Bowls", "My aunt"]
    team.write("A word to them", "Come on Thursday.")
    team.press("button", "Let in Outsider")
    page.get_by_text("Outsider is in.").wait_for()


def hears_of_it(nora: Hands, outsider) -> None:
    nora.open("/")
    nora.press("link", "Your news (something new)")
    nora.at("/me/news/")
    assert "Come on Thursday." in nora.page.locator(".news.unseen").inner_text()
    nora.to(nora.page.locator(".news a"))
    nora.enter()
    nora.at("/c/demo/")
    seat = Member.objects.get(user=outsider)
    assert (seat.standing, seat.agreed, JoinRequest.objects.get().note) == ("member", 1, "Come on Thursday.")


def says_hello(nora: Hands, photo) -> Post:
    """Step 3: the first steps lead to it; a photo comes along."""
    page = nora.page
    nora.press("link", "Say hello")
    nora.at("/c/demo/write/")
    assert page.get_by_role("radio", name="Introduction").is_checked()
    nora.write("Title", "Hello from the kiln")
    nora.write("Text", "I make bowls, and would like to print on them.")
    with page.expect_file_chooser() as chosen:
        nora.to(page.get_by_label("Cover optional"))
        nora.enter()
    chosen.value.set_files(photo)
    nora.write("What the cover shows", "Six bowls on a shelf")
    nora.press("button", "Publish")
    page.locator(".prose").wait_for()
    assert page.locator(".prose").inner_text() == "I make bowls, and would like to print on them."
    picture = page.get_by_role("img", name="Six bowls on a shelf")
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth > 0)")
    return Post.objects.get(kind="hello")


def is_answered(nora: Hands, team: Hands, postman, hello: Post, outsider) -> None:
    """Step 4: somebody with a name and a badge answers; a letter tells, one answers back, and that rings the other's bell."""
    team.open("/c/demo/")
    team.press("link", "Hello from the kiln")
    team.at(hello.url)
    says(team, "Welcome! Which clay?")
    postman.round()
    nora.open(next(link for link in postman.links(outsider.email) if link.startswith("/c/demo/")))
    comment = nora.page.locator(".comment")
    assert "Welcome! Which clay?" in comment.inner_text()
    assert comment.locator(".badge.team").count() == 1
    nora.press("link", "Answer Owner")
    says(nora, "Stoneware.")
    postman.round()
    team.open("/me/news/")
    assert "Outsider answered" in team.page.locator(".news.unseen").first.inner_text()


def says(hands: Hands, words: str) -> None:
    hands.write("Your comment", words)
    hands.press("button", "Send")
    hands.page.locator(".comment .said").get_by_text(words).wait_for()


def wants_less_mail(nora: Hands, team: Hands, postman, hello: Post, outsider) -> None:
    """Step 7: what is switched off is off with the next thing that happens."""
    page, before = nora.page, len(postman.letters[outsider.email])
    nora.open("/me/news/")
    nora.press("link", "What you hear of")
    nora.at("/me/notifications/")
    nora.tick("Somebody comments on your post: Mail")
    nora.press("button", "Save")
    page.get_by_text("Saved. From now on").wait_for()
    assert not Preference.objects.get(user=outsider, kind="comment", channel="mail").on
    team.open(hello.url)
    says(team, "Send us a picture of the glaze.")
    postman.round()
    assert len(postman.letters[outsider.email]) == before
    nora.open("/me/news/")
    assert "Owner commented on your Hello from the kiln" in page.locator(".news.unseen").first.inner_text()


def is_known(nora: Hands) -> None:
    """Step 8: one's own page says who one is here, the staircase where one stands and how to get on."""
    page = nora.page
    nora.open("/c/demo/people/outsider/")
    kinds = [line.partition(" · ")[0] for line in page.locator(".recents small").all_inner_texts()]
    assert kinds == ["Comment", "Introduction"]
    nora.press("link", "Staircase", within=".rail")
    nora.at("/c/demo/tiers/")
    assert "Member" in page.locator(".stair.own").inner_text()
    assert "Share five tutorials." in page.locator("#step-insider .way-up").inner_text()
