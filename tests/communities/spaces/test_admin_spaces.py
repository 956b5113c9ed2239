"""Communities, spaces and steps at the desk: forms that go through the actions, and keep what was typed when those refuse."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from communities.activity.models import Activity
from communities.members.models import Member
from communities.people.models import User
from communities.spaces.models import Community, Rung, Space
from tests.desk import brand, browser, rows_of_everything

PLACE = {
    "name": "Halftone",
    "slug": "halftone",
    "tagline": "A small print studio",
    "about": "",
    "timezone": "Europe/Lisbon",
    "listed": "on",
    "join_mode": "open",
    "size_cap": "",
    "hue": "28",
    "radius": "soft",
    "font": "serif",
}


@pytest.fixture
def manager(db: None) -> Any:
    return browser(brand("boss", "manager"))


def test_a_community_is_founded_with_its_owner(manager, outsider: User) -> None:
    answer = manager.post("/admin/spaces/community/add/", {**PLACE, "owner": "Outsider@test.example"})
    assert answer.status_code == 302
    place = Community.objects.get(slug="halftone")
    assert (place.name, place.timezone, place.listed) == ("Halftone", "Europe/Lisbon", True)
    assert [(member.user, member.role) for member in Member.objects.filter(community=place)] == [(outsider, "owner")]
    assert [rung.level for rung in place.rungs.all()] == [10]
    assert Activity.objects.filter(verb="community.founded", community=place).count() == 1
    assert LogEntry.objects.get().object_id == str(place.pk)


def test_an_unknown_owner_is_said_at_the_field_and_what_was_typed_stays(manager, demo: Community) -> None:
    answer = manager.post("/admin/spaces/community/add/", {**PLACE, "owner": "nobody@test.example"})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors == {"owner": ["Nobody here has this address. They sign up first."]}
    assert 'value="A small print studio"' in answer.content.decode()
    assert Community.objects.count() == 1


def test_a_community_changes_through_the_action(manager, demo: Community) -> None:
    given = {**PLACE, "name": "Demo", "slug": "demo", "hue": "200", "look_version": "99", "modules": '["x"]'}
    assert manager.post(f"/admin/spaces/community/{demo.pk}/change/", given).status_code == 302
    demo.refresh_from_db()
    assert (demo.hue, demo.tagline, demo.look_version, demo.modules) == (200, "A small print studio", 2, [])
    assert Activity.objects.filter(verb="community.changed", community=demo).count() == 1
    line = manager.get(f"/admin/spaces/community/{demo.pk}/history/").context["lines"][0]
    assert (line.who, line.before, line.after) == ("Boss", "–; 28", "A small print studio; 200")


def test_a_refusal_of_the_action_is_told_on_the_form_and_nothing_is_kept(manager, demo: Community, monkeypatch) -> None:
    from django.core.exceptions import ValidationError

    def refuse(*_args: Any, **_fields: Any) -> None:
        Community.objects.filter(pk=demo.pk).update(name="half done")
        raise ValidationError({"name": "The sign is being painted.", "elsewhere": "And it rains."})

    monkeypatch.setattr("communities.spaces.admin.change_community", refuse)
    given = {**PLACE, "name": "Typed in vain", "slug": "demo"}
    answer = manager.post(f"/admin/spaces/community/{demo.pk}/change/", given)
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert form.errors == {"name": ["The sign is being painted."], "__all__": ["And it rains."]}
    assert 'value="Typed in vain"' in answer.content.decode()
    demo.refresh_from_db()
    assert demo.name == "Demo" and not LogEntry.objects.exists()


def test_a_space_is_added_and_its_posts_follow_when_it_closes(manager, demo: Community, publish) -> None:
    post = publish("Open")
    journal = Space.objects.get(slug="journal")
    given = {
        "name": "Journal",
        "slug": "journal",
        "about": "",
        "rung": "20",
        "listed_rung": "10",
        "posting": "team",
        "position": "0",
    }
    assert manager.post(f"/admin/spaces/space/{journal.pk}/change/", given).status_code == 302
    post.refresh_from_db()
    assert (post.rung, post.listed_rung) == (20, 10)
    given = {**given, "slug": "new", "community": demo.pk}
    assert manager.post("/admin/spaces/space/add/", given).status_code == 302
    assert Activity.objects.filter(verb="space.saved").count() == 2


def test_a_step_that_the_community_lacks_is_said_at_the_field(manager, demo: Community) -> None:
    given = {
        "community": demo.pk,
        "name": "X",
        "slug": "x",
        "rung": "15",
        "listed_rung": "0",
        "posting": "team",
        "position": "9",
    }
    answer = manager.post("/admin/spaces/space/add/", given)
    told = "This community has no such step. There are: 0, 10, 20, 30"
    assert answer.context["adminform"].form.errors == {"rung": [told]}
    assert not Space.objects.filter(slug="x").exists()


def test_a_level_is_never_renumbered(manager, demo: Community) -> None:
    rung = Rung.objects.get(level=20)
    given = {"level": "25", "community": "999", "name": "Friend", "slug": "insider", "about": "", "ways": ""}
    assert manager.post(f"/admin/spaces/rung/{rung.pk}/change/", given).status_code == 302
    rung.refresh_from_db()
    assert (rung.level, rung.name, rung.community) == (20, "Friend", demo)


def test_a_space_stays_in_its_community(manager, demo: Community, maker: User) -> None:
    other, bench = Community.objects.get(slug="atelier"), Space.objects.get(slug="bench")
    given = {
        "community": other.pk,
        "name": "Bench",
        "slug": "bench",
        "rung": "0",
        "listed_rung": "0",
        "posting": "members",
        "position": "2",
    }
    assert manager.post(f"/admin/spaces/space/{bench.pk}/change/", given).status_code == 302
    bench.refresh_from_db()
    assert bench.community == demo


def test_autocomplete_answers_who_may_look_and_nobody_else(manager, demo: Community, insider: User) -> None:
    address = "/admin/autocomplete/?term=dem&app_label=spaces&model_name=space&field_name=community"
    assert manager.get(address).json()["results"] == [{"id": str(demo.pk), "text": "Demo"}]
    assert browser(insider).get(address).status_code == 404
    people = "/admin/autocomplete/?term=a&app_label=members&model_name=member&field_name=user"
    assert browser(brand("some", "analyst")).get(people).status_code in (200, 404)


def test_looking_is_not_saving(demo: Community) -> None:
    before = rows_of_everything()
    client = browser(brand("analyst"))
    after_sign_in = rows_of_everything()
    assert client.post(f"/admin/spaces/community/{demo.pk}/change/", PLACE).status_code == 403
    assert client.post("/admin/spaces/space/add/", {"name": "x"}).status_code == 403
    assert rows_of_everything() == after_sign_in != before
