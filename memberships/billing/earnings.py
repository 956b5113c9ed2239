"""What a community earned: each payment, refund and lost dispute as a line, of subscriptions, gifts and seats alike; months and
statements are sums of these lines.

A line: gross less tax less refunds is net; net is the brand's share and the creator's. Never summed across currencies. The
share is the one that was in force when it was paid; a refund goes by its payment's. Months are the community's own.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, F, Min, QuerySet, Sum
from django.db.models.functions import TruncMonth

from communities.spaces.models import Community
from memberships.billing.models import Dispute, Invoice, Purchase, Refund, Repayment
from memberships.tiers.money import share, shares

PAYMENT, REFUND, DISPUTE = KINDS = ("payment", "refund", "dispute")


@dataclass(frozen=True, slots=True)
class Line:
    """Minor units of `currency`. share: the brand's, in hundredths of a percent."""

    at: dt.datetime
    kind: str
    number: str
    tier: str
    currency: str
    gross: int
    tax: int
    refunds: int
    share: int
    brand: int = 0

    @property
    def net(self) -> int:
        return self.gross - self.tax - self.refunds

    @property
    def creator(self) -> int:
        return self.net - self.brand


@dataclass(slots=True)
class Sums:
    """A month, or all of a statement, in one currency. payments: how many there were."""

    month: dt.date
    currency: str
    payments: int = 0
    gross: int = 0
    tax: int = 0
    refunds: int = 0
    brand: int = 0

    @property
    def net(self) -> int:
        return self.gross - self.tax - self.refunds

    @property
    def creator(self) -> int:
        return self.net - self.brand


@dataclass(frozen=True, slots=True)
class Source:
    """Where lines come from: rows that moved money at `at`, `bill` leading to the invoice or purchase that they are about."""

    kind: str
    rows: QuerySet
    at: str
    amount: str
    bill: str = ""
    price: str = "subscription__price"


def sources(community: Community) -> tuple[Source, ...]:
    bills = Invoice.objects.filter(subscription__community=community, status="paid", paid__gt=0)
    back = Refund.objects.filter(invoice__subscription__community=community).exclude(status__in=["failed", "canceled"])
    lost = Dispute.objects.filter(invoice__subscription__community=community, status="lost")
    once = Purchase.objects.filter(community=community, paid_at__isnull=False, total__gt=0)
    taken = Dispute.objects.filter(purchase__community=community, status="lost")
    repaid = Repayment.objects.filter(purchase__community=community).exclude(status__in=["failed", "canceled"])
    return (
        Source(PAYMENT, bills.order_by(), "paid_at", "paid"),
        Source(REFUND, back.order_by(), "created_at", "amount", "invoice__"),
        Source(DISPUTE, lost.order_by(), "closed_at", "amount", "invoice__"),
        Source(PAYMENT, once.order_by(), "paid_at", "total", price="price"),
        Source(REFUND, repaid.order_by(), "created_at", "amount", "purchase__", "price"),
        Source(DISPUTE, taken.order_by(), "closed_at", "amount", "purchase__", "price"),
    )


def bounds(community: Community, first: dt.date, months: int = 1) -> tuple[dt.datetime, dt.datetime]:
    """From the first of a month, so many months, by the community's clock."""
    after = first.year * 12 + first.month - 1 + months
    last = dt.date(after // 12, after % 12 + 1, 1)
    return tuple(dt.datetime.combine(day, dt.time(), community.zone) for day in (first, last))  # type: ignore[return-value]


def lines_of(community: Community, month: dt.date) -> list[Line]:
    """Every line of a month, oldest first, the brand's part spread over them to the last unit. Six queries."""
    since, until = bounds(community, month)
    found: list[Line] = []
    for one in sources(community):
        rows = one.rows.filter(**{f"{one.at}__gte": since, f"{one.at}__lt": until})
        facts = rows.values_list(
            one.at, f"{one.bill}number", f"{one.bill}{one.price}__tier__name", "currency",
            one.amount, "net", f"{one.bill}brand_share",
        )  # fmt: skip
        found += [_line(one.kind, *row) for row in facts.iterator()]
    found.sort(key=lambda line: (line.at, KINDS.index(line.kind), line.number))
    return _divided(found)


def _line(kind: str, at: dt.datetime, number: str, tier: str, currency: str, amount: int, net: int, cut: int) -> Line:
    tax = amount - net
    if kind == PAYMENT:
        return Line(at, kind, number, tier, currency, amount, tax, 0, cut)
    return Line(at, kind, number, tier, currency, 0, -tax, amount, cut)


def _divided(lines: list[Line]) -> list[Line]:
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        groups[line.currency, line.share].append(at)
    done = list(lines)
    for (_currency, cut), places in groups.items():
        for at, brand in zip(places, shares([lines[at].net for at in places], cut), strict=True):
            done[at] = replace(lines[at], brand=brand)
    return done


def sums_of(lines: Iterable[Line], month: dt.date) -> list[Sums]:
    """By currency, from the lines themselves."""
    found: dict[str, Sums] = {}
    for line in lines:
        row = found.setdefault(line.currency, Sums(month, line.currency))
        row.payments += line.kind == PAYMENT
        row.gross, row.tax, row.refunds = row.gross + line.gross, row.tax + line.tax, row.refunds + line.refunds
        row.brand += line.brand
    return [found[currency] for currency in sorted(found)]


def months_of(community: Community, year: int) -> list[Sums]:
    """A year's months, newest first, each currency by itself. Six queries, summed by the database, whatever there is."""
    since, until = bounds(community, dt.date(year, 1, 1), 12)
    found: dict[tuple[dt.date, str], Sums] = {}
    nets: dict[tuple[dt.date, str, int], int] = defaultdict(int)
    for one in sources(community):
        for row in _grouped(one, since, until, community):
            month, currency = row["month"].date(), row["currency"]
            sums = found.setdefault((month, currency), Sums(month, currency))
            net = row["net_sum"] if one.kind == PAYMENT else -row["net_sum"]
            nets[month, currency, row["cut"]] += net
            sums.tax += (row["all"] - row["net_sum"]) * (1 if one.kind == PAYMENT else -1)
            if one.kind == PAYMENT:
                sums.gross, sums.payments = sums.gross + row["all"], sums.payments + row["n"]
            else:
                sums.refunds += row["all"]
    for (month, currency, cut), net in nets.items():
        found[month, currency].brand += share(net, cut)
    return sorted(found.values(), key=lambda one: (-one.month.toordinal(), one.currency))


def _grouped(one: Source, since: dt.datetime, until: dt.datetime, community: Community) -> Iterator[dict[str, Any]]:
    rows = one.rows.filter(**{f"{one.at}__gte": since, f"{one.at}__lt": until})
    by = {"month": TruncMonth(one.at, tzinfo=community.zone), "cut": F(f"{one.bill}brand_share")}
    grouped = rows.values("currency", **by)
    yield from grouped.annotate(all=Sum(one.amount), net_sum=Sum("net"), n=Count("pk"))


def first_year(community: Community) -> int | None:
    """The year of the first payment, by the community's clock."""
    paid = Invoice.objects.filter(subscription__community=community, paid__gt=0)
    once = Purchase.objects.filter(community=community, total__gt=0)
    both = [rows.aggregate(at=Min("paid_at"))["at"] for rows in (paid, once)]
    first = min((at for at in both if at is not None), default=None)
    return None if first is None else int(first.astimezone(community.zone).year)
