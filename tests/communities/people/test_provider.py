"""Signing in through an OpenID provider, over real HTTP: who is let in, who is not, and what is never linked by itself (R2, C09)."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from communities.mail.models import Mail
from communities.people.models import Arrival, User
from tests.oidc import Provider, serve, settings_for

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PASSWORD, EVIL = "a long walk to the press", "the password of somebody else"
MIRA = {"sub": "mira-1", "email": "mira@guild.example", "email_verified": True, "name": "Mira Lind"}
START, BACK = "/accounts/oidc/sso/login/", "/accounts/oidc/sso/login/callback/"


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        return None


@pytest.fixture
def guild(settings: Any) -> Iterator[Provider]:
    provider = Provider(person=dict(MIRA))
    server = serve(provider)
    for name, value in settings_for(provider).items():
        setattr(settings, name, value)
    yield provider
    server.shutdown()
    server.server_close()


def gone_there(address: str) -> str:
    """Where the provider sends the browser back to."""
    try:
        build_opener(Stay).open(address)
    except Exception as answer:
        location: str = answer.headers["Location"]  # type: ignore[attr-defined]
        return location
    raise AssertionError("the provider did not send anybody back")


def through(browser: Client, query: str = "?process=login", **form: str) -> Any:
    """The whole way: the button, the provider, back."""
    away = browser.post(START + query, form)
    assert away.status_code == 302, away.content
    location = gone_there(away["Location"])
    return browser.get(location.removeprefix("http://testserver"))


def local(email: str = "mira@guild.example", *, verified: bool = True, password: str | None = PASSWORD) -> User:
    user = User.objects.create_user(email, password, handle="mira")
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


def who(browser: Client) -> int | None:
    pk = browser.session.get("_auth_user_id")
    return int(pk) if pk else None


def test_without_settings_there_is_no_trace_of_it(client: Client) -> None:
    for page in ("/accounts/login/", "/accounts/signup/"):
        answer = client.get(page)
        assert b"oidc" not in answer.content
        assert "form-action 'self';" in answer["Content-Security-Policy"]
    for address in (START, BACK):
        assert client.get(address).status_code == client.post(address).status_code == 404


def test_with_settings_a_button_leads_there_and_the_policy_lets_it(client: Client, guild: Provider) -> None:
    for page in ("/accounts/login/?next=/c/demo/", "/accounts/signup/?next=/c/demo/"):
        answer = client.get(page)
        assert f'action="{START}?process=login&amp;next=%2Fc%2Fdemo%2F"' in answer.content.decode()
        assert b"Go on with The Guild" in answer.content
        assert f"form-action 'self' {guild.url};" in answer["Content-Security-Policy"]
    assert "form-action 'self';" in client.get("/")["Content-Security-Policy"]
    assert guild.asked == []  # nobody is asked before somebody wants to go there


def test_a_link_alone_sends_nobody_there(client: Client, guild: Provider) -> None:
    page = client.get(START)
    assert page.status_code == 200 and b'method="post"' in page.content
    assert guild.asked == []


def test_somebody_new_is_signed_up_and_in(client: Client, guild: Provider) -> None:
    answer = through(client, "?process=login&next=/c/demo/")
    assert (answer.status_code, answer["Location"]) == (302, "/c/demo/")
    user = User.objects.get()
    assert who(client) == user.pk
    assert (user.email, user.name, user.has_usable_password()) == ("mira@guild.example", "Mira Lind", False)
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(user.email, True, True)]
    assert not Mail.objects.exists()
    assert guild.asked.count("/jwks") == 1 and "/userinfo" in guild.asked
    assert SocialAccount.objects.get().extra_data == {
        "userinfo": {"sub": "mira-1", "email": user.email, "name": "Mira Lind"}
    }


def test_where_somebody_came_from_is_kept_on_the_way_there_and_back(client: Client, guild: Provider) -> None:
    assert b'name="landing"' in client.get("/accounts/signup/").content
    through(client, "?process=login&next=/c/demo/", landing="/c/demo/p/7/", source="letter")
    row = Arrival.objects.get()
    assert (row.user, row.landing, row.source) == (User.objects.get(), "/c/demo/p/7/", "letter")
    assert "arrival" not in client.session
    guild.person |= {"sub": "ben", "email": "ben@guild.example"}
    through(Client(), "?process=login&next=/c/demo/")
    assert Arrival.objects.latest("pk").landing == "/c/demo/"


def test_who_came_before_is_signed_in_whatever_became_of_the_address(client: Client, guild: Provider) -> None:
    through(Client())
    guild.person["email"] = "another@guild.example"
    through(client)
    assert who(client) == User.objects.get().pk
    assert User.objects.get().email == "mira@guild.example"


def test_an_address_that_the_provider_did_not_check_is_confirmed_by_a_letter(client: Client, guild: Provider) -> None:
    for said in (False, None, "true", 1):
        User.objects.all().delete()
        guild.person["email_verified"] = said
        answer = through(client)
        assert answer["Location"] == "/accounts/confirm-email/"
        assert who(client) is None
        assert not EmailAddress.objects.get().verified
    assert Mail.objects.latest("pk").kind == "address_confirm"


@pytest.mark.parametrize("verified", [True, False])
@pytest.mark.parametrize("said", [True, False])
def test_an_account_with_the_same_address_is_never_linked_by_itself(
    client: Client, guild: Provider, verified: bool, said: bool
) -> None:
    """The page is that of a sign-up; only the letter tells, and leads to sign-in."""
    user = local(verified=verified)
    guild.person["email_verified"] = said
    answer = through(client)
    assert answer["Location"] == "/accounts/confirm-email/"
    assert who(client) is None
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)
    assert Mail.objects.get().kind == "account_exists"
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_who_took_the_address_first_loses_it_with_the_password(client: Client, guild: Provider) -> None:
    """C09: an unconfirmed account with the victim's address. The link is refused; the letter's way kills the password."""
    user = local(verified=False, password=EVIL)
    through(client)
    letter = Mail.objects.get(kind="account_exists").text
    assert "/accounts/password/reset/" in letter
    client.post("/accounts/password/reset/", {"email": user.email})
    link = next(word for word in Mail.objects.get(kind="password_reset").text.split() if "/key/" in word)
    form = client.get(link.removeprefix("http://localhost:8000"))["Location"]
    client.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    thief = Client()
    thief.post("/accounts/login/", {"login": user.email, "password": EVIL})
    assert who(thief) is None
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert who(client) == user.pk
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    through(client, "?process=connect")
    assert SocialAccount.objects.get().user == user


def test_a_connection_from_before_the_address_was_proven_dies_too(guild: Provider) -> None:
    """C09 the other way round: the attacker has the victim's address at the provider, unchecked; the victim comes by a letter."""
    guild.person["email_verified"] = False
    through(Client())
    user = User.objects.get()
    victim = Client()
    victim.post("/accounts/login/code/", {"email": user.email})
    code = Mail.objects.get(kind="login_code").subject.split()[0]
    victim.post("/accounts/login/code/confirm/", {"code": code})
    assert who(victim) == user.pk
    assert not SocialAccount.objects.exists()
    thief = Client()
    through(thief)
    assert who(thief) is None


