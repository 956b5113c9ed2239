"""Mail as rows: written with what it tells about, once, and without a way to smuggle headers in (G06)."""

import email
import email.policy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from communities.mail.actions import queue_mail, send_due
from communities.mail.models import Mail
from communities.mail.sink import sink_folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(tmp_path: Path, settings: Any) -> Callable[[str, str], str]:
    """letter(text, html) writes a template and returns its name."""

    def write(text: str, html: str = "") -> str:
        folder = tmp_path / "templates" / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "letter.txt").write_text(text)
        if html:
            (folder / "letter.html").write_text(html)
        return "letter"

    templates = {**settings.TEMPLATES[0], "DIRS": [tmp_path / "templates"]}
    settings.TEMPLATES = [templates]
    return write


def test_the_first_line_is_the_subject_and_text_is_not_escaped(letter: Callable[..., str]) -> None:
    template = letter("News of {{ name }}\n\nIt's {{ name }}.\n", "<p>It is {{ name }}.</p>")
    queue_mail(to="ana@test.example", kind="news", template=template, context={"name": "Ann & Bob's <press>"})
    row = Mail.objects.get()
    assert row.subject == "News of Ann & Bob's <press>"
    assert row.text == "It's Ann & Bob's <press>.\n"
    assert row.html == "<p>It is Ann &amp; Bob&#x27;s &lt;press&gt;.</p>"
    assert (row.state, row.attempts, row.kind, row.to) == ("waiting", 0, "news", "ana@test.example")


def test_a_mail_without_an_html_template_is_text_only(letter: Callable[..., str]) -> None:
    queue_mail(to="ana@test.example", kind="news", template=letter("News\n\nText."), context={})
    assert Mail.objects.get().html == ""


def test_what_does_not_happen_is_not_mailed(letter: Callable[..., str]) -> None:
    template = letter("News\n\nText.")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue_mail(to="ana@test.example", kind="news", template=template, context={})
        raise ZeroDivisionError
    assert Mail.objects.count() == 0


def test_the_same_key_is_one_mail_with_one_message_id(letter: Callable[..., str]) -> None:
    template = letter("News\n\nText.")
    first = queue_mail(to="ana@test.example", kind="news", template=template, context={}, key="news:1:ana")
    assert first is not None
    assert queue_mail(to="ana@test.example", kind="news", template=template, context={}, key="news:1:ana") is None
    assert Mail.objects.count() == 1
    message_id = first.message_id
    first.delete()
    again = queue_mail(to="ana@test.example", kind="news", template=template, context={}, key="news:1:ana")
    assert again is not None and again.message_id == message_id
    assert message_id.endswith("@localhost>")


@pytest.mark.parametrize(
    "to", ["ana@test.example\nBcc: eve@evil.example", "ana", "", "ana@test.example, eve@evil.example"]
)
def test_what_is_not_one_address_is_refused(letter: Callable[..., str], to: str) -> None:
    template = letter("News\n\nText.")
    with pytest.raises(ValidationError):
        queue_mail(to=to, kind="news", template=template, context={})
    assert Mail.objects.count() == 0


@pytest.mark.parametrize(
    "evil", ["Ana\r\nBcc: eve@evil.example", "Ana\nBcc: eve@evil.example", "Ana\x85Bcc: x", "Ana\u2028Bcc: x"]
)
def test_a_line_break_in_a_name_stays_inside_the_subject(letter: Callable[..., str], evil: str, settings: Any) -> None:
    """G06: one message goes out, to one person, with the headers that we chose."""
    settings.EMAIL_BACKEND = "communities.mail.sink.SinkBackend"
    template = letter("News of {{ name|safe }}\n\nText.")
    queue_mail(to="ana@test.example", kind="news", template=template, context={"name": evil}, headers={"X-Space": evil})
    assert send_due() == 1
    (file,) = sink_folder().iterdir()
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["bcc"] is None
    assert message["to"] == "ana@test.example"
    # The subject is the template's first line: what comes after a line break is text.
    assert message["subject"].split("Bcc")[0].strip() in {"News of Ana"}
    assert "\n" not in message["x-space"] and message["x-space"].startswith("Ana Bcc: ")


def test_a_header_with_a_crooked_name_is_refused(letter: Callable[..., str]) -> None:
    template = letter("News\n\nText.")
    with pytest.raises(ValueError, match="not the name"):
        queue_mail(
            to="ana@test.example", kind="n", template=template, context={}, headers={"X: y\nBcc": "eve@evil.example"}
        )


def test_a_very_long_subject_is_cut(letter: Callable[..., str]) -> None:
    queue_mail(
        to="ana@test.example", kind="news", template=letter("{{ name }}\n\nText."), context={"name": "long " * 200}
    )
    assert len(Mail.objects.get().subject) == 200
