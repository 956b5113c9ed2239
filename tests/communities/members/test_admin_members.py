"""Members at the desk: suspended, reinstated, granted a step and given a role, by buttons that call the actions."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communities.members.models import Member, RungSource
from communities.people.models import User
from communities.safety.models import Act
from communities.spaces.models import Community
from tests.conftest import make_member
from tests.desk import brand, browser, root, rows_of_everything

LIST = "/admin/members/member/"


def of(user: User) -> Member:
    return Member.objects.get(user=user)


def act(user: User, name: str) -> str:
    return f"{LIST}{of(user).pk}/act/{name}/"


@pytest.fixture
def desk(db: None) -> Any:
    return browser(brand("watch", "moderator"))


@pytest.fixture
def manager(db: None) -> Any:
    return browser(brand("boss", "manager"))


def test_a_member_is_suspended_until_a_date_and_reinstated(desk, insider: User) -> None:
    until = (timezone.now() + dt.timedelta(days=3)).replace(second=0, microsecond=0)
    given = {"until": until.strftime("%Y-%m-%dT%H:%M"), "reason": "Sold others' prints."}
    assert desk.post(act(insider, "suspend"), given)["location"] == f"{LIST}{of(insider).pk}/change/"
    assert (of(insider).standing, of(insider).suspended_until) == ("suspended", until)
    row = Act.objects.get()
    assert row.before == {"standing": "member", "until": None}
    assert row.after == {"standing": "suspended", "until": until.isoformat()}
    assert desk.post(act(insider, "reinstate"), {"reason": "We talked."}).status_code == 302
    assert (of(insider).standing, of(insider).suspended_until) == ("member", None)
    lines = desk.get(f"{LIST}{of(insider).pk}/history/").context["lines"]
    assert [(line.who, line.what, line.why) for line in lines] == [
        ("Watch", "restored to good standing", "We talked."),
        ("Watch", "suspended", "Sold others' prints."),
    ]


def test_a_suspension_for_good_has_no_date(desk, insider: User) -> None:
    desk.post(act(insider, "suspend"), {"until": "", "reason": "Again."})
    assert (of(insider).standing, of(insider).suspended_until) == ("suspended", None)


def test_a_date_that_has_passed_is_said_at_its_field_and_the_reason_stays(desk, insider: User) -> None:
    answer = desk.post(act(insider, "suspend"), {"until": "2020-01-01T10:00", "reason": "Sold others' prints."})
    assert answer.status_code == 200
    assert answer.context["form"].errors == {"until": ["That moment has passed."]}
    assert "Sold others&#x27; prints." in answer.content.decode()
    assert of(insider).standing == "member" and not Act.objects.exists()


def test_an_owner_cannot_be_suspended_from_the_desk(manager, demo: Community, owner: User) -> None:
    answer = manager.post(act(owner, "suspend"), {"reason": "coup"})
    assert answer.status_code == 403
    assert answer.context["form"].non_field_errors() == ["You may not do that here."]
    assert of(owner).standing == "member" and not Act.objects.exists()


def test_nobody_suspends_themselves(demo: Community) -> None:
    user = brand("watch", "moderator")
    Member.objects.create(community=demo, user=user)
    assert browser(user).post(act(user, "suspend"), {"reason": "me"}).status_code == 403
    assert of(user).standing == "member"


def test_a_manager_grants_a_step_and_ends_it(manager, member: User) -> None:
    page = manager.get(act(member, "grant"))
    assert [level for level, _name in page.context["form"].fields["level"].choices] == [10, 20, 30]
    given = {"level": "20", "ends": "", "reason": "Five tutorials."}
    assert manager.post(act(member, "grant"), given).status_code == 302
    assert of(member).rung == 20
    source = RungSource.objects.get(member=of(member))
    assert (source.reason, source.given_by.name) == ("Five tutorials.", "Boss")
    assert manager.post(act(member, "end-grant"), {"reason": "A mistake."}).status_code == 302
    assert of(member).rung == 10
    lines = manager.get(f"{LIST}{of(member).pk}/history/").context["lines"]
    assert [(line.who, line.what, line.why, line.before, line.after) for line in lines] == [
        ("Boss", "step", "A mistake.", "20", "10"),
        ("Boss", "step", "Five tutorials.", "10", "20"),
    ]


def test_a_level_that_the_community_lacks_is_refused(manager, member: User) -> None:
    answer = manager.post(act(member, "grant"), {"level": "99", "reason": "x"})
    assert list(answer.context["form"].errors) == ["level"]
    assert of(member).rung == 10


def test_a_manager_changes_a_role_and_the_last_owner_keeps_theirs(
    manager, demo: Community, owner: User, member: User
) -> None:
    refused = manager.post(act(owner, "role"), {"role": "member", "reason": "tidying up"})
    assert refused.status_code == 403
    assert refused.context["form"].non_field_errors() == ["A community keeps at least one owner."]
    assert "tidying up" in refused.content.decode()
    assert of(owner).role == "owner"
    assert manager.post(act(member, "role"), {"role": "moderator", "reason": "She asked."}).status_code == 302
    assert of(member).role == "moderator"
    assert LogEntry.objects.get().get_change_message() == "Changed role “member” → “moderator”."


@pytest.mark.parametrize("button", ["grant", "end-grant", "role"])
def test_a_moderator_neither_grants_nor_gives_roles(desk, member: User, button: str) -> None:
    before = rows_of_everything()
    assert desk.get(act(member, button)).status_code == 404
    given = {"role": "owner", "level": "30", "reason": "forged"}
    assert desk.post(act(member, button), given).status_code == 403
    assert rows_of_everything() == before


def test_support_looks_and_cannot_act(insider: User) -> None:
    client = browser(brand("support"))
    assert client.get(f"{LIST}{of(insider).pk}/change/").status_code == 200
    assert client.post(act(insider, "suspend"), {"reason": "x"}).status_code == 403
    assert of(insider).standing == "member"


def test_the_list_asks_the_same_number_of_queries_however_many_members(desk, demo: Community, member: User) -> None:
    desk.get(LIST)
    with CaptureQueriesContext(connection) as few:
        desk.get(LIST)
    for number in range(20):
        make_member(demo, f"one{number}")
    with CaptureQueriesContext(connection) as many:
        assert desk.get(LIST).context["cl"].result_count == 22
    assert len(many) == len(few) <= 15


def test_why_somebody_stands_there_is_told(insider: User) -> None:
    page = browser(root()).get(f"{LIST}{of(insider).pk}/change/").content.decode()
    assert "20: hand, " in page