def test_a_second_step_is_asked_for_here_too(client: Client, guild: Provider) -> None:
    """C10: no other way in goes around it."""
    through(Client())
    TOTP.activate(User.objects.get(), "JBSWY3DPEHPK3PXP")
    assert through(client)["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/me/").status_code == 302


def test_an_account_that_is_shut_stays_shut(client: Client, guild: Provider) -> None:
    through(Client())
    User.objects.update(is_active=False)
    assert through(client)["Location"] == "/accounts/inactive/"
    assert who(client) is None


def test_one_connects_and_takes_away(client: Client, guild: Provider) -> None:
    user = local("mira@test.example")
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    page = client.get("/accounts/3rdparty/").content.decode()
    assert "Nothing is connected." in page and "Connect The Guild" in page
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert through(client, "?process=connect")["Location"] == "/accounts/3rdparty/"
    row = SocialAccount.objects.get()
    assert row.user == user
    assert Mail.objects.get().subject == "You can sign in through The Guild now"
    page = client.get("/accounts/3rdparty/").content.decode()
    assert "The Guild" in page and "mira@guild.example" in page
    assert client.post("/accounts/3rdparty/", {"account": row.pk}).status_code == 302
    assert not SocialAccount.objects.exists()
    assert Mail.objects.latest("pk").subject == "You no longer sign in through The Guild"


def test_connecting_asks_again_who_one_is(client: Client, guild: Provider) -> None:
    """C13."""
    user = local("mira@test.example")
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert through(client, "?process=connect")["Location"].startswith("/accounts/reauthenticate/")
    assert not SocialAccount.objects.exists()


