"""The environment that manage.py makes for itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from config import bootstrap


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("django==5.2.19\n")
    (tmp_path / "requirements-dev.txt").write_text("pytest==9\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    return tmp_path


def test_an_environment_is_fresh_until_a_requirements_file_changes(checkout: Path) -> None:
    venv = checkout / ".venv"
    assert not bootstrap.is_fresh(venv, bootstrap.RUNTIME, checkout)
    bootstrap.write_stamp(venv, bootstrap.fingerprint(bootstrap.DEV, checkout))
    assert bootstrap.is_fresh(venv, bootstrap.RUNTIME, checkout)
    assert bootstrap.is_fresh(venv, bootstrap.DEV, checkout)
    (checkout / "requirements-dev.txt").write_text("pytest==10\n")
    assert bootstrap.is_fresh(venv, bootstrap.RUNTIME, checkout)
    assert not bootstrap.is_fresh(venv, bootstrap.DEV, checkout)


def test_an_environment_whose_python_went_away_is_not_fresh(checkout: Path) -> None:
    venv = checkout / ".venv"
    bootstrap.write_stamp(venv, bootstrap.fingerprint(bootstrap.RUNTIME, checkout))
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to("/nowhere/python3")
    assert not bootstrap.is_fresh(venv, bootstrap.RUNTIME, checkout)
    assert not bootstrap.works(venv)


def test_the_stamp_names_the_python_it_was_made_for(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = bootstrap.fingerprint(bootstrap.RUNTIME, checkout)
    monkeypatch.setattr(bootstrap.sys, "version_info", FakeVersion())
    assert bootstrap.fingerprint(bootstrap.RUNTIME, checkout) != before


class FakeVersion:
    major, minor = 3, 99


@pytest.mark.parametrize("value", ["1", "yes"])
def test_hearth_no_bootstrap_switches_it_off(value: str) -> None:
    assert bootstrap.is_off({"HEARTH_NO_BOOTSTRAP": value}, inside=True)


def test_an_active_venv_with_django_switches_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.sys, "prefix", "/somebody/elses/venv")
    assert bootstrap.is_off({}, inside=False)


def test_a_python_outside_of_any_venv_does_not_count_even_with_django(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.sys, "prefix", sys.base_prefix)
    assert not bootstrap.is_off({"HEARTH_NO_BOOTSTRAP": "0"}, inside=False)


@pytest.mark.parametrize("way", ["uv", "venv", "pip"])
def test_every_way_installs_hashed_files_only_and_makes_the_folder_once(way: str) -> None:
    create, fill = bootstrap.commands(way, bootstrap.DEV, make=True)
    assert create[-1] == str(bootstrap.VENV)
    assert "--require-hashes" in fill
    assert "--no-deps" in fill
    assert [fill[at + 1] for at, part in enumerate(fill) if part == "-r"] == list(bootstrap.DEV)
    assert bootstrap.commands(way, bootstrap.DEV, make=False) == [fill]


def test_uv_is_told_which_python_and_may_fetch_none(monkeypatch: pytest.MonkeyPatch) -> None:
    create, _fill = bootstrap.commands("uv", bootstrap.RUNTIME, make=True)
    assert create[create.index("--python") + 1] == sys.executable
    seen = {}
    monkeypatch.setattr(subprocess, "run", lambda command, **options: seen.update(options["env"]) or FakeDone())
    assert bootstrap.run(["anything"])
    assert seen["UV_PYTHON_DOWNLOADS"] == "never"


class FakeDone:
    returncode = 0


def test_a_debian_without_ensurepip_uses_the_pip_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    monkeypatch.setattr(bootstrap, "has_bundled_pip", lambda: False)
    assert bootstrap.installers() == ["pip"]
    create, fill = bootstrap.commands("pip", bootstrap.RUNTIME, make=True)
    assert "--without-pip" in create
    assert fill[:5] == [sys.executable, "-m", "pip", "--python", str(bootstrap.python_of(bootstrap.VENV))]


def test_with_no_way_to_install_one_sentence_names_the_package(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", checkout / "none")
    monkeypatch.setattr(bootstrap, "installers", list)
    with pytest.raises(SystemExit) as ended:
        bootstrap.build(bootstrap.RUNTIME)
    assert ended.value.code == 1
    out, err = capfd.readouterr()
    assert (out, err) == ("", bootstrap.NO_PIP + "\n")
    assert "python3-venv" in bootstrap.NO_PIP


def test_where_the_first_way_fails_the_next_one_is_tried(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def run(command: list[str], *, quiet: bool = False) -> bool:
        tried.append(command[0])
        return command[0] != "uv"

    monkeypatch.setattr(bootstrap, "VENV", checkout / ".venv")
    monkeypatch.setattr(bootstrap, "works", lambda venv: True)
    monkeypatch.setattr(bootstrap, "installers", lambda: ["uv", "venv"])
    monkeypatch.setattr(bootstrap, "run", run)
    bootstrap.build(bootstrap.RUNTIME)
    assert tried == ["uv", str(checkout / ".venv" / "bin" / "python")]
    assert bootstrap.is_fresh(checkout / ".venv", bootstrap.RUNTIME)


def test_an_older_python_gets_one_sentence() -> None:
    source = (bootstrap.ROOT / "manage.py").read_text(encoding="utf-8")
    pretend = f"import sys; sys.version_info = (3, 9, 2, 'final', 0)\n{source}"
    done = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Hearth needs Python 3.11 or newer; this is Python 3.9.\n"
