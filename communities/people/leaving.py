"""Writes of leaving: asking to, staying after all, and closing the account at its time, bite by bite."""

import datetime as dt
import logging
import time
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.activity.actions import record
from communities.activity.nudge import nudge
from communities.mail.actions import queue_mail
from communities.people.actions import end_sessions
from communities.people.exporting import address_of
from communities.people.models import Closing, User
from communities.people.portable import Leaver, erasers, hindrances
from communities.people.tombstone import become_tombstone

log = logging.getLogger(__name__)
COOLING = dt.timedelta(days=7)
LEASE = dt.timedelta(seconds=40)
AGAIN = dt.timedelta(days=1)  # while something has to end first
BUDGET = 15.0  # seconds one run may take; a task ends after 30


@transaction.atomic
def ask_closing(user: User, *, how: str) -> Closing:
    """The account closes in seven days, unless they stay. Records account.closing.

    how: one of Closing.How. ValidationError with a sentence each where something has to end first.
    """
    if how not in Closing.How.values:
        raise ValidationError({"how": _("Choose what becomes of what you wrote.")})
    first = hindrances(user)
    if first:
        raise ValidationError([one.sentence for one in first])
    now = timezone.now()
    due = now + COOLING
    closing, new = Closing.objects.get_or_create(
        user=user, defaults={"how": how, "asked_at": now, "due_at": due, "next_at": due}
    )
    if not new:  # asked again: only what becomes of the texts is chosen anew, the day stays
        Closing.objects.filter(pk=closing.pk, begun_at__isnull=True).update(how=how)
        closing.refresh_from_db()
        return closing
    record("account.closing", actor=user, obj=user)
    _write_to(user, "account_closing", {"due": closing.due_at, "how": closing.get_how_display()})
    return closing


@transaction.atomic
def stay(user: User) -> None:
    """Takes the closing back, at any time before it begins. Records account.stayed."""
    deleted, _rows = Closing.objects.filter(user=user, begun_at__isnull=True).delete()
    if not deleted:
        raise ValidationError(_("There is nothing to take back: your account stays."))
    record("account.stayed", actor=user, obj=user)


def close_due(limit: int = 20) -> int:
    """Closes the accounts whose time has come, for BUDGET seconds at most. Returns how many are closed now.

    Safe to run anywhere and any number of times: a row is claimed by moving its next_at, each bite is a transaction, and
    one that was eaten already finds nothing.
    """
    closed, until = 0, time.monotonic() + BUDGET
    due = Closing.objects.filter(done_at__isnull=True, next_at__lte=timezone.now()).select_related("user")
    for row in due.order_by("next_at")[:limit]:
        if time.monotonic() > until:
            break
        mine = Closing.objects.filter(pk=row.pk, done_at__isnull=True, next_at=row.next_at)
        if not mine.update(next_at=timezone.now() + LEASE, attempts=F("attempts") + 1):
            continue
        try:
            closed += _close(row, until)
        except Exception as problem:
            log.exception("closing %s stopped: %s", row.pk, type(problem).__name__)
            wait = dt.timedelta(seconds=min(2 ** (row.attempts + 1), 3600))
            Closing.objects.filter(pk=row.pk).update(next_at=timezone.now() + wait)
    return closed


def _close(row: Closing, until: float) -> bool:
    if row.begun_at is None and not _begin(row):
        return False
    leaver = Leaver(User.objects.get(pk=row.user_id), erase=row.how == Closing.How.ERASE)
    for _name, bite in erasers():
        while _bitten(bite, leaver):
            if time.monotonic() > until:
                Closing.objects.filter(pk=row.pk).update(next_at=timezone.now(), attempts=0)
                nudge("people.close")
                return False
    _end(row, leaver)
    return True


@transaction.atomic
def _bitten(bite: Any, leaver: Leaver) -> bool:
    return bool(bite(leaver))


@transaction.atomic
def _begin(row: Closing) -> bool:
    """From here on nobody signs in and there is no way back. False where they stayed, or something has to end first."""
    first = hindrances(row.user)
    if first:
        _postpone(row, [one.sentence for one in first])
        return False
    if not Closing.objects.filter(pk=row.pk, begun_at__isnull=True).update(begun_at=timezone.now()):
        return False
    row.user.is_active = False
    row.user.set_unusable_password()
    row.user.save(update_fields=["is_active", "password"])
    end_sessions(row.user)
    return True


def _postpone(row: Closing, sentences: list[str]) -> None:
    """They are told once and asked again every day: an owner may have become the last one in these seven days."""
    now = timezone.now()
    if Closing.objects.filter(pk=row.pk, told_at__isnull=True).update(told_at=now):
        _write_to(row.user, "closing_waits", {"sentences": sentences})
    Closing.objects.filter(pk=row.pk).update(next_at=now + AGAIN, attempts=0)


@transaction.atomic
def _end(row: Closing, leaver: Leaver) -> None:
    """The last bite: their row becomes a tombstone and the goodbye is written, whose own row goes once it is sent."""
    if not Closing.objects.filter(pk=row.pk, done_at__isnull=True).update(done_at=timezone.now()):
        return
    to = address_of(leaver.user)
    become_tombstone(leaver.user)
    record("account.closed", actor=leaver.user, obj=leaver.user, key=f"account.closed:{leaver.user.pk}")
    if to is not None:
        queue_mail(to=to, kind="account_closed", template="account_closed", context={"erased": leaver.erase})


def _write_to(user: User, template: str, context: dict[str, Any]) -> None:
    to = address_of(user)
    if to is not None:
        url = settings.SITE_URL + reverse("people:leave")
        queue_mail(to=to, kind=template, template=template, context={**context, "url": url}, user=user)


def closing_of(user: User) -> Closing | None:
    """The one that is under way."""
    return Closing.objects.filter(user=user, done_at__isnull=True).first()
