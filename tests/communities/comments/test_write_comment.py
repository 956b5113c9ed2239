"""Writing a comment: who may, once however often it is sent, kept as typed when refused, counted exactly."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from communities.access import texts
from communities.access.things import thing
from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.comments.actions import edit_comment, remove_comment, write_comment
from communities.comments.models import Comment, Follow, Thread
from communities.members.actions import join_community
from communities.members.models import Member, Standing
from communities.reactions.models import EMOJI, Reaction
from communities.safety.actions import hide, restore, suspend_member
from tests.desk import brand, rows_of_everything

pytestmark = pytest.mark.django_db


def test_a_member_writes_and_comes_back_to_what_they_said(publish, client_of, member, address):
    post = publish("Drums")
    browser = client_of(member)
    sent = {"body": "The *margins* are lovely.", "answers": "", "request": str(uuid.uuid4())}
    answer = browser.post(address(post), sent)
    row = Comment.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/c/demo/comments/{row.pk}/")
    assert (row.author, row.number, row.root, row.state) == (member, 1, 1, "published")
    assert row.html == '<p dir="auto">The <em>margins</em> are lovely.</p>\n'
    thread = Thread.objects.get()
    assert (thread.kind, thread.object_id, thread.count, thread.last, thread.rev) == ("post", post.pk, 1, 1, 1)
    assert thread.spoken_at == row.created_at
    assert Activity.objects.filter(key=f"comment.written:{row.pk}", actor=member).count() == 1
    assert Follow.objects.filter(thread=thread, user=member).count() == 1
    there = browser.get(answer["Location"])
    assert (there.status_code, there["Location"]) == (302, f"{post.url}#comment-{row.pk}")
    page = browser.get(post.url).content.decode()
    assert f'id="comment-{row.pk}"' in page
    assert "The <em>margins</em> are lovely." in page


def test_answers_stand_in_their_branch_and_name_whom_they_answer(publish, client_of, say, member, insider, circle):
    post = publish("Drums")
    first = say(member, post, "First branch")
    second = say(insider, post, "Second branch")
    answer = say(circle, post, "An answer", answers=first)
    deeper = say(insider, post, "An answer to the answer", answers=answer)
    assert [(row.number, row.root) for row in (first, second, answer, deeper)] == [(1, 1), (2, 2), (3, 1), (4, 1)]
    page = client_of(member).get(post.url).content.decode()
    places = [page.index(f'id="comment-{row.pk}"') for row in (first, answer, deeper, second)]
    assert places == sorted(places)
    assert page.count('<span class="sr">answers</span> <bdi>Circle</bdi>') == 1
    assert page.count('<span class="sr">answers</span>') == 1


def test_sent_twice_it_is_one(publish, client_of, member, address):
    post = publish("Drums")
    browser, sent = client_of(member), {"body": "Once.", "request": str(uuid.uuid4())}
    places = {browser.post(address(post), sent)["Location"] for _time in range(3)}
    assert (len(places), Comment.objects.count(), Thread.objects.get().count) == (1, 1, 1)
    assert Activity.objects.filter(verb="comment.written").count() == 1


def test_what_else_a_sender_writes_into_the_form_is_not_taken(publish, client_of, member, owner, address):
    """D02."""
    forged = {
        "author": owner.pk,
        "author_id": owner.pk,
        "by_team": "1",
        "html": "<b>x</b>",
        "state": "hidden",
        "number": "9",
    }
    client_of(member).post(address(publish("Drums")), {"body": "Mine.", "created_at": "1999-01-01", **forged})
    row = Comment.objects.get()
    assert (row.author, row.by_team, row.state, row.number, row.source) == (member, False, "published", 1, "Mine.")
    assert "<b>" not in row.html
    assert row.created_at.year > 2000


@pytest.mark.parametrize("who", ["outsider", "suspended", "maker"])
def test_whoever_does_not_take_part_is_refused_and_nothing_changes(
    who, request, publish, client_of, seen_by, demo, member, moderator, address
):
    post = publish("Drums")
    if who == "suspended":
        suspend_member(seen_by(moderator), member=Member.objects.get(user=member), reason="Loud.")
    browser = client_of(member if who == "suspended" else request.getfixturevalue(who))
    before = rows_of_everything()
    assert browser.post(address(post), {"body": "Let me in."}).status_code == 403
    assert rows_of_everything() == before
    page = browser.get(post.url).content.decode()
    assert 'data-verb="comment.written"' not in page
    assert ("You are suspended here" in page) is (who == "suspended")
    assert ("Join to answer" in page) is (who != "suspended")


def test_a_visitor_is_sent_to_sign_in_and_a_text_is_not_lost(publish, client_of, visitor, address):
    post = publish("Drums")
    browser = client_of(visitor)
    assert browser.post(address(post), {"body": " "})["Location"].startswith("/accounts/login/?next=")
    kept = browser.post(address(post), {"body": "Long <thoughts>", "answers": "7", "request": "x"})
    assert kept.status_code == 403
    page = kept.content.decode()
    assert "Long &lt;thoughts&gt;</textarea>" in page
    assert '<input type="hidden" name="answers" value="7">' in page
    assert Comment.objects.count() == 0


def test_what_one_may_not_read_takes_no_comment(publish, client_of, member, address):
    locked, secret = publish("Locked", rung=20), publish("Table", space="table", rung=30)
    browser = client_of(member)
    nowhere = browser.get("/c/demo/p/987654/x/").content
    assert browser.post(address(locked), {"body": "Hm."}).status_code == 403
    assert browser.get(address(locked)).status_code == 404
    for address_ in (address(secret), "/c/demo/talk/post/987654/", "/c/demo/talk/nothing/1/"):
        answer = browser.post(address_, {"body": "Hm."})
        assert (answer.status_code, answer.content) == (404, nowhere)
    assert Comment.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (" \n ", "There is nothing in it yet."),
        ("a" * 20_003, "There is room for 20,000 characters; this has 3 more."),
        ("> " * 100 + "deep", "lie too deep inside one another"),
    ],
)
def test_what_is_refused_stays_typed_and_says_why(publish, client_of, member, address, body, sentence):
    post = publish("Drums")
    answer = client_of(member).post(address(post), {"body": body, "request": str(uuid.uuid4())})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert body.replace(">", "&gt;") in page
    assert Comment.objects.count() == 0


def test_20_000_characters_are_taken_whatever_their_bytes(publish, say, member):
    assert len(say(member, publish("Drums"), "ş" * 20_000).source) == 20_000


def test_a_gate_says_no_at_the_field_and_is_not_asked_about_what_stands(
    publish, client_of, member, address, monkeypatch
):
    def refuse(viewer, kind, text, facts):
        raise texts.TooMuch({"body": "One at a time, please."}, seconds=30)

    post, sent = publish("Drums"), {"body": "Mine.", "request": str(uuid.uuid4())}
    browser = client_of(member)
    browser.post(address(post), sent)
    monkeypatch.setattr(texts, "_gates", [refuse])
    assert browser.post(address(post), sent).status_code == 302  # the same once more
    answer = browser.post(address(post), {"body": "Another.", "request": str(uuid.uuid4())})
    assert (answer.status_code, answer["Retry-After"]) == (429, "30")
    assert "One at a time, please." in answer.content.decode()
    assert Comment.objects.count() == 1


def test_a_closed_talk_says_so_and_takes_nothing(publish, client_of, say, member, moderator, address):
    post = publish("Drums")
    say(member, post, "Before.")
    assert client_of(member).post(f"{address(post)}close/", {"closed": "1"}).status_code == 404
    assert client_of(moderator).post(f"{address(post)}close/", {"closed": "1"}).status_code == 302
    answer = client_of(member).post(address(post), {"body": "After."})
    assert "This talk is closed" in answer.content.decode()
    page = client_of(member).get(post.url).content.decode()
    assert ("This talk is closed" in page, 'data-verb="comment.written"' in page) == (True, False)
    client_of(moderator).post(f"{address(post)}close/", {"closed": "0"})
    assert client_of(member).post(address(post), {"body": "After."}).status_code == 302
    verbs = Activity.objects.filter(verb__startswith="thread.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["thread.closed", "thread.reopened"]


def test_an_answer_to_what_is_gone_says_so(publish, say, seen_by, member, insider):
    post = publish("Drums")
    first = say(insider, post)
    remove_comment(seen_by(insider), comment=first)
    first.refresh_from_db()
    with pytest.raises(ValidationError) as problem:
        say(member, post, "Yes!", answers=first)
    assert list(problem.value.message_dict) == ["answers"]


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_get_eight_numbers_and_a_count_of_eight(demo, publish, member, insider, circle, owner):
    post = publish("Drums")
    people = [member, insider, circle, owner] * 2
    request = uuid.uuid4()

    def write(user):
        try:
            viewer = viewer_for(user, demo)
            return write_comment(
                viewer, place=demo, about=thing("post", post.pk, viewer), body="At once.", request=request
            ).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(write, people))
    thread = Thread.objects.get()
    numbers = sorted(Comment.objects.values_list("number", flat=True))
    assert (len(made), numbers, thread.count, thread.last, thread.rev) == (4, [1, 2, 3, 4], 4, 4, 4)


@pytest.mark.django_db(transaction=True)
def test_the_count_is_exact_after_any_interleaving(demo, publish, say, seen_by, member, insider, moderator):
    post = publish("Drums")
    rows = [say(member if at % 2 else insider, post, f"Number {at}") for at in range(8)]

    def act(at):
        row = Comment.objects.select_related("thread", "community", "author").get(pk=rows[at % 8].pk)
        try:
            if at % 3 == 0:
                remove_comment(viewer_for(row.author, demo), comment=row)
            elif at % 3 == 1:
                hide(viewer_for(moderator, demo), obj=row, reason="Loud.")
            elif row.state == "hidden":
                restore(viewer_for(moderator, demo), obj=row, reason="Fine.")
            else:
                edit_comment(
                    viewer_for(row.author, demo),
                    comment=row,
                    about=thing("post", post.pk, viewer_for(row.author, demo)),
                    body=f"Edited {at}",
                )
        except Exception as problem:
            return type(problem).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(act, range(48)))
    assert set(done) <= {"done", "ValidationError", "PermissionDenied", "Http404"}
    assert Thread.objects.get().count == Comment.objects.filter(state="published").count()


def test_the_teams_word_is_marked_by_what_they_were_when_they_said_it(
    publish, client_of, say, member, moderator, owner
):
    post = publish("Drums")
    asked = say(member, post, "Which ink?")
    assert Thread.objects.get().answered_at is None
    own = say(owner, post, "My own post, my own word.")
    assert (own.by_team, Thread.objects.get().answered_at) == (True, None)
    answer = say(moderator, post, "Soy.", answers=asked)
    assert (asked.by_team, answer.by_team) == (False, True)
    assert Thread.objects.get().answered_at == answer.created_at
    Member.objects.filter(user=member).update(title="Printer")
    titled = say(member, post, "I print now.")
    assert titled.by_team
    page = client_of(member).get(post.url + "?by=team").content.decode()
    shown = [row.pk for row in (asked, own, answer, titled) if f'id="comment-{row.pk}"' in page]
    assert shown == [own.pk, answer.pk, titled.pk]
    assert Member.objects.get(user=member).standing == Standing.MEMBER


@pytest.mark.parametrize("group", ["analyst", "support"])
def test_who_reads_figures_or_hands_over_data_does_not_speak_for_the_team(
    group, demo, publish, say, client_of, address, member, seen_by, moderator
):
    """The role table gives them no voice: outside they are told to join, inside they are members like all."""
    post = publish("A post")
    said, person = say(member, post), brand(group)
    browser = client_of(person)
    page = browser.get(post.url).content.decode()
    assert 'data-verb="comment.written"' not in page and 'data-verb="reaction.given"' not in page
    assert "Join to answer" in page and 'data-verb="thread.closed"' not in page
    assert 'data-verb="thread.closed"' in client_of(moderator).get(post.url).content.decode()
    assert browser.post(address(post), {"body": "As the team."}).status_code == 403
    assert browser.post(f"/c/demo/react/comment/{said.pk}/", {"emoji": EMOJI[0]}).status_code == 403
    assert (Comment.objects.count(), Reaction.objects.count()) == (1, 0)
    join_community(person, demo)
    assert not say(person, post, "As one of you.").by_team
    assert say(brand("watch", "moderator"), post, "From the desk.").by_team
