"""Comments and the bell over a real socket: heard at once where somebody listens, by nobody who may not, and cut off in the middle."""

from typing import Any

import pytest

from communities.access.things import thing
from communities.access.viewer import viewer_for
from communities.activity.actions import deliver_due
from communities.comments.actions import remove_comment, write_comment
from communities.members.actions import settle_rung
from communities.members.models import Member, RungSource
from communities.people.models import User
from tests.communities.live.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


def say(demo: Any, user: Any, post: Any, body: str, answers: Any = None) -> Any:
    viewer = viewer_for(user, demo)
    about = thing(post.KIND, post.pk, viewer)
    assert about is not None
    return write_comment(viewer, place=demo, about=about, body=body, answers=answers)


def test_a_comment_comes_by_itself_and_is_cut_off_with_the_step(
    house: House, demo: Any, publish: Any, member: Any, insider: Any, circle: Any
) -> None:
    post = publish("Inside", rung=20)
    topic = f"post:{post.pk}"
    tab, stranger = house.socket(insider), house.socket(member)
    assert tab.join(topic, 0)["seq"] == 0
    assert stranger.join(topic, 0) == {"error": "denied", "topic": topic}
    row = say(demo, circle, post, "Between us")
    frame = tab.until(lambda one: one.get("kind") == "comment")
    assert (frame["seq"], frame["id"]) == (1, row.pk) and "Between us" in frame["html"]
    remove_comment(viewer_for(circle, demo), comment=row)
    assert tab.until(lambda one: one.get("seq") == 2)["html"] == ""
    late = house.socket(insider)
    assert late.join(topic, 0)["seq"] == 2
    assert [(one["seq"], one["html"]) for one in late.heard] == [(2, ""), (2, "")]
    RungSource.objects.filter(member__user=insider).delete()
    settle_rung(Member.objects.get(user=insider, community=demo))
    assert tab.closed() == 4403
    assert "Between us" not in str(stranger.heard)


def test_the_bell_rings_in_an_open_tab_of_that_person_alone(
    house: House, demo: Any, publish: Any, member: Any, insider: Any
) -> None:
    post = publish("Drums", author=member, space="bench")
    topic = f"bell:{member.pk}"
    tab, other = house.socket(member), house.socket(insider)
    assert tab.join(topic, 0)["kind"] == "joined"
    assert other.join(topic, 0) == {"error": "denied", "topic": topic}
    say(demo, insider, post, "Well printed.")
    deliver_due()
    frame = tab.until(lambda one: one.get("kind") == "bell")
    assert (frame["seq"], frame["id"], frame["html"]) == (User.objects.get(pk=member.pk).bell_rev, 1, "")
    assert len(other.heard) == 1
