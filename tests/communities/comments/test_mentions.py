"""@handle calls people of the place who may read the thing, once however often the text is edited."""

import pytest

from communities.access.things import thing
from communities.activity.models import Activity
from communities.comments.actions import edit_comment
from communities.comments.models import Mention
from communities.people.profile import change_profile

pytestmark = pytest.mark.django_db


def called() -> set[str]:
    return set(Mention.objects.values_list("user__handle", flat=True))


def test_a_name_is_a_link_to_the_person_and_is_called_once_however_often_it_is_edited(
    publish, say, seen_by, member, insider, circle
):
    post = publish("Drums")
    row = say(member, post, "Ask @insider.")
    assert '<a href="/c/demo/people/insider/" class="mention">@insider</a>' in row.html
    viewer = seen_by(member)
    for at in range(5):
        edit_comment(viewer, comment=row, about=thing("post", post.pk, viewer), body=f"Ask @Insider, take {at}.")
    assert (called(), Activity.objects.filter(verb="comment.mentioned").count()) == ({"insider"}, 1)
    edit_comment(viewer, comment=row, about=thing("post", post.pk, viewer), body="Ask @circle too.")
    assert (called(), Activity.objects.filter(verb="comment.mentioned").count()) == ({"insider", "circle"}, 2)


@pytest.mark.parametrize(
    "text",
    [
        "`@insider`",
        "    @insider",
        "> @insider said so",
        "[@insider](https://example.org/@insider)",
        "https://example.org/@insider",
        "me@insider.example",
        "@insider@example.org",
        "<blockquote>\n\n@insider\n\n</blockquote>",
        "<code>@insider</code>",
        "@nobody-here @outsider @maker",
        "@member",
        "&#64;nobody",
    ],
)
def test_nobody_is_called_in_code_quotes_links_addresses_nor_who_is_not_here_nor_oneself(
    text, publish, say, member, insider, outsider, maker
):
    row = say(member, publish("Drums"), f"x\n\n{text}")
    assert called() == set()
    assert "people/insider" not in row.html
    assert "people/outsider" not in row.html


def test_who_may_not_read_the_thing_is_not_called(publish, say, insider, circle, member):
    row = say(circle, publish("Deep", rung=30), "@insider @circle @member")
    assert called() == set()
    assert "people/member" not in row.html
    say(circle, publish("Less deep", rung=20), "@insider @member")
    assert called() == {"insider"}


def test_an_old_handle_calls_whoever_had_it(publish, say, member, insider):
    change_profile(insider, handle="inker")
    row = say(member, publish("Drums"), "@insider and @inker")
    assert called() == {"inker"}
    assert row.html.count('href="/c/demo/people/inker/"') == 2


def test_all_names_of_a_text_cost_two_questions(
    publish, say, member, insider, circle, owner, django_assert_num_queries
):
    from communities.comments.mentions import Calling

    post = publish("Drums")
    place = post.community
    with django_assert_num_queries(1):
        assert set(Calling(place, None)(frozenset({"insider", "circle", "owner"}))) == {"insider", "circle", "owner"}
    with django_assert_num_queries(2):
        assert set(Calling(place, None)(frozenset({"insider", *(f"nobody{at}" for at in range(40))}))) == {"insider"}


def test_posts_call_by_links_too(publish, insider):
    post = publish("Drums", source="Thanks to @insider, not `@insider`.")
    assert post.html.count('class="mention">@insider</a>') == 1
