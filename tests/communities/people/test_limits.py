"""Limits: by network and by account, over threads and without Redis, and never so that somebody is kept out by another."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from communities.mail.models import Mail
from communities.people.limits import Limit, TooOften, is_free, take
from communities.people.models import User

PASSWORD, WRONG = "a long walk to the press", "not the right one at all"
HERE, THERE = "203.0.113.7", "198.51.100.9"


@pytest.fixture
def ana(db: None) -> User:
    user = User.objects.create_user("ana@test.example", PASSWORD, handle="ana", name="Ana")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def at(network: str) -> Client:
    return Client(REMOTE_ADDR=network)


def sign_in(network: str, password: str, login: str = "ana@test.example") -> Any:
    return at(network).post("/accounts/login/", {"login": login, "password": password})


def throttled(answer: Any) -> bool:
    """429 with a time to come back."""
    if answer.status_code != 429:
        return False
    assert 0 < int(answer["Retry-After"]) <= 3600
    return True


def test_a_seat_is_one_persons_until_its_time_is_over() -> None:
    limit, short = Limit("test", 2, 600), Limit("short", 1, 1)
    first, _second = take(limit, "ana"), take(limit, "ana")
    with pytest.raises(TooOften) as refused:
        take(limit, "ana")
    assert 500 < refused.value.wait <= 600
    assert is_free(limit, "ben")
    first.give_back()
    assert is_free(limit, "ana")
    assert not is_free(limit, "ana")
    take(short, "ana")
    time.sleep(1.1)
    assert is_free(short, "ana")


def test_forty_at_once_find_five_seats() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _n: is_free(Limit("test", 5, 60), "ana"), range(40)))
    assert sum(found) == 5


def test_with_redis_gone_each_process_keeps_to_its_own_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the forgiving cache answers while Redis is away: nothing is there, and everything went well."""
    monkeypatch.setattr(cache, "get_many", lambda keys: {})
    monkeypatch.setattr(cache, "add", lambda key, value, timeout: True)
    assert [is_free(Limit("test", 5, 60), "ana") for _time in range(7)] == [True] * 5 + [False] * 2


def test_the_sixth_wrong_password_waits_and_keeps_the_address(ana: User) -> None:
    """R1, C02: here and for this account alone."""
    for _time in range(5):
        answer = sign_in(HERE, WRONG)
        assert answer.status_code == 200
    answer = sign_in(HERE, WRONG)
    assert throttled(answer)
    page = answer.content.decode()
    assert "That was often. Try again in 5 minutes." in page
    assert 'value="ana@test.example"' in page and WRONG not in page
    assert throttled(sign_in(HERE, PASSWORD))
    assert sign_in(HERE, WRONG, "ben@test.example").status_code == 200
    assert sign_in(THERE, PASSWORD).status_code == 302


def test_a_right_password_costs_no_try(ana: User) -> None:
    for _time in range(4):
        sign_in(HERE, WRONG)
    for _time in range(8):
        assert sign_in(HERE, PASSWORD).status_code == 302
    assert sign_in(HERE, WRONG).status_code == 200
    assert throttled(sign_in(HERE, WRONG))


def test_many_networks_that_guess_one_password_do_not_lock_its_owner_out(ana: User) -> None:
    """Where she is signed in already she goes on; elsewhere a code by mail is open."""
    assert sign_in(HERE, PASSWORD).status_code == 302
    for number in range(100):
        sign_in(f"192.0.2.{number}", WRONG)
    assert throttled(sign_in("192.0.2.200", PASSWORD))
    assert sign_in(HERE, PASSWORD).status_code == 302
    assert at(THERE).post("/accounts/login/code/", {"email": "ana@test.example"}).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "field"), [("/accounts/password/reset/", "email"), ("/accounts/login/code/", "email")]
)
@pytest.mark.parametrize("who", ["ana@test.example", "nobody@test.example"])
def test_the_sixth_asking_for_a_letter_waits(ana: User, address: str, field: str, who: str) -> None:
    for _time in range(5):
        assert at(HERE).post(address, {field: who}).status_code == 302
    answer = at(HERE).post(address, {field: who})
    assert throttled(answer)
    assert f'value="{who}"' in answer.content.decode()
    assert at(THERE).post(address, {field: who}).status_code == 302


