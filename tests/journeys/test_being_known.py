"""Being known, in a real browser: a profile written with the keyboard alone, seen by others, and all of it without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from communities.members.models import Member
from communities.people.models import Profile, User
from communities.spaces.models import Topic
from tests.communities.files.samples import photo_with_everything
from tests.journeys.conftest import tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def write(page, name: str, text: str) -> None:
    """Into the field, over what stood there."""
    tab_to(page, f"[name={name}]")
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def choose(page, name: str, first_letters: str) -> None:
    tab_to(page, f"[name=seen_{name}]")
    page.keyboard.type(first_letters)


def clean(page) -> list:
    return [one["id"] for one in Axe().run(page).response["violations"]]


def test_a_profile_is_written_with_the_keyboard_and_each_sees_what_is_theirs(demo, member, insider, owner, browse):
    page = browse(member)
    page.goto("/me/")
    write(page, "bio", "I print maps.")
    write(page, "pronouns", "she/her")
    choose(page, "pronouns", "every")
    write(page, "work", "Cartographer")
    choose(page, "work", "mem")
    write(page, "place", "Porto")
    choose(page, "place", "the t")
    write(page, "website", "https://maps.example")
    choose(page, "website", "only")
    page.keyboard.press("Tab")
    tab_to(page, "form[data-verb='person.changed'] .button.first")
    page.keyboard.press("Enter")
    page.get_by_text("Saved.").wait_for()
    assert Profile.objects.get(user=member).seen_by == {
        "bio": "public", "pronouns": "public", "work": "members", "place": "team", "website": "me", "topics": "members",
    }  # fmt: skip
    sees = {None: set(), insider: {"Cartographer"}, owner: {"Cartographer", "Porto"}}
    for who, words in sees.items():
        other = browse(who)
        other.goto("/c/demo/people/member/")
        text = other.content()
        assert "I print maps." in text
        assert "she/her" in text
        assert {word for word in ("Cartographer", "Porto", "maps.example") if word in text} == words
        assert clean(other) == []
    page.goto("/c/demo/people/member/")
    assert page.get_by_text("only for you").count() == 1
    assert clean(page) == []


def test_without_scripts_one_shows_a_face_is_found_and_steps_back(demo, member, owner, browse, tmp_path):
    photo = tmp_path / "me.jpg"
    photo.write_bytes(photo_with_everything("JPEG", size=(640, 400)))
    wrong = tmp_path / "note.txt"
    wrong.write_text("not a picture")
    page = browse(owner, java_script_enabled=False)
    page.goto("/me/")
    page.set_input_files("[name=file]", wrong)
    page.get_by_role("button", name="Use this picture").click()
    page.get_by_text("This is not a photograph or drawing that we can cut.").wait_for()
    page.set_input_files("[name=file]", photo)
    page.get_by_role("button", name="Use this picture").click()
    page.get_by_text("That is you now.").wait_for()
    token = User.objects.get(pk=owner.pk).face_token
    stranger = browse()
    stranger.goto("/c/demo/people/")
    face = stranger.locator(f"img.face[src*='{token}']").first
    face.evaluate("one => one.decode()")  # comes when it is in view; a picture that is none throws
    topic = Topic.objects.create(community=demo, kind="challenge", slug="pricing", label="Pricing")
    page.goto("/c/demo/people/me/")
    page.get_by_label("Pricing").check()
    page.get_by_role("button", name="Save").click()
    assert set(Member.objects.get(user=owner, community=demo).topics.all()) == {topic}
    other = browse(member, java_script_enabled=False)
    other.goto("/c/demo/people/")
    other.get_by_label("Challenge").select_option("pricing")
    other.get_by_role("button", name="Find").click()
    assert other.url.endswith("challenge=pricing&role=&place=")
    assert other.locator(".folk > li").count() == 1
    page.goto("/c/demo/people/me/")
    page.get_by_label("Show me among the people here").uncheck()
    page.get_by_role("button", name="Save").click()
    other.reload()
    other.get_by_role("heading", name="Nobody like that").wait_for()
    page.goto("/me/")
    page.get_by_role("button", name="Take it down").click()
    page.get_by_text("The drawn face is back.").wait_for()
    assert stranger.request.get(f"/f/{token}/128.webp").status == 404
