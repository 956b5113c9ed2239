"""The database that a start finds: it is brought up to date, or the start is refused."""

import json
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from config import prepare
from config.datafolder import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def remembered(tmp_path: Path) -> Path:
    return tmp_path / "migrations.json"


def test_a_database_that_is_up_to_date_is_taken_and_its_first_migrations_are_remembered(remembered: Path) -> None:
    prepare.migrate_database(remembered)
    digests = json.loads(remembered.read_text())
    assert {"people.0001_initial", "posts.0001_initial", "spaces.0001_initial"} <= set(digests)
    assert not any(name.startswith(("auth.", "sessions.", "account.")) for name in digests)
    prepare.migrate_database(remembered)
    assert json.loads(remembered.read_text()) == digests


def test_a_database_ahead_of_the_code_is_refused_in_one_sentence(remembered: Path) -> None:
    MigrationRecorder(connection).record_applied("posts", "0999_from_tomorrow")
    with pytest.raises(Refusal) as refused:
        prepare.migrate_database(remembered)
    assert "does not know (posts.0999_from_tomorrow)" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not remembered.exists()


def test_a_database_of_other_first_migrations_is_refused(remembered: Path) -> None:
    remembered.write_text(json.dumps({"posts.0001_initial": "0123456789abcdef"}))
    with pytest.raises(Refusal, match=r"another version of posts\.0001_initial"):
        prepare.migrate_database(remembered)
    assert json.loads(remembered.read_text()) == {"posts.0001_initial": "0123456789abcdef"}


def test_the_demo_is_never_filled_into_a_database_with_people(
    owner: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("django.core.management.call_command", lambda *_: pytest.fail("it was filled again"))
    prepare.fill_demo()
    assert capsys.readouterr().out == ""
