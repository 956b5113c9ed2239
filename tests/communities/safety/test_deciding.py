"""The team's answer: four decisions, each once, logged, told to the reporters, taken back where that makes sense; D04."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone

from communities.access.models import State
from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.members.models import Member, Role
from communities.safety.acts import line_of, take_back
from communities.safety.deciding import AlreadyDecided, decide
from communities.safety.models import Act, Report
from content.posts.models import Post
from tests.conftest import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(seen_by, moderator, loud):
    """answer("fine", …): the moderator decides about the loud post."""

    def give(decision: str, *, by=moderator, **how):
        how.setdefault("reason", "Names a person.")
        decide(seen_by(by), kind="post", object_id=loud.pk, decision=decision, **how)

    return give


def reports() -> list[tuple[str, str, str]]:
    return list(Report.objects.order_by("pk").values_list("reporter__handle", "state", "outcome"))


def test_hiding_answers_every_report_and_tells_each_reporter_once(loud, neighbours, tell, answer, moderator) -> None:
    for person in neighbours[:2]:
        tell(person, loud)
    answer("hide", answer="It named somebody. Thank you.")
    assert reports() == [(f"neighbour{n}", "upheld", "It named somebody. Thank you.") for n in range(2)]
    assert Post.objects.get(pk=loud.pk).state == State.HIDDEN
    act = Act.objects.get()
    assert (act.verb, act.actor, act.reason, act.before, act.after) == (
        "hidden", moderator, "Names a person.", {"state": "published"}, {"state": "hidden"}
    )  # fmt: skip
    told = Activity.objects.filter(verb="report.decided").order_by("object_id")
    assert [(row.actor, row.object_id, row.key) for row in told] == [
        (moderator, pk, f"report.decided:{pk}") for pk in Report.objects.order_by("pk").values_list("pk", flat=True)
    ]


def test_finding_it_fine_brings_back_what_reports_hid(loud, neighbours, tell, answer) -> None:
    for person in neighbours[:3]:
        tell(person, loud)
    answer("fine", reason="It is a quotation from the book.")
    assert {row[1:] for row in reports()} == {("dismissed", "It is a quotation from the book.")}
    assert Post.objects.get(pk=loud.pk).state == State.PUBLISHED
    by_itself, restored, fine = Act.objects.order_by("pk")
    assert (restored.verb, restored.undoes, fine.verb) == ("restored", by_itself, "dismissed")
    assert (fine.before, fine.after) == ({"reports": "open"}, {"reports": "dismissed"})


def test_hiding_what_reports_hid_stands_by_it_in_the_log(loud, neighbours, tell, answer, moderator, seen_by) -> None:
    for person in neighbours[:3]:
        tell(person, loud)
    answer("hide")
    assert [(act.actor, act.verb) for act in Act.objects.order_by("pk")] == [(None, "hidden"), (moderator, "hidden")]
    line = line_of(seen_by(moderator), Act.objects.order_by("-pk")[0].pk)
    assert line is not None
    take_back(seen_by(moderator), line.act, reason="We talked.")
    assert Post.objects.get(pk=loud.pk).state == State.PUBLISHED


def test_a_warning_is_kept_with_its_words_and_counted(loud, insider, tell, answer, member, publish) -> None:
    tell(insider, loud)
    answer("warn", reason="Please no names.", also_hide=True)
    seat = Member.objects.get(user=member)
    hidden, warned = Act.objects.order_by("pk")
    assert (hidden.verb, warned.verb, warned.kind, warned.object_id) == ("hidden", "warned", "member", seat.pk)
    assert (warned.reason, warned.before) == ("Please no names.", {"warnings": 0})
    assert warned.after == {"warnings": 1, "about": f"post {loud.pk}"}
    assert reports() == [("insider", "upheld", "The team talked to whoever wrote it. Thank you for saying so.")]
    assert Activity.objects.get(verb="safety.warned").object_id == seat.pk


def test_a_suspension_has_an_end_and_what_was_done_stays_between_the_team_and_them(
    loud, insider, tell, answer, member
) -> None:
    tell(insider, loud)
    until = timezone.now() + dt.timedelta(days=3)
    answer("suspend", reason="Three times now.", until=until)
    seat = Member.objects.get(user=member)
    assert (seat.standing, seat.suspended_until) == ("suspended", until)
    assert reports() == [("insider", "upheld", "The team has acted on it. Thank you for saying so.")]
    assert Post.objects.get(pk=loud.pk).state == State.PUBLISHED


def test_the_second_of_two_is_told_who_was_quicker_and_nothing_happens_twice(
    loud, insider, tell, answer, owner
) -> None:
    tell(insider, loud)
    answer("fine", reason="It may stay.")
    with pytest.raises(AlreadyDecided) as late:
        answer("suspend", by=owner)
    assert late.value.messages == ["Moderator was quicker: found to be fine. Nothing happened twice."]
    assert [act.verb for act in Act.objects.all()] == ["dismissed"]
    assert reports() == [("insider", "dismissed", "It may stay.")]


@pytest.mark.parametrize("decision", ["fine", "hide", "warn", "suspend"])
def test_a_decision_without_words_changes_nothing(loud, insider, tell, answer, decision) -> None:
    tell(insider, loud)
    with pytest.raises(ValidationError) as problem:
        answer(decision, reason="  ")
    assert problem.value.message_dict == {"reason": ["Say in a sentence why."]}
    assert (Act.objects.count(), reports()) == (0, [("insider", "open", "")])


def test_a_decision_that_cannot_be_done_leaves_the_reports_open(loud, insider, tell, answer) -> None:
    tell(insider, loud)
    with pytest.raises(ValidationError):
        answer("suspend", until=timezone.now() - dt.timedelta(days=1))
    Post.objects.filter(pk=loud.pk).update(state=State.REMOVED)
    with pytest.raises(ValidationError, match="gone already"):
        answer("hide")
    assert (Act.objects.count(), reports()) == (0, [("insider", "open", "")])
    answer("warn", reason="Taking it away is not enough.")
    assert [act.verb for act in Act.objects.all()] == ["warned"]


def test_nobody_decides_about_themselves_or_in_another_community(
    demo, publish, loud, insider, tell, seen_by, moderator, maker, owner
) -> None:
    """D04: a moderator elsewhere finds nothing."""
    tell(insider, loud)
    own = publish("By the moderator", author=moderator, space="bench")
    tell(insider, own)
    with pytest.raises(PermissionDenied, match="Somebody else decides"):
        decide(seen_by(moderator), kind="post", object_id=own.pk, decision="fine", reason="It is mine.")
    atelier = Member.objects.get(user=maker).community
    there = make_member(atelier, "elsewhere", role=Role.MODERATOR)
    for viewer in (viewer_for(there, atelier), seen_by(there), seen_by(insider), seen_by(maker)):
        with pytest.raises(Http404):
            decide(viewer, kind="post", object_id=loud.pk, decision="hide", reason="Mine now.")
    assert (Act.objects.count(), Report.objects.filter(state="open").count()) == (0, 2)


def test_a_moderator_warns_no_owner(publish, insider, tell, seen_by, moderator) -> None:
    post = publish("By the owner")
    tell(insider, post)
    with pytest.raises(PermissionDenied):
        decide(seen_by(moderator), kind="post", object_id=post.pk, decision="warn", reason="Boss.")
    assert (Act.objects.count(), reports()) == (0, [("insider", "open", "")])
