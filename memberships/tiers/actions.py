"""Writes of what is offered: tiers, their prices and benefits, and where the money goes. Once a tier is open, each change is public."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from communities.access.rules import require
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.spaces.models import Community, Rung
from communities.ui import pagecache
from memberships.tiers.models import Benefit, Change, Price, Tier, Use
from memberships.tiers.money import NotAnAmount, check_price, show

WORDS = ("name", "why", "what", "how")
FIELDS = (*WORDS, "level", "trial_days")
WHOLE = 10_000  # hundredths of a percent


@transaction.atomic
def save_tier(viewer: Viewer, *, community: Community, tier: Tier | None = None, **fields: Any) -> Tier:
    """A new tier or the words of one. Without a why nothing is saved. Records tier.changed where it was open already."""
    require(viewer, "sell", tier or community)
    row = tier or Tier(community=community)
    before = {name: getattr(row, name) for name in FIELDS}
    for name in FIELDS:
        if name in fields:
            setattr(row, name, fields[name].strip() if isinstance(fields[name], str) else fields[name])
    _check(row, before)
    row.slug = row.slug or _free_slug(row)
    row.full_clean(exclude=["product"])
    row.save()
    if row.state != Tier.State.DRAFT:
        changed = [name for name in FIELDS if before[name] != getattr(row, name)]
        _note(viewer, row, [(name, before[name], getattr(row, name)) for name in changed])
        if changed:
            record("tier.changed", community=community, actor=viewer.user_id, kind="tier", object_id=row.pk)
    pagecache.bump(community.slug)
    return row


@transaction.atomic
def open_tier(viewer: Viewer, *, tier: Tier) -> None:
    """From now on it stands on the staircase. Records tier.opened."""
    require(viewer, "sell", tier)
    if not tier.what or not tier.how:
        raise ValidationError(_("Before it opens it says what one gets and how it helps."))
    _move(viewer, tier, Tier.State.OPEN, "tier.opened")


@transaction.atomic
def archive_tier(viewer: Viewer, *, tier: Tier) -> None:
    """Nobody buys it any more; whoever holds it keeps it at their price. Records tier.archived."""
    require(viewer, "sell", tier)
    if tier.state != Tier.State.OPEN:
        raise ValidationError(_("Only an open tier can be put away."))
    _move(viewer, tier, Tier.State.ARCHIVED, "tier.archived")


@transaction.atomic
def set_price(viewer: Viewer, *, tier: Tier, interval: str, currency: str, amount: int) -> Price:
    """amount: minor units. The old price ends for new buyers only. Records price.changed with before and after."""
    require(viewer, "sell", tier)
    currency = currency.lower()
    try:
        check_price(amount, currency)
    except NotAnAmount as problem:
        raise ValidationError({"amount": str(problem)}) from problem
    active = Price.objects.filter(tier=tier, interval=interval, currency=currency, active=True)
    old = active.first()
    if old is not None and old.amount == amount:
        return old
    active.update(active=False, ended_at=timezone.now())
    row = Price(tier=tier, interval=interval, currency=currency, amount=amount)
    row.full_clean(exclude=["stripe_id"])
    row.save()
    _price_changed(viewer, tier, old, row)
    return row


@transaction.atomic
def end_price(viewer: Viewer, *, price: Price) -> None:
    """Nobody buys at it any more; whoever pays it goes on. Records price.changed."""
    require(viewer, "sell", price.tier)
    if Price.objects.filter(pk=price.pk, active=True).update(active=False, ended_at=timezone.now()):
        _price_changed(viewer, price.tier, price, None)


@transaction.atomic
def save_benefit(
    viewer: Viewer,
    *,
    tier: Tier,
    benefit: Benefit | None = None,
    text: str,
    every: str = "",
    since: dt.date | None = None,
) -> Benefit:
    """One promise of a tier. Records benefit.changed where the tier is open."""
    require(viewer, "sell", tier)
    if every and since is None:
        raise ValidationError({"since": _("From which day on is it due?")})
    before = described(benefit) if benefit else ""
    row = benefit or Benefit(tier=tier, position=tier.benefits.count())
    row.text, row.every, row.since = text.strip(), every, since if every else None
    row.full_clean()
    row.save()
    _benefit_changed(viewer, tier, before, described(row))
    return row


@transaction.atomic
def end_benefit(viewer: Viewer, *, benefit: Benefit) -> None:
    """Promised no longer; what was due until now stays on the record. Records benefit.changed."""
    require(viewer, "sell", benefit.tier)
    if Benefit.objects.filter(pk=benefit.pk, ended_at__isnull=True).update(ended_at=timezone.now()):
        _benefit_changed(viewer, benefit.tier, described(benefit), "")


@transaction.atomic
def declare_uses(viewer: Viewer, *, community: Community, uses: Sequence[tuple[str, int]]) -> None:
    """Where the money goes from now on: (what for, hundredths of a percent), together the whole. Records uses.declared."""
    require(viewer, "sell", community)
    wanted = [(label.strip()[:80], share) for label, share in uses if label.strip()]
    if wanted and (sum(share for _label, share in wanted) != WHOLE or any(share < 1 for _label, share in wanted)):
        raise ValidationError({"uses": _("Together the shares have to be 100 %.")})
    now = timezone.now()
    running = Use.objects.filter(community=community, ends__isnull=True)
    if wanted == list(running.values_list("label", "share")):
        return
    running.update(ends=now)
    Use.objects.bulk_create(
        [
            Use(community=community, label=label, share=share, position=at, starts=now)
            for at, (label, share) in enumerate(wanted)
        ]
    )
    record("uses.declared", community=community, actor=viewer.user_id, obj=community)
    pagecache.bump(community.slug)


def described(benefit: Benefit) -> str:
    """The promise with how often, as the history of changes says it."""
    return f"{benefit.text} ({benefit.get_every_display()})" if benefit.every else benefit.text


def _check(row: Tier, before: dict[str, Any]) -> None:
    wrong: dict[str, str] = {}
    if not row.name:
        wrong["name"] = _("Give it a name.")
    if not row.why:
        wrong["why"] = _("Say why it exists: people are told before they pay.")
    if not Rung.objects.filter(community_id=row.community_id, level=row.level).exists():
        wrong["level"] = _("This community has no such step.")
    elif row.pk and row.level != before["level"] and row.grants.exists():
        wrong["level"] = _("People hold this tier: its step stays. Make another tier for another step.")
    if wrong:
        raise ValidationError(wrong)


def _free_slug(row: Tier) -> str:
    base = slugify(row.name)[:40] or "tier"
    taken = set(
        Tier.objects.filter(community_id=row.community_id, slug__startswith=base).values_list("slug", flat=True)
    )
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 200))) if slug not in taken)


def _move(viewer: Viewer, tier: Tier, state: str, verb: str) -> None:
    if not Tier.objects.filter(pk=tier.pk).exclude(state=state).update(state=state):
        return
    before, tier.state = tier.get_state_display(), state
    _note(viewer, tier, [("state", before, tier.get_state_display())])
    record(verb, community=tier.community_id, actor=viewer.user_id, kind="tier", object_id=tier.pk)
    pagecache.bump(tier.community.slug)


def _price_changed(viewer: Viewer, tier: Tier, old: Price | None, new: Price | None) -> None:
    known = new or old
    assert known is not None
    said = [f"{show(one.amount, one.currency)} {one.get_interval_display()}" if one else "" for one in (old, new)]
    if tier.state != Tier.State.DRAFT:
        _note(viewer, tier, [("price", said[0], said[1])])
    record(
        "price.changed",
        community=tier.community_id,
        actor=viewer.user_id,
        kind="tier",
        object_id=tier.pk,
        before=old.amount if old else None,
        after=new.amount if new else None,
        currency=known.currency,
    )
    pagecache.bump(tier.community.slug)


def _benefit_changed(viewer: Viewer, tier: Tier, before: str, after: str) -> None:
    if tier.state != Tier.State.DRAFT and before != after:
        _note(viewer, tier, [("benefit", before, after)])
    record("benefit.changed", community=tier.community_id, actor=viewer.user_id, kind="tier", object_id=tier.pk)
    pagecache.bump(tier.community.slug)


def _note(viewer: Viewer, tier: Tier, changes: Sequence[tuple[str, Any, Any]]) -> None:
    Change.objects.bulk_create(
        [
            Change(tier=tier, what=what, before=str(before), after=str(after), actor_id=viewer.user_id)
            for what, before, after in changes
        ]
    )
