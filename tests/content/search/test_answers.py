"""One table of questions with their answers, the same on either database; whatever is typed is a question and no mistake."""

from typing import Any

import pytest

from communities.access.viewer import viewer_for
from communities.discussion.actions import write_message
from communities.discussion.models import Room
from tests.content.search.conftest import Found

pytestmark = pytest.mark.django_db

SAID = {
    "cafe": "We met in the Café Luz, and printed twelve sheets.",
    "slow": "Slow is smooth. Smooth is slow, now and then.",
    "japan": "東京の印刷所から手紙が来た。",
    "china": "我们在上海印刷了十二张纸。",
    "arabic": "مَرحبا بكم في الوَرشة الجديدة.",
    "party": "The margins are right! 🎉",
    "code": "Call foo_bar(x7) AND then C++ or a well-known e-mail: ana@example.org",
    "hindi": "हिन्दी में लिखा हुआ",
}

ANSWERS: list[tuple[str, set[str]]] = [
    ("cafe", {"cafe"}),
    ("CAFÉ luz", {"cafe"}),
    ("print", {"cafe"}),
    ("printing sheet", {"cafe"}),
    ("marg", {"party"}),
    ("marg right", set()),
    ("right marg", {"party"}),
    ('"smooth is slow"', {"slow"}),
    ('"slow smooth"', set()),
    ('"slow is smooth', {"slow"}),
    ("東京", {"japan"}),
    ("京", {"japan"}),
    ("印刷", {"japan", "china"}),
    ("印刷了", {"china"}),
    ("刷所から", {"japan"}),
    ("京東", set()),
    ("مرحبا", {"arabic"}),
    ("ورشة", {"arabic"}),
    ("الورشه جديدة", {"arabic"}),
    ("🎉", {"party"}),
    ("🥁", set()),
    ("हिन्दी", {"hindi"}),
    ("and", {"cafe", "slow", "code"}),
    ("AND", {"cafe", "slow", "code"}),
    ("slow AND smooth", {"slow"}),
    ("slow OR cafe", set()),
    ("a", {"code"}),
    ("x7", {"code"}),
    ("c++", {"code"}),
    ("e-mail", {"code"}),
    ("well-known", {"code"}),
    ("ana@example.org", {"code"}),
    ("foo_bar", {"code"}),
    ("nothing:like that", set()),
    ("slow:smooth", set()),
    ("is:smooth", {"slow"}),
    ('"', set()),
    ('""', set()),
    ("*", set()),
    (":", set()),
    ("-", set()),
    ("-slow", {"slow"}),
    ("slow*", {"slow"}),
    ("(slow", {"slow"}),
    ("slow'", {"slow"}),
    ("NEAR(slow smooth)", set()),
    ("{head} : slow", set()),
    ("slow & !smooth | \\", {"slow"}),
    ("slow <-> smooth:*A", set()),
    ("'; DROP TABLE search_entry; --", set()),
    ("%", set()),
    ("\x00slow\x00", {"slow"}),
    (" slow \t\n", {"slow"}),
    ("slow " * 2000, {"slow"}),
    ("x" * 10_000, set()),
    ("é東🎉 " * 2500, set()),
    ("from: kind: in: after: before:", set()),
    ("slow after:yesterday", set()),
    ("slow before:2026-02-31", set()),
    ("slow after:1000", {"slow"}),
    ("slow before:2999", {"slow"}),
    ("slow before:2001", set()),
    ("slow kind:message", {"slow"}),
    ("slow kind:messages", {"slow"}),
    ("slow kind:post", set()),
    ("slow kind:nonsense", set()),
    ("slow in:bench", {"slow"}),
    ("slow in:inner", set()),
    ("slow from:@Member", {"slow"}),
    ("slow from:owner", set()),
    ("slow from:nobody-like-that", set()),
    ("from:member in:bench 🎉", {"party"}),
    ("from:member", set(SAID)),
]


@pytest.fixture
def said(room: Room, inner: Room, member: Any) -> dict[str, str]:
    viewer = viewer_for(member, room.community)
    return {f"message {write_message(viewer, room=room, body=body).pk}": name for name, body in SAID.items()}


def test_every_question_has_its_answer(said: dict[str, str], found: Found, member: Any) -> None:
    got = [(typed[:40], {said[one] for one in found(member, typed) if one in said}) for typed, _expected in ANSWERS]
    assert got == [(typed[:40], expected) for typed, expected in ANSWERS]


def test_nothing_asked_finds_nothing(said: dict[str, str], found: Found, member: Any) -> None:
    assert found(member, "") == set()
