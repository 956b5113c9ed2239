"""R70, H01: what one may read can be reported, once; three who weigh hide it by itself, bombing does nothing, staff is never hidden."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from communities.access.models import State
from communities.activity.models import Activity
from communities.safety.actions import restore
from communities.safety.deciding import decide
from communities.safety.models import Act, Report
from communities.safety.reporting import BY_ITSELF, file_report, weight_of
from content.posts.actions import edit_post, publish_post, save_draft, unpublish_post
from content.posts.models import Post
from tests.communities.safety.conftest import known_since
from tests.conftest import make_member

pytestmark = pytest.mark.django_db


def state(post: Post) -> str:
    return Post.objects.values_list("state", flat=True).get(pk=post.pk)


def test_a_report_is_filed_once_until_it_is_answered(loud, insider, tell, seen_by, moderator) -> None:
    first = tell(insider, loud, note="It calls names.")
    assert tell(insider, loud, reason="spam") == first
    assert list(Report.objects.values_list("reporter_id", "kind", "object_id", "reason", "note", "state")) == [
        (insider.pk, "post", loud.pk, "rude", "It calls names.", "open")
    ]
    assert Activity.objects.filter(verb="report.filed", object_id=first.pk, actor=insider).count() == 1
    decide(seen_by(moderator), kind="post", object_id=loud.pk, decision="fine", reason="It is a quotation.")
    assert tell(insider, loud).pk != first.pk


def test_only_what_one_may_read_can_be_reported(publish, tell, member, outsider, insider, maker, seen_by) -> None:
    locked, table, own = publish("Shut", rung=20), publish("Unknown", space="table", rung=30), publish("Mine")
    for person in (member, outsider, maker):
        with pytest.raises(PermissionDenied):
            tell(person, locked)
        with pytest.raises(Http404):
            tell(person, table)
    with pytest.raises(Http404):
        file_report(seen_by(member), kind="mail", object_id=1, reason="rude")
    with pytest.raises(ValidationError, match="your own"):
        tell(own.author, own)
    with pytest.raises(ValidationError):
        tell(insider, locked, reason="because")
    assert not Report.objects.exists()
    tell(insider, locked)
    tell(outsider, own)
    assert Report.objects.count() == 2


def test_three_who_weigh_hide_it_until_the_team_looks(loud, neighbours, tell, member, client_of, visitor) -> None:
    for person in neighbours[:2]:
        tell(person, loud)
    assert state(loud) == State.PUBLISHED
    tell(neighbours[2], loud)
    assert state(loud) == State.HIDDEN
    act = Act.objects.get()
    assert (act.verb, act.kind, act.object_id, act.actor, act.reason) == ("hidden", "post", loud.pk, None, BY_ITSELF)
    assert (act.before, act.after) == ({"state": "published"}, {"state": "hidden", "reports": 3})
    hidden = Activity.objects.get(verb="safety.hidden")
    assert (hidden.actor, hidden.object_id) == (None, loud.pk)
    assert [client_of(one).get(loud.url).status_code for one in (visitor, neighbours[0], member)] == [404, 404, 200]


def test_what_newcomers_strangers_and_the_often_wrong_report_weighs_nothing(
    demo, loud, neighbours, tell, outsider, seen_by, publish
) -> None:
    for number in range(20):
        tell(make_member(demo, f"bomber{number}"), loud)
    tell(outsider, loud)
    wrong = neighbours[0]
    for number in range(2):
        fine = publish(f"Fine {number}")
        tell(wrong, fine)
        Report.objects.filter(object_id=fine.pk).update(state="dismissed")
    assert weight_of(seen_by(wrong)) == 0
    tell(wrong, loud)
    for person in neighbours[1:3]:
        tell(person, loud)
    assert (state(loud), Report.objects.filter(object_id=loud.pk, weight=1).count()) == (State.PUBLISHED, 2)
    tell(neighbours[3], loud)
    assert state(loud) == State.HIDDEN


def test_days_here_make_a_word_weigh_and_upheld_reports_keep_it_weighing(demo, seen_by) -> None:
    person = make_member(demo, "someone")
    assert weight_of(seen_by(person)) == 0
    known_since(person, days=2)
    assert weight_of(seen_by(person)) == 0
    known_since(person, days=4)
    assert weight_of(seen_by(person)) == 1
    for number, answer in enumerate(["dismissed", "dismissed", "upheld", "upheld"]):
        Report.objects.create(
            community=demo, kind="post", object_id=number, reporter=person, reason="rude", state=answer
        )
    assert weight_of(seen_by(person)) == 1


def test_what_the_team_wrote_is_never_hidden_by_itself(publish, owner, moderator, neighbours, tell) -> None:
    for post in (publish("By the owner"), publish("By a moderator", author=moderator)):
        for person in neighbours:
            tell(person, post)
        assert state(post) == State.PUBLISHED
    assert not Act.objects.exists()


def test_what_the_team_found_fine_or_restored_is_not_hidden_by_itself_again(
    loud, neighbours, tell, seen_by, moderator, publish, member
) -> None:
    for person in neighbours[:3]:
        tell(person, loud)
    decide(seen_by(moderator), kind="post", object_id=loud.pk, decision="fine", reason="A quotation.")
    assert state(loud) == State.PUBLISHED
    other = publish("Other", author=member, space="bench")
    for person in neighbours[:3]:
        tell(person, other)
    other.refresh_from_db()
    restore(seen_by(moderator), obj=other, reason="No.")
    for post in (loud, other):
        for person in neighbours:
            tell(person, post)
        assert state(post) == State.PUBLISHED


@pytest.mark.parametrize("answer", ["found fine", "put back"])
def test_what_was_found_fine_and_then_changed_is_answerable_anew(
    answer, loud, neighbours, tell, seen_by, moderator, member
) -> None:
    for person in neighbours[:3]:
        tell(person, loud)
    loud.refresh_from_db()
    if answer == "found fine":
        decide(seen_by(moderator), kind="post", object_id=loud.pk, decision="fine", reason="A quotation.")
    else:
        restore(seen_by(moderator), obj=loud, reason="No.")  # the three reports are still open
    loud.refresh_from_db()
    edit_post(seen_by(member), post=loud, source="Buy now.")
    for person in neighbours[3:]:
        tell(person, loud)
    assert state(loud) == State.PUBLISHED
    if answer == "found fine":
        tell(neighbours[0], loud)
        assert (state(loud), Act.objects.filter(verb="hidden", actor=None).count()) == (State.HIDDEN, 2)


def test_taking_it_back_to_the_drafts_and_out_again_is_a_change_too(
    loud, neighbours, tell, seen_by, moderator, member
) -> None:
    tell(neighbours[0], loud)
    decide(seen_by(moderator), kind="post", object_id=loud.pk, decision="fine", reason="A quotation.")
    unpublish_post(seen_by(member), post=loud)
    draft = Post.objects.get(pk=loud.pk)
    save_draft(seen_by(member), post=draft, rev=draft.rev, source="Buy now.")
    publish_post(seen_by(member), post=Post.objects.get(pk=loud.pk))
    for person in neighbours[:3]:
        tell(person, loud)
    assert state(loud) == State.HIDDEN


def test_thirty_reports_a_day_are_enough(settings, publish, insider, tell) -> None:
    posts = [publish(f"Post {number}") for number in range(31)]
    settings.WRITING_LIMITS = True
    for post in posts[:30]:
        tell(insider, post)
    with pytest.raises(ValidationError, match="You reported a lot today"):
        tell(insider, posts[30])
    assert Report.objects.count() == 30


def test_the_form_keeps_what_was_typed_and_says_what_is_missing(loud, insider, client_of) -> None:
    browser, address = client_of(insider), f"/c/demo/report/post/{loud.pk}/"
    assert 'data-verb="report.filed"' in browser.get(address).content.decode()
    refused = browser.post(address, {"note": "It calls names."}).content.decode()
    assert "Choose what fits best." in refused and "It calls names." in refused
    done = browser.post(address, {"reason": "rude", "note": "It calls names."})
    assert (done.status_code, done["Location"]) == (302, loud.url)
    assert "The team has it, and you will hear" in browser.get(loud.url).content.decode()
    again = browser.get(address).content.decode()
    assert "You reported this already" in again and "<textarea" not in again
    mine = browser.get("/me/reports/").content.decode()
    assert "It calls names." in mine and "open" in mine


def test_the_page_answers_by_what_one_may_know(publish, member, outsider, owner, visitor, client_of) -> None:
    public, locked, table = publish("All"), publish("Shut", rung=20), publish("Unknown", space="table", rung=30)
    ways = {post: f"/c/demo/report/post/{post.pk}/" for post in (public, locked, table)}
    assert client_of(visitor).get(ways[public])["Location"].startswith("/accounts/login/")
    for person in (member, outsider):
        browser = client_of(person)
        assert [browser.get(way).status_code for way in ways.values()] == [200, 404, 404]
        assert [browser.post(way, {}).status_code for way in ways.values()] == [200, 403, 404]
    assert "your own" in client_of(owner).get(ways[public]).content.decode()
    nonsense = [f"/c/demo/report/nothing/{public.pk}/", f"/c/demo/report/post/{2**70}/", "/c/demo/report/post/0/"]
    assert [client_of(member).get(way).status_code for way in nonsense] == [404, 404, 404]
    assert not Report.objects.exists()


def test_columns_that_nobody_asks_for_are_never_taken(loud, insider, client_of, demo) -> None:
    """D02."""
    forged = {"reason": "rude", "weight": 99, "state": "upheld", "outcome": "mine", "reporter": 1, "community": 9}
    client_of(insider).post(f"/c/demo/report/post/{loud.pk}/", forged)
    row = Report.objects.get()
    assert (row.weight, row.state, row.outcome, row.reporter, row.community) == (0, "open", "", insider, demo)
