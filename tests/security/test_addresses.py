"""Changing the address, and addresses that somebody else wrote down first (C09, C13)."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from communities.mail.models import Mail
from communities.people.models import User

pytestmark = pytest.mark.django_db
PASSWORD, EVIL = "a long walk to the press", "the password of somebody else"


def person(name: str, *, verified: bool = True, password: str = PASSWORD) -> User:
    user = User.objects.create_user(f"{name}@test.example", password, handle=name, name=name.title())
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user


def signed_in(user: User) -> Client:
    browser = Client()
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert browser.get("/me/").status_code == 200
    return browser


def letter_to(address: str, kind: str = "address_confirm") -> str:
    """The path in the newest letter of this kind to this address."""
    mail = Mail.objects.filter(to=address, kind=kind).latest("pk")
    found = re.search(r"https?://[^/]+(/accounts/(?:confirm-email|password)/\S+)", mail.text)
    assert found is not None
    return found.group(1)


def code_for(address: str) -> str:
    return Mail.objects.filter(to=address, kind="login_code").latest("pk").subject.split()[0]


def test_a_new_address_counts_when_its_letter_was_opened_and_the_old_one_is_told() -> None:
    ana = person("ana")
    browser = signed_in(ana)
    form = {"action_add": "", "email": "new@test.example"}
    assert browser.post("/accounts/email/", form)["Location"].startswith("/accounts/reauthenticate/")
    assert not EmailAddress.objects.filter(email="new@test.example").exists()
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    browser.post("/accounts/email/", form)
    ana.refresh_from_db()
    assert ana.email == "ana@test.example"
    assert "You want to change to <b>new@test.example</b>" in browser.get("/accounts/email/").content.decode()
    link = letter_to("new@test.example")
    browser.get(link)
    ana.refresh_from_db()
    assert ana.email == "ana@test.example"
    browser.post(link)
    ana.refresh_from_db()
    assert ana.email == "new@test.example"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("new@test.example", True, True)]
    notice = Mail.objects.get(to="ana@test.example", kind="account_changed")
    assert notice.subject == "Your address was changed from ana@test.example to new@test.example"


def test_who_only_wrote_an_address_down_keeps_nobody_from_signing_up_with_it() -> None:
    squatter = person("squatter")
    EmailAddress.objects.create(user=squatter, email="victim@test.example")
    form = {"email": "victim@test.example", "password1": PASSWORD}
    assert Client().post("/accounts/signup/", form).status_code == 302
    victim = User.objects.get(email="victim@test.example")
    assert Mail.objects.get(to="victim@test.example").kind == "address_confirm"
    browser = Client()
    browser.post(letter_to("victim@test.example"))
    browser.post("/accounts/login/", {"login": "victim@test.example", "password": PASSWORD})
    assert browser.session["_auth_user_id"] == str(victim.pk)


def test_a_code_never_leads_into_the_account_of_who_wrote_an_address_down() -> None:
    squatter = person("squatter")
    EmailAddress.objects.create(user=squatter, email="victim@test.example")
    Client().post("/accounts/login/code/", {"email": "victim@test.example"})
    Client().post("/accounts/password/reset/", {"email": "victim@test.example"})
    assert set(Mail.objects.values_list("to", "kind")) == {("victim@test.example", "account_unknown")}


def test_who_proves_an_address_gets_it_from_an_account_that_nobody_ever_entered() -> None:
    """Else the unconfirmed account would hold it for good."""
    ana = person("ana")
    person("victim", verified=False, password=EVIL)
    browser = signed_in(ana)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    browser.post("/accounts/email/", {"action_add": "", "email": "victim@test.example"})
    assert browser.post(letter_to("victim@test.example")).status_code == 302
    assert list(User.objects.values_list("pk", "email")) == [(ana.pk, "victim@test.example")]


def test_a_confirmed_address_stays_its_owners() -> None:
    ana, ben = person("ana"), person("ben")
    browser = signed_in(ana)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    browser.post("/accounts/email/", {"action_add": "", "email": ben.email})
    page = Client().get(letter_to(ben.email)).content.decode()
    assert "Taken already" in page
    Client().post(letter_to(ben.email))
    assert EmailAddress.objects.get(user=ben).verified
    assert User.objects.get(pk=ana.pk).email == "ana@test.example"


def test_a_password_from_before_the_address_was_proven_dies_with_the_first_code() -> None:
    """C09: the attacker signed up with the victim's address; the victim comes by a code."""
    victim = person("victim", verified=False, password=EVIL)
    browser = Client()
    browser.post("/accounts/login/code/", {"email": "victim@test.example"})
    browser.post("/accounts/login/code/confirm/", {"code": code_for("victim@test.example")})
    assert browser.get("/me/").status_code == 200
    victim.refresh_from_db()
    assert not victim.has_usable_password()
    assert EmailAddress.objects.get().verified
    thief = Client()
    thief.post("/accounts/login/", {"login": "victim@test.example", "password": EVIL})
    assert thief.get("/me/").status_code == 302


