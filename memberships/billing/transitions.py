"""What follows from a change of a subscription: the grant and the lines of the ledger; never from a message, so their order is free."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils import timezone

from communities.activity.actions import record
from communities.members.models import Member
from communities.members.owing import set_owing
from memberships.billing import gateway
from memberships.billing.coming_in import come_in
from memberships.billing.entitlements import GIVES, Facts, decide, kept_until, lapse
from memberships.billing.models import Subscription
from memberships.billing.reading_stripe import MONTHS, when
from memberships.tiers.grants import end_grant, put_grant
from memberships.tiers.models import Grant

SOURCE = Grant.Source.STRIPE


def grace() -> dt.timedelta:
    return dt.timedelta(days=settings.BILLING_GRACE_DAYS)


def facts_of(row: Subscription) -> Facts:
    return Facts(row.price.tier, row.status, row.paid_once, row.cancel_at, row.unpaid_since)


def stripes_now() -> dt.datetime:
    """Grace is counted by the clock that began it."""
    return when(gateway.now())


def lapsed_at(row: Subscription) -> dt.datetime | None:
    """When it closed for want of a payment: once known it stays, until the payment comes."""
    if row.status in ("active", "trialing"):
        return None
    return row.lapsed_at or lapse(facts_of(row), stripes_now(), grace())


def follow(before: Subscription, after: Subscription, at: dt.datetime) -> None:
    """Grant, seat and ledger for what is otherwise now. at: when it took effect. Inside the transaction that wrote it."""
    if before.started_at is None and after.paid_once and after.status in GIVES:
        come_in(after)
    settle_grant(after)
    settle_owing(after)
    tell(before, after, at)


def settle_grant(row: Subscription) -> None:
    """The one grant of this subscription as `decide` says; a comp or a gift of the same person stays as it is."""
    tier, until = decide(facts_of(row), stripes_now(), grace())
    if tier is not None:
        member = Member.objects.filter(community=row.community_id, user=row.user_id).first()
        if member is not None:
            put_grant(member=member, tier=tier, source=SOURCE, ref=row.stripe_id, ends=until)
        return
    held = Grant.objects.filter(source=SOURCE, ref=row.stripe_id).select_related("member", "tier__community").first()
    if held is not None:
        now = timezone.now()
        end_grant(held, at=min(row.ended_at or row.lapsed_at or now, now))


def settle_owing(row: Subscription) -> None:
    """What each page of the place says to whoever pays here: until when what is not paid stays open."""
    mine = Subscription.objects.filter(user=row.user_id, community=row.community_id, paid_once=True)
    owed = mine.filter(status__in=("past_due", "unpaid")).select_related("price__tier")
    until = min((one.lapsed_at or kept_until(facts_of(one), stripes_now(), grace()) for one in owed), default=None)
    set_owing(community_id=row.community_id, user_id=row.user_id, until=until)


def tell(before: Subscription, after: Subscription, at: dt.datetime) -> None:
    """Each line once: those that can happen once have a key."""
    rows = Subscription.objects.filter(pk=after.pk)
    begins = before.started_at is None and after.paid_once
    if begins:
        rows.update(started_at=after.created_at)
        after.started_at = after.created_at
        before.worth = after.worth
        if not after.is_running and after.trial_end is None:  # all of it happened while we heard nothing
            before.worth = after.charged * MONTHS[after.price.interval]
        _line("subscription.started", after, after.created_at, 0, before.worth, key=f"subscription.started:{after.pk}")
        if after.trial_end is not None:
            _line("trial.started", after, after.created_at, 0, 0, key=f"trial.started:{after.pk}")
    elif after.started_at is None:
        return
    lapses = after.lapsed_at is not None and before.lapsed_at is None
    comes = before.status in ("past_due", "unpaid") and after.status == "active"
    # What it brings moves in one line alone, whatever else happened with it.
    if after.ended_at is not None and before.ended_at is None:
        key = f"subscription.ended:{after.pk}"
        _line("subscription.ended", after, after.ended_at, before.worth, 0, key=key)
    elif lapses:
        key = f"subscription.lapsed:{after.pk}:{int((after.unpaid_since or at).timestamp())}"
        _line("subscription.lapsed", after, after.lapsed_at, before.worth, after.worth, key=key)
    elif comes:
        _line("subscription.recovered", after, at, before.worth, after.worth)
    elif not begins and (before.worth != after.worth or before.price_id != after.price_id):
        _line("subscription.changed", after, at, before.worth, after.worth)
    if after.ended_at is None and before.cancel_at != after.cancel_at:
        planned = after.cancel_at is not None
        _line(
            "subscription.ending" if planned else "subscription.resumed", after, at,
            after.worth if planned else 0, 0 if planned else after.worth,
        )  # fmt: skip
    if after.status == "past_due" and before.status != "past_due":
        _line(
            "subscription.overdue",
            after,
            after.unpaid_since or at,
            before.worth,
            before.worth if lapses else after.worth,
        )


def _line(
    verb: str, row: Subscription, at: dt.datetime | None, before: int, after: int, *, key: str | None = None
) -> None:
    about: dict[str, Any] = {
        "kind": "subscription",
        "object_id": row.pk,
        "amount": row.amount,
        "currency": row.currency,
    }
    record(
        verb,
        community=row.community_id,
        actor=row.user_id,
        occurred_at=at,
        before=before,
        after=after,
        key=key,
        **about,
    )
