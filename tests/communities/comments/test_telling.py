"""The talk on open screens: who hears it, and what changed after a number, as every member sees it."""

import re

import pytest

from communities.access.things import thing
from communities.access.viewer import viewer_for
from communities.comments.actions import edit_comment, remove_comment
from communities.comments.models import Thread
from communities.comments.telling import doors, revs, since
from communities.reactions.actions import react
from communities.safety.actions import hide, restore
from communities.safety.blocking import block_person
from content.posts.models import Post

pytestmark = pytest.mark.django_db


def heard(post, after=0):
    return [(frame.seq, frame.kind, frame.id) for frame in since("post", post.pk, after, 200)]


def sign(user, place, kind, object_id, *, on=True):
    viewer = viewer_for(user, place)
    react(viewer, thing=thing(kind, object_id, viewer), emoji="❤️", on=on)


def test_whoever_reads_the_post_hears_its_talk_and_nobody_else(
    publish, demo, owner, member, insider, circle, outsider, django_assert_num_queries
):
    everybody = [user.pk for user in (owner, member, insider, circle, outsider)]
    closed, public = publish("Inside", rung=20), publish("Outside")
    assert doors(Post, {closed.pk: everybody})[closed.pk].keys() == {owner.pk, insider.pk, circle.pk}
    assert doors(Post, {public.pk: everybody})[public.pk].keys() == set(everybody)
    assert doors(Post, {10**9: everybody}) == {10**9: {}}
    block_person(member, insider)
    assert doors(Post, {public.pk: [member.pk]})[public.pk][member.pk].blocked == {insider.pk}
    with django_assert_num_queries(9):
        doors(Post, {pk: [user.pk for user in (member, insider)] for pk in (public.pk, closed.pk)})


def test_each_change_is_one_number_and_comes_as_it_is_now(publish, demo, owner, member, insider, say, seen_by):
    post = publish("Drums")
    assert (revs("post", [post.pk]), heard(post)) == ({}, [])
    first = say(member, post, "Which drum?")
    answer = say(insider, post, "Coral.", answers=first)
    assert heard(post) == [(1, "comment", first.pk), (2, "comment", answer.pk)]
    first.community = demo
    edit_comment(seen_by(member), comment=first, about=thing("post", post.pk, seen_by(member)), body="Which one?")
    sign(owner, demo, "comment", answer.pk)
    sign(owner, demo, "post", post.pk)
    assert heard(post, 2) == [(3, "comment", first.pk), (4, "comment", answer.pk), (5, "signs", post.pk)]
    assert revs("post", [post.pk]) == {post.pk: 5}
    frames = since("post", post.pk, 2, 200)
    assert "Which one?" in frames[0].html and "Which drum?" not in frames[0].html
    assert "❤️ <b>1</b>" in frames[1].html and "❤️ <b>1</b>" in frames[2].html
    assert [frame.author for frame in frames] == [member.pk, insider.pk, 0]
    answer.refresh_from_db()
    remove_comment(seen_by(insider), comment=answer)
    assert [(frame.seq, frame.html) for frame in since("post", post.pk, 5, 200)] == [(6, "")]
    assert heard(post) == [(3, "comment", first.pk), (5, "signs", post.pk), (6, "comment", answer.pk)]


def test_what_a_moderator_hides_leaves_no_word_and_comes_back(publish, demo, moderator, member, insider, say, seen_by):
    post = publish("Drums")
    first = say(member, post, "Something rude")
    say(insider, post, "Stop.", answers=first)
    hide(seen_by(moderator), obj=first, reason="Rude.")
    (frame,) = since("post", post.pk, 2, 200)
    assert (frame.seq, frame.id) == (3, first.pk)
    assert "Something rude" not in frame.html and "A moderator hid this comment." in frame.html
    restore(seen_by(moderator), obj=first, reason="It was not.")
    (frame,) = since("post", post.pk, 3, 200)
    assert "Something rude" in frame.html


def test_the_fragment_is_the_members_own_page_without_a_token(publish, member, insider, say, client_of):
    post = publish("Drums")
    say(member, post, "Which drum?")
    (frame,) = since("post", post.pk, 0, 200)
    page = client_of(insider).get(post.url).content.decode()
    assert 'name="csrfmiddlewaretoken" value=""' in frame.html and "slot-" not in frame.html
    assert frame.html in re.sub('(name="csrfmiddlewaretoken" value)="[^"]+"', r'\1=""', page)


def test_the_page_says_to_its_script_what_it_needs_and_visitors_get_nothing(
    publish, demo, member, insider, moderator, outsider, visitor, say, client_of
):
    post = publish("Drums")
    topic = f'data-topic="post:{post.pk}"'
    assert f'{topic} data-rev="0" data-me="{member.pk}"' in client_of(member).get(post.url).content.decode()
    say(insider, post)
    page = client_of(member).get(post.url).content.decode()
    assert f'{topic} data-rev="1" data-me="{member.pk}" data-comments="/c/demo/comments/" data-plain="yes"' in page
    for user in (moderator, outsider):
        other = client_of(user).get(post.url).content.decode()
        assert topic in other and "data-plain" not in other
    assert "talklive.js" in page and "talklive.js" not in client_of(visitor).get(post.url).content.decode()
    assert topic not in client_of(visitor).get(post.url).content.decode()
    assert topic not in client_of(member).get(f"{post.url}?by=team").content.decode()
    block_person(member, moderator)
    assert "data-plain" not in client_of(member).get(post.url).content.decode()
    Thread.objects.update(closed=True, rev=2)
    assert "data-plain" not in client_of(insider).get(post.url).content.decode()


def test_an_open_screen_asks_for_one_comment_as_its_reader_sees_it(publish, member, insider, outsider, say, client_of):
    post = publish("Inside", rung=20)
    row = say(insider, post, "Between us")
    asked = {"HTTP_X_FRAGMENT": "1"}
    own = client_of(insider).get(f"/c/demo/comments/{row.pk}/", **asked)
    assert own.status_code == 200 and own.content.decode().startswith('<article class="comment own')
    for user in (member, outsider):
        assert client_of(user).get(f"/c/demo/comments/{row.pk}/", **asked).status_code == 404
