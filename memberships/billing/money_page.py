"""Reads for /me/money/ and its panel: what one pays, where, and what comes next."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from memberships.billing.entitlements import kept_until
from memberships.billing.models import Invoice, Purchase, Subscription
from memberships.billing.transitions import facts_of, grace
from memberships.tiers.models import Gift, Pool
from memberships.tiers.money import show
from memberships.tiers.reading import words_of

LATELY = 24
GOES_ON = ("runs", "trial", "overdue")


@dataclass(frozen=True, slots=True)
class Paying:
    """One subscription in words."""

    row: Subscription
    words: str
    state: str

    @property
    def then(self) -> str:
        """What it moves to when the period ends, in words; "" for nothing."""
        price = self.row.next_price
        return f"{price.tier.name}, {words_of(price)}" if price is not None else ""

    @property
    def moves(self) -> str:
        """The new price that they were told of, where nothing else is planned."""
        price = self.row.price.moves_to
        return words_of(price) if price is not None and self.row.next_price_id is None and self.state in GOES_ON else ""

    @property
    def kept_until(self) -> dt.datetime:
        """Up to when what is overdue stays open; past, where it closed then."""
        now = dt.datetime.now(dt.UTC)
        return self.row.lapsed_at or kept_until(facts_of(self.row), now, grace())


def state_of(row: Subscription) -> str:
    """ "ends", "trial", "overdue", "unpaid", "waiting", "over" or "runs"."""
    if not row.is_running:
        return "waiting" if row.status == "incomplete" else "over"
    if row.status in ("past_due", "unpaid", "paused"):
        return "overdue" if row.status == "past_due" else "unpaid"
    if not row.paid_once:
        return "waiting"
    if row.cancel_at is not None:
        return "ends"
    return "trial" if row.status == "trialing" else "runs"


def words_for(row: Subscription) -> str:
    """“€6.00 a month”, or what a discount makes of it and until when."""
    if row.charged == row.amount or not row.is_running or not row.amount:
        return words_of(row.price)
    now, every = show(row.charged, row.currency), row.price.get_interval_display()
    if row.discount_ends is None:
        return f"{now} {every}"
    until = date_format(row.discount_ends.astimezone(row.community.zone), "j F Y")
    said = {"now": now, "every": every, "until": until, "then": show(row.amount, row.currency)}
    return _("%(now)s %(every)s until %(until)s, then %(then)s") % said


def paying(user: Any) -> list[Paying]:
    """What runs, and what has ended of the last ones; the running ones first."""
    rows = Subscription.objects.filter(user=user).exclude(status__in=["", "incomplete_expired"])
    rows = rows.select_related("price__tier", "price__moves_to", "next_price__tier", "community", "customer").order_by(
        "-created_at"
    )
    found = [Paying(row, words_for(row), state_of(row)) for row in rows[:LATELY]]
    return sorted(found, key=lambda one: one.state == "over")


def receipts(user: Any) -> list[Invoice]:
    rows = Invoice.objects.filter(subscription__user=user, total__gt=0).exclude(status__in=["draft", "void"])
    rows = rows.exclude(status="open", subscription__ended_at__isnull=False)  # nobody asks for it any more
    found = list(rows.select_related("subscription__community", "subscription__price__tier")[:LATELY])
    for row in found:
        row.__dict__["words"] = show(row.total, row.currency)
        row.__dict__["back"] = show(row.refunded, row.currency) if row.refunded else ""
    return found


def bought(user: Any) -> list[Purchase]:
    """What one paid for others. One query."""
    rows = Purchase.objects.filter(user=user, paid_at__isnull=False, total__gt=0)
    found = list(rows.select_related("community", "price__tier")[:LATELY])
    for row in found:
        row.__dict__["words"] = show(row.total, row.currency)
        row.__dict__["back"] = show(row.refunded, row.currency) if row.refunded else ""
    return found


def given_by(user: Any) -> dict[str, Any]:
    """For /me/money/: gifts that wait to be opened first; of seats only how many are taken. Two queries."""
    gifts = list(Gift.objects.filter(giver=user).select_related("tier__community")[:50])
    return {
        "gifts": sorted(gifts, key=lambda one: (one.taken_at is not None or one.voided_at is not None, -one.pk)),
        "pools": list(Pool.objects.filter(giver=user).select_related("tier__community").order_by("-pk")[:50]),
    }


def panel(request: HttpRequest) -> dict[str, Any]:
    return {"paying": [one for one in paying(request.user) if one.state != "over"]}
