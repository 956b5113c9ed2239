"""Sessions: a key from before signing in is worth nothing, one that ended stays ended, and a new password ends the others."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client

from communities.mail.models import Mail
from communities.people.actions import deactivate_user
from communities.people.models import User

pytestmark = pytest.mark.django_db
OLD, NEW = "a-press-and-its-ink", "two-drums-and-a-hen"


@pytest.fixture
def ana(db: None) -> User:
    user = User.objects.create_user("ana@test.example", OLD, handle="ana", name="Ana")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def signed_in(browser: Client, password: str = OLD) -> str:
    """The session key afterwards."""
    browser.post("/accounts/login/", {"login": "ana@test.example", "password": password})
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def knows(browser: Client) -> bool:
    return browser.get("/me/").status_code == 200


def test_a_key_from_before_is_not_the_one_afterwards(ana: User) -> None:
    """C04."""
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = "planted0000000000000000000000000"
    assert signed_in(browser) != "planted0000000000000000000000000"
    assert knows(browser)
    planted = Client()
    planted.cookies[settings.SESSION_COOKIE_NAME] = "planted0000000000000000000000000"
    assert not knows(planted)


def test_a_cookie_kept_from_before_signing_out_opens_nothing(ana: User) -> None:
    """C04."""
    browser, thief = Client(), Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = signed_in(browser)
    assert knows(thief)
    browser.post("/accounts/logout/")
    assert not knows(thief)
    assert not knows(browser)


def test_a_new_password_ends_every_other_session(ana: User) -> None:
    """C05, B04."""
    here, elsewhere = Client(), Client()
    signed_in(here)
    signed_in(elsewhere)
    here.post("/accounts/password/change/", {"oldpassword": OLD, "password1": NEW, "password2": NEW})
    assert not knows(elsewhere)
    assert knows(here)
    assert Session.objects.count() == 1
    fresh = Client()
    signed_in(fresh, NEW)
    assert knows(fresh)


def test_one_browser_is_signed_out_and_the_others_go_on(ana: User, django_user_model: Any) -> None:
    """R2: gone from database and cache at once."""
    here, lost, third = Client(), Client(), Client()
    signed_in(here)
    key = signed_in(lost)
    signed_in(third)
    row = UserSession.objects.get(session_key=key)
    page = here.get("/accounts/sessions/").content.decode()
    assert f'action="/me/sessions/{row.pk}/end/"' in page
    assert page.count('data-verb="session.ended"') == 5  # three rows, everywhere else, the menu
    assert here.post(f"/me/sessions/{row.pk}/end/")["Location"] == "/accounts/sessions/"
    assert (knows(here), knows(lost), knows(third)) == (True, False, True)
    assert not Session.objects.filter(session_key=key).exists()
    assert SessionStore(key).load() == {}


def test_nobody_ends_the_session_of_somebody_else(ana: User, demo: Any, member: Any, client_of: Any) -> None:
    browser = Client()
    row = UserSession.objects.get(session_key=signed_in(browser))
    assert client_of(member).post(f"/me/sessions/{row.pk}/end/").status_code == 404
    assert Client().post(f"/me/sessions/{row.pk}/end/")["Location"].startswith("/accounts/login/")
    assert knows(browser)


def test_who_is_shut_out_is_out_at_once(ana: User) -> None:
    """C12: in the browser that is open, by password, by code and by a new password."""
    browser = Client()
    signed_in(browser)
    deactivate_user(User.objects.create_superuser("root@test.example", OLD), user=ana)
    assert not knows(browser)
    assert not Session.objects.exists()
    again = Client()
    again.post("/accounts/login/", {"login": "ana@test.example", "password": OLD})
    assert not knows(again)
    again.post("/accounts/login/code/", {"email": "ana@test.example"})
    again.post("/accounts/password/reset/", {"email": "ana@test.example"})
    assert set(Mail.objects.values_list("kind", flat=True)) == {"account_unknown"}


def test_no_form_is_taken_without_its_token(ana: User, demo: Any) -> None:
    """D01: every address that takes a POST, with a session and without a token."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ana, backend="communities.people.backend.Backend")
    for address in (
        "/me/",
        "/new/",
        "/accounts/logout/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/me/sessions/1/end/",
        "/c/demo/join/",
        "/c/demo/seen/",
        "/c/demo/write/",
        "/c/demo/write/save/",
        "/c/demo/write/shown/",
        "/c/demo/studio/look/",
        "/c/demo/studio/spaces/new/",
        "/c/demo/studio/steps/new/",
        "/c/demo/studio/members/1/grant/",
        "/c/demo/studio/members/1/role/",
    ):
        assert browser.post(address, {"name": "x"}).status_code == 403, address
    assert not ana.memberships.exists()
