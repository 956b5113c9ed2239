"""Reads of tiers: the staircase, the public ledger of one tier, what the studio lists; a fixed number of queries each."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.viewer import Viewer
from communities.spaces.models import Community, Rung
from memberships.tiers.models import Benefit, Change, Grant, Price, Tier, Use
from memberships.tiers.money import apportion, show
from memberships.tiers.offers import Income, door_to, income_of, sells
from memberships.tiers.promises import Promise, promises

MONTHS = 6  # of income on the public ledger
NEWEST = 3  # days of a promise that are shown unfolded


@dataclass(frozen=True, slots=True)
class Offer:
    """A price as it stands on a page. words: "€6.00 a month". buy: where its form goes, "" where there is none. after: with a code."""

    price: Price
    words: str
    buy: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the staircase. own: the viewer stands on it. below: they stand higher."""

    rung: Rung
    tiers: tuple[tuple[Tier, tuple[Offer, ...], tuple[Benefit, ...]], ...]
    own: bool
    below: bool


def tiers_of(community: Community) -> list[Tier]:
    """What is open, with prices and benefits loaded. Three queries."""
    prices = Prefetch("prices", Price.objects.filter(active=True), to_attr="offered")
    benefits = Prefetch("benefits", Benefit.objects.filter(ended_at__isnull=True), to_attr="promised")
    rows = Tier.objects.filter(community=community, state=Tier.State.OPEN).prefetch_related(prices, benefits)
    tiers: list[Tier] = list(rows)
    for tier in tiers:
        tier.community = community  # the door of each price asks for it
        for price in tier.__dict__["offered"]:
            price.tier = tier
    return tiers


def offer_of(price: Price, viewer: Viewer, after: Mapping[int, str] | None = None) -> Offer:
    return Offer(price, words_of(price), door_to(viewer, price), (after or {}).get(price.pk, ""))


def words_of(price: Price) -> str:
    """“€6.00 a month”."""
    return f"{show(price.amount, price.currency)} {price.get_interval_display()}"


def staircase(
    community: Community,
    viewer: Viewer,
    tiers: Iterable[Tier],
    *,
    stands_on: int,
    after: Mapping[int, str] | None = None,
) -> list[Step]:
    """Lowest first: every named step and what is offered on it, out of `tiers_of`. stands_on: the viewer's rung."""
    by_level: dict[int, list[Tier]] = defaultdict(list)
    for tier in tiers:
        by_level[tier.level].append(tier)
    steps = []
    for rung in community.rungs.order_by("level"):
        offered = tuple(
            (
                tier,
                tuple(offer_of(price, viewer, after) for price in tier.__dict__["offered"]),
                tuple(tier.__dict__["promised"]),
            )
            for tier in by_level[rung.level]
        )
        steps.append(Step(rung, offered, own=rung.level == stands_on, below=rung.level < stands_on))
    return steps


