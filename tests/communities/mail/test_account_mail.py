"""Sign-up, confirmation, sign-in and reset over the real pages, with the mails read from their rows (C05, C07, C08)."""

import datetime as dt
import re
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from communities.mail.actions import send_due
from communities.mail.models import Mail
from communities.people.adapter import AccountAdapter
from communities.people.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PASSWORD = "a long walk to the press"


def link_in(mail: Mail) -> str:
    """The path of the first link that is a key."""
    (address,) = re.findall(r"^https?://\S+/(?:confirm-email|key)/\S+$", mail.text, re.MULTILINE)
    return urlsplit(address).path


def sign_up(client: Client, email: str = "Ana@Test.Example") -> Any:
    return client.post("/accounts/signup/", {"email": email, "password1": PASSWORD})


def confirmed(email: str = "ana@test.example", name: str = "Ana") -> User:
    user = User.objects.create_user(email, PASSWORD, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def test_somebody_signs_up_confirms_and_signs_in() -> None:
    client = Client()
    answer = sign_up(client)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/confirm-email/")
    user = User.objects.get()
    assert user.email == "ana@test.example"
    assert user.handle.startswith("reader-") and user.name == ""
    mail = Mail.objects.get()
    assert (mail.kind, mail.to.lower(), mail.user, mail.state) == (
        "address_confirm",
        "ana@test.example",
        user,
        "waiting",
    )
    assert link_in(mail) in mail.html
    assert client.get(link_in(mail)).status_code == 200
    assert not EmailAddress.objects.get().verified
    answer = client.post(link_in(mail))
    assert answer.status_code == 302
    assert EmailAddress.objects.get().verified
    answer = Client().post("/accounts/login/", {"login": "ANA@test.example", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_mail_scanner_that_opens_the_link_confirms_nothing_and_burns_nothing() -> None:
    """C07."""
    sign_up(Client())
    link = link_in(Mail.objects.get())
    for _visit in range(3):
        scanner = Client()
        answer = scanner.get(link)
        assert answer.status_code == 200
        assert b'method="post"' in answer.content
        assert "sessionid" not in scanner.cookies
        assert Client().head(link).status_code == 200
    assert not EmailAddress.objects.get().verified
    Client().post(link)
    assert EmailAddress.objects.get().verified


def test_without_a_confirmed_address_nobody_gets_in() -> None:
    sign_up(Client())
    client = Client()
    answer = client.post("/accounts/login/", {"login": "ana@test.example", "password": PASSWORD})
    assert answer["Location"] == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session


def test_an_address_that_has_an_account_gets_the_same_page_and_another_mail() -> None:
    """C01: only the owner of the address learns of it."""
    confirmed()
    fresh, known = sign_up(Client(), "new@test.example"), sign_up(Client(), "ana@test.example")
    assert (fresh.status_code, fresh["Location"], fresh.content) == (
        known.status_code,
        known["Location"],
        known.content,
    )
    mail = Mail.objects.get(to="ana@test.example")
    assert mail.kind == "account_exists"
    assert "http://localhost:8000/accounts/login/" in mail.text
    assert "http://localhost:8000/accounts/password/reset/" in mail.text
    assert User.objects.filter(email="ana@test.example").count() == 1


def test_a_new_password_by_mail() -> None:
    """C05: once, and the host of the link is ours."""
    user = confirmed()
    reader = Client()
    reader.post("/accounts/login/", {"login": "ana@test.example", "password": PASSWORD})
    assert "_auth_user_id" in reader.session
    client = Client(HTTP_HOST="127.0.0.1")
    client.post("/accounts/password/reset/", {"email": "ana@test.example"})
    mail = Mail.objects.get()
    assert (mail.kind, mail.user) == ("password_reset", user)
    assert "http://localhost:8000/accounts/password/reset/key/" in mail.text
    assert "127.0.0.1" not in mail.text
    form = client.get(link_in(mail))["Location"]
    assert client.post(form, {"password1": "another long walk", "password2": "another long walk"}).status_code == 302
    user.refresh_from_db()
    assert user.check_password("another long walk")
    assert reader.get("/accounts/password/change/")["Location"].startswith("/accounts/login/")
    notice = Mail.objects.exclude(pk=mail.pk).get()
    assert (notice.kind, notice.subject) == ("account_changed", "You have a new password")
    assert "127.0.0.1" in notice.text  # from where it was changed
    again = Client()
    answer = again.get(link_in(mail), follow=True)
    again.post(answer.request["PATH_INFO"], {"password1": "a third long walk", "password2": "a third long walk"})
    user.refresh_from_db()
    assert user.check_password("another long walk")


def test_a_link_for_a_new_password_works_for_an_hour() -> None:
    """C05."""
    user = confirmed()
    Client().post("/accounts/password/reset/", {"email": user.email})
    link, now = link_in(Mail.objects.get()), timezone.now()
    for minutes, works in ((59, True), (62, False)):
        with time_machine.travel(now + dt.timedelta(minutes=minutes)):
            assert (Client().get(link).status_code == 302) is works


def test_a_reset_for_an_unknown_address_looks_the_same() -> None:
    confirmed()
    known = Client().post("/accounts/password/reset/", {"email": "ana@test.example"})
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@test.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert Mail.objects.get(to="nobody@test.example").kind == "account_unknown"


def test_the_key_is_gone_from_the_row_once_the_mail_is_out() -> None:
    sign_up(Client())
    link = link_in(Mail.objects.get())
    assert send_due() == 1
    row = Mail.objects.get()
    assert (row.state, row.text, row.html) == ("sent", "", "")
    assert link not in str(row.__dict__)


def test_no_request_waits_for_a_mail_server(settings: Any) -> None:
    """X11: the server is not even asked."""
    settings.EMAIL_BACKEND = "no.such.Backend"
    assert sign_up(Client()).status_code == 302
    assert Mail.objects.get().state == "waiting"


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example/",
        "http:///evil.example",
        "javascript:alert(1)",
        "/ok\r\nSet-Cookie: x=1",
        "\t//evil.example",
        " //evil.example",
        "/\t/evil.example",
        "evil.example",
        "",
    ],
)
def test_a_crooked_next_ends_at_home(evil: str) -> None:
    """C08."""
    confirmed()
    for query, field in ((f"?next={quote(evil)}", {}), ("", {"next": evil})):
        client = Client()
        answer = client.post(f"/accounts/login/{query}", {"login": "ana@test.example", "password": PASSWORD, **field})
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert "x" not in answer.cookies


def test_a_straight_next_is_followed() -> None:
    confirmed()
    answer = Client().post(
        "/accounts/login/?next=/c/demo/%3Fpage%3D2", {"login": "ana@test.example", "password": PASSWORD}
    )
    assert answer["Location"] == "/c/demo/?page=2"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_the_network_address_is_what_a_trusted_proxy_says(
    settings: Any, rf: Any, proxies: int, forwarded: str, address: str
) -> None:
    """What the browser itself writes into the header never counts."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded})
    assert AccountAdapter(request).get_client_ip(request) == address


def test_signing_up_can_be_closed(settings: Any) -> None:
    settings.SIGNUP_OPEN = False
    sign_up(Client())
    assert (User.objects.count(), Mail.objects.count()) == (0, 0)
