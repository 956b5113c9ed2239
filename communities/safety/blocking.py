"""Not seeing somebody and not hearing of something: a block hides what a person writes from one reader, a mute keeps the bell still.

Neither is told to anybody. A block of somebody on the team hides what they write as everybody else's; what they do for the
place (a warning, an answer to a report) still arrives.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.models import Block
from communities.activity.actions import record
from communities.people.models import User
from communities.safety.limits import BLOCKS
from communities.safety.models import Mute
from communities.safety.pace import keep_pace

USER = "user"


@transaction.atomic
def block_person(user: Any, person: User) -> None:
    """Once, however often it is asked. Records person.blocked, under the block's own number: the ledger names nobody."""
    if person.pk == user.pk:
        raise ValidationError({"person": _("That is you. Nobody gets rid of themselves here.")})
    keep_pace("block", user.pk, most=BLOCKS[0], seconds=BLOCKS[1], field="person")
    Block.objects.bulk_create([Block(user_id=user.pk, blocked=person)], ignore_conflicts=True)
    row = Block.objects.get(user_id=user.pk, blocked=person)
    if record("person.blocked", actor=user.pk, obj=row, key=f"person.blocked:{row.pk}"):
        _tell_kept_pages(user)


@transaction.atomic
def unblock_person(user: Any, block_id: int) -> None:
    """Nothing where it is gone already. Records person.unblocked."""
    gone, _rows = Block.objects.filter(user_id=user.pk, pk=block_id).delete()
    if gone:
        record("person.unblocked", actor=user.pk, kind="block", object_id=block_id)
        _tell_kept_pages(user)


@transaction.atomic
def mute(user: Any, *, kind: str, object_id: int) -> None:
    """Nothing about it rings the bell or sends a mail any more. kind: "user", or "thread" for a conversation. Records thing.muted."""
    if kind == USER and object_id == user.pk:
        raise ValidationError({"person": _("What you do yourself never rings your bell.")})
    keep_pace("mute", user.pk, most=BLOCKS[0], seconds=BLOCKS[1], field="person")
    Mute.objects.bulk_create([Mute(user_id=user.pk, kind=kind, object_id=object_id)], ignore_conflicts=True)
    row = Mute.objects.get(user_id=user.pk, kind=kind, object_id=object_id)
    record("thing.muted", actor=user.pk, obj=row, key=f"thing.muted:{row.pk}")


@transaction.atomic
def unmute(user: Any, mute_id: int) -> None:
    """Nothing where it is gone already. Records thing.unmuted."""
    gone, _rows = Mute.objects.filter(user_id=user.pk, pk=mute_id).delete()
    if gone:
        record("thing.unmuted", actor=user.pk, kind="mute", object_id=mute_id)


def who_mutes(kind: str, object_id: int | None) -> models.QuerySet:
    """The ids of whoever wants to hear nothing about it, as a subquery."""
    return Mute.objects.filter(kind=kind, object_id=object_id or 0).values("user_id")


def _tell_kept_pages(user: Any) -> None:
    """What was kept for them before is over: the moment is part of its key."""
    now = timezone.now()
    User.objects.filter(pk=user.pk).update(blocks_at=now)
    user.blocks_at = now
