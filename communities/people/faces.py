"""A face of one's own: a picture cut to a square in place of the drawn one, dead at once when it is replaced or taken down."""

from typing import Any

from django.db import transaction

from communities.activity.actions import record
from communities.files.actions import delete_file, take_image
from communities.files.models import PERSON, File
from communities.people.models import User
from communities.people.profile import tell_places

EDGE = 512  # pixels of the square that is kept; pages show it much smaller


@transaction.atomic
def set_face(user: User, upload: Any) -> File:
    """UploadRefused says in a sentence why a picture is not taken; then nothing changed. Records person.face_changed.

    What the person called the file is not kept: names of files tell where and with whom one was.
    """
    file = take_image(
        community=None, uploader=user, parent_kind=PERSON, parent_id=user.pk, upload=upload, name="face", square=EDGE
    )
    _show(user, file.token)
    return file


@transaction.atomic
def remove_face(user: User) -> None:
    """Back to the drawn face. Records person.face_changed, once."""
    if user.face_token:
        _show(user, "")


def _show(user: User, token: str) -> None:
    """Two at once take turns at the user's row: the one that comes second takes the first one's picture down."""
    User.objects.filter(pk=user.pk).update(face_token=token)
    user.face_token = token
    for old in File.objects.filter(parent_kind=PERSON, parent_id=user.pk).exclude(token=token):
        delete_file(old)
    record("person.face_changed", actor=user, obj=user)
    tell_places(user)
