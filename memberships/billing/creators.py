"""The money of one's own community in the studio: who pays, what came in month by month, a month's statement. Reads only."""

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from communities.access.gates import needs
from communities.spaces.models import Community
from communities.spaces.request import PlaceRequest
from communities.ui.sheet import download
from memberships.billing import buyers as buying
from memberships.billing.brand_share import share_at
from memberships.billing.earnings import DISPUTE, PAYMENT, REFUND, Line, first_year, lines_of, months_of, sums_of
from memberships.billing.models import BrandShare
from memberships.billing.repricing import old_prices
from memberships.tiers.models import Tier
from memberships.tiers.money import percent, plain, show
from memberships.tiers.reading import words_of

PAGE = 100  # lines of a statement on one page
KIND_WORDS = {PAYMENT: _("payment"), REFUND: _("refund"), DISPUTE: _("taken back by a bank")}
STATE_WORDS = {"new": _("new this month"), "trial": _("trying it"), "ending": _("ending"), "overdue": _("overdue")}
AMOUNTS = ("gross", "tax", "refunds", "net", "brand", "creator")
HEADER = (
    "date", "kind", "bill", "tier", "currency", "brand_percent",
    *(name for amount in AMOUNTS for name in (f"{amount}_minor", amount)),
)  # fmt: skip


def in_words(row: Any) -> dict[str, str]:
    """Amounts of a line or of sums as people read them; what goes off carries its minus, and nothing is a dash."""
    taken = {"tax": -row.tax, "refunds": -row.refunds, "brand": -row.brand}
    amounts = {name: taken.get(name, getattr(row, name)) for name in AMOUNTS}
    return {name: show(amount, row.currency) if amount else "–" for name, amount in amounts.items()}


@require_safe
@needs("see_money")
def money(request: PlaceRequest, community: str) -> HttpResponse:
    """Counts by tier, a year month by month, and the brand's share with what it was before."""
    place = request.community
    now = timezone.localtime(timezone=place.zone)
    asked = request.GET.get("year", str(now.year))
    if not asked.isdecimal() or not 2000 <= int(asked[:5]) <= now.year:
        raise Http404
    year, first = int(asked), first_year(place)
    page = {
        "counts": buying.counts(place),
        "months": [(row, in_words(row)) for row in months_of(place, year)],
        "year": year,
        "years": range(now.year, (first or now.year) - 1, -1),
        "share": percent(share_at(place.pk, timezone.now())),
        "shares": list(BrandShare.objects.filter(community=place).select_related("set_by")[:20]),
        "now": timezone.now(),
    }
    return render(request, "billing/studio.html", page)


@require_safe
@needs("see_money")
def buyers(request: PlaceRequest, community: str) -> HttpResponse:
    """Who pays now. Whoever has left is a payer without a name."""
    state, tier = request.GET.get("state", ""), request.GET.get("tier", "")
    known = int(tier) if tier.isdecimal() and len(tier) < 18 else None
    rows, token = buying.page_of(request.community, state=state, tier=known, after=request.GET.get("after", ""))
    next_url = "?" + urlencode({"state": state, "tier": tier, "after": token}) if token else ""
    tiers = Tier.objects.filter(community=request.community).order_by("level", "pk")
    old = [(price, words_of(price)) for price in old_prices(request.community, payers__gt=0)]
    page = {"rows": rows, "next_url": next_url, "state": state, "tier": known, "tiers": tiers, "states": STATE_WORDS}
    return render(request, "billing/buyers.html", page | {"old": old})


def month_of(place: Community, year: int, month: int) -> dt.date:
    """A month that has begun by the community's clock, or the 404."""
    today = timezone.localdate(timezone=place.zone)
    if not 1 <= month <= 12 or not (2000, 1) <= (year, month) <= (today.year, today.month):
        raise Http404
    return dt.date(year, month, 1)


@require_safe
@needs("see_money")
def statement(request: PlaceRequest, community: str, year: int, month: int) -> HttpResponse:
    """A month's lines and, from these very lines, its sums."""
    place = request.community
    day = month_of(place, year, month)
    lines = lines_of(place, day)
    asked = request.GET.get("from", "0")
    start = int(asked) if asked.isdecimal() and len(asked) < 9 else 0
    page = {
        "month": day,
        "running": day == timezone.localdate(timezone=place.zone).replace(day=1),
        "lines": [
            (line, in_words(line), KIND_WORDS[line.kind], line.at.astimezone(place.zone).date())
            for line in lines[start : start + PAGE]
        ],
        "sums": [(row, in_words(row)) for row in sums_of(lines, day)],
        "count": len(lines),
        "next": start + PAGE if start + PAGE < len(lines) else None,
    }
    return render(request, "billing/statement.html", page)


@require_safe
@needs("see_money")
def statement_file(request: PlaceRequest, community: str, year: int, month: int) -> Any:
    """The same lines as CSV: whole minor units, and beside them the amount in decimals."""
    place = request.community
    day = month_of(place, year, month)
    return download(f"statement-{place.slug}-{day:%Y-%m}", HEADER, cells(lines_of(place, day), place))


def cells(lines: Iterable[Line], place: Community) -> Iterator[list[Any]]:
    for line in lines:
        row: list[Any] = [
            line.at.astimezone(place.zone).date().isoformat(), line.kind, line.number, line.tier, line.currency,
            Decimal(percent(line.share)),
        ]  # fmt: skip
        for name in AMOUNTS:
            amount = getattr(line, name)
            row += [amount, Decimal(plain(amount, line.currency))]
        yield row
