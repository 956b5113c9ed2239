"""The bell on open screens: one's own topic, a number that moves with every ring and look, and a count of what one may read."""

import pytest

from communities.access.things import thing
from communities.access.viewer import viewer_for
from communities.comments.actions import write_comment
from communities.live.topics import Door
from communities.members.actions import settle_rung
from communities.members.models import Member, RungSource
from communities.notifications.actions import see_all
from communities.notifications.telling import BELL, doors, revs, since
from communities.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def say(demo):
    def write(user, post, body, *, answers=None):
        viewer = viewer_for(user, demo)
        about = thing(post.KIND, post.pk, viewer)
        return write_comment(viewer, place=demo, about=about, body=body, answers=answers)

    return write


def test_nobody_hears_somebody_elses_bell(member, insider, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert doors({member.pk: [insider.pk]}) == {member.pk: {}}
        assert doors({member.pk: [member.pk, insider.pk]}) == {member.pk: {member.pk: Door()}}
    assert BELL.private


def test_it_counts_new_lines_and_is_quiet_after_a_look(publish, member, insider, say, deliver):
    post = publish("Drums", author=member, space="bench")
    say(insider, post, "Well printed.")
    say(insider, post, "And well cut.")
    deliver()
    assert revs([member.pk]) == {member.pk: 2}
    (frame,) = since(member.pk, 0, 200)
    assert (frame.topic, frame.seq, frame.kind, frame.id, frame.html) == (f"bell:{member.pk}", 2, "bell", 1, "")
    assert since(member.pk, 2, 200) == []
    see_all(User.objects.get(pk=member.pk))
    (frame,) = since(member.pk, 2, 200)
    assert (frame.seq, frame.id) == (3, 0)


def test_what_one_may_no_longer_read_is_not_counted(publish, demo, owner, insider, circle, say, deliver):
    post = publish("Inside", rung=20)
    first = say(insider, post, "Who knows?")
    deliver()
    see_all(User.objects.get(pk=insider.pk))
    say(circle, post, "I do.", answers=first)
    deliver()
    assert since(insider.pk, 0, 200)[0].id == 1
    RungSource.objects.filter(member__user=insider).delete()
    settle_rung(Member.objects.get(user=insider, community=demo))
    assert since(insider.pk, 0, 200)[0].id == 0


def test_every_signed_in_page_names_it_for_no_query_and_no_visitor(
    publish, demo, member, visitor, client_of, django_assert_num_queries
):
    User.objects.filter(pk=member.pk).update(bell_rev=7)
    page = client_of(member).get("/c/demo/").content.decode()
    assert f'data-topic="bell:{member.pk}" data-rev="7"' in page and "js/bell.js" in page
    public = client_of(visitor).get("/c/demo/").content.decode()
    assert "bell:" not in public and "bell.js" not in public and "live.js" not in public


def test_an_open_page_of_news_asks_for_its_lines_alone(publish, member, insider, say, deliver, client_of):
    post = publish("Drums", author=member, space="bench")
    say(insider, post, "Well printed.")
    deliver()
    lines = client_of(member).get("/me/news/", headers={"X-Fragment": "1"}).content.decode()
    assert lines.startswith('<ul class="newsroll"') and f'data-line="comment post:{post.pk}"' in lines
    assert "<html" not in lines
