"""Who asks about an address learns nothing: the same status, bytes, hashes and letters whether it has an account or not (C01).

What is counted is the work, not the time: rounds of hashing and letters written. They are what takes time.
"""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from communities.mail.models import Mail
from communities.people.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "a long walk to the press"
KNOWN, UNKNOWN = "known@test.example", "other@test.example"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')


class Counting(MD5PasswordHasher):
    """Knows how often it was asked to hash."""

    algorithm = "md5"
    rounds = 0

    def encode(self, password: Any, salt: Any) -> str:
        Counting.rounds += 1
        return super().encode(password, salt)


@pytest.fixture(autouse=True)
def counted(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.security.test_enumeration.Counting"]
    user = User.objects.create_user(KNOWN, PASSWORD, handle="known")
    EmailAddress.objects.create(user=user, email=KNOWN, verified=True, primary=True)


def shut(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def unconfirmed(user: User) -> None:
    EmailAddress.objects.filter(user=user).update(verified=False)


def without_password(user: User) -> None:
    user.set_unusable_password()
    user.save()


def trace(address: str, form: dict[str, str], who: str, *then: str) -> Any:
    """What a stranger sees and what the house did: status, way, bytes (also of the pages behind it), hashes, letters."""
    browser = Client()
    Counting.rounds, letters = 0, Mail.objects.count()
    answers = [browser.post(address, form), *(browser.get(page) for page in then)]
    seen = [
        (one.status_code, one.get("Location"), TOKEN.sub(b"", one.content).replace(who.encode(), b"X"))
        for one in answers
    ]
    cookies = sorted((name, bool(morsel.value)) for name, morsel in browser.cookies.items())
    return seen, cookies, Counting.rounds, Mail.objects.count() - letters


@pytest.mark.parametrize("kind", [None, shut, unconfirmed, without_password])
def test_a_wrong_password(kind: Any) -> None:
    if kind:
        kind(User.objects.get())
    known, unknown = (
        trace("/accounts/login/", {"login": who, "password": "not the right one"}, who) for who in (KNOWN, UNKNOWN)
    )
    assert known == unknown
    assert known[2:] == (1, 0)


@pytest.mark.parametrize("kind", [None, shut, unconfirmed, without_password])
def test_asking_for_a_new_password(kind: Any) -> None:
    if kind:
        kind(User.objects.get())
    known, unknown = (
        trace("/accounts/password/reset/", {"email": who}, who, "/accounts/password/reset/done/")
        for who in (KNOWN, UNKNOWN)
    )
    assert known == unknown
    assert known[2:] == (0, 1)


@pytest.mark.parametrize("kind", [None, shut, unconfirmed, without_password])
def test_asking_for_a_code(kind: Any) -> None:
    if kind:
        kind(User.objects.get())
    known, unknown = (
        trace("/accounts/login/code/", {"email": who}, who, "/accounts/login/code/confirm/") for who in (KNOWN, UNKNOWN)
    )
    assert known == unknown
    assert known[2:] == (0, 1)


def test_typing_a_wrong_code() -> None:
    seen = []
    for who in (KNOWN, UNKNOWN):
        browser = Client()
        browser.post("/accounts/login/code/", {"email": who})
        answers = [browser.post("/accounts/login/code/confirm/", {"code": "BBBB-BBBB"}) for _time in range(4)]
        seen.append(
            [(a.status_code, a.get("Location"), TOKEN.sub(b"", a.content).replace(who.encode(), b"X")) for a in answers]
        )
    assert seen[0] == seen[1]


@pytest.mark.parametrize("kind", [None, shut, unconfirmed, without_password])
def test_signing_up_with_an_address_that_is_taken(kind: Any) -> None:
    if kind:
        kind(User.objects.get(email=KNOWN))
    known, unknown = (
        trace("/accounts/signup/", {"email": who, "password1": PASSWORD}, who, "/accounts/confirm-email/")
        for who in (KNOWN, UNKNOWN)
    )
    assert known == unknown
    assert known[2:] == (1, 1)


def test_changing_to_an_address_that_is_taken() -> None:
    """Signed in as well: the page says that a letter is on its way, and only its owner reads that it is taken."""
    seen = []
    for who in (KNOWN, UNKNOWN):
        user = User.objects.create_user(f"me{len(seen)}@test.example", PASSWORD)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        browser = Client()
        browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
        before = Mail.objects.count()
        answer = browser.post("/accounts/email/", {"action_add": "", "email": who})
        page = browser.get("/accounts/email/").content.replace(who.encode(), b"X").replace(user.email.encode(), b"Y")
        page = re.sub(rb"/ui/face/\d+|reader-\w+|faces?/\d+\w*|bell:\d+", b"", TOKEN.sub(b"", page))
        seen.append((answer.status_code, answer["Location"], page, Mail.objects.count() - before))
    assert seen[0] == seen[1]
    assert seen[0][3] == 1
