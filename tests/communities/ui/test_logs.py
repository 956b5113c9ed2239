"""H03: a log line is one line, shows no control byte and tells no secret."""

import logging
import sys

import pytest

from communities.ui.logs import EscapingFormatter


def line(message: str, *args: object) -> str:
    record = logging.LogRecord("hearth", logging.INFO, __file__, 1, message, args, None)
    return EscapingFormatter("%(levelname)s %(name)s %(message)s").format(record)


def test_line_breaks_and_colours_are_spelled_out() -> None:
    assert line("name %s", "Ana\r\nERROR root forged\x1b[2J") == "INFO hearth name Ana\\r\\nERROR root forged\\x1b[2J"


def test_bidi_and_other_separators_are_spelled_out() -> None:
    assert line("file %s", "gpj.\u202eexe\u2028\x85\x00") == "INFO hearth file gpj.\\u202eexe\\u2028\\x85\\x00"


def test_letters_of_every_script_stay() -> None:
    assert line("hallo %s", "Ünïcode 漢字 🖨") == "INFO hearth hallo Ünïcode 漢字 🖨"


@pytest.mark.parametrize(
    "message",
    [
        "Authorization: Bearer hunter2",
        "headers {'Cookie': 'sessionid=hunter2; csrftoken=hunter2'}",
        "Set-Cookie: sessionid=hunter2; HttpOnly",
        "form {'login': 'a@b.example', 'password': 'hunter2'}",
        "password1=hunter2&x=1",
        '{"client_secret": "hunter2"}',
        "STRIPE_API_KEY=hunter2",
        "reset_token = hunter2",
        "postgres://hearth:hunter2@db/hearth",
        "Not Found: /accounts/confirm-email/hunter2/",
        "Not Found: /accounts/password/reset/key/1-hunter2/",
    ],
)
def test_secrets_stay_out(message: str) -> None:
    shown = line(message)
    assert "hunter2" not in shown
    assert "[kept out]" in shown


def test_a_mapping_in_the_arguments_keeps_its_secret() -> None:
    assert line("sent %(values)s", {"values": {"password": "hunter2", "name": "Ana"}}) == (
        "INFO hearth sent {'password': '[kept out]', 'name': 'Ana'}"
    )


def test_a_trace_keeps_its_lines_and_forges_none() -> None:
    try:
        raise ValueError("broken\nERROR root forged\x1b[2J password=hunter2")
    except ValueError:
        record = logging.LogRecord("hearth", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    lines = EscapingFormatter("%(levelname)s %(message)s").format(record).split("\n")
    assert lines[0] == "ERROR failed"
    assert lines[1] == "    Traceback (most recent call last):"
    assert lines[-2:] == ["    ValueError: broken", "    ERROR root forged\\x1b[2J password=[kept out]"]
    assert all(rest.startswith("    ") for rest in lines[1:])
