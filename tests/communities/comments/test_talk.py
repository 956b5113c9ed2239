"""The talk on the page: in branches, by fifties, at a fixed cost, right for each viewer, and fresh for visitors at once."""

import re

import pytest
from django.core.cache import cache

from communities.access.models import State
from communities.access.things import thing
from communities.comments.models import Comment, Thread
from communities.reactions.actions import react
from communities.safety.blocking import block_person
from communities.safety.models import Mute
from communities.ui import kept
from tests.conftest import make_member

pytestmark = pytest.mark.django_db
SHOWN = re.compile(r'id="comment-(\d+)"')


def shown(page: str) -> list[int]:
    return [int(pk) for pk in SHOWN.findall(page)]


@pytest.fixture
def long_talk(publish, demo, member, insider):
    """120 comments: 40 branches of three."""
    post = publish("Long")
    thread = Thread.objects.create(community=demo, kind="post", object_id=post.pk, count=120, last=120)
    rows = []
    for number in range(1, 121):
        root = (number - 1) % 40 + 1
        who = member if number % 2 else insider
        rows.append(
            Comment(
                community=demo, thread=thread, author=who, number=number, root=root, source=f"n{number}",
                html=f"<p>n{number}</p>", answers=None,
            )
        )  # fmt: skip
    Comment.objects.bulk_create(rows)
    order = sorted(Comment.objects.all(), key=lambda row: (row.root, row.number))
    return post, [row.pk for row in order]


def link(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)#talk"', page)
    return found[1].replace("&amp;", "&") if found else ""


def test_fifty_a_page_forth_and_back_and_none_twice(long_talk, client_of, visitor):
    post, order = long_talk
    browser = client_of(visitor)
    first = browser.get(post.url).content.decode()
    second = browser.get(link(first, "next")).content.decode()
    third = browser.get(link(second, "next")).content.decode()
    assert [shown(page) for page in (first, second, third)] == [order[:50], order[50:100], order[100:]]
    assert (link(first, "prev"), link(third, "next")) == ("", "")
    back = browser.get(link(third, "prev")).content.decode()
    assert shown(back) == order[50:100]
    assert shown(browser.get(link(back, "prev")).content.decode()) == order[:50]
    assert "120 comments" in first


def test_a_permanent_address_leads_to_the_page_that_holds_it(long_talk, client_of, member):
    _post, order = long_talk
    browser = client_of(member)
    for at in (0, 49, 50, 99, 100, 119):
        where = browser.get(f"/c/demo/comments/{order[at]}/")["Location"]
        address, _hash, anchor = where.partition("#")
        assert anchor == f"comment-{order[at]}"
        assert order[at] in shown(browser.get(address).content.decode())


@pytest.mark.parametrize("query", ["after=x", "after=1", "after=1.1.1", "before=9999999999.1", "by=me", "after=-1.2"])
def test_places_that_are_none_are_not_found(query, publish, client_of, visitor, member):
    post = publish("Drums")
    for who in (visitor, member):
        assert client_of(who).get(f"{post.url}?{query}").status_code == 404


def test_a_page_costs_the_same_whatever_stands_on_it(
    publish, say, client_of, member, insider, circle, owner, seen_by, django_assert_max_num_queries
):
    post, browser = publish("Drums"), client_of(member)
    say(insider, post)
    browser.get(post.url)

    def costs(*, afresh: bool) -> int:
        if afresh:
            kept._entries.clear()
            cache.clear()
        with django_assert_max_num_queries(40) as counted:
            assert browser.get(post.url).status_code == 200
        return len(counted)

    few, kept_few = costs(afresh=True), costs(afresh=False)
    rows = [say(who, post, f"{at} @owner") for at in range(8) for who in (insider, circle, owner, member)]
    for row in rows[::2]:
        for who in (insider, circle):
            react(seen_by(who), thing=thing("comment", row.pk, seen_by(who)), emoji="👏", on=True)
    assert (costs(afresh=True), costs(afresh=False)) == (few, kept_few)
    # Who is asking and how they stand here; then the thread, and what is one's own: the rest is kept.
    assert kept_few <= 4


