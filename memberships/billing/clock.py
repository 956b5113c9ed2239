"""What happens by the clock and not by a message: a trial is about to end, the last day of grace begins, grace is over.

Each is recorded once, by a key in the ledger or by a conditional update, so that any number of looks may run at once.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from communities.activity.actions import record
from communities.activity.models import Activity
from memberships.billing.entitlements import kept_until
from memberships.billing.models import Attempt, Subscription
from memberships.billing.offering import close_attempt
from memberships.billing.transitions import facts_of, follow, grace, stripes_now

TRIAL_NOTICE = dt.timedelta(days=3)
LAST_DAY = dt.timedelta(days=1)


def look() -> int:
    """Returns how much was told or closed."""
    now = stripes_now()
    forget_visits(now)
    return remind_trials(now) + remind_last_days(now) + lapse_due(now)


def forget_visits(now: dt.datetime) -> int:
    """A visit to the till that never got a page, because Stripe was away, ends like one that ran out."""
    lost = Attempt.objects.filter(status=Attempt.Status.OPEN, session_id__isnull=True, expires_at__lt=now)
    rows = list(lost)
    for row in rows:
        close_attempt(row, Attempt.Status.EXPIRED)
    return len(rows)


def remind_trials(now: dt.datetime) -> int:
    """Three days before the first payment; whoever has ended it already pays nothing and hears nothing."""
    soon = Subscription.objects.filter(status="trialing", paid_once=True, cancel_at__isnull=True)
    soon = soon.filter(trial_end__gt=now, trial_end__lte=now + TRIAL_NOTICE)
    return _once("trial.reminded", ((row, row.trial_end) for row in soon), now)


def remind_last_days(now: dt.datetime) -> int:
    """Where the grace is longer than a day: the news of the failure said it all else."""
    if grace() <= LAST_DAY:
        return 0
    ends = ((row, kept_until(facts_of(row), now, grace())) for row in _overdue())
    return _once("subscription.reminded", ((row, end) for row, end in ends if now < end <= now + LAST_DAY), now)


def lapse_due(now: dt.datetime) -> int:
    """Access is over by the grant's own date already; this writes it down, with the moment at which it took effect."""
    done = 0
    for row in _overdue():
        over = kept_until(facts_of(row), now, grace())
        if over <= now:
            done += _lapse(row, over)
    return done


def _overdue() -> Iterable[Subscription]:
    rows = Subscription.objects.filter(status="past_due", paid_once=True, lapsed_at__isnull=True)
    return rows.select_related("price__tier", "community")


@transaction.atomic
def _lapse(row: Subscription, over: dt.datetime) -> bool:
    mine = Subscription.objects.filter(
        pk=row.pk, status="past_due", lapsed_at__isnull=True, unpaid_since=row.unpaid_since
    )
    if not mine.update(lapsed_at=over, worth=0):
        return False
    follow(row, Subscription.objects.select_related("price__tier", "user", "community").get(pk=row.pk), over)
    return True


def _once(verb: str, rows: Iterable[tuple[Subscription, dt.datetime | None]], now: dt.datetime) -> int:
    """A line for each that has none yet for this very end."""
    keys = {f"{verb}:{row.pk}:{int(end.timestamp())}": row for row, end in rows if end is not None}
    known = set(Activity.objects.filter(key__in=keys).values_list("key", flat=True))
    done = 0
    for key, row in keys.items():
        if key not in known:
            done += _tell(verb, row, key, now)
    return done


@transaction.atomic
def _tell(verb: str, row: Subscription, key: str, now: dt.datetime) -> bool:
    line = record(
        verb,
        community=row.community_id,
        actor=row.user_id,
        kind="subscription",
        object_id=row.pk,
        key=key,
        occurred_at=now,
        before=row.worth,
        after=row.worth,
        amount=row.amount,
        currency=row.currency,
    )
    return line is not None
