"""The audit counts only what was looked up."""

from pathlib import Path
from typing import Any

import pytest

from tests import audit

FILE = """\
django==5.2.19 \\
    --hash=sha256:aa
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:bb
Celery==5.7.0 \\
    --hash=sha256:cc
"""
CLEAN = {"name": "django", "version": "5.2.19", "vulns": []}
HOLED = {"name": "celery", "version": "5.7.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["5.7.1"]}]}


@pytest.fixture
def requirements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "requirements.txt").write_text(FILE)
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    return "requirements.txt"


def answers(monkeypatch: pytest.MonkeyPatch, **by_service: tuple[list[Any], str]) -> None:
    monkeypatch.setattr(audit, "ask", lambda service, name: by_service[service])


def test_what_is_pinned_for_another_system_is_not_wanted() -> None:
    assert audit.pinned(FILE) == {"django", "celery"}


def test_a_service_that_cannot_be_reached_is_named_and_no_number_is_printed(
    requirements: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, pypi=([], "pypi: no route"), osv=([], "osv: no route"))
    assert audit.audit(requirements) == 2
    out = capsys.readouterr().out
    assert out == "requirements.txt: could NOT look up celery, django (pypi: no route)\n"
    assert "0" not in out


def test_a_package_that_one_service_does_not_know_is_asked_of_the_other(
    requirements: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    skipped = {"name": "celery", "skip_reason": "not found"}
    answers(monkeypatch, pypi=([CLEAN, skipped], ""), osv=([CLEAN, HOLED], ""))
    assert audit.audit(requirements) == 1
    assert capsys.readouterr().out == "requirements.txt: celery 5.7.0: PYSEC-1, mended in 5.7.1\n"


def test_one_package_left_open_is_a_failure_even_where_the_rest_is_clean(
    requirements: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, pypi=([CLEAN], ""), osv=([CLEAN], ""))
    assert audit.audit(requirements) == 2
    assert "could NOT look up celery (the service does not know them)" in capsys.readouterr().out


def test_only_a_full_look_without_a_finding_passes(requirements: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, pypi=([CLEAN, HOLED | {"vulns": []}], ""))
    assert audit.audit(requirements) == 0
