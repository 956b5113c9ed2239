"""H01: what newcomers may put into a text, how fast anybody writes, and that a refusal keeps what was typed."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone

from communities.access.texts import TextFacts, TooMuch, ask_text_gates
from communities.members.models import Member
from communities.safety import pace
from communities.safety.limits import is_new
from communities.safety.pace import in_words, keep_pace, seconds_to_wait
from content.posts.models import Post
from tests.conftest import make_member

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def limited(settings: Any) -> None:
    settings.WRITING_LIMITS = True
    pace._own.clear()


def old(user: Any) -> Any:
    Member.objects.filter(user=user).update(joined_at=timezone.now() - dt.timedelta(days=4))
    return user


def say(viewer: Any, text: str, **facts: Any) -> None:
    ask_text_gates(viewer, kind="comment", text=text, facts=TextFacts(**facts))


def test_who_is_new(demo, member, insider, moderator, outsider, publish, seen_by) -> None:
    """Days and texts make one known, a step above or a role make one trusted at once."""
    new = [is_new(seen_by(one)) for one in (member, insider, moderator, outsider)]
    assert new == [True, False, False, False]
    for number in range(5):
        assert is_new(seen_by(member)) is True
        publish(f"Hello {number}", author=member, space="bench")
    assert is_new(seen_by(member)) is False
    later = make_member(demo, "later")
    with time_machine.travel(timezone.now() + dt.timedelta(days=3, seconds=1), tick=False):
        assert is_new(seen_by(later)) is False


def test_a_newcomers_text_holds_two_links_two_mentions_and_a_picture(member, seen_by) -> None:
    viewer = seen_by(member)
    say(viewer, "as much as there may be", links=2, mentions=2, pictures=1)
    for facts, named in (({"links": 3}, "2 links"), ({"mentions": 3}, "2 mentions"), ({"pictures": 2}, "1 picture")):
        with pytest.raises(ValidationError) as problem:
            say(viewer, f"too much {named}", **facts)
        assert problem.value.message_dict == {
            "body": [f"In your first days here a text may hold at most {named}. Take some out; this opens up soon."]
        }
    with pytest.raises(ValidationError) as problem:
        say(viewer, "an advert", links=20, mentions=9, pictures=3)
    assert "2 links, 2 mentions, 1 picture." in problem.value.message_dict["body"][0]
    say(seen_by(old(member)), "twenty links of somebody whom we know", links=20, mentions=9, pictures=3)


def test_a_newcomer_writes_ten_texts_an_hour(member, seen_by) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for number in range(10):
            say(seen_by(member), f"text {number}")
            clock.shift(dt.timedelta(minutes=2))
        with pytest.raises(TooMuch) as problem:
            say(seen_by(member), "one more")
        assert problem.value.seconds == 40 * 60
        assert "can go out in 40 minutes." in problem.value.message_dict["body"][0]
        clock.shift(dt.timedelta(minutes=41))
        say(seen_by(member), "one more")


@pytest.mark.parametrize("who", ["member", "insider", "owner"])
def test_nobody_writes_more_than_ten_texts_a_minute(request, who, seen_by) -> None:
    person = old(request.getfixturevalue(who))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        taken = 0
        for number in range(30):
            try:
                say(seen_by(person), f"text {number}")
                taken += 1
            except TooMuch as problem:
                assert problem.message_dict["body"][0].startswith("10 texts in a minute: that was quick.")
        assert taken == 10
        clock.shift(dt.timedelta(seconds=61))
        say(seen_by(person), "after a breath")


def test_of_eleven_identical_texts_in_a_minute_two_stand(insider, seen_by) -> None:
    """Capitals and spaces do not make it another text; in ten minutes it may be said again."""
    taken = 0
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(11):
            try:
                say(seen_by(insider), "Buy  MY prints" if number % 2 else "buy my Prints ")
                taken += 1
            except TooMuch as problem:
                assert problem.message_dict["body"][0].startswith("You said exactly this twice")
        assert taken == 2
        clock.shift(dt.timedelta(minutes=10, seconds=1))
        say(seen_by(insider), "buy my prints")


def test_a_refused_post_keeps_what_was_typed_and_says_when_again(demo, member, client_of) -> None:
    browser, before = client_of(member), Post.objects.count()
    typed = {"title": "Look", "kind": "update", "space": "bench", "audience": "public", "rev": 0, "action": "publish"}
    links = " ".join(f"https://shop.example/{number}" for number in range(20))
    refused = browser.post("/c/demo/write/", {**typed, "body": f"Sale! {links}"})
    assert refused.status_code == 200
    assert "a text may hold at most 2 links" in refused.content.decode()
    assert "https://shop.example/19" in refused.content.decode()
    assert Post.objects.filter(state="published").count() == before
    for number in range(30):
        answer = browser.post("/c/demo/write/", {**typed, "title": f"T{number}", "body": f"Text {number}"})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert "Text 29" in answer.content.decode()
    assert Post.objects.filter(state="published").count() == before + 10


def test_editing_has_a_pace_of_its_own(insider, publish, seen_by) -> None:
    viewer = seen_by(insider)
    for number in range(20):
        say(viewer, f"better {number}", new=False)
    with pytest.raises(TooMuch):
        say(viewer, "better still", new=False)
    say(viewer, "something else")


def test_live_preview_has_a_pace(demo, insider, client_of) -> None:
    browser = client_of(insider)
    answers = [browser.post("/c/demo/write/shown/", {"body": "*x*"}) for _number in range(91)]
    assert {answer.status_code for answer in answers[:90]} == {200}
    assert (answers[90].status_code, "Retry-After" in answers[90]) == (429, True)


def test_uploads_have_a_pace(insider, publish, client_of) -> None:
    post = publish("Mine", author=insider, space="bench")
    for _number in range(60):
        seconds_to_wait("upload", insider.pk, most=60, seconds=600)
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = {"file": SimpleUploadedFile("a.png", b"no picture", "image/png")}
    answer = client_of(insider).post(f"/c/demo/write/{post.pk}/files/", sent, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["error"][:19]) == (429, "That was a lot in a")
    assert 0 < int(answer["Retry-After"]) <= 600


def test_without_the_shared_cache_each_process_still_counts(monkeypatch) -> None:
    """A failure of the cache opens a little, never all."""

    def away(*_args: Any, **_kwargs: Any) -> int:
        raise ValueError("gone")

    monkeypatch.setattr(cache, "incr", away)
    waits = [seconds_to_wait("text", 1, most=3, seconds=600) for _number in range(5)]
    assert waits[:3] == [0, 0, 0] and all(500 < wait <= 600 for wait in waits[3:])


def test_of_fifty_at_once_as_many_pass_as_may() -> None:
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _one: seconds_to_wait("burst", 1, most=10, seconds=60), range(50)))
    assert (waits.count(0), max(waits) <= 60) == (10, True)


def test_a_clock_a_second_behind_begins_no_new_time() -> None:
    """Of two at once one may have read the clock just before a second ended, and ask after the other one began."""
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, 0, 1, tzinfo=dt.UTC), tick=False) as clock:
        ahead = [seconds_to_wait("clock", 1, most=2, seconds=60) for _number in range(2)]
        clock.shift(-1)
        behind = seconds_to_wait("clock", 1, most=2, seconds=60)
        clock.shift(-3600)  # set right by hand: nobody waits for an hour that was counted wrongly
        far_behind = seconds_to_wait("clock", 1, most=2, seconds=60)
    assert (ahead, behind, far_behind) == ([0, 0], 60, 0)


def test_how_long_is_said_in_words() -> None:
    assert [in_words(seconds) for seconds in (1, 60, 91, 3600, 36_000)] == [
        "in 1 second",
        "in 60 seconds",
        "in 2 minutes",
        "in 60 minutes",
        "in 10 hours",
    ]
    keep_pace("quiet", 1, most=1, seconds=9)
