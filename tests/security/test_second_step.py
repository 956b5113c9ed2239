"""The second step: a password or a mailed code alone opens nothing, a code counts once, and half a sign-in is none (C10)."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from communities.mail.models import Mail
from communities.members.actions import join_community
from communities.people.models import User
from communities.spaces.models import Community

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PASSWORD = "a long walk to the press"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """A code is that of one half minute: it must not pass while a test runs."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def ana(demo: Community) -> User:
    """A member with an authenticator app."""
    user = User.objects.create_user("ana@test.example", PASSWORD, handle="ana", name="Ana")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    join_community(user, demo)
    TOTP.activate(user, SECRET)
    return user


def code_now() -> str:
    (counter,) = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(SECRET, counter))


def halfway(browser: Client | None = None) -> Client:
    """A browser with the right password and nothing more."""
    browser = browser or Client()
    answer = browser.post("/accounts/login/", {"login": "ana@test.example", "password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    return browser


def knows(browser: Client) -> bool:
    return browser.get("/me/").status_code == 200


def test_a_password_alone_never_reaches_the_feed(ana: User, publish: Any) -> None:
    """R2."""
    secret = publish("Members only", rung=10, source="CANARY for members")
    browser = halfway()
    assert not knows(browser)
    assert b"CANARY" not in browser.get(secret.url).content
    assert browser.get("/c/demo/write/")["Location"].startswith("/accounts/login/")
    assert browser.post("/accounts/2fa/authenticate/", {"code": code_now()}).status_code == 302
    assert b"CANARY" in browser.get(secret.url).content


def test_a_mailed_code_alone_does_not_either(ana: User) -> None:
    browser = Client()
    browser.post("/accounts/login/code/", {"email": "ana@test.example"})
    mail = Mail.objects.get(kind="login_code")
    answer = browser.post("/accounts/login/code/confirm/", {"code": mail.subject.split()[0]})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert not knows(browser)


def test_a_new_password_by_mail_does_not_either(ana: User) -> None:
    browser = Client()
    browser.post("/accounts/password/reset/", {"email": "ana@test.example"})
    link = next(word for word in Mail.objects.get().text.split() if "/key/" in word)
    form = browser.get(link.removeprefix("http://localhost:8000"))["Location"]
    browser.post(form, {"password1": "another long walk", "password2": "another long walk"})
    assert not knows(browser)
    answer = browser.post("/accounts/login/", {"login": "ana@test.example", "password": "another long walk"})
    assert answer["Location"] == "/accounts/2fa/authenticate/"


def test_a_code_counts_once(ana: User) -> None:
    code = code_now()
    first, second = halfway(), halfway()
    assert first.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert knows(first)
    assert second.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200
    assert not knows(second)


def test_a_code_counts_once_while_the_cache_is_away(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the forgiving cache answers then: it is the first."""
    monkeypatch.setattr(cache, "add", lambda key, value, timeout=None: True)
    code = code_now()
    first, second = halfway(), halfway()
    first.post("/accounts/2fa/authenticate/", {"code": code})
    second.post("/accounts/2fa/authenticate/", {"code": code})
    assert (knows(first), knows(second)) == (True, False)


def test_a_recovery_code_counts_once(ana: User) -> None:
    code = RecoveryCodes.activate(ana).get_unused_codes()[0]
    first, second = halfway(), halfway()
    assert first.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert second.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200
    assert (knows(first), knows(second)) == (True, False)


def test_the_sixth_wrong_code_waits_and_nobody_elsewhere_is_kept_out(ana: User) -> None:
    browser = halfway()
    for _time in range(5):
        assert browser.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    answer = browser.post("/accounts/2fa/authenticate/", {"code": code_now()})
    assert answer.status_code == 429 and int(answer["Retry-After"]) > 0
    assert not knows(browser)
    elsewhere = halfway(Client(REMOTE_ADDR="198.51.100.9"))
    assert elsewhere.post("/accounts/2fa/authenticate/", {"code": code_now()}).status_code == 302


def addresses(patterns: list[Any], before: str = "/") -> Iterator[str]:
    """Every address of the site, with something in the place of what varies."""
    for pattern in patterns:
        path = before + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield "".join(part if at % 2 == 0 else filler(part) for at, part in enumerate(split(path)))


def split(path: str) -> list[str]:
    parts, rest = [], path
    while "<" in rest:
        head, _, rest = rest.partition("<")
        what, _, rest = rest.partition(">")
        parts += [head, what]
    return [*parts, rest]


def filler(what: str) -> str:
    return {"slug:community": "demo", "str:community": "demo", "community": "demo"}.get(what, "1")


def test_half_a_sign_in_is_none_at_every_address(ana: User) -> None:
    """Every address answers GET and POST as it answers a visitor; only the second step and sign-out know more."""
    half, visitor = halfway(), Client()
    open_to_it = (
        "/accounts/2fa/authenticate/",
        "/accounts/2fa/webauthn/login/",
        "/accounts/logout/",
        "/accounts/login/",
        "/accounts/signup/",
    )
    wrong = []
    before = (ana.password, Authenticator.objects.count(), EmailAddress.objects.count())
    for address in dict.fromkeys(addresses(get_resolver().url_patterns)):
        if address.startswith(("/demo/", *open_to_it)):
            continue
        for method in ("get", "post"):
            mine, theirs = getattr(half, method)(address), getattr(visitor, method)(address)
            if (mine.status_code, mine.get("Location")) != (theirs.status_code, theirs.get("Location")):
                wrong.append((method, address, mine.status_code, theirs.status_code))
    assert wrong == []
    ana.refresh_from_db()
    assert (ana.password, Authenticator.objects.count(), EmailAddress.objects.count()) == before
    assert half.get("/accounts/2fa/authenticate/").status_code == 200
    assert half.post("/accounts/logout/").status_code == 302
    assert half.get("/accounts/2fa/authenticate/")["Location"] == "/accounts/login/"


def test_the_key_of_the_session_changes_with_the_second_step(ana: User) -> None:
    """C04."""
    browser = halfway()
    before = browser.session.session_key
    browser.post("/accounts/2fa/authenticate/", {"code": code_now()})
    assert browser.session.session_key != before
    thief = Client()
    thief.cookies["sessionid"] = before
    assert not knows(thief)


def test_what_guards_the_account_is_changed_by_whoever_was_just_asked_again(ana: User) -> None:
    """C13: the address, the app, the passkeys, the recovery codes."""
    browser = halfway()
    browser.post("/accounts/2fa/authenticate/", {"code": code_now()})
    before = (Authenticator.objects.count(), EmailAddress.objects.count())
    for address, form in (
        ("/accounts/email/", {"action_add": "", "email": "evil@test.example"}),
        ("/accounts/2fa/totp/deactivate/", {}),
        ("/accounts/2fa/webauthn/add/", {}),
        ("/accounts/2fa/recovery-codes/generate/", {}),
    ):
        for answer in (browser.get(address) if address != "/accounts/email/" else None, browser.post(address, form)):
            if answer is not None:
                assert answer.get("Location", "").startswith("/accounts/reauthenticate/"), (
                    address,
                    answer.context["form"].errors,
                )
    assert (Authenticator.objects.count(), EmailAddress.objects.count()) == before
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert browser.post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.exists()
    notice = Mail.objects.get(kind="account_changed")
    assert (notice.to, notice.subject) == ("ana@test.example", "The authenticator app was removed from your account")
