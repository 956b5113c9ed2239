"""The comments of the demo: who may have said what and when, and that many different people take part."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable

import pytest

from config.demo.people import Row, rows
from config.demo.places import PLACES
from config.demo.talk import Spoken, post_reactions, talk, waiting
from config.demo.texts import Text, texts

SAID = talk()
TEXTS = {text.file: text for text in texts()}
MEMBERS: dict[tuple[str, str], Row] = {(row.community, row.handle): row for row in rows() if row.community in PLACES}
TEAM = {"owner", "creator", "moderator"}
EMOJI = {"❤️", "👏", "😄", "🤔", "🙏", "🎉"}
DAY = dt.timedelta(days=1)
TODAY = dt.datetime(2026, 6, 15, tzinfo=dt.UTC)  # its first minute; what is past then is past at any hour of the day
CLIMB = 15  # days after joining at which everybody surely stands on their step
FLOORS = {(slug, space): rung for slug, plan in PLACES.items() for space, _n, _a, rung, _p in plan["spaces"]}


def went_out(text: Text) -> dt.datetime:
    return text.moment(TODAY.date(), dt.UTC)  # type: ignore[arg-type]


def name(spoken: Spoken) -> str:
    return f"{spoken.post}, {spoken.by} after {spoken.after}: {spoken.text[:40]!r}"


def is_team(community: str, handle: str) -> bool:
    return MEMBERS[community, handle].role in TEAM


def floor(text: Text, at: dt.datetime) -> int:
    """The rung that a post asks for at a moment: its own, or less once it has been opened, never less than its space's."""
    opened = [rung for rung, days in text.openings if at >= TODAY + days * DAY + dt.timedelta(hours=18)]
    return max(min([text.rung, *opened]), FLOORS[text.community, text.space])


def may_speak(text: Text, handle: str, at: dt.datetime) -> str:
    """Empty, or why this person could not be heard under this post at this moment."""
    row = MEMBERS.get((text.community, handle))
    if row is None:
        return f"{handle} is no member of {text.community}"
    if at > TODAY:
        return f"{at - TODAY} into the day of today or later"
    if at < TODAY - (row.joined - 1) * DAY:
        return f"{handle} joined {row.joined} days ago, this is {(TODAY - at) / DAY:.1f} days ago"
    rung = row.rung if at >= TODAY - (row.joined - CLIMB) * DAY else 10
    if row.role not in TEAM and rung < floor(text, at):
        return f"{handle} stood on rung {rung} then, the post asks for {floor(text, at)}"
    return ""


def wrong_reactions(text: Text, reactions: Iterable[tuple[str, tuple[str, ...]]], author: str) -> list[str]:
    """Unknown emoji, people who cannot read the post, people who react twice or to themselves."""
    pairs = [(emoji, handle) for emoji, handles in reactions for handle in handles]
    times = Counter(handle for _emoji, handle in pairs)
    wrong = [f"{emoji} is not offered" for emoji, _handle in pairs if emoji not in EMOJI]
    wrong += [f"{handle} reacts {n} times" for handle, n in times.items() if n > 1]
    wrong += [f"{handle}: {why}" for handle in times if (why := may_speak(text, handle, TODAY))]
    return [*wrong, *([f"{author} reacts to themselves"] if author in times else [])]


def test_there_are_some_four_hundred_by_at_least_thirty_people() -> None:
    assert 380 <= len(SAID) <= 420
    assert len({spoken.by for spoken in SAID}) >= 30
    most = Counter(spoken.by for spoken in SAID if not is_team(spoken.community, spoken.by)).most_common(1)[0]
    assert most[1] <= len(SAID) // 15, f"{most} speaks too often"


def test_comments_stand_under_posts_that_are_out() -> None:
    wrong = {spoken.post for spoken in SAID if TEXTS[spoken.post].state == "draft" or TEXTS[spoken.post].days < 0}
    assert wrong == set()
    out = {text.file for text in texts() if text.state == "published" and text.days >= 0}
    assert len(out & {spoken.post for spoken in SAID}) >= len(out) * 0.9


def test_everybody_could_be_there_and_read_it_when_they_spoke() -> None:
    wrong = []
    for spoken in SAID:
        text = TEXTS[spoken.post]
        if why := may_speak(text, spoken.by, went_out(text) + spoken.after):
            wrong.append(f"{name(spoken)}: {why}")
    assert wrong == []


def test_a_reply_comes_after_what_it_answers_in_the_same_thread() -> None:
    wrong = []
    for at, spoken in enumerate(SAID):
        for index in (spoken.parent, spoken.to):
            if index is not None:
                answered = SAID[index]
                if index >= at or answered.post != spoken.post or answered.after >= spoken.after:
                    wrong.append(f"{name(spoken)} answers {name(answered)}")
        if spoken.parent is not None and SAID[spoken.parent].parent is not None:
            wrong.append(f"{name(spoken)} stands under a reply")
        if spoken.to is not None and SAID[spoken.to].parent != spoken.parent:
            wrong.append(f"{name(spoken)} answers into another thread")
    assert wrong == []


