"""What came in, month by month by the community's own days, for the public ledger: without tax; what went back beside."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from communities.spaces.models import Community
from memberships.billing.earnings import PAYMENT, sources
from memberships.tiers.offers import Income


def income(community: Community, since: dt.date) -> Iterable[Income]:
    """Six queries, each summed by the database."""
    start = dt.datetime.combine(since, dt.time(), community.zone)
    sums: dict[tuple[dt.date, str], list[int]] = defaultdict(lambda: [0, 0])
    for one in sources(community):
        rows = one.rows.filter(**{f"{one.at}__gte": start})
        for row in rows.values("currency", month=TruncMonth(one.at, tzinfo=community.zone)).annotate(all=Sum("net")):
            sums[row["month"].date(), row["currency"]][one.kind != PAYMENT] += row["all"]
    return [Income(day, currency, plus, minus) for (day, currency), (plus, minus) in sums.items()]
