"""Files on messages: taken along with one, found for many at once, gone with it. They are as open as the words beside them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communities.access.models import State
from communities.access.viewer import Viewer
from communities.discussion.models import Message, Room
from communities.files.actions import clean_alt, delete_file, describe_file
from communities.files.models import File
from communities.files.parents import Parent
from communities.files.refusal import UploadRefused
from communities.files.waiting import Enclosed, files_on, gone, hang_on, waiting_of

MOST = 10  # files on one message


def going_along(viewer: Viewer, community_id: int, files: Sequence[Enclosed]) -> list[File]:
    """The rows of what the viewer handed in for a message. Raises ValidationError at `files`: too many, gone, or a picture of which
    nobody said what it shows."""
    if not files:
        return []
    tokens = {one.token for one in files}
    if len(tokens) > MOST:
        raise ValidationError({"files": _("At most %(most)s files go with one message.") % {"most": MOST}})
    rows = waiting_of(viewer.user_id, community_id, [one.token for one in files])
    if len(rows) < len(tokens):
        raise ValidationError({"files": gone().sentence})
    ask_words(rows, files)
    return rows


def ask_words(rows: Iterable[File], files: Iterable[Enclosed]) -> None:
    """Raises ValidationError at `files` for the first picture of which nobody said what it shows."""
    for row in wordless(rows, files):
        told = _("Say what “%(name)s” shows, or tick that it needs no words.")
        raise ValidationError({"files": told % {"name": row.name}})


def wordless(rows: Iterable[File], files: Iterable[Enclosed]) -> list[File]:
    """Pictures of which it was not said what they show, nor that this needs no words."""
    said = {one.token for one in files if one.bare or one.alt.strip()}
    return [row for row in rows if row.is_picture and row.token not in said]


def attach(message: Message, rows: Sequence[File], files: Sequence[Enclosed]) -> None:
    """Raises ValidationError at `files` where one was sent with something else at this very moment."""
    try:
        hang_on(rows, files, parent_kind=Message.KIND, parent_id=message.pk)
    except UploadRefused as problem:
        raise ValidationError({"files": problem.sentence}) from problem


@dataclass(frozen=True, slots=True)
class Rework:
    """What an edit does to the files of a message. left: how many it has afterwards."""

    left: int
    dropped: Sequence[File] = ()
    reworded: Sequence[tuple[File, str]] = ()

    @property
    def changes(self) -> bool:
        return bool(self.dropped or self.reworded)

    def carry_out(self) -> None:
        """Bytes of what was taken out go once that is committed."""
        for row in self.dropped:
            delete_file(row)
        for row, alt in self.reworded:
            describe_file(row, alt)


def reworking(message: Message, files: Sequence[Enclosed] | None) -> Rework:
    """files: those that stay, with their words; None leaves all as they are, and what is not of this message is passed over.
    Raises ValidationError at `files` for a picture that would be left without words."""
    if files is None or not message.attached:
        return Rework(message.attached)
    said = {one.token: one for one in files}
    rows = files_of([message])[message.pk]
    staying = [row for row in rows if row.token in said]
    ask_words(staying, files)
    alts = [(row, "" if said[row.token].bare else clean_alt(said[row.token].alt)) for row in staying if row.is_picture]
    return Rework(
        left=len(staying),
        dropped=[row for row in rows if row.token not in said],
        reworded=[(row, alt) for row, alt in alts if row.alt != alt],
    )


def detach_all(message: Message) -> None:
    """They are deleted with the message; their bytes go once that is committed."""
    if message.attached:
        for row in files_of([message])[message.pk]:
            delete_file(row)


def files_of(messages: Collection[Message]) -> dict[int, list[File]]:
    """By message. One query where any has some, else none."""
    return files_on(Message.KIND, [row.pk for row in messages if row.attached])


def in_words(count: int) -> str:
    """For a line that quotes a message which has no words of its own; "" for none."""
    return ngettext("%(count)s file", "%(count)s files", count) % {"count": count} if count else ""


def _of_desk() -> QuerySet:
    """What people say to each other is theirs: its files are not shown in the admin either."""
    return Message.objects.exclude(state=State.REMOVED).filter(room__in=Room.objects.for_desk()).values("pk")


PARENT = Parent(Message.KIND, lambda: Message.objects.exclude(state=State.REMOVED).values("pk"), _of_desk)