def test_five_letters_an_hour_go_to_one_address_whatever_asked_for_them(ana: User) -> None:
    """C02: no mail bomb; the page says the same."""
    pages = []
    for number in range(4):
        pages.append(at(f"192.0.2.{number}").post("/accounts/password/reset/", {"email": "ana@test.example"}))
        at(f"192.0.2.{number}").post("/accounts/login/code/", {"email": "ANA@test.example"})
        at(f"192.0.2.{number}").post("/accounts/signup/", {"email": "Ana@test.example", "password1": PASSWORD})
    assert Mail.objects.filter(to__iexact="ana@test.example").count() == 5
    assert {(page.status_code, page["Location"]) for page in pages} == {(302, "/accounts/password/reset/done/")}


def test_that_something_changed_is_told_however_many_letters_went_out(ana: User) -> None:
    for number in range(6):
        at(f"192.0.2.{number}").post("/accounts/password/reset/", {"email": "ana@test.example"})
    browser = at(HERE)
    browser.post("/accounts/login/", {"login": "ana@test.example", "password": PASSWORD})
    new = {"oldpassword": PASSWORD, "password1": "another long walk", "password2": "another long walk"}
    assert browser.post("/accounts/password/change/", new).status_code == 302
    assert Mail.objects.filter(kind="account_changed").count() == 1


@pytest.mark.django_db
def test_two_hundred_sign_ups_from_one_network_make_five_accounts() -> None:
    answers = []
    for number in range(200):
        form = {"email": f"new{number}@test.example", "password1": PASSWORD}
        answers.append(at(HERE).post("/accounts/signup/", form))
    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 195
    assert User.objects.count() == 5
    assert all(throttled(answer) for answer in answers[5:])
    assert "come back in an hour" in answers[-1].content.decode()
    assert at(THERE).post("/accounts/signup/", {"email": "a@test.example", "password1": PASSWORD}).status_code == 302


def test_addresses_that_are_taken_count_as_well(ana: User) -> None:
    """C01: else the sixth answer told which of the five before had an account."""
    for _time in range(5):
        at(HERE).post("/accounts/signup/", {"email": "ana@test.example", "password1": PASSWORD})
    assert throttled(at(HERE).post("/accounts/signup/", {"email": "new@test.example", "password1": PASSWORD}))


def test_a_form_with_a_mistake_is_no_sign_up(db: None) -> None:
    for _time in range(7):
        assert at(HERE).post("/accounts/signup/", {"email": "a@test.example", "password1": "short"}).status_code == 200
    assert at(HERE).post("/accounts/signup/", {"email": "a@test.example", "password1": PASSWORD}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_four_sign_ups_at_once_with_one_address_make_one_account() -> None:
    from django.db import connection

    def sign_up(number: int) -> Any:
        try:
            form = {"email": "new@test.example", "password1": PASSWORD}
            return at(f"192.0.2.{number}").post("/accounts/signup/", form).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(sign_up, range(4))) == [302] * 4
    assert (User.objects.count(), EmailAddress.objects.count()) == (1, 1)


def test_the_old_password_cannot_be_guessed_on_the_page_that_changes_it(ana: User) -> None:
    browser = at(HERE)
    browser.post("/accounts/login/", {"login": "ana@test.example", "password": PASSWORD})
    new = {"oldpassword": WRONG, "password1": "another long walk", "password2": "another long walk"}
    for _time in range(5):
        assert browser.post("/accounts/password/change/", new).status_code == 200
    assert throttled(browser.post("/accounts/password/change/", new | {"oldpassword": PASSWORD}))
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)


def test_letters_to_confirm_an_address_have_their_limit_too(db: None) -> None:
    at(HERE).post("/accounts/signup/", {"email": "new@test.example", "password1": PASSWORD})
    answers = [sign_in(HERE, PASSWORD, "new@test.example").status_code for _time in range(7)]
    assert answers == [302] * 5 + [429] * 2
    assert Mail.objects.filter(to="new@test.example").count() == 5
