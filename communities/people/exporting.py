"""Writes of exports: asking for one, packing what is due in steps, and deleting it after a day."""

import datetime as dt
import logging
import shutil
import time
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.activity.actions import record
from communities.activity.nudge import nudge
from communities.files import store
from communities.mail.actions import queue_mail
from communities.people.models import Export, User
from communities.people.packing import FOLDER, Packer, drop, folder_of, path_of

log = logging.getLogger(__name__)
MOST_A_DAY = 3
DAY = dt.timedelta(days=1)
KEPT = dt.timedelta(hours=24)
LEASE = dt.timedelta(seconds=40)  # longer than a task may run
BUDGET = 15.0  # seconds one run may take; a task ends after 30
MAX_TRIES = 5
SALT = "people.export"


@transaction.atomic
def ask_export(user: User, *, actor: User | None = None) -> Export:
    """A new export for the worker to pack; records data.asked. actor: whoever of support asks for somebody.

    ValidationError where one is being packed already, after three in a day (support may go on), and where support asks
    for somebody who cannot sign in and has no confirmed address to send a link to.
    """
    User.objects.filter(pk=user.pk).update(handle=F("handle"))  # two clicks at once take turns here
    if user.left_at is not None:
        raise ValidationError(_("This account is closed: there is nothing left to pack."))
    if actor is not None and not user.is_active and address_of(user) is None:
        raise ValidationError(_("They cannot sign in and have no confirmed address that a link could go to."))
    today = Export.objects.filter(user=user, asked_at__gt=timezone.now() - DAY).exclude(state=Export.State.FAILED)
    if actor is None and today.count() >= MOST_A_DAY:
        raise ValidationError(_("Three times a day is enough. Ask again tomorrow, or take one that is ready below."))
    try:
        with transaction.atomic():
            export = Export.objects.create(user=user, handed=actor is not None and not user.is_active)
    except IntegrityError as twice:
        raise ValidationError(_("It is being packed already.")) from twice
    record("data.asked", actor=actor or user, kind="user", object_id=user.pk, key=f"data.asked:{export.pk}")
    transaction.on_commit(partial(nudge, "people.pack"))
    return export


def pack_due(limit: int = 10) -> int:
    """Packs what is due, for BUDGET seconds at most; what is not whole then goes on in the next run. Returns how many are ready.

    A worker claims a row by moving its next_at and loses the claim after LEASE; after five tries without a step it fails.
    """
    ready, until = 0, time.monotonic() + BUDGET
    due = Export.objects.filter(state=Export.State.WAITING, next_at__lte=timezone.now()).select_related("user")
    for row in due.order_by("next_at")[:limit]:
        if time.monotonic() > until:
            break
        mine = Export.objects.filter(pk=row.pk, state=Export.State.WAITING, next_at=row.next_at)
        if mine.update(next_at=timezone.now() + LEASE, attempts=F("attempts") + 1):
            ready += _pack(row, until)
    return ready


def _pack(row: Export, until: float) -> bool:
    try:
        whole = Packer(row, until).run()
    except Exception as problem:
        log.exception("export %s failed: %s", row.pk, type(problem).__name__)
        _failed(row)
        return False
    if not whole:  # it got further: its tries begin anew
        Export.objects.filter(pk=row.pk).update(next_at=timezone.now(), attempts=0)
        nudge("people.pack")
        return False
    return _ready(row)


def _failed(row: Export) -> None:
    if row.attempts + 1 >= MAX_TRIES:
        Export.objects.filter(pk=row.pk).update(state=Export.State.FAILED, expires_at=timezone.now() + KEPT)
        drop(row)
        return
    wait = dt.timedelta(seconds=2 ** (row.attempts + 1))
    Export.objects.filter(pk=row.pk).update(next_at=timezone.now() + wait)


def _ready(row: Export) -> bool:
    now, size = timezone.now(), store.place(path_of(row)).stat().st_size
    with transaction.atomic():
        waiting = Export.objects.filter(pk=row.pk, state=Export.State.WAITING)
        done = waiting.update(
            state=Export.State.READY, path=path_of(row), bytes=size, ready_at=now, expires_at=now + KEPT, attempts=0
        )
        if done:
            row.refresh_from_db()
            record("data.packed", actor=row.user_id, kind="user", object_id=row.user_id, key=f"data.packed:{row.pk}")
            _tell(row)
    shutil.rmtree(folder_of(row), ignore_errors=True)
    if not done:  # its person left meanwhile
        drop(row)
    return bool(done)


def _tell(row: Export) -> None:
    """By mail to the confirmed address. Who cannot sign in gets a signed link that opens it by itself, until it is deleted."""
    to = address_of(row.user)
    if to is None:
        return
    url = settings.SITE_URL + (link_of(row) if row.handed else reverse("people:data"))
    context: dict[str, Any] = {"url": url, "until": row.expires_at, "handed": row.handed}
    queue_mail(
        to=to, kind="export_ready", template="export_ready", context=context, user=row.user, key=f"export:{row.pk}"
    )


def address_of(user: User) -> str | None:
    """The confirmed address that mail about the account goes to."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    return confirmed.values_list("email", flat=True).first()


def link_of(row: Export) -> str:
    return reverse("people:data_file", args=[row.token]) + "?key=" + signing.dumps(row.token, salt=SALT)


def opens_with(row: Export, key: str) -> bool:
    """Is this the key of the mail, and is it still for somebody who cannot sign in?"""
    if not key or not row.handed or row.user.is_active:
        return False
    try:
        return signing.loads(key, salt=SALT, max_age=KEPT) == row.token
    except signing.BadSignature:
        return False


def find_export(token: str) -> Export | None:
    """A ready one that has not run out."""
    ready = Export.objects.filter(token=token, state=Export.State.READY, expires_at__gt=timezone.now())
    return ready.select_related("user").first()


def drop_exports(user: User) -> None:
    """All of one person's, bytes first: a row without bytes says so, bytes without a row would be forgotten."""
    for row in Export.objects.filter(user=user):
        drop(row)
        row.delete()


def expire_exports() -> int:
    """Deletes what has run out with its bytes, and bytes in the folder that belong to no row. Returns how many rows went."""
    gone = 0
    for row in Export.objects.filter(expires_at__lte=timezone.now()):
        drop(row)
        gone += row.delete()[0]
    kept = set(Export.objects.values_list("token", flat=True))
    for path in store.place(FOLDER).glob("*"):
        old = path.stat().st_mtime < time.time() - DAY.total_seconds()
        if path.name.split(".")[0] not in kept and old:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return gone
