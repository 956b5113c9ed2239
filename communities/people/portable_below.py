"""What the apps below people hold about a person: blocks and passes, files, mail, and their lines of the ledger."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from communities.access.models import Block, Pass
from communities.activity.models import Activity
from communities.activity.registry import VERBS
from communities.files.actions import delete_file
from communities.files.models import PERSON, WAITING, File
from communities.mail.models import Mail
from communities.people.models import User
from communities.people.packing import files_of, name_in_zip
from communities.people.portable import Leaver, Line, Section, moment, register_eraser, register_section
from communities.people.traveller import Traveller

BATCH = 50


def _blocks(_traveller: Traveller, rows: Sequence[Block]) -> list[Line]:
    """Whom they block, by the handle that everybody sees."""
    return [{"person": f"@{row.blocked.handle}", "at": moment(row.created_at)} for row in rows]


def _passes(_traveller: Traveller, rows: Sequence[Pass]) -> list[Line]:
    return [
        {
            "thing": f"{row.kind} {row.object_id}",
            "source": row.source,
            "starts_at": moment(row.starts),
            "ends_at": moment(row.ends),
        }
        for row in rows
    ]


def _files(traveller: Traveller, rows: Sequence[File]) -> list[Line]:
    about = traveller.things((row.community, row.parent_kind, row.parent_id) for row in rows)
    return [
        {
            "path": name_in_zip(row),
            "name": row.name,
            "type": row.mime,
            "bytes": row.bytes,
            "alt": row.alt,
            "at": moment(row.created_at),
            "community": traveller.place(row.community),
            "thing": about.get((row.parent_kind, row.parent_id)),
        }
        for row in rows
    ]


def _mails(traveller: Traveller, rows: Sequence[Mail]) -> list[Line]:
    """That it went out, and when. Subjects may name what the person may not know of any more; the rest was wiped."""
    mine = traveller.user.email
    return [
        {
            "kind": row.kind,
            "state": row.state,
            "email": row.to if row.to == mine else None,
            "at": moment(row.created_at),
            "sent_at": moment(row.sent_at),
        }
        for row in rows
    ]


def _ledger(traveller: Traveller, rows: Sequence[Activity]) -> list[Line]:
    about = traveller.things((row.community, row.kind, row.object_id) for row in rows if row.object_id)
    return [
        {
            "what": row.verb,
            "at": moment(row.occurred_at),
            "community": traveller.place(row.community),
            "thing": about.get((row.kind, row.object_id or 0)) or f"{row.kind} {row.object_id or ''}".strip(),
        }
        for row in rows
        if row.verb in VERBS
    ]


def erase_keys(leaver: Leaver) -> bool:
    """Whom they blocked and what they alone might open. Who blocks them goes on doing so: it is the other's own."""
    Block.objects.filter(user=leaver.user).delete()
    Pass.objects.filter(user=leaver.user).delete()
    return False


def erase_files(leaver: Leaver) -> bool:
    """Their face, what hangs on nothing but them, and what they never sent. What hangs on a post or a message goes or stays with
    it; on other people's things and on a community it stays as theirs, under a name that says nothing."""
    mine = File.objects.filter(uploader=leaver.user)
    own = list(mine.filter(Q(parent_kind__in=(PERSON, WAITING)) | Q(community__isnull=True))[:BATCH])
    for row in own:
        delete_file(row)
    if len(own) == BATCH:
        return True
    if leaver.erase:
        named = list(mine.exclude(name__regex=r"^file([.][A-Za-z0-9]{1,10})?$")[:BATCH])
        for row in named:
            row.name = "file" + PurePosixPath(row.name).suffix
            row.save(update_fields=["name"])
        return len(named) == BATCH
    return False


register_section(
    Section(
        "blocks",
        _("Whom you block"),
        ("access.Block",),
        lambda user: Block.objects.filter(user=user).select_related("blocked"),
        _blocks,
        70,
    )
)
register_section(
    Section(
        "passes", _("What you may open"), ("access.Pass",), lambda user: Pass.objects.filter(user=user), _passes, 71
    )
)
register_section(
    Section(
        "files",
        _("What you uploaded"),
        ("files.File",),
        lambda user: files_of(user).select_related("community"),
        _files,
        40,
    )
)
register_section(
    Section("mails", _("Mail to you"), ("mail.Mail",), lambda user: Mail.objects.filter(user=user), _mails, 80)
)


def _ledger_of(user: User) -> QuerySet:
    return Activity.objects.filter(actor=user).select_related("community")


register_section(Section("ledger", _("What you did, in the ledger"), ("activity.Activity",), _ledger_of, _ledger, 85))
register_eraser("keys", erase_keys, order=40)
register_eraser("files", erase_files, order=80)