def test_the_last_way_in_is_not_taken_away(client: Client, guild: Provider) -> None:
    """R2."""
    through(client)
    row = SocialAccount.objects.get()
    answer = client.post("/accounts/3rdparty/", {"account": row.pk})
    assert answer.status_code == 200
    assert "This is your only way in. Choose a password first" in answer.content.decode()
    assert SocialAccount.objects.filter(pk=row.pk).exists()


def test_nobody_takes_away_somebody_elses(client: Client, guild: Provider) -> None:
    through(Client())
    user = local("ben@test.example")
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/3rdparty/", {"account": SocialAccount.objects.get().pk})
    assert SocialAccount.objects.count() == 1


def lying_key(guild: Provider) -> None:
    guild.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def other_client(guild: Provider) -> None:
    guild.claims["aud"] = "another house"


def other_issuer(guild: Provider) -> None:
    guild.claims["iss"] = "https://evil.example"


def too_late(guild: Provider) -> None:
    guild.claims["exp"] = 1


def two_people(guild: Provider) -> None:
    guild.claims["sub"] = "somebody else"


def no_subject(guild: Provider) -> None:
    guild.claims["sub"] = guild.person.pop("sub")


def silent(guild: Provider) -> None:
    guild.broken.add("/userinfo")


def refusing(guild: Provider) -> None:
    guild.broken.add("/token")


@pytest.mark.parametrize(
    "how", [lying_key, other_client, other_issuer, too_late, two_people, no_subject, silent, refusing]
)
def test_an_answer_that_cannot_be_trusted_lets_nobody_in(client: Client, guild: Provider, how: Any) -> None:
    how(guild)
    answer = through(client)
    assert answer.status_code == 401
    assert b"That did not work" in answer.content
    assert who(client) is None
    assert not User.objects.exists()


def test_a_provider_that_is_away_is_a_page_not_a_crash(client: Client, guild: Provider) -> None:
    guild.broken.add("/.well-known/openid-configuration")
    answer = client.post(START)
    assert answer.status_code == 401
    assert b"That did not work" in answer.content


def test_what_somebody_else_began_is_not_finished_here(client: Client, guild: Provider) -> None:
    """D01: a stranger's code in one's own browser, a code twice, and turning back."""
    location = gone_there(Client().post(START)["Location"]).removeprefix("http://testserver")
    assert client.get(location).status_code == 401
    own = gone_there(client.post(START)["Location"]).removeprefix("http://testserver")
    assert client.get(own).status_code == 302
    client.post("/accounts/logout/")
    assert client.get(own).status_code == 401
    state = json.loads(json.dumps(gone_there(client.post(START)["Location"]))).split("state=")[1]
    answer = client.get(f"{BACK}?error=access_denied&state={state}")
    assert answer["Location"] == "/accounts/3rdparty/login/cancelled/"
    assert who(client) is None


@pytest.mark.parametrize("evil", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_nobody_is_led_off_the_site(client: Client, guild: Provider, evil: str) -> None:
    """C08."""
    assert through(client, "?process=login", next=evil)["Location"] == "/"


def test_sign_ups_through_it_count_under_the_limit(guild: Provider) -> None:
    for number in range(6):
        guild.person |= {"sub": f"new-{number}", "email": f"new{number}@guild.example"}
        answer = through(Client())
    assert answer.status_code == 429
    assert User.objects.count() == 5


def test_a_closed_house_takes_nobody_new(client: Client, guild: Provider, settings: Any) -> None:
    settings.SIGNUP_OPEN = False
    assert b"The door is shut for now" in through(client).content
    assert not User.objects.exists()


def test_without_an_address_one_is_asked_for(client: Client, guild: Provider) -> None:
    del guild.person["email"]
    assert through(client)["Location"] == "/accounts/3rdparty/signup/"
    assert b"did not tell us your address" in client.get("/accounts/3rdparty/signup/").content
    answer = client.post("/accounts/3rdparty/signup/", {"email": "mira@test.example"})
    assert answer["Location"] == "/accounts/confirm-email/"
    assert Mail.objects.get().kind == "address_confirm"
    assert SocialAccount.objects.get().user == User.objects.get()


def test_no_row_of_the_database_names_a_provider(client: Client) -> None:
    from allauth.socialaccount.models import SocialApp

    SocialApp.objects.create(provider="openid_connect", provider_id="evil", name="Evil", client_id="x")
    assert client.get("/accounts/oidc/evil/login/").status_code == 404
    assert b"Evil" not in client.get("/accounts/login/").content
