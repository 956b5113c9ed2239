"""List mail: what somebody may refuse. It carries its way out (RFC 8058), keeps a measure, and stops for suppressed addresses."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from communities.mail.actions import queue_mail
from communities.mail.models import Mail, Suppression

AN_HOUR = 5  # list mails that one person gets in an hour, whoever causes them (C02)


def queue_list_mail(
    *,
    to: str,
    user: Any,
    kind: str,
    template: str,
    context: Mapping[str, Any],
    ref: str,
    stop_url: str,
    list_id: str = "",
    thread: str = "",
) -> Mail | None:
    """None where the address takes no list mail, or the hour's measure is full: whoever asked has it on the site anyway.

    ref: what the guard is asked about before it leaves. stop_url: takes a POST without cookies and stops this kind.
    thread: mails of one thread hang together in a mail program.
    """
    number = _next_number(user.pk)
    if number is None or is_suppressed(to):
        return None
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    headers = {
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<{list_id or 'news'}.{host}>",
    }
    if thread:
        headers["References"] = f"<{hashlib.sha256(thread.encode()).hexdigest()[:32]}@{host}>"
    # The number makes the key: two workers with the same measure in mind write one mail, not two.
    key = f"list:{user.pk}:{number}"
    return queue_mail(
        to=to, user=user, kind=kind, template=template, context=context, headers=headers, ref=ref, key=key
    )


def _next_number(user_id: int) -> int | None:
    """The number of this person's next list mail; None while the measure of the hour is full."""
    mine = Mail.objects.filter(user=user_id, key__startswith="list:").order_by("-pk")
    last = list(mine.values_list("key", "created_at")[:AN_HOUR])
    if len(last) == AN_HOUR and last[-1][1] > timezone.now() - dt.timedelta(hours=1):
        return None
    return int(str(last[0][0]).rpartition(":")[2]) + 1 if last else 1


# --- suppression ---------------------------------------------------------------------------------------------------------


def is_suppressed(email: str) -> bool:
    return Suppression.objects.filter(email=email.strip().lower()).exists()


def suppression_of(email: str) -> Suppression | None:
    return Suppression.objects.filter(email=email.strip().lower()).first()


@transaction.atomic
def suppress(email: str, reason: str) -> Suppression:
    """From now on the address takes no list mail, what waits neither; account mail still goes. The first reason stays."""
    row, _new = Suppression.objects.get_or_create(email=email.strip().lower(), defaults={"reason": reason})
    return row


@transaction.atomic
def lift(email: str) -> bool:
    """The address takes list mail again. True where it did not."""
    return Suppression.objects.filter(email=email.strip().lower()).delete()[0] > 0
