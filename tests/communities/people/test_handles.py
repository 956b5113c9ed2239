"""Handles: free, kept for the house, somebody else's twin, or an old one that stays its owner's for good."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from communities.people.handles import MOST_CHANGES, check_handle, find_by_handle, people_by_handle
from communities.people.models import OldHandle, User
from communities.people.profile import change_profile
from tests.conftest import make_user


def sentence_about(handle: str, user: User) -> str:
    try:
        check_handle(handle, user)
    except ValidationError as problem:
        return problem.messages[0]
    return ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "handle",
    ["admin", "adm1n", "ad-min", "support-24", "staff_", "hearth", "hearth_team", "thernoderators", "official-hearth", "m0ds"],
)  # fmt: skip
def test_the_houses_words_and_their_twins_are_kept(handle: str) -> None:
    assert sentence_about(handle, make_user("ana")) == f"“{handle}” is kept for the house. Choose another."


@pytest.mark.django_db
@pytest.mark.parametrize("handle", ["hermod", "hannah", "teamwork", "helpful-hana", "modest", "ana2"])
def test_what_only_begins_like_one_is_free(handle: str) -> None:
    assert sentence_about(handle, make_user("ana")) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("handle", ["l1nda", "lin-da", "lin_da", "iinda", "1inda"])
def test_nobody_becomes_somebodys_twin(handle: str) -> None:
    make_user("linda")
    assert sentence_about(handle, make_user("ana")) == f"“{handle}” looks too much like somebody else here."


@pytest.mark.django_db
def test_an_old_handle_stays_its_owners_and_leads_to_them() -> None:
    linda, ana = make_user("linda"), make_user("ana")
    change_profile(linda, handle="marta")
    assert find_by_handle("@Linda") == (linda, True)
    assert find_by_handle("marta") == (linda, False)
    assert find_by_handle("nobody-here") == (None, False)
    for twin in ("linda", "l1nda"):
        assert sentence_about(twin, ana) == f"“{twin}” was somebody else's and still leads to them."
    with pytest.raises(ValidationError):
        change_profile(ana, handle="linda")
    assert User.objects.get(pk=ana.pk).handle == "ana"


@pytest.mark.django_db
def test_one_takes_an_old_handle_back() -> None:
    linda = make_user("linda")
    change_profile(linda, handle="marta")
    change_profile(linda, handle="linda")
    assert list(OldHandle.objects.values_list("handle", "user_id")) == [("marta", linda.pk)]
    assert find_by_handle("linda") == (linda, False)
    assert find_by_handle("marta") == (linda, True)


@pytest.mark.django_db
def test_nobody_collects_handles() -> None:
    linda = make_user("linda")
    for number in range(MOST_CHANGES):
        change_profile(linda, handle=f"marta-{'abcdefgh'[number] * 3}")
    with pytest.raises(ValidationError, match="Five new handles in a month are enough"):
        change_profile(linda, handle="marta-zzz")
    change_profile(linda, handle="linda")
    assert User.objects.get().handle == "linda"


@pytest.mark.django_db
def test_many_handles_lead_to_people_in_two_queries(django_assert_num_queries: Any) -> None:
    linda, ana = make_user("linda"), make_user("ana")
    change_profile(linda, handle="marta")
    with django_assert_num_queries(2):
        assert people_by_handle(["Linda", "marta", "ana", "nobody"]) == {"Linda": linda, "marta": linda, "ana": ana}


@pytest.mark.django_db
def test_the_form_says_why_and_loses_nothing(client_of: Any, demo: Any, member: User) -> None:
    make_user("linda")
    form = {"name": "Mira Lind", "handle": "l1nda", "bio": "Prints.", "timezone": "", "scheme": ""}
    page = client_of(member).post("/me/", form).content.decode()
    assert "“l1nda” looks too much like somebody else here." in page
    assert 'value="l1nda"' in page and "Mira Lind" in page and "Prints." in page
    assert (User.objects.get(pk=member.pk).handle, User.objects.get(pk=member.pk).name) == ("member", "Member")


@pytest.mark.django_db(transaction=True)
def test_eight_race_for_one_handle() -> None:
    people = [make_user(f"racer{letter}") for letter in "abcdefgh"]

    def race(user: User) -> str:
        try:
            change_profile(user, handle="linda")
        except ValidationError as problem:
            return problem.messages[0]
        finally:
            connection.close()
        return "mine"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(race, people))
    assert sorted(said) == sorted(["mine", *["“linda” is somebody else already."] * 7])
    assert OldHandle.objects.count() == 1
