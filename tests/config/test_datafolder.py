"""What a data folder remembers, and the starts that it refuses."""

import stat
from pathlib import Path

import pytest

from config.datafolder import DataFolder, Refusal


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    folder.open()
    return folder


def test_a_folder_that_remembers_nothing_is_live_and_stays_so(folder: DataFolder) -> None:
    assert folder.settle_mode("") == "live"
    assert folder.settle_mode("live") == "live"
    with pytest.raises(Refusal, match="was made in live mode and cannot start in demo mode"):
        folder.settle_mode("demo")
    assert folder.remembered("mode") == "live"


def test_a_demo_folder_is_a_demo_without_being_told_again(folder: DataFolder) -> None:
    assert folder.settle_mode("demo") == "demo"
    assert folder.settle_mode("") == "demo"
    with pytest.raises(Refusal, match="demo mode and cannot start in live mode"):
        folder.settle_mode("live")


def test_another_word_than_demo_or_live_is_refused_and_not_remembered(folder: DataFolder) -> None:
    with pytest.raises(Refusal, match="demo or live, not 'prod'"):
        folder.settle_mode("prod")
    assert folder.remembered("mode") == ""


def test_the_secret_key_is_made_once_and_is_the_owners_alone(folder: DataFolder) -> None:
    folder.keep_secret_key()
    kept = folder.path / "secret_key"
    first = kept.read_text()
    folder.keep_secret_key()
    assert kept.read_text() == first
    assert len(first.strip()) >= 50
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal) as refused:
        DataFolder(tmp_path / "file" / "data").open()
    assert str(refused.value) == f"The data folder {tmp_path / 'file' / 'data'} cannot be written: Not a directory."


def test_two_starts_do_not_share_a_folder(folder: DataFolder) -> None:
    folder.lock()
    with pytest.raises(Refusal, match="already runs in"):
        DataFolder(folder.path).lock()


def test_logs_of_the_last_three_starts_are_kept(folder: DataFolder) -> None:
    for text in ("one", "two", "three", "four", "five"):
        folder.fresh_log("web").write_text(text)
    names = {log.name: log.read_text() for log in folder.logs.iterdir()}
    assert names == {"web.log": "five", "web.log.1": "four", "web.log.2": "three", "web.log.3": "two"}
