"""People at the desk: shut out and let in, name and words, the roles of staff; nobody raises themselves."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from communities.files.models import File
from communities.people.faces import set_face
from communities.people.models import User
from communities.people.profile import change_profile
from tests.communities.files.samples import encoded, shade
from tests.desk import brand, browser, root, rows_of_everything

LIST = "/admin/people/user/"


def act(user: User, name: str) -> str:
    return f"{LIST}{user.pk}/act/{name}/"


def pk(group: str) -> int:
    return Group.objects.get(name=group).pk


@pytest.fixture
def boss(db: None) -> User:
    return brand("boss", "manager")


@pytest.fixture
def manager(boss: User) -> Any:
    return browser(boss)


def signed_in(user: User) -> Client:
    """Through the site's own form, so that the session is known as this person's."""
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    user.set_password("a-long-enough-password")
    user.save()
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": "a-long-enough-password"})
    assert "_auth_user_id" in client.session
    return client


def test_shutting_out_ends_every_session_and_letting_in_revives_none(manager, insider: User, demo) -> None:
    first, second = signed_in(insider), None
    second = Client()
    second.post("/accounts/login/", {"login": insider.email, "password": "a-long-enough-password"})
    keys = {first.session.session_key, second.session.session_key}
    assert Session.objects.filter(session_key__in=keys).count() == 2
    assert manager.post(act(insider, "deactivate"), {"reason": "Threats."}).status_code == 302
    insider.refresh_from_db()
    assert not insider.is_active
    assert Session.objects.filter(session_key__in=keys).count() == 0
    assert first.get("/accounts/email/").status_code == 302
    assert manager.post(act(insider, "reactivate"), {"reason": "Mistaken identity."}).status_code == 302
    insider.refresh_from_db()
    assert insider.is_active
    assert first.get("/accounts/email/").status_code == second.get("/accounts/email/").status_code == 302
    lines = manager.get(f"{LIST}{insider.pk}/history/").context["lines"]
    assert [(line.who, line.what, line.why, line.before, line.after) for line in lines] == [
        ("Boss", "may sign in", "Mistaken identity.", "no", "yes"),
        ("Boss", "may sign in", "Threats.", "yes", "no"),
    ]


def test_shutting_out_twice_is_said_on_the_form(manager, insider: User) -> None:
    User.objects.filter(pk=insider.pk).update(is_active=False)
    answer = manager.post(act(insider, "deactivate"), {"reason": "Threats."})
    assert answer.context["form"].non_field_errors() == ["This account is shut already."]
    assert not LogEntry.objects.exists()


def test_only_name_and_words_are_taken_from_the_form(manager, insider: User) -> None:
    forged = {
        "name": "Ana Reis",
        "bio": "Prints.",
        "email": "evil@test.example",
        "is_staff": "on",
        "is_superuser": "on",
        "is_active": "",
        "groups": [pk("manager")],
        "user_permissions": ["1"],
        "password": "x",
        "handle": "evil",
    }
    before = User.objects.filter(pk=insider.pk).values().get()
    assert manager.post(f"{LIST}{insider.pk}/change/", forged).status_code == 302
    after = User.objects.filter(pk=insider.pk).values().get()
    assert after == {**before, "name": "Ana Reis", "bio": "Prints."}
    assert insider.groups.count() == 0
    line = manager.get(f"{LIST}{insider.pk}/history/").context["lines"][0]
    assert (line.what, line.before, line.after) == ("Name; About you", "Insider; –", "Ana Reis; Prints.")


def test_a_manager_gives_a_role_and_takes_it_away(manager, member: User) -> None:
    assert manager.post(act(member, "groups"), {"groups": [pk("support")], "reason": "Helps out."}).status_code == 302
    member.refresh_from_db()
    assert member.is_staff and [group.name for group in member.groups.all()] == ["support"]
    assert browser(member).get("/admin/").status_code == 200
    assert manager.post(act(member, "groups"), {"reason": "Moved on."}).status_code == 302
    member.refresh_from_db()
    assert not member.is_staff and not member.groups.exists()
    assert browser(member).get("/admin/").status_code == 404
    messages = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert ["Helps out." in messages[0], "Moved on." in messages[1]] == [True, True]


@pytest.mark.parametrize("button", ["groups", "deactivate", "reactivate"])
def test_nobody_acts_on_their_own_account(boss: User, button: str) -> None:
    client = browser(boss)
    before = rows_of_everything()
    assert client.get(act(boss, button)).status_code == 404
    assert client.post(act(boss, button), {"groups": [pk("manager")], "reason": "more"}).status_code == 403
    assert rows_of_everything() == before


@pytest.mark.parametrize("group", ["analyst", "support", "moderator"])
def test_the_others_give_no_roles_not_even_to_a_friend(group: str, member: User) -> None:
    user = brand("some", group)
    client = browser(user)
    before = rows_of_everything()
    for target in (member, user):
        assert client.post(act(target, "groups"), {"groups": [pk("manager")], "reason": "x"}).status_code == 403
        forged = {"name": "x", "is_superuser": "on", "groups": [pk("manager")]}
        assert client.post(f"{LIST}{target.pk}/change/", forged).status_code == 403
    assert rows_of_everything() == before


def test_a_superusers_account_is_for_superusers(manager) -> None:
    chief = root()
    before = rows_of_everything()
    for button in ("deactivate", "groups"):
        assert manager.get(act(chief, button)).status_code == 404
        assert manager.post(act(chief, button), {"reason": "coup"}).status_code == 403
    assert manager.post(f"{LIST}{chief.pk}/change/", {"name": "Nobody"}).status_code == 403
    assert manager.get(f"{LIST}{chief.pk}/change/").status_code == 200
    assert rows_of_everything() == before


@pytest.mark.parametrize(
    "guess", ["password__startswith=md5", "groups__name__startswith=m", "emailaddress__email__contains=a"]
)
def test_a_list_cannot_be_asked_for_what_no_page_shows(manager, guess: str) -> None:
    assert manager.get(f"{LIST}?{guess}").status_code == 400
    assert manager.get(f"/admin/members/member/?user__{guess}").status_code == 400
    assert manager.get(f"{LIST}?groups__id__exact={pk('manager')}").context["cl"].result_count == 1


def test_accounts_are_not_added_or_deleted_here(db: None, insider: User) -> None:
    client = browser(root())
    assert client.post(f"{LIST}add/", {"email": "x@y.example"}).status_code == 403
    assert client.post(f"{LIST}{insider.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=insider.pk).exists()


def test_groups_are_looked_at_and_never_changed(manager) -> None:
    page = manager.get(f"/admin/auth/group/{pk('support')}/change/")
    assert page.status_code == 200 and "change_mail" in page.content.decode()
    before = rows_of_everything()
    assert (
        manager.post(f"/admin/auth/group/{pk('support')}/change/", {"name": "x", "permissions": ["1"]}).status_code
        == 403
    )
    assert browser(root()).post(f"/admin/auth/group/{pk('support')}/delete/", {"post": "yes"}).status_code == 403
    assert rows_of_everything()["auth_group_permissions"] == before["auth_group_permissions"]


def test_the_desk_reads_what_people_say_and_not_what_they_keep_to_themselves(manager, demo, insider: User) -> None:
    words = {"pronouns": "they/them", "work": "Secret work", "place": "Porto"}
    change_profile(insider, bio="A bio.", words=words, seen_by={"work": "me", "place": "team", "pronouns": "public"})
    page = manager.get(f"{LIST}{insider.pk}/change/").content.decode()
    for line in ("pronouns: they/them (everybody)", "what you do: – (only me)", "where you are: Porto (the team)"):
        assert line in page
    assert "Secret work" not in page
    assert "A bio." in page
    change_profile(insider, seen_by={"bio": "me"})
    page = manager.get(f"{LIST}{insider.pk}/change/").content.decode()
    assert "A bio." not in page
    assert "about you: – (only me)" in page
    assert manager.post(f"{LIST}{insider.pk}/change/", {"name": "Renamed", "bio": "Taken over"}).status_code == 302
    insider.refresh_from_db()
    assert (insider.name, insider.bio) == ("Renamed", "A bio.")


def test_a_face_stands_among_the_files_of_the_desk(demo, insider: User) -> None:
    set_face(insider, SimpleUploadedFile("me.png", encoded(shade(100, 100), "PNG")))
    desk = browser(root())
    file = File.objects.get()
    assert "face.webp" in desk.get("/admin/files/file/").content.decode()
    assert desk.get(f"/admin/files/file/{file.pk}/change/").status_code == 200
