"""The team's pages: what waits, one thing with all that is said about it, the log and taking back; and who has none of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities.access.models import State
from communities.members.models import Member, Role
from communities.safety.actions import hide, suspend_member, warn_member
from communities.safety.models import Act, Report
from content.posts.models import Post
from tests.conftest import make_member

pytestmark = pytest.mark.django_db
QUEUE = "/c/demo/studio/reports/"


def way(post: Post) -> str:
    return f"{QUEUE}post/{post.pk}/"


def test_one_line_a_thing_with_all_its_reports_the_oldest_first(loud, publish, insider, circle, tell, client_of, owner):
    other = publish("Other")
    tell(insider, other, "spam", "CANARY-note")
    tell(insider, loud)
    tell(circle, loud)
    page = client_of(owner).get(QUEUE)
    assert [(case.object_id, len(case.reports)) for case in page.context["cases"]] == [(other.pk, 1), (loud.pk, 2)]
    text = page.content.decode()
    assert "2 things wait for an answer" in text and "unkind or hateful × 2" in text and "Loud" in text


def test_the_queue_asks_a_constant_number_of_questions(publish, insider, circle, tell, client_of, owner) -> None:
    browser = client_of(owner)

    def asked() -> int:
        browser.get(QUEUE)  # what every page of this place keeps is kept anew
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(QUEUE).status_code == 200
        return len(queries)

    tell(insider, publish("First"))
    one = asked()
    for number in range(8):
        post = publish(f"More {number}")
        tell(insider, post)
        tell(circle, post)
    assert asked() == one


def test_the_case_shows_text_place_author_history_and_notes(loud, insider, tell, client_of, moderator, seen_by, member):
    tell(insider, loud, note="It calls names.")
    page = client_of(moderator).get(way(loud)).content.decode()
    for part in ("The text of Loud.", loud.url, "It calls names.", "Insider", "Member", "Nothing, neither"):
        assert part in page
    for verb in ("report.decided", "safety.hidden", "safety.warned", "safety.suspended"):
        assert f'data-verb="{verb}"' in page


def test_a_decision_by_the_form_and_the_notice_for_who_came_second(loud, insider, tell, client_of, moderator, owner):
    tell(insider, loud)
    first, second = client_of(moderator), client_of(owner)
    refused = first.post(way(loud), {"decision": "hide", "reason": "", "answer": "Thanks a lot."})
    assert refused.status_code == 200
    assert "Say in a sentence why." in refused.content.decode() and "Thanks a lot." in refused.content.decode()
    done = first.post(way(loud), {"decision": "hide", "reason": "Names.", "answer": "Thanks a lot."})
    assert (done.status_code, done["Location"]) == (302, QUEUE)
    late = second.post(way(loud), {"decision": "suspend", "reason": "Out."}, follow=True).content.decode()
    assert "Moderator was quicker: acted on. Nothing happened twice." in late
    assert [act.verb for act in Act.objects.all()] == ["hidden"]
    assert "Thanks a lot." in client_of(insider).get("/me/reports/").content.decode()


def test_what_its_author_took_away_is_answered_by_what_was_reported(loud, insider, tell, client_of, moderator) -> None:
    tell(insider, loud)
    Post.objects.filter(pk=loud.pk).update(state=State.REMOVED)
    page = client_of(moderator).get(way(loud)).content.decode()
    assert page.count("The text of Loud.") == 1 and "took it away" in page
    assert client_of(moderator).get(QUEUE).context["cases"][0].thing is None
    done = client_of(moderator).post(way(loud), {"decision": "fine", "reason": "It is gone."})
    assert (done.status_code, Report.objects.get().state) == (302, "dismissed")


def test_the_log_takes_back_what_holds_and_nothing_else(loud, insider, tell, client_of, moderator, seen_by, member):
    tell(insider, loud)
    browser = client_of(moderator)
    browser.post(way(loud), {"decision": "hide", "reason": "Names."})
    seat = Member.objects.get(user=member)
    suspend_member(seen_by(moderator), member=seat, reason="Three times.")
    warned = warn_member(seen_by(moderator), member=Member.objects.get(user=insider), words="Slow down.")
    suspended, hidden = Act.objects.exclude(verb="warned").order_by("-pk")
    page = browser.get("/c/demo/studio/log/").content.decode()
    assert "Names." in page and "Three times." in page and page.count("/studio/log/") >= 2
    for act in (hidden, suspended, warned):
        where = f"/c/demo/studio/log/{act.pk}/"
        assert "Say in a sentence why." in browser.post(where, {"reason": ""}).content.decode()
        assert browser.post(where, {"reason": "We talked."})["Location"] == "/c/demo/studio/log/"
        assert [browser.get(where).status_code, browser.post(where, {"reason": "x"}).status_code] == [404, 404]
    seat.refresh_from_db()
    assert (Post.objects.get(pk=loud.pk).state, seat.standing) == (State.PUBLISHED, "member")
    assert [act.verb for act in Act.objects.order_by("pk")] == [
        *("hidden", "suspended", "warned"),
        *("restored", "reinstated", "unwarned"),
    ]


def test_the_log_asks_a_constant_number_of_questions(publish, seen_by, owner, client_of, demo) -> None:
    browser = client_of(owner)

    def act(number: int) -> None:
        hide(seen_by(owner), obj=publish(f"P{number}"), reason="x")
        seat = Member.objects.get(user=make_member(demo, f"m{number}"))
        warn_member(seen_by(owner), member=seat, words="x")

    def asked() -> int:
        browser.get("/c/demo/studio/log/")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/c/demo/studio/log/").status_code == 200
        return len(queries)

    act(0)
    one = asked()
    for number in range(1, 30):
        act(number)
    assert asked() == one
    page = browser.get("/c/demo/studio/log/")
    rest = browser.get(f"/c/demo/studio/log/?before={page.context['before']}")
    assert len(page.context["rows"]) + len(rest.context["rows"]) == 60
    assert browser.get("/c/demo/studio/log/?before=x").status_code == 404


def test_creators_members_and_other_communities_find_no_desk(
    demo, loud, insider, tell, client_of, maker, member, outsider
) -> None:
    """D04, and a creator without the ability: the same 404, whatever they send."""
    tell(insider, loud)
    creator = make_member(demo, "creator", role=Role.CREATOR)
    act = Act.objects.create(community=demo, verb="hidden", kind="post", object_id=loud.pk, reason="x")
    ways = (QUEUE, way(loud), "/c/demo/studio/log/", f"/c/demo/studio/log/{act.pk}/")
    for person in (creator, maker, member, outsider, insider):
        browser = client_of(person)
        assert [browser.get(one).status_code for one in ways] == [404] * 4
        assert browser.post(way(loud), {"decision": "hide", "reason": "Mine."}).status_code == 404
        assert browser.post(ways[3], {"reason": "Mine."}).status_code == 404
    elsewhere = client_of(maker)
    assert elsewhere.get("/c/atelier/studio/reports/").context["cases"] == []
    assert elsewhere.get(f"/c/atelier/studio/reports/post/{loud.pk}/").status_code == 404
    assert elsewhere.get(f"/c/atelier/studio/log/{act.pk}/").status_code == 404
    assert (Report.objects.get().state, Post.objects.get(pk=loud.pk).state) == ("open", State.PUBLISHED)
