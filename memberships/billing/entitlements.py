"""What a subscription opens, and until when: pure, from facts to an answer; nothing is read or written here."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

GIVES = ("trialing", "active", "past_due")


@dataclass(frozen=True, slots=True)
class Facts:
    """A subscription as Stripe told it. paid_once: its first invoice was paid or asked for nothing.

    unpaid_since: the start of the oldest period that is not paid. On a failed renewal the period has moved on already, so its end
    says nothing about what was paid.
    """

    tier: Any
    status: str
    paid_once: bool
    cancel_at: dt.datetime | None = None
    unpaid_since: dt.datetime | None = None


def decide(facts: Facts, now: dt.datetime, grace: dt.timedelta) -> tuple[Any, dt.datetime | None]:
    """(tier, until): the tier that it gives at this moment and when that ends by itself (None: not by itself); (None, None) for nothing.

    trialing and active give it all, until the planned end where there is one; past_due gives it until the grace is over,
    counted from the start of what was not paid; anything else (incomplete, unpaid, paused, canceled) gives nothing.
    """
    if not facts.paid_once or facts.status not in GIVES:
        return None, None
    until = facts.cancel_at
    if facts.status == "past_due":
        over = kept_until(facts, now, grace)
        until = min(until, over) if until else over
    if until is not None and until <= now:
        return None, None
    return facts.tier, until


def kept_until(facts: Facts, now: dt.datetime, grace: dt.timedelta) -> dt.datetime:
    """Up to when what was not paid is kept; where Stripe gave up before, that is now at the latest."""
    over = (facts.unpaid_since or now) + grace
    return over if facts.status == "past_due" else min(over, now)


def lapse(facts: Facts, now: dt.datetime, grace: dt.timedelta) -> dt.datetime | None:
    """When it closed for want of a payment; None while it did not."""
    if not facts.paid_once or facts.status not in ("past_due", "unpaid"):
        return None
    over = kept_until(facts, now, grace)
    return over if over <= now else None
