"""What one paid is carried away; it stays when the account closes, because the law wants books; what runs ends first."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.people.models import User
from communities.people.portable import (
    Hindrance,
    Leaver,
    Line,
    Section,
    moment,
    register_eraser,
    register_first,
    register_not_personal,
    register_section,
)
from communities.people.traveller import Traveller
from memberships.billing.models import Invoice, Leaving, Purchase, Subscription
from memberships.tiers.money import plain


def _subscriptions(traveller: Traveller, rows: Sequence[Subscription]) -> list[Line]:
    said = {row.subscription_id: row for row in Leaving.objects.filter(subscription__in=rows)}
    return [
        {
            "community": traveller.place(row.community),
            "tier": row.price.tier.name,
            "price": plain(row.amount, row.currency),
            "currency": row.currency,
            "interval": row.price.interval,
            "state": row.status,
            "begun_at": moment(row.created_at),
            "ended_at": moment(row.ended_at),
            "reason": said[row.pk].why if row.pk in said else "",
            "note": said[row.pk].note if row.pk in said else "",
        }
        for row in rows
    ]


def _invoices(traveller: Traveller, rows: Sequence[Invoice]) -> list[Line]:
    return [
        {
            "community": traveller.place(row.subscription.community),
            "number": row.number,
            "state": row.status,
            "total": plain(row.total, row.currency),
            "tax": plain(row.tax, row.currency),
            "paid": plain(row.paid, row.currency),
            "refunded": plain(row.refunded, row.currency),
            "currency": row.currency,
            "at": moment(row.created_at),
            "paid_at": moment(row.paid_at),
        }
        for row in rows
    ]


def _purchases(traveller: Traveller, rows: Sequence[Purchase]) -> list[Line]:
    return [
        {
            "community": traveller.place(row.community),
            "what": row.kind,
            "tier": row.price.tier.name,
            "months": row.months,
            "seats": row.seats,
            "message": row.message,
            "state": row.status,
            "total": plain(row.total, row.currency),
            "tax": plain(row.tax, row.currency),
            "refunded": plain(row.refunded, row.currency),
            "currency": row.currency,
            "at": moment(row.created_at),
            "paid_at": moment(row.paid_at),
        }
        for row in rows
    ]


def _of(user: User) -> QuerySet:
    return Subscription.objects.filter(user=user).select_related("community", "price__tier")


def _bills(user: User) -> QuerySet:
    return Invoice.objects.filter(subscription__user=user).select_related("subscription__community")


def _bought(user: User) -> QuerySet:
    return Purchase.objects.filter(user=user).select_related("community", "price__tier")


def still_paying(user: User) -> Iterable[Hindrance]:
    """Closing an account ends nothing at the bank, so what runs is ended by its payer first."""
    running = Subscription.objects.filter(user=user, status__in=Subscription.RUNNING, cancel_at__isnull=True)
    for row in running.select_related("price__tier", "community"):
        said = _("You pay for %(tier)s in %(place)s.") % {"tier": row.price.tier.name, "place": row.community.name}
        yield Hindrance(said, reverse("billing:money"), _("End it first"))


def erase_reasons(leaver: Leaver) -> bool:
    Purchase.objects.filter(user=leaver.user).exclude(message="").update(message="")
    Leaving.objects.filter(subscription__user=leaver.user).exclude(note="").update(note="")
    return False


register_section(
    Section(
        "subscriptions",
        gettext_lazy("What you pay or paid"),
        ("billing.Subscription", "billing.Leaving"),
        _of,
        _subscriptions,
        15,
    )
)
register_section(Section("invoices", gettext_lazy("Bills"), ("billing.Invoice",), _bills, _invoices, 16))
register_section(
    Section("purchases", gettext_lazy("What you bought for others"), ("billing.Purchase",), _bought, _purchases, 17)
)
register_not_personal(
    {
        "billing.Customer": "The number that Stripe knows a payer by; what they paid is in the bills.",
        "billing.Attempt": "A visit to the till, by numbers alone; what came of it is in the subscriptions.",
        "billing.BrandShare": "What the brand keeps of a community's income; whoever set it is named by their account alone.",
        "billing.Coupon": "An offer of a community; whoever made it is named by their account alone.",
    }
)
register_first(still_paying)
register_eraser("reasons for ending", erase_reasons, order=61)
