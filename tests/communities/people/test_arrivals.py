"""Where somebody came from: kept once with the account, checked and cut; without a script the page they go back to."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from communities.people.arrivals import remember_arrival
from communities.people.models import Arrival
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
FORM = {"email": "new@test.example", "password1": "a long walk to the press"}


def arrived(**told: Any) -> Arrival:
    user = make_user("ana")
    remember_arrival(user, told)
    return Arrival.objects.get(user=user)


def test_a_sign_up_keeps_what_its_form_carries() -> None:
    at = timezone.now() - dt.timedelta(days=3)
    told = {
        "landing": "/c/demo/p/7/eleven-blues/",
        "referrer": "news.example",
        "source": "letter",
        "medium": "email",
        "campaign": "spring",
        "landed_at": at.isoformat(),
    }
    page = Client().get("/accounts/signup/?next=/c/demo/").content.decode()
    for name in told:
        assert f'<input type="hidden" name="{name}"' in page
    assert Client().post("/accounts/signup/", FORM | told | {"next": "/c/demo/"}).status_code == 302
    row = Arrival.objects.get()
    assert (row.landing, row.referrer, row.source, row.medium, row.campaign, row.landed_at) == (
        *list(told.values())[:5],
        at,
    )
    assert row.user.email == "new@test.example"


def test_without_a_script_the_page_one_goes_back_to_is_the_landing() -> None:
    Client().post("/accounts/signup/", FORM | {"next": "/c/demo/p/7/?page=2"})
    row = Arrival.objects.get()
    assert (row.landing, row.referrer, row.landed_at) == ("/c/demo/p/7/", "", None)


def test_a_sign_up_with_nothing_has_an_empty_row() -> None:
    Client().post("/accounts/signup/", FORM)
    assert Arrival.objects.get().landing == ""


def test_a_taken_address_and_a_refused_form_leave_nothing() -> None:
    make_user("new")
    Client().post("/accounts/signup/", FORM | {"landing": "/c/demo/"})
    Client().post("/accounts/signup/", {"email": "b@test.example", "password1": "x", "landing": "/c/demo/"})
    assert not Arrival.objects.exists()


def test_a_refused_form_still_carries_it() -> None:
    answer = Client().post("/accounts/signup/", {"email": "b@test.example", "password1": "x", "landing": "/c/demo/"})
    assert '<input type="hidden" name="landing" value="/c/demo/"' in answer.content.decode()


@pytest.mark.parametrize(
    "landing", ["//evil.example/", "/\\evil", "https://evil.example/", "javascript:alert(1)", "/a\x00b", "/a\nb", ""]
)
def test_what_is_no_path_of_ours_is_left_out(landing: str) -> None:
    assert arrived(landing=landing).landing == ""


def test_the_query_of_a_landing_is_dropped_and_the_long_is_cut() -> None:
    row = arrived(landing="/c/demo/?email=x@y.example#token", source="s" * 500, campaign=" spring\u200b \t2026 ")
    assert (row.landing, row.source, row.campaign) == ("/c/demo/", "s" * 80, "spring 2026")
    other = make_user("ben")
    remember_arrival(other, {"landing": "/" + "a" * 900})
    assert len(Arrival.objects.get(user=other).landing) == 300


@pytest.mark.parametrize(
    "referrer",
    [
        "https://news.example/page",
        "news.example/page",
        "localhost",
        "a b.example",
        "<b>.example",
        "x" * 300 + ".example",
    ],
)
def test_a_referrer_is_the_name_of_another_site_or_nothing(referrer: str) -> None:
    assert arrived(referrer=referrer).referrer == ""


@pytest.mark.parametrize(
    "moment",
    ["2999-01-01T00:00:00Z", "2020-01-01T00:00:00Z", "yesterday", "2026-13-40T00:00:00Z", "2026-11-26T00:00:00"],
)
def test_a_moment_that_cannot_be_is_left_out(moment: str) -> None:
    assert arrived(landing="/c/demo/", landed_at=moment).landed_at is None


def test_it_is_kept_once() -> None:
    user = make_user("ana")
    remember_arrival(user, {"landing": "/first/"})
    remember_arrival(user, {"landing": "/second/"})
    assert Arrival.objects.get().landing == "/first/"
