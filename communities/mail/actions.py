"""queue_mail() writes a message down within the caller's transaction; send_due() sends what is due; retry_mail() tries again."""

import datetime as dt
import hashlib
import logging
import re
import smtplib
import time
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from communities.activity.nudge import nudge
from communities.mail.guards import may_go
from communities.mail.models import Mail, Suppression
from communities.mail.rendering import one_line, rendered

log = logging.getLogger(__name__)
LEASE = dt.timedelta(seconds=60)
HOLD = dt.timedelta(seconds=30)  # while the mail server does not answer, nobody knocks more often
BUDGET = 15.0  # seconds a batch may take; a task ends after 30
MAX_ATTEMPTS = 5
LONGEST_BACK_OFF = dt.timedelta(hours=1)
PASSING = {"account_closed"}  # the row itself goes once it is sent: nothing is left to name its reader
HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
STATUS = re.compile(rb"\s*5\.(\d{1,3})\.\d{1,3}\b")  # RFC 3463: 5.1 the address, 5.2 its mailbox


def queue_mail(
    *,
    to: str,
    kind: str,
    template: str,
    context: Mapping[str, Any],
    user: Any = None,
    key: str | None = None,
    headers: Mapping[str, str] | None = None,
    ref: str = "",
) -> Mail | None:
    """One message out of templates/mail/<template>.txt (its first line is the subject) and .html, sent after commit.

    key: what makes it the same message; None comes back where that was queued before. ValidationError: `to` is no address.
    ref: what a guard is asked about before it leaves; list mail has one (`lists.queue_list_mail`), account mail none.
    """
    validate_email(to)
    subject, text, html = rendered(template, context)
    for name in headers or {}:
        if not HEADER_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not the name of a mail header.")
    row = Mail(
        key=key,
        user=user,
        to=to,
        kind=kind,
        subject=subject,
        text=text,
        html=html,
        headers={name: one_line(value) for name, value in (headers or {}).items()},
        message_id=_message_id(key),
        ref=ref,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if key is not None and Mail.objects.filter(key=key).exists():
            return None
        raise
    transaction.on_commit(partial(nudge, "mail.send"))
    return row


def _message_id(key: str | None) -> str:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    if key is None:
        return Mail.new_message_id(host)
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"


def send_due(limit: int = 50) -> int:
    """Sends what is due over one connection. Returns how many went out. Safe to run any number of times at once.

    A server that does not answer costs no message a try: all wait HOLD and go out when it is back.
    """
    sent, connection, until = 0, None, time.monotonic() + BUDGET
    due = Mail.objects.filter(state=Mail.State.WAITING, next_at__lte=timezone.now()).order_by("next_at", "pk")
    for row in due[:limit]:
        if time.monotonic() > until:
            break
        if not _claim(row) or _withdrawn(row):
            continue
        try:
            if connection is None:
                connection = get_connection(fail_silently=False)
                connection.open()
        except (OSError, smtplib.SMTPException) as problem:
            _hold(row, problem)
            return sent
        try:
            _message(row, connection).send()
        except Exception as problem:
            log.warning("mail %s (%s) failed: %s", row.pk, row.kind, type(problem).__name__)
            _failed(row, problem)
            _close(connection)  # whatever state it is in, the next message starts afresh
            connection = None
        else:
            _sent(row)
            sent += 1
    _close(connection)
    return sent


def retry_mail(row: Mail) -> None:
    """Puts a parked message back with fresh tries."""
    parked = Mail.objects.filter(pk=row.pk, state=Mail.State.PARKED)
    parked.update(state=Mail.State.WAITING, attempts=0, next_at=timezone.now(), error="")
    nudge("mail.send")


def _claim(row: Mail) -> bool:
    mine = Mail.objects.filter(pk=row.pk, next_at=row.next_at, state=Mail.State.WAITING)
    if row.attempts >= MAX_ATTEMPTS:  # its tries ended with the worker itself
        mine.update(state=Mail.State.PARKED)
        return False
    return mine.update(next_at=timezone.now() + LEASE, attempts=F("attempts") + 1) == 1


def _withdrawn(row: Mail) -> bool:
    """Asked last of all, when nothing but the sending is left: is it still wanted, and may it still be read?"""
    if not row.ref:
        return False
    try:
        wanted = not Suppression.objects.filter(email=row.to.lower()).exists() and may_go(row)
    except Exception as problem:
        log.exception("the guard of mail %s (%s) failed", row.pk, row.kind)
        _failed(row, problem)
        return True
    if not wanted:
        Mail.objects.filter(pk=row.pk).update(state=Mail.State.WITHDRAWN, text="", html="", headers={}, error="")
    return not wanted


def _message(row: Mail, connection: Any) -> EmailMultiAlternatives:
    headers = {**row.headers, "Message-ID": row.message_id, "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(row.subject, row.text, None, [row.to], headers=headers, connection=connection)
    if row.html:
        message.attach_alternative(row.html, "text/html")
    return message


def _sent(row: Mail) -> None:
    """What it said is wiped: its links are keys."""
    if row.kind in PASSING:
        Mail.objects.filter(pk=row.pk).delete()
        return
    now = timezone.now()
    Mail.objects.filter(pk=row.pk).update(state=Mail.State.SENT, sent_at=now, text="", html="", headers={}, error="")


def _failed(row: Mail, problem: Exception) -> None:
    if _is_no_address(problem):
        Suppression.objects.get_or_create(email=row.to.lower(), defaults={"reason": Suppression.Reason.BOUNCED})
    attempts = row.attempts + 1
    final = attempts >= MAX_ATTEMPTS or _refused_for_good(problem)
    if final and row.kind in PASSING:
        Mail.objects.filter(pk=row.pk).delete()
        return
    Mail.objects.filter(pk=row.pk).update(
        state=Mail.State.PARKED if final else Mail.State.WAITING,
        next_at=timezone.now() + min(dt.timedelta(minutes=2**attempts), LONGEST_BACK_OFF),
        error=_in_short(problem),
    )


def _hold(row: Mail, problem: Exception) -> None:
    log.warning("mail server unavailable: %s", type(problem).__name__)
    now = timezone.now()
    Mail.objects.filter(pk=row.pk).update(attempts=F("attempts") - 1, next_at=now + HOLD, error=_in_short(problem))
    Mail.objects.filter(state=Mail.State.WAITING, next_at__lte=now).update(next_at=now + HOLD)


def _refused_for_good(problem: Exception) -> bool:
    """A 5xx for this message or this address: asking again only makes us a nuisance."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in problem.recipients.values())
    return isinstance(problem, smtplib.SMTPResponseException) and problem.smtp_code >= 500


def _is_no_address(problem: Exception) -> bool:
    """The server refuses this address for good. What it refuses of us (5.7: relaying, reputation) says nothing about it."""
    if not isinstance(problem, smtplib.SMTPRecipientsRefused):
        return False
    answers = [(code, bytes(words)) for code, words in problem.recipients.values()]
    return bool(answers) and all(
        code >= 500 and (not (said := STATUS.match(words)) or said[1] in (b"1", b"2")) for code, words in answers
    )


def _in_short(problem: Exception) -> str:
    return one_line(f"{type(problem).__name__}: {problem}")[:300]


def _close(connection: Any) -> None:
    if connection is not None:
        try:
            connection.close()
        except (OSError, smtplib.SMTPException) as problem:
            log.info("mail connection ended badly: %s", type(problem).__name__)
