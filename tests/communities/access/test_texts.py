"""The gates of texts: every gate is asked, the first no stands, and what a text holds is counted from both its forms."""

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpResponse

from communities.access import texts
from communities.access.texts import (
    TextFacts,
    TooMuch,
    ask_text_gates,
    facts_of,
    register_text_gate,
    unasked,
    unhurried,
)
from communities.access.viewer import Viewer


def refuse_loud(viewer: Viewer, kind: str, text: str, facts: TextFacts) -> None:
    if text.isupper():
        raise ValidationError({"body": "Please do not shout."})


def test_a_gate_says_no_at_the_field_and_an_import_asks_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_gates", [])
    register_text_gate(refuse_loud)
    ask_text_gates(Viewer(), kind="comment", text="quietly", facts=TextFacts())
    with pytest.raises(ValidationError) as problem:
        ask_text_gates(Viewer(), kind="comment", text="LOUD", facts=TextFacts())
    assert problem.value.message_dict == {"body": ["Please do not shout."]}
    with unasked():
        ask_text_gates(Viewer(), kind="comment", text="LOUD", facts=TextFacts())


def test_what_is_counted_is_what_leads_away(settings) -> None:
    settings.SITE_URL = "https://here.example"
    source = (
        "@ana and @Ana and @bo (not c@d.example) see https://a.example/x and [b](https://b.example) "
        "and https://here.example/c/demo/ and ![](/f/t/a.png)"
    )
    html = (
        '<p><a href="https://a.example/x" rel="nofollow">x</a> <a href="https://b.example">b</a> '
        '<a href="https://here.example/c/demo/">us</a> <a href="/c/demo/">us</a> <img src="/f/t/a.png" alt=""></p>'
    )
    assert facts_of(source, html) == TextFacts(links=2, mentions=2, pictures=1)
    hidden = '<p><a href="//c.example">c</a><a href="mailto:d@d.example">d</a></p>'
    assert facts_of("[c](//c.example) <d@d.example>", hidden).links == 2


def test_too_fast_is_429_and_says_when_again() -> None:
    slow = unhurried(HttpResponse("the form again"), TooMuch({"body": "One at a time."}, seconds=41))
    assert (slow.status_code, slow["Retry-After"], slow.content) == (429, "41", b"the form again")
    wrong = unhurried(HttpResponse("the form again"), ValidationError({"body": "Too many links."}))
    assert (wrong.status_code, wrong.has_header("Retry-After")) == (200, False)
