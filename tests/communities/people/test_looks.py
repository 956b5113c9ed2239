"""Display names: nobody is taken for the house, its roles or somebody who runs a place; everybody else keeps their own."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from communities.members.actions import join_community
from communities.members.models import Member
from communities.people.looks import check_name, look_of, tidy
from communities.people.models import User
from communities.people.profile import change_profile
from tests.conftest import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HOUSE = "speaks for the house. Choose a name of your own."
PERSON = "is the name of somebody who runs a place here. Add a second name or an initial."


def said(name: str, user: User) -> str:
    try:
        check_name(tidy(name), user)
    except ValidationError as problem:
        return problem.messages[0]
    return ""


@pytest.fixture
def ines(demo: Any, owner: User) -> User:
    """Somebody with a plain account, where Marta Vale runs a place called Halftone."""
    User.objects.filter(pk=owner.pk).update(name="Marta Vale")
    demo.name = "Halftone"
    demo.save()
    return make_user("ines")


@pytest.mark.parametrize(
    "name",
    [
        "Hearth",
        "hearth",
        "HEARTH",
        "Ｈｅａｒｔｈ",
        "Héarth",
        "Неаrth",
        "Ηearth",
        "H e a r t h",
        "Hea\u200brth",
        "Hearth\u202e",
        "\u3164Hearth\u2800",
        "Hearth.",
        "Hearth Team",
        "The Hearth Team",
        "Team Hearth",
        "HearthSupport",
        "Hearth\u00a0 Support",
        "Ana from Hearth Support",
        "Admin",
        "Аdmin",
        "adm1n",
        "Adrnin",
        "A.d.m.i.n",
        "Administrator 2",
        "The Moderators",
        "Official Support",
        "Ana (Moderator)",
        "Ana | Support Team",
        "Ana – Staff",
        "Ana, your moderator",
        "[Owner] Ana",
        "Halftone",
        "Halftone Team",
        "Ana · Halftone",
        "HaIftone",
        "ＭＯＤＥＲＡＴＯＲ",
        "ᴀᴅᴍɪɴ",
        "𝗔𝗱𝗺𝗶𝗻",
        "System",
    ],
)
def test_the_house_and_its_roles_are_nobodys(ines: User, name: str) -> None:
    assert said(name, ines) == f"“{tidy(name)}” {HOUSE}"


@pytest.mark.parametrize(
    "name",
    [
        "Marta Vale", "marta vale", "MARTA  VALE", "Mártä Valé", "Маrtа Vаlе", "Μarta Vale", "Marta\u200bVale", "MartaVale",
        "Marta\u00a0Vale", "Marta Vaie", "Marta VaIe", "Ｍａｒｔａ Ｖａｌｅ", "M@rta Vale", "Marta_Vale", "Marta\u2060 Vale", "marta.vale",
    ],
)  # fmt: skip
def test_nobody_takes_the_name_of_somebody_who_runs_a_place(ines: User, name: str) -> None:
    assert said(name, ines) == f"“{tidy(name)}” {PERSON}"


@pytest.mark.parametrize(
    "name",
    [
        "", "Ines", "Marta", "Marta V.", "Marta Vale Reis", "Ana Hearthstone", "Gregory House", "Anna-Maria Holst", "Ana Modesto",
        "Håkon Løken", "Ольга Морозова", "Νίκος Παπαδόπουλος", "山田太郎", "محمد علي", "Łukasz Żółw", "O'Neil Support-Smith",
        "Ana of the Lake", "Teamus Maximus", "नेहा", "Zoë", "Ink & Owner's Pride",
    ],
)  # fmt: skip
def test_people_keep_their_names(ines: User, name: str) -> None:
    assert said(name, ines) == ""


def test_what_cannot_be_seen_is_not_kept() -> None:
    assert tidy(" Ana\u200b \u00a0 Reis\u202e\t\u3164 ") == "Ana Reis"
    assert tidy("\u200b\u3164\u2800") == ""
    assert tidy("می\u200cخواهم") == "می\u200cخواهم"
    assert tidy("e\u0301va") == "\u00e9va"
    assert look_of("Ana  REIS") == look_of("a\u0301na reis")


def test_those_it_belongs_to_may(ines: User, demo: Any, owner: User, staff: User) -> None:
    owner.refresh_from_db()
    assert said("MARTA VALE", owner) == ""
    assert said("Halftone", owner) == ""
    assert said("Hearth", owner).endswith(HOUSE)
    assert said("Hearth", staff) == ""


def test_a_guessed_name_tells_nothing_of_a_place_that_is_not_listed(ines: User, demo: Any, owner: User) -> None:
    """Neither its name nor who runs it; whoever is in it knows both, and there they are held."""
    demo.listed = False
    demo.save()
    assert [said(name, ines) for name in ("Halftone", "Ana · Halftone", "Halftone Team", "Marta Vale")] == [""] * 4
    join_community(ines, demo)
    assert [bool(said(name, ines)) for name in ("Halftone", "Halftone Team", "Marta Vale")] == [True] * 3
    Member.objects.filter(user=ines).update(standing="left")
    assert said("Halftone", ines) == ""


def test_who_has_a_name_keeps_it_when_the_rest_changes(ines: User, client_of: Any) -> None:
    """A name from before somebody of that name came to run a place."""
    User.objects.filter(pk=ines.pk).update(name="Marta Vale")
    form = {"name": "Marta Vale", "handle": "ines", "bio": "Prints.", "timezone": "", "scheme": ""}
    assert client_of(ines).post("/me/", form).status_code == 302
    assert User.objects.get(pk=ines.pk).bio == "Prints."


def test_the_form_says_it_at_the_field_and_loses_nothing(ines: User, client_of: Any) -> None:
    form = {"name": "Маrtа Vаlе", "handle": "ines2", "bio": "Prints.", "timezone": "Europe/Lisbon", "scheme": "dark"}
    page = client_of(ines).post("/me/", form).content.decode()
    assert f'id="id_name_error">“Маrtа Vаlе” {PERSON}</p>' in page
    assert 'value="Маrtа Vаlе"' in page and 'value="ines2"' in page and "Prints." in page
    assert (User.objects.get(pk=ines.pk).name, User.objects.get(pk=ines.pk).handle) == ("Ines", "ines")


def test_the_action_refuses_as_well(ines: User) -> None:
    with pytest.raises(ValidationError) as refused:
        change_profile(ines, name="Hearth Support")
    assert list(refused.value.message_dict) == ["name"]
    assert User.objects.get(pk=ines.pk).name == "Ines"