@dataclass(frozen=True, slots=True)
class Split:
    """One month's income in one currency and what it is for, in words."""

    month: dt.date
    total: str
    parts: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A promise and its days, newest first. shown: those to come, the newest, and whatever is late; folded: the others."""

    benefit: Benefit
    days: Sequence[Promise]

    @property
    def strip(self) -> list[Promise]:
        return list(reversed(self.days))

    @property
    def done(self) -> int:
        return sum(day.state == "delivered" for day in self.days)

    @property
    def late(self) -> int:
        return sum(day.state == "overdue" for day in self.days)

    @property
    def asked(self) -> int:
        return self.done + self.late

    @property
    def shown(self) -> list[Promise]:
        return [day for at, day in enumerate(self.days) if at < NEWEST or day.state == "overdue"]

    @property
    def folded(self) -> list[Promise]:
        return [day for at, day in enumerate(self.days) if at >= NEWEST and day.state != "overdue"]


@dataclass(slots=True)
class Ledger:
    """Everything that the public may know about a tier."""

    tier: Tier
    rung: Rung | None
    offers: list[Offer]
    kept: list[Kept] = field(default_factory=list)
    always: list[Benefit] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    holders: int = 0

    @property
    def done(self) -> int:
        return sum(one.done for one in self.kept)

    @property
    def overdue(self) -> int:
        return sum(one.late for one in self.kept)

    @property
    def asked(self) -> int:
        return self.done + self.overdue

    @property
    def shares(self) -> list[tuple[Use, str]]:
        """Each use, with what it had of the newest month in which money came in."""
        newest = [split for split in self.splits if split.month == self.splits[0].month]
        amounts = [
            " + ".join(parts) for parts in zip(*([part[1] for part in one.parts] for one in newest), strict=True)
        ]
        return list(zip(self.uses, amounts or [""] * len(self.uses), strict=True))


def ledger_of(tier: Tier, viewer: Viewer, community: Community) -> Ledger:
    """Promises with what became of them, where the money goes, and what was otherwise before."""
    today = timezone.localdate(timezone=community.zone)
    benefits = list(tier.benefits.all())
    kept = promises([one for one in benefits if one.every], today=today)
    uses = list(Use.objects.filter(community=community, ends__isnull=True))
    page = Ledger(
        tier=tier,
        rung=community.rungs.filter(level=tier.level).first(),
        offers=[offer_of(price, viewer) for price in tier.prices.filter(active=True)],
        always=[one for one in benefits if not one.every and one.ended_at is None],
        uses=uses,
        splits=splits(income_of(community, _months_ago(today)), uses),
        changes=list(tier.changes.select_related("actor")[:50]),
        holders=holders_of(tier),
    )
    page.kept = [Kept(one, kept[one.pk]) for one in benefits if one.every and (kept[one.pk] or one.ended_at is None)]
    return page


def holders_of(tier: Tier) -> int:
    """Members who hold it now, whatever for."""
    running = Q(ends__isnull=True) | Q(ends__gt=timezone.now())
    held = Grant.objects.filter(running, tier=tier, starts__lte=timezone.now())
    return held.aggregate(n=Count("member", distinct=True))["n"]


def splits(income: Sequence[Income], uses: Sequence[Use]) -> list[Split]:
    """Each month's money by the shares in force, to the last unit: the parts are the whole."""
    found = []
    for line in income:
        net = line.paid - line.refunded
        amounts = apportion(net, [use.share for use in uses]) if uses else []
        parts = [(use.label, show(amount, line.currency), use.share) for use, amount in zip(uses, amounts, strict=True)]
        found.append(Split(line.month, show(net, line.currency), tuple(parts)))
    return found


def tax_line() -> str:
    """What every price is followed by."""
    return _("Tax is worked out where you pay and stands on the receipt.") if sells() else ""


def for_studio(community: Community) -> list[Tier]:
    """Every tier with how many hold it, the open ones first."""
    running = Q(grants__ends__isnull=True) | Q(grants__ends__gt=timezone.now())
    rows = Tier.objects.filter(community=community).annotate(held=Count("grants", filter=running, distinct=True))
    prices = Prefetch("prices", Price.objects.filter(active=True), to_attr="offered")
    return list(rows.prefetch_related(prices).order_by("level", "position", "pk"))


def due_now(tiers: Iterable[Tier], today: dt.date) -> list[Promise]:
    """What is overdue or due within a week over several tiers, the oldest first."""
    benefits = (
        Benefit.objects.filter(tier__in=list(tiers), ended_at__isnull=True).exclude(every="").select_related("tier")
    )
    days = [one for every in promises(benefits, today=today).values() for one in every]
    soon = today + dt.timedelta(days=7)
    return sorted((one for one in days if one.state != "delivered" and one.on <= soon), key=lambda one: one.on)


def _months_ago(today: dt.date) -> dt.date:
    months = today.year * 12 + today.month - 1 - (MONTHS - 1)
    return dt.date(months // 12, months % 12 + 1, 1)
