"""Reactions: one a person and thing whatever is pressed at once, counted in one question, seen by whoever reads the thing."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from communities.access.models import Block
from communities.access.things import thing
from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.reactions.actions import react
from communities.reactions.models import EMOJI, Reaction
from communities.reactions.reading import bar_of, counts_of
from tests.desk import rows_of_everything

pytestmark = pytest.mark.django_db


def given() -> list[tuple[str, int, str]]:
    return list(Reaction.objects.order_by("pk").values_list("kind", "user_id", "emoji"))


def test_pressing_says_what_shall_be(publish, client_of, member):
    post, browser = publish("Drums"), client_of(member)
    here = f"/c/demo/react/post/{post.pk}/"
    for _time in range(2):
        answer = browser.post(here, {"emoji": "👏", "on": "1"})
        assert (answer.status_code, answer["Location"]) == (302, post.url)
    assert given() == [("post", member.pk, "👏")]
    browser.post(here, {"emoji": "🎉", "on": "1"})
    assert given() == [("post", member.pk, "🎉")]
    browser.post(here, {"emoji": "👏", "on": "0"})
    assert given() == [("post", member.pk, "🎉")]
    for _time in range(2):
        browser.post(here, {"emoji": "🎉", "on": "0"})
    assert given() == []
    assert Activity.objects.filter(verb="reaction.given", kind="post", object_id=post.pk, actor=member).count() == 1


def test_the_page_shows_the_sign_and_its_name(publish, client_of, member, insider, visitor):
    post, browser = publish("Drums"), client_of(member)
    here = f"/c/demo/react/post/{post.pk}/"
    browser.post(here, {"emoji": "👏"})
    client_of(insider).post(here, {"emoji": "👏"})
    assert 'aria-label="Applause, 2, you too" aria-pressed="true"' in browser.get(post.url).content.decode()
    page = client_of(visitor).get(post.url).content.decode()
    assert ('aria-label="Applause, 2"' in page, "you too" in page, "<form" in page) == (True, False, False)
    part = browser.post(here, {"emoji": "👏", "on": "0"}, headers={"X-Fragment": "1"}).content.decode()
    assert part.startswith(f'<div class="signs" id="signs-post-{post.pk}">')
    assert 'aria-label="Applause, 1" aria-pressed="false"' in part


@pytest.mark.parametrize("who", ["outsider", "maker", "visitor"])
def test_whoever_does_not_take_part_changes_nothing(who, request, publish, client_of):
    post = publish("Drums")
    browser = client_of(request.getfixturevalue(who))
    before = rows_of_everything()
    assert browser.post(f"/c/demo/react/post/{post.pk}/", {"emoji": "👏"}).status_code == (
        302 if who == "visitor" else 403
    )
    assert rows_of_everything() == before


def test_only_the_signs_of_the_house(publish, client_of, member):
    post = publish("Drums")
    for sign in ("💩", "", "<b>", "a" * 5_000):
        assert client_of(member).post(f"/c/demo/react/post/{post.pk}/", {"emoji": sign}).status_code == 400
    assert given() == []


def test_what_one_may_not_read_takes_no_sign_and_tells_nobody_who_gave_one(publish, client_of, insider, circle, member):
    locked, secret = publish("Locked", rung=20), publish("Table", space="table", rung=30)
    client_of(circle).post(f"/c/demo/react/post/{locked.pk}/", {"emoji": "👏"})
    browser = client_of(member)
    nowhere = browser.get("/c/demo/p/98765/x/").content
    assert browser.post(f"/c/demo/react/post/{locked.pk}/", {"emoji": "👏"}).status_code == 403
    for address in (
        f"/c/demo/react/post/{locked.pk}/",
        f"/c/demo/react/post/{secret.pk}/",
        "/c/demo/react/post/98765/",
    ):
        answer = browser.get(address)
        assert (answer.status_code, answer.content) == (404, nowhere)
    assert browser.post(f"/c/demo/react/post/{secret.pk}/", {"emoji": "👏"}).status_code == 404
    assert given() == [("post", circle.pk, "👏")]
    assert "Circle" in client_of(insider).get(f"/c/demo/react/post/{locked.pk}/").content.decode()


def test_who_reacted_without_whom_one_blocks(
    publish, client_of, member, insider, circle, django_assert_max_num_queries
):
    post = publish("Drums")
    for who in (insider, circle):
        client_of(who).post(f"/c/demo/react/post/{post.pk}/", {"emoji": "👏"})
    Block.objects.create(user=member, blocked=insider)
    browser = client_of(member)
    with django_assert_max_num_queries(12):
        page = browser.get(f"/c/demo/react/post/{post.pk}/").content.decode()
    assert ("Circle" in page, ">Insider<" in page) == (True, False)
    assert browser.get("/c/demo/react/nothing/1/").status_code == 404


def test_a_page_is_counted_in_one_question(publish, say, seen_by, member, insider, circle, django_assert_num_queries):
    post = publish("Drums")
    row = say(member, post)
    for who in (member, insider, circle):
        react(seen_by(who), thing=thing("comment", row.pk, seen_by(who)), emoji="👏", on=True)
    react(seen_by(insider), thing=thing("post", post.pk, seen_by(insider)), emoji="❤️", on=True)
    with django_assert_num_queries(1):
        found = counts_of({"post": [post.pk], "comment": [row.pk, 987]})
    assert found == {("comment", row.pk): {"👏": 3}, ("post", post.pk): {"❤️": 1}}
    bar = bar_of("demo", ("comment", row.pk), found["comment", row.pk], mine="👏", open=True)
    assert [sign.said for sign in bar.offered][:2] == ["Love", "Applause, 3, you too"]
    assert len(bar.offered) == len(EMOJI) == 6


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_of_one_person_leave_one_row(demo, publish, member):
    post = publish("Drums")

    def press(at: int) -> str:
        try:
            viewer = viewer_for(member, demo)
            react(viewer, thing=thing("post", post.pk, viewer), emoji=EMOJI[at % 6], on=True)
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(press, range(50))) == {"done"}
    assert Reaction.objects.count() == 1
    assert Activity.objects.filter(verb="reaction.given").count() == 1
