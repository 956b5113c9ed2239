"""Posts of demo to hang files on, and a hand that uploads."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from communities.files import store
from communities.files.actions import take_image
from communities.files.models import File
from communities.people.models import User
from communities.spaces.models import Community
from tests.communities.files.samples import encoded, shade


@pytest.fixture(autouse=True)
def small_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine of the tests may be fuller than a server should be."""
    monkeypatch.setattr(store, "RESERVE", 0)


@pytest.fixture
def upload(demo: Community, owner: User) -> Callable[..., File]:
    """upload(post) hangs a 1000 by 600 photograph on it."""

    def take(parent: Any, data: bytes | None = None, name: str = "press.jpg", **fields: Any) -> File:
        fields.setdefault("uploader", owner)
        return take_image(
            community=demo,
            parent_kind=getattr(parent, "KIND", "community"),
            parent_id=parent.pk,
            upload=SimpleUploadedFile(name, data if data is not None else encoded(shade(1000, 600), "JPEG")),
            name=name,
            **fields,
        )

    return take
