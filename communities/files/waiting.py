"""Files that were handed in before there is anything for them to hang on, and hanging them on it. Until then whoever handed one
in has it alone; what is left over is swept."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from communities.access.rules import Sight
from communities.access.viewer import Viewer
from communities.files.actions import Upload, clean_alt, delete_unless_moved, take_file
from communities.files.models import WAITING, File
from communities.files.refusal import UploadRefused


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What somebody says about a file that goes along with their words. bare: they know that the picture has no words."""

    token: str
    alt: str = ""
    bare: bool = False


def sight_of_waiting(user_id: int, viewer: Viewer) -> Sight:
    mine = viewer.user_id == user_id and viewer.standing != "shut"
    return Sight.READABLE if mine else Sight.NONE


def hand_in(*, community: Any, uploader: Any, upload: Upload, name: str) -> File:
    """UploadRefused says why not, in a sentence. The caller has asked whether this person may write anything here."""
    return take_file(
        community=community, uploader=uploader, parent_kind=WAITING, parent_id=uploader.pk, upload=upload, name=name
    )


def waiting_of(user_id: int | None, community_id: int, tokens: Iterable[str]) -> list[File]:
    """Those of these that this person handed in for this community and that hang on nothing yet, in the order given."""
    wanted = list(dict.fromkeys(tokens))
    rows = File.objects.filter(token__in=wanted, parent_kind=WAITING, parent_id=user_id or 0, community=community_id)
    return sorted(rows, key=lambda row: wanted.index(row.token)) if wanted else []


def drop_waiting(user_id: int | None, community_id: int, token: str) -> bool:
    """Taken out again before it was sent."""
    return any(delete_unless_moved(row) for row in waiting_of(user_id, community_id, [token]))


@transaction.atomic
def hang_on(rows: Sequence[File], words: Collection[Enclosed], *, parent_kind: str, parent_id: int) -> None:
    """From now on they are as open as that, in their order. UploadRefused where one is gone or was sent with something else:
    each file hangs on one thing, once."""
    alt_of = {one.token: "" if one.bare else one.alt for one in words}
    for at, row in enumerate(rows):
        row.alt = clean_alt(alt_of.get(row.token, "")) if row.is_picture else ""
        row.parent_kind, row.parent_id, row.position = parent_kind, parent_id, at
        still = File.objects.filter(pk=row.pk, parent_kind=WAITING)
        if not still.update(parent_kind=parent_kind, parent_id=parent_id, position=at, alt=row.alt):
            raise gone()


def gone() -> UploadRefused:
    return UploadRefused(_("A file that you added is not here any more. Take it out and add it again."))


def files_on(kind: str, ids: Collection[int]) -> dict[int, list[File]]:
    """What hangs on each of these, in its order. One query, none for nothing."""
    found: dict[int, list[File]] = defaultdict(list)
    if ids:
        for row in File.objects.filter(parent_kind=kind, parent_id__in=ids).order_by("position", "pk"):
            found[row.parent_id].append(row)
    return found