def test_an_edit_is_later_still_past_and_changed_something() -> None:
    edited = [spoken for spoken in SAID if spoken.edited is not None or spoken.before]
    assert 8 <= len(edited) <= 14
    for spoken in edited:
        assert spoken.edited is not None, name(spoken)
        assert spoken.after < spoken.edited, name(spoken)
        assert went_out(TEXTS[spoken.post]) + spoken.edited <= TODAY, name(spoken)
        assert spoken.before, name(spoken)
        assert spoken.before != spoken.text, name(spoken)


def test_few_were_taken_back_and_the_answers_stay() -> None:
    removed = [at for at, spoken in enumerate(SAID) if spoken.removed]
    assert 1 <= len(removed) <= 3
    for at in removed:
        assert not SAID[at].reactions, name(SAID[at])
        assert any(spoken.parent == at for spoken in SAID), name(SAID[at])


def test_reactions_to_comments_are_by_readers_and_one_each() -> None:
    wrong = [
        f"{name(spoken)}: {why}"
        for spoken in SAID
        for why in wrong_reactions(TEXTS[spoken.post], spoken.reactions.items(), spoken.by)
    ]
    assert wrong == []


def test_reactions_to_posts_are_by_readers_and_one_each() -> None:
    wrong = [
        f"{post}: {why}"
        for post, reactions in post_reactions().items()
        for why in wrong_reactions(TEXTS[post], reactions.items(), TEXTS[post].author)
    ]
    assert wrong == []
    out = [text.file for text in texts() if text.state == "published" and text.days >= 0]
    assert set(post_reactions()) <= set(out)
    counts = {post: sum(map(len, post_reactions().get(post, {}).values())) for post in out}
    assert max(counts.values()) <= 20, counts
    assert sum(count >= 4 for count in counts.values()) >= len(out) * 0.75, counts


def test_no_text_stands_there_twice() -> None:
    words = [spoken.text for spoken in SAID] + [question.text for question in waiting().questions]
    assert [text for text, times in Counter(words).items() if times > 1] == []
    assert [name(spoken) for spoken in SAID if not spoken.text] == []


def test_they_speak_at_different_length() -> None:
    lengths = sorted(len(spoken.text.split()) for spoken in SAID)
    assert lengths[len(lengths) // 10] <= 8
    assert lengths[-len(lengths) // 10] >= 40
    assert lengths[-1] >= 90


def test_the_team_answers_a_good_part_of_the_threads() -> None:
    answered = {spoken.parent for spoken in SAID if spoken.parent is not None and is_team(spoken.community, spoken.by)}
    threads = [at for at, spoken in enumerate(SAID) if spoken.parent is None]
    assert len(answered) >= len(threads) * 0.25, f"{len(answered)} of {len(threads)}"


def test_whoever_is_named_is_a_member_and_nothing_leads_away() -> None:
    for spoken in SAID:
        for handle in re.findall(r"(?<!\w)@(\w+)", spoken.text + spoken.before):
            assert (spoken.community, handle) in MEMBERS, name(spoken)
        assert not re.search(r"https?:|www\.|!\[", spoken.text), name(spoken)


HELLOS = [text for text in texts() if text.kind == "hello"]


def test_ten_people_introduce_themselves() -> None:
    assert Counter(text.community for text in HELLOS) == {"demo": 8, "atelier": 2}
    assert len({(text.community, text.author) for text in HELLOS}) == 10


@pytest.mark.parametrize("text", HELLOS, ids=lambda text: text.file)
def test_who_says_hello_is_new_and_greeted_by_the_team_within_hours(text: Text) -> None:
    row = MEMBERS[text.community, text.author]
    assert row.role == "member"
    assert 1 <= row.joined - text.days <= 5
    assert 60 <= len(text.body.split()) <= 140, len(text.body.split())
    soon = [
        spoken
        for spoken in SAID
        if spoken.post == text.file and spoken.after <= dt.timedelta(hours=12) and is_team(text.community, spoken.by)
    ]
    assert soon, f"nobody of the team greets {text.author}"


def test_five_questions_wait_for_the_team() -> None:
    questions = waiting().questions
    assert len(questions) == 5
    for question in questions:
        text, at = TEXTS[question.post], TODAY - question.ago
        assert may_speak(text, question.by, at) == "", question
        assert at > went_out(text), f"asked before the post was out: {question}"
        assert not is_team(question.community, question.by), question


def test_one_person_asks_to_be_let_in() -> None:
    request = waiting().join_request
    assert request.handle in {row.handle for row in rows()}
    assert (request.community, request.handle) not in MEMBERS
    assert len(request.answers) == 2


def test_two_reports_are_open() -> None:
    reports = waiting().reports
    assert len(reports) == 2
    for report in reports:
        spoken = SAID[report.comment]
        text, at = TEXTS[spoken.post], TODAY - report.ago
        assert report.reason in {"spam", "rude", "off-topic", "other"}, report
        assert report.by != spoken.by, report
        assert may_speak(text, report.by, at) == "", report
        assert at > went_out(text) + spoken.after, f"reported before it was said: {report}"
