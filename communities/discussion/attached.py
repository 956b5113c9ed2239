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
from communities.files.actions import clean_alt, describe_file
from communities.files.models import File
from communities.files.parents import Parent
from communities.files.refusal import UploadRefused
from communities.files.waiting import Enclosed, files_on, gone, hang_on, waiting_of
from communities.safety.reported_files import let_go

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

    message_id: int
    left: int
    dropped: Sequence[File] = ()
    reworded: Sequence[tuple[File, str]] = ()

    @property
    def changes(self) -> bool:
        return bool(self.dropped or self.reworded)

    def carry_out(self) -> None:
        """What was taken out is gone once that is committed."""
        let_go(Message.KIND, self.message_id, self.dropped)
        for row, alt in self.reworded:
            describe_file(row, alt)


def reworking(message: Message, files: Sequence[Enclosed] | None) -> Rework:
    """files: those that stay, with their words; None leaves all as they are, and what is not of this message is passed over.
    Raises ValidationError at `files` for a picture that would be left without words."""
    if files is None or not message.attached:
        return Rework(message.pk, message.attached)
    said = {one.token: one for one in files}
    rows = files_with(message)
    staying = [row for row in rows if row.token in said]
    ask_words(staying, files)
    # The form ticks "needs no words" by itself where a picture has none: whoever types some there means them.
    alts = [
        (row, "" if said[row.token].bare and row.alt else clean_alt(said[row.token].alt))
        for row in staying
        if row.is_picture
    ]
    return Rework(
        message.pk,
        left=len(staying),
        dropped=[row for row in rows if row.token not in said],
        reworded=[(row, alt) for row, alt in alts if row.alt != alt],
    )


def detach_all(message: Message) -> None:
    """They go with the message; their bytes once that is committed."""
    if message.attached:
        let_go(Message.KIND, message.pk, files_with(message))


def files_of(messages: Collection[Message]) -> dict[int, list[File]]:
    """By message. One query where any has some, else none."""
    return files_on(Message.KIND, [row.pk for row in messages if row.attached])


def files_with(message: Message) -> list[File]:
    """Of one, in the order of its writer."""
    return files_of([message])[message.pk]


def in_words(count: int) -> str:
    """For a line that quotes a message which has no words of its own; "" for none."""
    return ngettext("%(count)s file", "%(count)s files", count) % {"count": count} if count else ""


def _of_desk() -> QuerySet:
    """What people say to each other is theirs: its files are not shown in the admin either."""
    return Message.objects.exclude(state=State.REMOVED).filter(room__in=Room.objects.for_desk()).values("pk")


PARENT = Parent(Message.KIND, lambda: Message.objects.exclude(state=State.REMOVED).values("pk"), _of_desk)
