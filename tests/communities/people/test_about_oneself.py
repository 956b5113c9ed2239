"""/me/: the words about oneself, each with who sees it; what is refused keeps everything that was typed."""

import pytest

from communities.activity.models import Activity
from communities.people.models import Profile, User
from communities.people.showing import circles

pytestmark = pytest.mark.django_db
BASIC = {"name": "Mira Lind", "handle": "mira", "bio": "Prints.", "timezone": "", "scheme": ""}
WORDS = {"pronouns": "she/her", "work": "Teacher", "place": "Oulu", "website": "mira.example"}
SEEN = {
    "seen_bio": "members", "seen_pronouns": "public", "seen_work": "team", "seen_place": "me",
    "seen_website": "public", "seen_topics": "me",
}  # fmt: skip


def kept(user) -> tuple:
    row = Profile.objects.get(user=user)
    return row.pronouns, row.work, row.place, row.website


def test_words_and_who_sees_them_are_saved_together(demo, member, client_of):
    assert client_of(member).post("/me/", BASIC | WORDS | SEEN).status_code == 302
    assert kept(member) == ("she/her", "Teacher", "Oulu", "https://mira.example")
    user = User.objects.get(pk=member.pk)
    assert (user.name, user.bio) == ("Mira Lind", "Prints.")
    assert circles(user) == {name.removeprefix("seen_"): circle for name, circle in SEEN.items()}
    page = client_of(member).get("/me/").content.decode()
    assert 'value="Oulu"' in page
    assert page.count('<option value="me" selected>only me</option>') == 2
    assert Activity.objects.filter(verb="person.changed", actor=member).count() == 1


def test_what_a_sender_leaves_out_stays(demo, member, client_of):
    """Who knows the older form only (a script, a page left open) empties nothing and shows nothing to more people."""
    client_of(member).post("/me/", BASIC | WORDS | SEEN)
    assert client_of(member).post("/me/", BASIC | {"bio": "New."}).status_code == 302
    assert kept(member) == ("she/her", "Teacher", "Oulu", "https://mira.example")
    assert circles(User.objects.get(pk=member.pk))["place"] == "me"
    assert client_of(member).post("/me/", BASIC | {"place": ""}).status_code == 302
    assert kept(member) == ("she/her", "Teacher", "", "https://mira.example")


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"website": "no address"}, "website", "Enter a valid URL."),
        ({"place": "x" * 81}, "place", "at most 80 characters"),
        ({"pronouns": "x" * 41}, "pronouns", "at most 40 characters"),
        ({"seen_work": "friends"}, "seen_work", "Select a valid choice."),
        ({"handle": "?"}, "handle", "2 to 30 letters"),
    ],
)
def test_a_refusal_says_why_at_the_field_and_keeps_what_was_typed(demo, member, client_of, change, field, sentence):
    before = User.objects.values().get(pk=member.pk)
    answer = client_of(member).post("/me/", BASIC | WORDS | SEEN | change)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert f'id="id_{field}_error"' in page
    assert page.count("autofocus") == 1
    typed = {name: text for name, text in (BASIC | WORDS | change).items() if text and not name.startswith("seen_")}
    assert [text for text in typed.values() if text not in page] == []
    assert page.count('<option value="me" selected>') == 2
    after = User.objects.values().get(pk=member.pk)
    assert {**after, "last_login": None} == {**before, "last_login": None}
    assert not Profile.objects.exists()


def test_each_choice_of_circle_has_a_name_of_its_own_for_those_who_hear_the_page(demo, member, client_of):
    page = client_of(member).get("/me/").content.decode()
    for name in ("Pronouns", "What you do", "Where you are", "Website", "your topics"):
        assert f'Seen by<span class="sr">: {name}</span>' in page


def test_the_page_leads_to_ones_page_in_each_community(demo, member, client_of):
    assert 'href="/c/demo/people/member/"' in client_of(member).get("/me/").content.decode()
