"""The owner's pages about the place: its look, its parts, its spaces and its steps."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from communities.activity.models import Activity
from communities.spaces.models import Community, Rung, Space

pytestmark = pytest.mark.django_db


def look(**changes):
    return {
        "name": "Demo", "tagline": "Ink.", "about": "", "hue": "200", "radius": "round", "font": "sans",
        "timezone": "Europe/Lisbon", "size_cap": "", "listed": "on", "on": ["feeds"], **changes,
    }  # fmt: skip


def picture() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (300, 200), (120, 60, 30)).save(out, "PNG")
    return SimpleUploadedFile("logo.png", out.getvalue(), "image/png")


def test_a_new_look_is_worn_at_once_at_a_new_address(demo, owner, client_of):
    version = demo.look_version
    answer = client_of(owner).post("/c/demo/studio/look/", look())
    assert answer.status_code == 302
    demo.refresh_from_db()
    assert (demo.hue, demo.radius, demo.font, demo.tagline, demo.look_version) == (
        200,
        "round",
        "sans",
        "Ink.",
        version + 1,
    )
    assert "--hue:200" in client_of(owner).get(f"/c/demo/look-{demo.look_version}.css").content.decode()


def test_a_sentence_changes_no_stylesheet(demo, owner, client_of):
    browser = client_of(owner)
    browser.post("/c/demo/studio/look/", look())
    demo.refresh_from_db()
    version = demo.look_version
    browser.post("/c/demo/studio/look/", look(tagline="More ink."))
    demo.refresh_from_db()
    assert (demo.tagline, demo.look_version) == ("More ink.", version)


def test_logo_and_cover_are_taken_in_and_dropped_again(demo, owner, client_of, visitor):
    browser = client_of(owner)
    browser.post("/c/demo/studio/look/", look(logo_file=picture()))
    demo.refresh_from_db()
    assert (demo.logo.parent_kind, demo.logo.parent_id) == ("community", demo.pk)
    assert client_of(visitor).get(demo.logo.url).status_code == 200
    browser.post("/c/demo/studio/look/", look(drop_logo="on"))
    demo.refresh_from_db()
    assert demo.logo is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"hue": "360"}, "less than or equal to 359"),
        ({"timezone": "Mars/Base"}, "is not a time zone such as Europe/Lisbon."),
        ({"size_cap": "0"}, "greater than or equal to 1"),
        ({"radius": "spiky"}, "Select a valid choice."),
        ({"logo_file": SimpleUploadedFile("x.png", b"not a picture", "image/png")}, "This is not a picture."),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_changes(demo, owner, client_of, change, sentence):
    before = Community.objects.values().get(pk=demo.pk)
    answer = client_of(owner).post("/c/demo/studio/look/", look(tagline="Kept in the page", **change))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert "Kept in the page" in page
    assert Community.objects.values().get(pk=demo.pk) == before


def test_nobody_sets_what_the_page_does_not_offer(demo, owner, client_of):
    client_of(owner).post(
        "/c/demo/studio/look/", look(slug="atelier", look_version="99", id="77", created_at="1999-01-01")
    )
    demo.refresh_from_db()
    assert (demo.slug, demo.look_version, demo.created_at.year > 2000) == ("demo", 2, True)


def test_a_part_that_is_off_is_gone(demo, owner, client_of, visitor):
    assert client_of(visitor).get("/c/demo/feed.atom").status_code == 200
    client_of(owner).post("/c/demo/studio/look/", look(on=[]))
    demo.refresh_from_db()
    assert demo.modules == ["messages", "rooms", "feeds", "previews"]
    assert client_of(visitor).get("/c/demo/feed.atom").status_code == 404
    client_of(owner).post("/c/demo/studio/look/", look())
    assert client_of(visitor).get("/c/demo/feed.atom").status_code == 200


def space(**changes):
    return {
        "name": "The attic",
        "about": "",
        "rung": "20",
        "listed_rung": "0",
        "posting": "team",
        "posting_rung": "",
        **changes,
    }


def test_a_space_is_added_and_its_posts_follow_its_audience(demo, owner, publish, client_of, visitor):
    browser, post = client_of(owner), publish("Open", source="CANARY-BODY")
    browser.post("/c/demo/studio/spaces/new/", space(posting="rung", posting_rung="20"))
    attic = Space.objects.get(slug="the-attic")
    assert (attic.rung, attic.listed_rung, attic.posting, attic.posting_rung) == (20, 0, "rung", 20)
    assert "CANARY-BODY" in client_of(visitor).get(post.url).content.decode()
    journal = Space.objects.get(slug="journal", community=demo)
    browser.post(f"/c/demo/studio/spaces/{journal.pk}/", space(name="Journal", rung="10"))
    assert "CANARY-BODY" not in client_of(visitor).get(post.url).content.decode()
    assert Space.objects.get(pk=journal.pk).slug == "journal"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"listed_rung": "30"}, "Whoever can read it has to know of it"),
        ({"posting": "rung"}, "From which step on?"),
        ({"rung": "25"}, "Select a valid choice."),
        ({"name": " "}, "This field is required."),
    ],
)
def test_a_space_that_cannot_be_is_refused(demo, owner, client_of, change, sentence):
    before = Space.objects.count()
    answer = client_of(owner).post("/c/demo/studio/spaces/new/", space(**change))
    assert sentence in answer.content.decode()
    assert Space.objects.count() == before


def test_a_new_step_takes_a_level_of_its_own_and_no_other_moves(demo, owner, client_of):
    browser = client_of(owner)
    before = dict(Rung.objects.filter(community=demo).values_list("slug", "level"))
    browser.post("/c/demo/studio/steps/new/", {"name": "Patron", "about": "", "ways": "", "above": "30"})
    browser.post("/c/demo/studio/steps/new/", {"name": "Helper", "about": "", "ways": "Sweep.", "above": "10"})
    after = dict(Rung.objects.filter(community=demo).values_list("slug", "level"))
    assert after == before | {"patron": 40, "helper": 15}


def test_a_step_is_renamed_and_keeps_its_level(demo, owner, client_of):
    step = Rung.objects.get(community=demo, slug="insider")
    client_of(owner).post(
        f"/c/demo/studio/steps/{step.pk}/", {"name": "Friend", "about": "", "ways": "", "above": "30", "level": "5"}
    )
    step.refresh_from_db()
    assert (step.name, step.level, step.slug) == ("Friend", 20, "insider")


def test_another_communitys_rows_are_not_there(demo, owner, maker, client_of):
    theirs, step = Space.objects.get(community__slug="atelier"), Rung.objects.get(community__slug="atelier")
    before = list(Space.objects.values()), list(Rung.objects.values()), Activity.objects.count()
    browser = client_of(owner)
    assert browser.post(f"/c/demo/studio/spaces/{theirs.pk}/", space()).status_code == 404
    assert browser.post(f"/c/demo/studio/steps/{step.pk}/", {"name": "x"}).status_code == 404
    assert browser.post("/c/atelier/studio/look/", look()).status_code == 404
    assert (list(Space.objects.values()), list(Rung.objects.values()), Activity.objects.count()) == before


@pytest.mark.parametrize("who", ["moderator", "staff", "circle", "outsider"])
def test_who_does_not_own_it_changes_nothing(request, demo, client_of, who):
    browser = client_of(request.getfixturevalue(who))
    before = Community.objects.values().get(pk=demo.pk)
    for page, sent in (
        ("look/", look(name="Mine")),
        ("spaces/new/", space()),
        ("steps/new/", {"name": "x", "above": "10"}),
    ):
        assert browser.post(f"/c/demo/studio/{page}", sent).status_code == 404
    assert Community.objects.values().get(pk=demo.pk) == before
    assert (Space.objects.count(), Rung.objects.count()) == (4, 3)
