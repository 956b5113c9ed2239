"""C02, H01: reacting, knocking and making links have a pace of their own, and a text calls no more people by being edited."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from communities.access.texts import TooMuch
from communities.access.things import thing
from communities.activity.models import Activity
from communities.comments.actions import edit_comment, write_comment
from communities.comments.models import Mention
from communities.members.invitations import make_invitation
from communities.members.models import Invitation, JoinRequest, Member
from communities.reactions.models import EMOJI, Reaction
from communities.safety import pace
from tests.conftest import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def limited(settings: Any) -> None:
    settings.WRITING_LIMITS = True
    pace._own.clear()


def test_sixty_signs_a_minute_and_the_page_says_when_it_goes_on(publish, member, client_of) -> None:
    post, browser = publish("A post"), client_of(member)
    address = f"/c/demo/react/post/{post.pk}/"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        answers = {browser.post(address, {"emoji": EMOJI[at % 2], "on": "1"}).status_code for at in range(60)}
        assert answers == {302}
        refused = browser.post(address, {"emoji": EMOJI[2]})
        assert (refused.status_code, refused["Retry-After"]) == (429, "60")
        assert "A little slower" in refused.content.decode()
        assert Reaction.objects.get().emoji == EMOJI[1]
        clock.shift(dt.timedelta(seconds=61))
        assert browser.post(address, {"emoji": EMOJI[2]}).status_code == 302


def test_who_comes_and_goes_is_slowed_at_the_door_and_never_kept_in(demo, outsider, client_of) -> None:
    browser = client_of(outsider)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _time in range(6):
            assert browser.post("/c/demo/join/").status_code == 302
            assert browser.post("/c/demo/leave/").status_code == 302
        before = Activity.objects.count()
        refused = browser.post("/c/demo/join/")
        assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
        assert (
            "You knocked here 6 times in an hour. You can come in or ask again in 60 minutes."
            in refused.content.decode()
        )
        assert (Member.objects.get(user=outsider).standing, Activity.objects.count()) == ("left", before)
        clock.shift(dt.timedelta(hours=1, seconds=1))
        assert browser.post("/c/demo/join/").status_code == 302
        assert Member.objects.get(user=outsider).standing == "member"


def test_who_asks_and_takes_it_back_is_slowed_and_keeps_what_they_typed(demo, outsider, client_of) -> None:
    demo.join_mode = "request"
    demo.save()
    question = demo.questions.create(text="Why?")
    browser, typed = client_of(outsider), {"door": "1", f"answer_{question.pk}": "Because of the hens."}
    for _time in range(6):
        assert browser.post("/c/demo/join/", typed).status_code == 302
        assert browser.post("/c/demo/join/", {"do": "withdraw"}).status_code == 302
    refused = browser.post("/c/demo/join/", typed)
    assert (refused.status_code, "Because of the hens." in refused.content.decode()) == (429, True)
    assert set(JoinRequest.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert JoinRequest.objects.count() == 6


def test_thirty_links_an_hour_for_the_team_too(demo, owner, seen_by, client_of) -> None:
    for _time in range(30):
        make_invitation(seen_by(owner), community=demo)
    with pytest.raises(TooMuch):
        make_invitation(seen_by(owner), community=demo)
    refused = client_of(owner).post("/c/demo/invite/", {"label": "For the neighbours", "max_uses": "3", "days": "7"})
    page = refused.content.decode()
    assert (refused.status_code, Invitation.objects.count()) == (429, 30)
    assert "30 new links in an hour are enough." in page and "For the neighbours" in page


def test_a_text_calls_no_more_people_by_being_edited(demo, publish, insider, seen_by) -> None:
    people = [make_member(demo, f"guest{at}") for at in range(54)]
    post, viewer = publish("A post"), seen_by(insider)
    about = thing("post", post.pk, viewer)
    assert about is not None
    calls = [" ".join(f"@{one.handle}" for one in some) for some in (people[:30], people[30:])]
    row = write_comment(viewer, place=demo, about=about, body=calls[0])
    edit_comment(viewer, comment=row, about=about, body=calls[1])
    assert Mention.objects.count() == 50
    edit_comment(viewer, comment=row, about=about, body=f"{calls[1]} again")
    assert (Mention.objects.count(), Activity.objects.filter(verb="comment.mentioned").count()) == (50, 2)


def test_a_newcomer_calls_two_people_whatever_they_edit(demo, publish, member, insider, circle, owner, seen_by) -> None:
    post, viewer = publish("A post"), seen_by(member)
    about = thing("post", post.pk, viewer)
    assert about is not None
    row = write_comment(viewer, place=demo, about=about, body="@insider @circle hello")
    with pytest.raises(ValidationError, match="2 mentions"):
        edit_comment(viewer, comment=row, about=about, body="@owner hello")
    assert Mention.objects.count() == 2
    edit_comment(viewer, comment=row, about=about, body="@circle hello again")
