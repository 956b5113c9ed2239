"""The worker's part: each size once, whoever else is at it, and sweeping up behind everybody."""

import datetime as dt
import os
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from PIL import Image

from communities.files import actions, pictures, store
from communities.files.actions import delete_file, make_sizes, sweep_files
from communities.files.models import File, Rendition
from content.posts.models import Post

pytestmark = pytest.mark.django_db


@pytest.fixture
def photo(publish: Callable[..., Post], upload: Callable[..., File]) -> File:
    return upload(publish())


def test_every_width_below_the_originals_is_made(photo: File) -> None:
    assert make_sizes() == 1
    photo.refresh_from_db()
    assert photo.sized
    for row, width in zip(photo.renditions.order_by("width"), (400, 800), strict=True):
        data = store.place(row.path).read_bytes()
        assert (row.width, row.bytes) == (width, len(data))
        assert Image.open(BytesIO(data)).size == (width, width * 6 // 10)
    assert make_sizes() == 0


def test_two_workers_make_each_size_once(photo: File, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second comes while the first is at it."""
    made, nested = pictures.renditions, []

    def slowly(*args: Any) -> Any:
        nested.append(make_sizes())
        return made(*args)

    monkeypatch.setattr(pictures, "renditions", slowly)
    assert make_sizes() == 1
    assert nested == [0]
    assert Rendition.objects.count() == 2


def test_a_worker_that_died_loses_its_claim_and_what_it_made_is_not_made_again(
    photo: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, asked = actions._keep_rendition, []

    def dies(row: File, width: int, data: bytes) -> None:
        keep(row, width, data)
        raise KeyboardInterrupt

    with time_machine.travel(timezone.now() + dt.timedelta(seconds=1), tick=False) as clock:
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(actions, "_keep_rendition", dies)
            make_sizes()
        clock.shift(50)
        assert make_sizes() == 0
        clock.shift(11)
        made = pictures.renditions
        monkeypatch.setattr(pictures, "renditions", lambda file, widths: (asked.append(widths), made(file, widths))[1])
        assert make_sizes() == 1
    assert asked == [[400]]
    assert sorted(Rendition.objects.values_list("width", flat=True)) == [400, 800]


def test_what_cannot_be_sized_is_given_up_after_five_tries(photo: File) -> None:
    store.place(photo.path).write_bytes(b"rotten")
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=1), tick=False) as clock:
        for _hour in range(10):
            assert make_sizes() == 0
            clock.shift(3600)
    photo.refresh_from_db()
    assert (photo.sized, photo.size_tries, photo.renditions.count()) == (True, 5, 0)


def on_disk(settings: Any) -> set[str]:
    root = Path(settings.MEDIA_ROOT)
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_deleting_a_file_takes_its_bytes_after_the_commit(
    photo: File, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    make_sizes()
    with django_capture_on_commit_callbacks() as later:
        delete_file(photo)
    assert (File.objects.count(), Rendition.objects.count(), len(on_disk(settings))) == (0, 0, 3)
    for run in later:
        run()
    assert on_disk(settings) == set()


def age(path: Path, hours: float) -> None:
    os.utime(path, (time.time() - hours * 3600,) * 2)


def test_bytes_without_a_row_go_after_a_day_and_no_others(photo: File, settings: Any) -> None:
    """X15: what a killed upload left behind."""
    make_sizes()
    owned = on_disk(settings)
    old, part, young = store.keep([b"old"], ".bin"), store.keep([b"part"], ".part"), store.keep([b"young"], ".bin")
    for path in {*owned, old, part}:
        age(store.place(path), 25)
    age(store.place(young), 23)
    assert sweep_files() == (0, 2)
    assert on_disk(settings) == {*owned, young}


def test_files_of_a_post_that_is_gone_go_after_a_day(
    photo: File,
    publish: Callable[..., Post],
    upload: Callable[..., File],
    settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    kept = upload(publish())
    File.objects.filter(pk=photo.pk).update(parent_id=10**9)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep_files() == (0, 0)
        File.objects.update(created_at=timezone.now() - dt.timedelta(hours=25))
        assert sweep_files() == (1, 0)
    assert list(File.objects.all()) == [kept]
    assert on_disk(settings) == {kept.path}
