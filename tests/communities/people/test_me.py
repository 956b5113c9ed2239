"""/me/: one's own name, handle, words, clock and appearance; and where one belongs."""

import pytest

from communities.people.models import User

pytestmark = pytest.mark.django_db


def me(**changes):
    return {
        "name": "Mira Lind",
        "handle": "mira",
        "bio": "Prints.",
        "timezone": "Europe/Lisbon",
        "scheme": "dark",
        **changes,
    }


def test_one_changes_oneself_and_only_what_the_page_offers(demo, member, client_of):
    answer = client_of(member).post(
        "/me/", me(email="x@y.example", is_staff="on", is_superuser="on", id="1", password="x")
    )
    assert answer.status_code == 302
    row = User.objects.get(pk=member.pk)
    assert (row.name, row.handle, row.bio, row.timezone, row.scheme) == (
        "Mira Lind",
        "mira",
        "Prints.",
        "Europe/Lisbon",
        "dark",
    )
    assert (row.email, row.is_staff, row.is_superuser) == (member.email, False, False)
    assert 'data-scheme="dark"' in client_of(member).get("/me/").content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"handle": "linda"}, "is somebody else already."),
        ({"handle": "LINDA"}, "is somebody else already."),
        ({"handle": "admin"}, "is kept for the house. Choose another."),
        ({"handle": "a b"}, "2 to 30 letters, digits, - and _."),
        ({"handle": ""}, "This field is required."),
        ({"timezone": "Mars"}, "is not a time zone such as Europe/Lisbon."),
        ({"scheme": "neon"}, "Select a valid choice."),
        ({"name": "x" * 81}, "at most 80 characters"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_changes(demo, owner, member, client_of, change, sentence):
    User.objects.filter(pk=owner.pk).update(handle="linda")
    before = User.objects.values().get(pk=member.pk)
    page = client_of(member).post("/me/", me(**change)).content.decode()
    assert sentence in page
    assert page.count("autofocus") == (0 if "scheme" in change else 1)
    assert "Prints." in page
    after = User.objects.values().get(pk=member.pk)
    assert {**after, "last_login": None} == {**before, "last_login": None}


def test_the_page_lists_ones_communities_with_their_steps_and_nobody_elses(demo, insider, maker, client_of):
    page = client_of(insider).get("/me/").content.decode()
    assert 'href="/c/demo/"' in page
    assert "Insider" in page
    assert "/c/atelier/" not in page
    assert "/new/" not in page
    assert "/c/atelier/studio/" in client_of(maker).get("/me/").content.decode()


def test_it_leads_to_address_password_second_factor_and_sessions(demo, outsider, client_of):
    browser = client_of(outsider)
    page = browser.get("/me/").content.decode()
    for address in ("/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/"):
        assert f'href="{address}"' in page
        assert browser.get(address).status_code in (200, 302)


def test_the_signed_out_are_sent_to_sign_in(demo, visitor, client_of):
    for answer in (client_of(visitor).get("/me/"), client_of(visitor).post("/me/", me())):
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/me/")