def test_a_code_leaves_the_password_of_a_proven_address_alone() -> None:
    ana = person("ana")
    browser = Client()
    browser.post("/accounts/login/code/?next=/c/demo/", {"email": "ana@test.example", "next": "/me/"})
    answer = browser.post("/accounts/login/code/confirm/", {"code": code_for("ana@test.example"), "next": "/me/"})
    assert answer["Location"] == "/me/"
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)


def test_a_code_works_once_in_the_browser_that_asked_for_it() -> None:
    person("ana")
    browser, other = Client(), Client()
    browser.post("/accounts/login/code/", {"email": "ana@test.example"})
    code = code_for("ana@test.example")
    assert other.post("/accounts/login/code/confirm/", {"code": code})["Location"] == "/accounts/login/code/"
    browser.post("/accounts/login/code/confirm/", {"code": code})
    browser.post("/accounts/logout/")
    assert browser.post("/accounts/login/code/confirm/", {"code": code})["Location"] == "/accounts/login/code/"
    assert browser.get("/me/").status_code == 302


def test_three_wrong_codes_and_one_starts_over() -> None:
    person("ana")
    browser = Client()
    browser.post("/accounts/login/code/", {"email": "ana@test.example"})
    answers = [browser.post("/accounts/login/code/confirm/", {"code": "BBBB-BBBB"}) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 302]
    code = code_for("ana@test.example")
    assert browser.post("/accounts/login/code/confirm/", {"code": code})["Location"] == "/accounts/login/code/"


def test_without_a_password_one_signs_in_anew_before_the_account_changes(settings: Any) -> None:
    """C13: an open browser alone sets no password and changes no address."""
    ana = person("ana")
    ana.set_unusable_password()
    ana.save()
    browser = Client()
    browser.post("/accounts/login/code/", {"email": "ana@test.example"})
    browser.post("/accounts/login/code/confirm/", {"code": code_for("ana@test.example")})
    new = {"password1": "another long walk", "password2": "another long walk"}
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    answers = [
        browser.post("/accounts/password/set/", new),
        browser.post("/accounts/email/", {"action_add": "", "email": "evil@test.example"}),
        browser.get("/accounts/2fa/totp/activate/"),
    ]
    assert [answer["Location"].split("?")[0] for answer in answers] == ["/me/again/"] * 3
    ana.refresh_from_db()
    assert not ana.has_usable_password() and EmailAddress.objects.count() == 1
    page = browser.get(answers[0]["Location"]).content.decode()
    assert 'value="/accounts/login/?next=%2Faccounts%2Fpassword%2Fset%2F"' in page
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    assert browser.post("/accounts/password/set/", new).status_code == 302
    ana.refresh_from_db()
    assert ana.check_password("another long walk")
    assert browser.get("/me/").status_code == 200