def test_everybody_sees_their_own_and_nobody_elses_controls(
    publish, say, client_of, member, insider, moderator, visitor
):
    post = publish("Drums")
    row = say(member, post)
    edit, history, token = (
        f"/c/demo/comments/{row.pk}/edit/",
        f"/c/demo/comments/{row.pk}/history/",
        "csrfmiddlewaretoken",
    )
    for who, owns in ((insider, False), (member, True), (insider, False), (moderator, False), (member, True)):
        assert (edit in client_of(who).get(post.url).content.decode()) is owns
    page = client_of(visitor).get(post.url).content.decode()
    assert [word in page for word in (edit, history, token, "<form", "slot-")] == [False] * 5
    assert "/accounts/login/?next=" in page


def test_no_slot_is_left_open_and_each_page_has_its_own_tokens(publish, say, client_of, member):
    post = publish("Drums")
    say(member, post)
    browser = client_of(member)
    pages = [browser.get(post.url).content.decode() for _time in range(2)]
    asked = [re.search(r'name="request" value="([0-9a-f]{32})"', page)[1] for page in pages]
    assert asked[0] != asked[1]
    assert not any("slot-" in page for page in pages)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]{64})"', pages[0])
    assert token


def test_whom_one_blocks_leaves_an_empty_chair(publish, say, client_of, member, insider, circle):
    post = publish("Drums")
    root = say(insider, post, "WORDS of theirs")
    answer = say(circle, post, "To them", answers=root)
    deeper = say(insider, post, "WORDS again", answers=answer)
    last = say(circle, post, "To them again", answers=deeper)
    block_person(member, insider)
    page = client_of(member).get(post.url).content.decode()
    assert shown(page) == [root.pk, answer.pk, deeper.pk, last.pk]
    assert page.count("A comment of somebody you block.") == 2
    assert "WORDS" not in page
    assert "<bdi>Insider</bdi>" not in page
    other = client_of(circle).get(post.url).content.decode()
    assert (other.count("WORDS"), "<bdi>Insider</bdi>" in other) == (2, True)


def test_a_new_comment_is_on_the_visitors_page_at_once_and_other_pages_stay(
    publish, say, client_of, visitor, member, django_capture_on_commit_callbacks
):
    post, other = publish("Drums"), publish("Another")
    browser = client_of(visitor)
    for page in (post, other):
        assert "Comments</h2>" in browser.get(page.url).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        say(member, post, "Fresh words")
    assert "Fresh words" in browser.get(post.url).content.decode()
    version = cache.get("page-version:demo")
    with django_capture_on_commit_callbacks(execute=True):
        say(member, post, "Fresher words")
    assert cache.get("page-version:demo") == version
    assert "Fresher words" in browser.get(post.url).content.decode()


def test_a_teaser_has_no_talk_and_no_numbers(publish, say, client_of, insider, member, visitor):
    post = publish("Locked", rung=20)
    for at in range(7):
        say(insider, post, f"WORDS {at}")
    for who in (member, visitor):
        for address in (post.url, "/c/demo/", "/"):
            page = client_of(who).get(address).content.decode()
            assert ("WORDS" in page, "7<span" in page, 'id="talk"' in page) == (False, False, False)
    page = client_of(insider).get("/c/demo/").content.decode()
    assert '7<span class="sr"> comments</span>' in page


