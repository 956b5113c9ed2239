"""Taking a file in: bytes first, then the row, and neither where it is refused (E10, X10, X15)."""

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from communities.files import store
from communities.files.actions import take_file, take_image
from communities.files.models import File
from communities.files.refusal import UploadRefused
from communities.people.models import User
from communities.spaces.models import Community
from content.posts.models import Post
from tests.communities.files.samples import SECRET, encoded, photo_with_everything, shade

pytestmark = pytest.mark.django_db


def on_disk(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.fixture
def post(publish: Callable[..., Post]) -> Post:
    return publish()


def test_a_picture_is_kept_under_a_random_name_with_its_facts(
    post: Post, upload: Callable[..., File], settings: Any
) -> None:
    row = upload(post, name="../../my \u202epress.jpeg", alt="  The press,\n seen from the door ")
    (file,) = on_disk(settings)
    data = file.read_bytes()
    assert row.path == file.relative_to(settings.MEDIA_ROOT).as_posix()
    assert "press" not in row.path and row.path.endswith(".jpg")
    assert (row.name, row.mime, row.width, row.height) == ("my-press.jpg", "image/jpeg", 1000, 600)
    assert (row.bytes, row.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert row.alt == "The press, seen from the door"
    assert (row.sized, row.widths) == (False, [400, 800])


@pytest.mark.parametrize("how", ["bytes", "path", "upload"])
def test_it_comes_as_bytes_as_a_path_or_as_an_upload(
    post: Post, demo: Community, owner: User, tmp_path: Path, how: str
) -> None:
    data = encoded(shade(64, 64), "PNG")
    (tmp_path / "picture.png").write_bytes(data)
    given = {"bytes": data, "path": tmp_path / "picture.png", "upload": SimpleUploadedFile("x", data)}[how]
    row = take_image(community=demo, uploader=owner, parent_kind="post", parent_id=post.pk, upload=given, name="x.png")
    assert (row.mime, row.width, row.sized) == ("image/png", 64, True)


def test_a_drawing_is_kept_untouched(post: Post, upload: Callable[..., File], settings: Any) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 480"><script>alert(1)</script></svg>'
    row = upload(post, drawing, name="plan.svg")
    assert (row.name, row.mime, row.width, row.height) == ("plan.svg", "image/svg+xml", 640, 480)
    assert (row.sized, row.widths, row.srcset) == (True, [], "")
    assert on_disk(settings)[0].read_bytes() == drawing


def test_its_addresses_can_be_named_before_the_sizes_are_made(post: Post, upload: Callable[..., File]) -> None:
    row = upload(post)
    base = f"/f/{row.token}"
    assert row.url == f"{base}/press.jpg"
    assert row.srcset == f"{base}/400.webp 400w, {base}/800.webp 800w, {base}/press.jpg 1000w"
    assert (row.src(300), row.src(401), row.src(900)) == (f"{base}/400.webp", f"{base}/800.webp", f"{base}/press.jpg")


@pytest.mark.parametrize(
    ("data", "status"),
    [(b"<html></html>", 400), (b"", 400), (b"GIF89a;alert(1)", 400), (b"x" * 2_000_001, 413), (b"<svg><b></svg>", 400)],
)
def test_what_is_refused_leaves_neither_row_nor_file(
    post: Post, upload: Callable[..., File], settings: Any, data: bytes, status: int
) -> None:
    settings.UPLOAD_MAX_BYTES = 2_000_000
    with pytest.raises(UploadRefused) as refused:
        upload(post, data)
    assert refused.value.status == status
    assert refused.value.sentence.endswith(".")
    assert (File.objects.count(), on_disk(settings)) == (0, [])


def test_each_person_has_a_quota(
    post: Post, upload: Callable[..., File], settings: Any, owner: User, member: User
) -> None:
    """E10."""
    settings.UPLOAD_QUOTA_BYTES = upload(post).bytes + len(encoded(shade(1000, 600), "JPEG")) - 1
    with pytest.raises(UploadRefused) as refused:
        upload(post)
    assert refused.value.status == 413
    assert File.objects.count() == 1
    upload(post, uploader=member)
    assert File.objects.count() == 2


def test_a_full_disk_is_noticed_before_anything_is_written(
    post: Post, upload: Callable[..., File], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X10."""
    monkeypatch.setattr(store, "RESERVE", 1 << 60)
    with pytest.raises(UploadRefused) as refused:
        upload(post)
    assert refused.value.status == 507
    assert (File.objects.count(), on_disk(settings)) == (0, [])


def test_a_disk_that_fills_up_while_writing_keeps_no_part(
    post: Post, upload: Callable[..., File], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X10."""

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UploadRefused) as refused:
        upload(post)
    assert refused.value.status == 507
    assert (File.objects.count(), on_disk(settings)) == (0, [])


def test_a_row_that_cannot_be_written_leaves_no_file(
    post: Post, upload: Callable[..., File], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(File, "save", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        upload(post)
    assert on_disk(settings) == []


def test_a_document_is_kept_as_it_is_and_a_picture_never(
    post: Post, demo: Community, owner: User, settings: Any
) -> None:
    """E07: also what comes as a mere attachment tells nobody where it was taken."""
    about = {"community": demo, "uploader": owner, "parent_kind": "post", "parent_id": post.pk}
    document = take_file(**about, upload=b"%PDF-1.7 words", name="plan.pdf")
    assert (document.mime, document.width, document.sized) == ("application/pdf", 0, True)
    assert store.place(document.path).read_bytes() == b"%PDF-1.7 words"
    page = take_file(**about, upload=b"<html><script>alert(1)</script>", name="page.html")
    assert (page.name, page.mime) == ("page.html", "application/octet-stream")
    assert page.path.endswith(".bin")
    photo = take_file(**about, upload=photo_with_everything(), name="photo.jpg")
    assert photo.mime == "image/jpeg"
    assert SECRET not in store.place(photo.path).read_bytes()
