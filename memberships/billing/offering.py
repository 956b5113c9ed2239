"""Making an offer and putting it away; and the count of its uses, which no crowd runs over."""

import datetime as dt
import re
import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.rules import require
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.spaces.models import Community
from memberships.billing.catalogue import pull_coupon
from memberships.billing.codes import clean_code
from memberships.billing.models import Attempt, Coupon
from memberships.tiers.models import Tier

CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{1,22}[A-Z0-9])", re.ASCII)


def make_coupon(
    viewer: Viewer,
    *,
    community: Community,
    code: str,
    percent: int | None = None,
    amount: int | None = None,
    currency: str = "",
    lasts: str = Coupon.Lasts.ONCE,
    months: int | None = None,
    tiers: Sequence[Tier] = (),
    most: int | None = None,
    ends_at: dt.datetime | None = None,
    left_only: bool = False,
) -> Coupon:
    """A new offer. amount: minor units of currency. Records offer.made with amount and currency, or the percentage as `after`."""
    require(viewer, "sell", community)
    row = Coupon(
        community=community,
        code=clean_code(code),
        percent=percent,
        amount=amount,
        currency=currency.lower() if amount else "",
        lasts=lasts,
        months=months if lasts == Coupon.Lasts.MONTHS else None,
        most=most,
        ends_at=ends_at,
        left_only=left_only,
        made_by_id=viewer.user_id,
    )
    _check(row, tiers)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            row.tiers.set(tiers)
            said = {"amount": amount, "currency": row.currency} if amount else {"after": percent}
            record("offer.made", community=community, actor=viewer.user_id, kind="offer", object_id=row.pk, **said)
    except IntegrityError:
        raise ValidationError({"code": _("This code was given out before. Take another one.")}) from None
    return row


def archive_coupon(viewer: Viewer, *, coupon: Coupon) -> None:
    """Nobody begins with it any more; whoever has it keeps it. Records offer.archived."""
    require(viewer, "sell", coupon.community)
    with transaction.atomic():
        if not Coupon.objects.filter(pk=coupon.pk, archived_at__isnull=True).update(archived_at=timezone.now()):
            return
        about = {"kind": "offer", "object_id": coupon.pk, "after": coupon.uses}
        record("offer.archived", community=coupon.community_id, actor=viewer.user_id, **about)  # type: ignore[arg-type]
    pull_coupon(coupon)


def hold_use(coupon: Coupon) -> bool:
    """Takes one use, in the transaction that makes the attempt. False: none is left."""
    free = Q(most__isnull=True) | Q(uses__lt=F("most"))
    return Coupon.objects.filter(free, pk=coupon.pk).update(uses=F("uses") + 1) == 1


def close_attempt(attempt: Attempt, status: str) -> None:
    """An open attempt comes to this end; the use that it held comes back, once."""
    with transaction.atomic():
        open_one = Attempt.objects.filter(pk=attempt.pk, status=Attempt.Status.OPEN)
        if open_one.update(status=status) and attempt.coupon_id and status != Attempt.Status.COMPLETE:
            Coupon.objects.filter(pk=attempt.coupon_id, uses__gt=0).update(uses=F("uses") - 1)


def fail_attempt(number: uuid.UUID) -> None:
    """What seemed paid never was, and never will be: the use that it spent comes back, once."""
    with transaction.atomic():
        row = Attempt.objects.filter(uuid=number).first()
        spent = Attempt.objects.filter(uuid=number, status=Attempt.Status.COMPLETE)
        if spent.update(status=Attempt.Status.FAILED) and row is not None and row.coupon_id:
            Coupon.objects.filter(pk=row.coupon_id, uses__gt=0).update(uses=F("uses") - 1)


def _check(row: Coupon, tiers: Sequence[Tier]) -> None:
    wrong: dict[str, str] = {}
    if not CODE.fullmatch(row.code):
        wrong["code"] = _("3 to 24 letters, digits and dashes.")
    if (row.percent is None) == (row.amount is None):
        wrong["percent"] = _("Say how much: a percentage or an amount, one of them.")
    elif row.percent is not None and not 1 <= row.percent <= 100:
        wrong["percent"] = _("Between 1 and 100 percent.")
    elif row.amount is not None and (row.amount < 1 or not row.currency):
        wrong["amount"] = _("An amount needs a currency.")
    if row.lasts == Coupon.Lasts.MONTHS and not 1 <= (row.months or 0) <= 36:
        wrong["months"] = _("For how many months? Between 1 and 36.")
    if row.most is not None and row.most < 1:
        wrong["most"] = _("At least once; empty for as often as people like.")
    if row.ends_at is not None and row.ends_at <= timezone.now():
        wrong["ends_at"] = _("That moment has passed.")
    if any(tier.community_id != row.community_id for tier in tiers):
        wrong["tiers"] = _("This tier is not of here.")
    if wrong:
        raise ValidationError(wrong)