@pytest.mark.parametrize("state", [State.HIDDEN, State.REMOVED, State.DRAFT])
def test_under_what_is_not_out_nothing_is_said(state, publish, say, client_of, member, owner):
    from content.posts.models import Post

    post = publish("Drums")
    row = say(member, post, "WORDS")
    Post.objects.filter(pk=post.pk).update(state=state)
    assert "WORDS" not in client_of(owner).get(post.url).content.decode()
    assert client_of(member).get(f"/c/demo/comments/{row.pk}/").status_code == 404
    assert client_of(member).post(f"/c/demo/talk/post/{post.pk}/", {"body": "More"}).status_code == 404
    assert client_of(member).post(f"/c/demo/react/comment/{row.pk}/", {"emoji": "👏"}).status_code == 404


def test_a_quote_is_in_the_form_before_any_script_runs(publish, say, client_of, member, insider, demo):
    post = publish("Drums")
    odd = make_member(demo, "odd")
    odd.name = "A *star* [x](y)"
    odd.save()
    row = say(odd, post, "First line\n\n> somebody else's\n\nsecond **line**")
    page = client_of(member).get(f"{post.url}?quote={row.pk}").content.decode()
    typed = re.search(r'<textarea id="id_body"[^>]*>\n(.*?)</textarea>', page, re.S)[1]
    assert typed == (
        f"&gt; [A \\*star\\* \\[x\\](y) wrote](/c/demo/comments/{row.pk}/)\n&gt;\n&gt; First line\n&gt;\n"
        "&gt; second **line**\n\n"
    )
    assert f'name="answers" value="{row.pk}"' in page
    answered = client_of(member).get(f"{post.url}?answer={row.pk}").content.decode()
    assert f'name="answers" value="{row.pk}"' in answered
    for odd_number in ("x", "0", "99999999999999999999", "²"):
        assert client_of(member).get(f"{post.url}?quote={odd_number}").status_code == 200


def test_nothing_is_quoted_out_of_another_talk(publish, say, client_of, member, circle):
    post, deep = publish("Drums"), publish("Deep", rung=30)
    row = say(circle, deep, "SECRET")
    page = client_of(member).get(f"{post.url}?quote={row.pk}").content.decode()
    assert "SECRET" not in page
    client_of(member).post(f"/c/demo/talk/post/{post.pk}/", {"body": "Hm.", "answers": row.pk})
    assert Comment.objects.get(source="Hm.").answers is None


def test_a_talk_is_muted_and_heard_again_by_plain_forms(publish, say, client_of, member, insider, visitor):
    post = publish("Drums")
    browser = client_of(member)
    assert "mute-talk" not in browser.get(post.url).content.decode()
    say(insider, post)
    page = browser.get(post.url).content.decode()
    thread, back = Thread.objects.get(), f"{post.url}#talk"
    assert 'data-verb="thing.muted"' in page and f'name="thread" value="{thread.pk}"' in page
    done = browser.post("/me/mutes/", {"thread": thread.pk, "next": back})
    assert (done.status_code, done["Location"]) == (302, back)
    page = browser.get(post.url).content.decode()
    assert "You muted this talk" in page and 'data-verb="thing.muted"' not in page
    mute = Mute.objects.get()
    assert f'name="mute" value="{mute.pk}"' in page
    listed = browser.get("/me/blocks/").content.decode()
    assert f'href="{back}"' in listed and "Drums" in listed
    assert "You muted this talk" not in client_of(insider).get(post.url).content.decode()
    assert "mute-talk" not in client_of(visitor).get(post.url).content.decode()
    assert browser.post("/me/mutes/end/", {"mute": mute.pk, "next": back})["Location"] == back
    assert 'data-verb="thing.muted"' in browser.get(post.url).content.decode()
    assert not Mute.objects.exists()


def test_a_muted_number_names_no_talk_that_one_may_not_read(publish, say, client_of, member, circle):
    post = publish("CANARY", rung=30)
    say(circle, post)
    browser = client_of(member)
    browser.post("/me/mutes/", {"thread": Thread.objects.get().pk})
    page = browser.get("/me/blocks/").content.decode()
    assert "A conversation" in page and "CANARY" not in page and post.url not in page
