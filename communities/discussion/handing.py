"""What a form says about files: those handed in before it, those that come with it (without scripts), those to take out again;
and, where a message is edited, those that it has."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from communities.access.texts import TooMuch
from communities.discussion.attached import MOST, files_with, wordless
from communities.discussion.models import Message
from communities.files.models import File
from communities.files.refusal import UploadRefused
from communities.files.waiting import Enclosed, drop_waiting, hand_in, waiting_of
from communities.safety.uploads import keep_upload_pace
from communities.spaces.request import PlaceRequest


@dataclass(slots=True)
class Handed:
    """enclosed: what goes along. problem: why something that came does not. stops: it is shown once more before anything is sent."""

    enclosed: list[Enclosed] = field(default_factory=list)
    problem: ValidationError | None = None
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One file as the form shows it. wrong: it is a picture that waits for words. gone: ticked to be taken out of a message."""

    file: File
    alt: str = ""
    bare: bool = False
    wrong: bool = False
    gone: bool = False

    @property
    def small(self) -> str:
        return self.file.src(112)


def take_in(request: PlaceRequest, upload: Any) -> File:
    """One file, for something that its uploader will say. Raises UploadRefused."""
    keep_upload_pace(request.user.pk)
    return hand_in(community=request.community, uploader=request.user, upload=upload, name=upload.name or "file")


def read_handed(request: PlaceRequest) -> Handed:
    """`files` with `alt-<token>` and `bare-<token>` each, `file` for what comes now, `drop` for a token to take out."""
    sent = request.POST
    tokens = list(dict.fromkeys(one for one in sent.getlist("files") if one.isascii() and 0 < len(one) <= 32))
    out = Handed()
    dropped = sent.get("drop", "")
    if dropped:
        out.stops = True
        drop_waiting(request.user.pk, request.community.pk, dropped)
    for upload in request.FILES.getlist("file"):
        try:
            if len(tokens) >= MOST:
                raise UploadRefused(_("At most %(most)s files go with one message.") % {"most": MOST})
            tokens.append(take_in(request, upload).token)
        except UploadRefused as refusal:
            out.problem, out.stops = _as_problem(upload.name, refusal), True
            break
    out.enclosed = [_said_of(sent, one) for one in tokens if one != dropped]
    return out


def _said_of(sent: QueryDict, token: str) -> Enclosed:
    return Enclosed(token, sent.get(f"alt-{token}", ""), bool(sent.get(f"bare-{token}")))


def read_kept(sent: QueryDict) -> list[Enclosed] | None:
    """Of a message's own `files` those that are not `gone`; None where the form did not speak of any."""
    if "files" not in sent:
        return None
    gone = set(sent.getlist("gone"))
    return [_said_of(sent, one) for one in sent.getlist("files")[:MOST] if one not in gone]


def _as_problem(name: str | None, refusal: UploadRefused) -> ValidationError:
    told = {"files": f"{name}: {refusal.sentence}" if name else refusal.sentence}
    return TooMuch(told, seconds=refusal.wait) if refusal.wait else ValidationError(told)


def rows_of(request: PlaceRequest, enclosed: Iterable[Enclosed], *, asks: bool = False) -> list[Row]:
    """What waits still of these, for the form. asks: those without words are marked."""
    said = {one.token: one for one in enclosed}
    files = waiting_of(request.user.pk, request.community.pk, said)
    unsaid = {row.token for row in wordless(files, said.values())} if asks else set()
    return [Row(row, said[row.token].alt, said[row.token].bare, row.token in unsaid) for row in files]


def rows_on(message: Message, kept: Iterable[Enclosed] | None = None) -> list[Row]:
    """The files of a message for the form that edits it. kept: what was said about them there, and refused."""
    files = files_with(message)
    if kept is None:
        return [Row(file, file.alt, bare=not file.alt) for file in files]
    said = {one.token: one for one in kept}
    unsaid = {row.token for row in wordless(files, said.values())}
    stays = [(file, said.get(file.token)) for file in files]
    return [
        Row(file, one.alt, one.bare, file.token in unsaid) if one else Row(file, file.alt, not file.alt, gone=True)
        for file, one in stays
    ]


def file_field(request: PlaceRequest) -> dict[str, Any]:
    """What the field for files says of itself."""
    return {
        "files_url": reverse("discussion:files", args=[request.community.slug]),
        "most_files": MOST,
        "most_bytes": settings.UPLOAD_MAX_BYTES,
        "most_mb": settings.UPLOAD_MAX_BYTES // (1024 * 1024),
    }


def by_field(problem: ValidationError, usual: str) -> dict[str, str]:
    """What is wrong, by field; `usual`: where something without one belongs."""
    said = problem.message_dict if hasattr(problem, "error_dict") else {usual: problem.messages}
    return {name: " ".join(words) for name, words in said.items()}
