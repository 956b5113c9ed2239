"""At the same moment: two moderators, fifty reports, fifty blocks. Real threads on both databases, exact outcomes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from communities.access.models import Block, State
from communities.activity.models import Activity
from communities.members.models import Role
from communities.safety.blocking import block_person
from communities.safety.deciding import AlreadyDecided, decide
from communities.safety.models import Act, Report
from communities.safety.reporting import file_report
from content.posts.models import Post
from tests.communities.safety.conftest import known_since
from tests.conftest import make_member

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def together(acts: list[Callable[[], Any]]) -> list[Any]:
    """What each gave back or raised."""

    def run(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Exception as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, acts))


def test_of_two_moderators_the_first_decides_and_the_other_is_told(demo, loud, neighbours, tell, seen_by) -> None:
    team = [make_member(demo, f"moderator{number}", role=Role.MODERATOR) for number in range(2)]
    viewers = [seen_by(one) for one in team]
    for person in neighbours[:2]:
        tell(person, loud)
    start = Barrier(2)

    def act(number: int) -> None:
        start.wait()
        decision = ("hide", "warn")[number]
        decide(viewers[number], kind="post", object_id=loud.pk, decision=decision, reason=f"By {number}.")

    said = together([lambda: act(0), lambda: act(1)])
    late = [problem for problem in said if problem is not None]
    assert [type(problem) for problem in late] == [AlreadyDecided]
    first = said.index(None)
    assert [(one.actor_id, one.reason) for one in Act.objects.all()] == [(team[first].pk, f"By {first}.")]
    assert set(Report.objects.values_list("state", "decided_by")) == {("upheld", team[first].pk)}
    assert Activity.objects.filter(verb="report.decided").count() == 2


def test_fifty_reports_at_once_hide_it_once(demo, loud, seen_by) -> None:
    people = [known_since(make_member(demo, f"one{number}")) for number in range(50)]
    viewers = [seen_by(person) for person in people]

    def act(viewer: Any) -> Callable[[], Any]:
        return lambda: file_report(viewer, kind="post", object_id=loud.pk, reason="rude").pk

    said = together([act(viewer) for viewer in viewers])
    filed = [one for one in said if isinstance(one, int)]
    refused = [type(one).__name__ for one in said if not isinstance(one, int)]
    # After the third that weighs, it is out of their sight: whoever comes later finds nothing to report any more.
    assert (len(filed) >= 3, set(refused) <= {"Http404"}) == (True, True)
    assert Report.objects.count() == len(set(filed)) == len(filed)
    assert (Post.objects.get(pk=loud.pk).state, Act.objects.filter(verb="hidden").count()) == (State.HIDDEN, 1)
    assert Activity.objects.filter(verb="safety.hidden").count() == 1
    assert Activity.objects.filter(verb="report.filed").count() == len(filed)


def test_fifty_times_the_same_report_is_one(loud, insider, seen_by) -> None:
    viewer = seen_by(insider)
    said = together([lambda: file_report(viewer, kind="post", object_id=loud.pk, reason="rude").pk] * 50)
    assert set(said) == {Report.objects.get().pk}
    assert Activity.objects.filter(verb="report.filed").count() == 1


def test_fifty_times_the_same_block_is_one(insider, member) -> None:
    assert together([lambda: block_person(insider, member)] * 50) == [None] * 50
    assert (Block.objects.count(), Activity.objects.filter(verb="person.blocked").count()) == (1, 1)
