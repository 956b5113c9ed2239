"""What came in, month by month by the community's own days, for the public ledger: without tax, refunds beside."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from communities.spaces.models import Community
from memberships.billing.models import Invoice, Refund
from memberships.tiers.money import part
from memberships.tiers.offers import Income


def income(community: Community, since: dt.date) -> Iterable[Income]:
    """Two queries, each summed by the database."""
    start = dt.datetime.combine(since, dt.time(), community.zone)
    here = Invoice.objects.filter(subscription__community=community)
    paid = here.filter(paid_at__gte=start, paid__gt=0).order_by()
    sums: dict[tuple[dt.date, str], list[int]] = defaultdict(lambda: [0, 0])
    month = TruncMonth("paid_at", tzinfo=community.zone)
    for row in paid.values("currency", month=month).annotate(gross=Sum("paid"), tax=Sum("tax")):
        sums[row["month"].date(), row["currency"]][0] += row["gross"] - row["tax"]
    back = Refund.objects.filter(invoice__subscription__community=community, created_at__gte=start)
    back = back.exclude(status__in=["failed", "canceled"]).select_related("invoice")
    for refund in back:
        at = refund.created_at.astimezone(community.zone).date().replace(day=1)
        bill = refund.invoice
        tax = part(refund.amount, bill.tax, bill.total) if bill.total else 0
        sums[at, refund.currency][1] += refund.amount - tax
    return [Income(day, currency, plus, minus) for (day, currency), (plus, minus) in sums.items()]
