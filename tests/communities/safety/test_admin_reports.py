"""Reports at the desk of brand staff: looked at with the thing and its author, answered for all at once, by those who may."""

import pytest

from communities.access.models import State
from communities.members.models import Member
from communities.safety.models import Act, Report
from content.posts.models import Post
from tests.desk import brand, browser, rows_of_everything

pytestmark = pytest.mark.django_db
LIST = "/admin/safety/report/"


@pytest.fixture
def filed(loud, insider, circle, tell) -> Report:
    tell(circle, loud)
    return tell(insider, loud, note="It calls names.")


def test_the_desk_shows_what_the_site_shows(filed, loud) -> None:
    desk = browser(brand("watch", "moderator"))
    row = desk.get(LIST).context["cl"].result_list[0]
    assert (row.pk, row.on_it) == (filed.pk, 2)
    page = desk.get(f"{LIST}{filed.pk}/change/").content.decode()
    for part in ("It calls names.", "The text of Loud.", loud.url, "Member", "act/fine/", "act/suspend/"):
        assert part in page
    assert desk.get(LIST, {"q": "names"}).context["cl"].result_list[0].pk == filed.pk


@pytest.mark.parametrize(
    ("button", "given", "verbs"),
    [
        ("fine", {}, ["dismissed"]),
        ("hide", {"answer": "Gone."}, ["hidden"]),
        ("warn", {}, ["warned"]),
        ("suspend", {"until": "2030-01-02T10:00"}, ["suspended"]),
    ],
)
def test_each_button_answers_every_report_on_the_thing(filed, loud, member, button, given, verbs) -> None:
    desk = browser(brand("watch", "moderator"))
    where = f"{LIST}{filed.pk}/act/{button}/"
    assert desk.post(where, {"reason": ""}).status_code == 200 and not Act.objects.exists()
    assert desk.post(where, {"reason": "Looked at.", **given}).status_code == 302
    assert [act.verb for act in Act.objects.all()] == verbs
    state = "dismissed" if button == "fine" else "upheld"
    assert set(Report.objects.values_list("state", "decided_by__handle")) == {(state, "watch")}
    late = desk.post(where, {"reason": "Again."}).content.decode()
    assert "Watch was quicker" in late and Act.objects.count() == 1
    assert (Post.objects.get(pk=loud.pk).state == State.HIDDEN) is (button == "hide")


def test_an_analyst_looks_and_support_finds_nothing(filed) -> None:
    before = rows_of_everything()
    analyst, support = browser(brand("one", "analyst")), browser(brand("two", "support"))
    assert [analyst.get(LIST).status_code, support.get(LIST).status_code] == [200, 404]
    for one in (analyst, support):
        assert one.post(f"{LIST}{filed.pk}/act/hide/", {"reason": "Mine."}).status_code in (403, 404)
    after = rows_of_everything()
    kept = ("safety_report", "safety_act", "posts_post", "members_member")
    assert [after[table] for table in kept] == [before[table] for table in kept]


def test_a_member_is_warned_from_their_row(demo, insider) -> None:
    seat = Member.objects.get(user=insider)
    desk = browser(brand("watch", "moderator"))
    done = desk.post(f"/admin/members/member/{seat.pk}/act/warn/", {"reason": "Please ask first."})
    assert done.status_code == 302
    act = Act.objects.get()
    assert (act.verb, act.reason, act.actor.handle) == ("warned", "Please ask first.", "watch")
