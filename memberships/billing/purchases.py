"""Buying for others, once: from the form to Stripe's page, and handing over what was paid for, exactly once."""

import datetime as dt
import hashlib
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.activity.actions import record
from memberships.billing import errors, gateway
from memberships.billing.brand_share import share_at
from memberships.billing.catalogue import push_once, site
from memberships.billing.customers import ensure_customer
from memberships.billing.gateway import Object
from memberships.billing.models import Customer, Purchase
from memberships.billing.reading_stripe import id_of, when
from memberships.billing.selling import is_sold
from memberships.tiers.gifts import make_gift
from memberships.tiers.models import Price
from memberships.tiers.money import MOST, show
from memberships.tiers.seats import hand_out, make_pool

OPEN_FOR = dt.timedelta(minutes=31)
TURNS = 3
Kind, Status = Purchase.Kind, Purchase.Status


def begin_purchase(user: Any, *, price: Price, quantity: int, kind: str, form: str, **what: Any) -> str:
    """The page to pay on, or ours where this form was paid already. Records purchase.begun once.

    what: months, seats, message, opens_on. form: one form is one purchase, however often it is sent; changed, it is another one.
    ValidationError where it is not sold; GatewayError where Stripe does not answer: sent again, it goes on.
    """
    amount = price.amount * quantity
    if not is_sold(price):
        raise ValidationError(_("This is not offered any more. Have a look at what is."))
    if amount > MOST:
        raise ValidationError(
            {"seats": _("That is more than one payment can be: %(most)s.") % {"most": show(MOST, price.currency)}}
        )
    facts = (kind, price.pk, quantity, *(str(what[name]) for name in sorted(what)))
    mark = f"{form[:36]}:{hashlib.sha256(repr(facts).encode()).hexdigest()[:24]}"
    for _turn in range(TURNS):
        row = _mine(user, mark) or _make(user, price, quantity, kind, mark, what)
        if row is not None and (found := _page_of(row)):
            return found
    raise errors.Unavailable("The purchases of this person do not come to rest.")


def _mine(user: Any, mark: str) -> Purchase | None:
    rows = Purchase.objects.filter(user=user, form=mark).exclude(status=Status.EXPIRED)
    return rows.select_related("price__tier__community", "community", "user").first()


def _make(user: Any, price: Price, quantity: int, kind: str, mark: str, what: dict[str, Any]) -> Purchase | None:
    now = dt.datetime.fromtimestamp(gateway.now(), dt.UTC)
    try:
        with transaction.atomic():
            row = Purchase.objects.create(
                user=user, community_id=price.tier.community_id, price=price, quantity=quantity, kind=kind, form=mark,
                currency=price.currency, expires_at=now + OPEN_FOR, **what,
            )  # fmt: skip
            purchase_line("purchase.begun", row, price.amount * quantity, None, now, key=f"purchase.begun:{row.uuid}")
    except IntegrityError:
        return None
    return row


def _page_of(row: Purchase) -> str:
    if row.status != Status.OPEN:
        return return_url(row).replace("{CHECKOUT_SESSION_ID}", row.session_id or "")
    if row.session_id is None:
        return _open(row)
    try:
        session = gateway.retrieve_session(row.session_id)
    except errors.NotThere:
        expire_purchase(row)
        return ""
    settle_purchase(row, session)
    if session["status"] == "open":
        return str(session["url"])
    return return_url(row).replace("{CHECKOUT_SESSION_ID}", session["id"]) if session["status"] == "complete" else ""


def _open(row: Purchase) -> str:
    customer = ensure_customer(row.user, row.currency)
    fields = session_fields(row, customer, push_once(row.price))
    try:
        session = gateway.create_session(fields, key=f"purchase:{row.uuid}")
    except errors.NotThere as gone:  # of another mode, or deleted there: made anew with the next turn
        if gone.param.startswith("customer"):
            Customer.objects.filter(pk=customer.pk).update(deleted_at=timezone.now())
        else:
            push_once(row.price, anew=True)
        expire_purchase(row)
        return ""
    except errors.Refused as no:
        if no.param == "expires_at":
            expire_purchase(row)
            return ""
        raise
    Purchase.objects.filter(pk=row.pk).update(session_id=session["id"], livemode=bool(session["livemode"]))
    return str(session["url"])


def expire_purchase(row: Purchase) -> None:
    Purchase.objects.filter(pk=row.pk, status=Status.OPEN).update(status=Status.EXPIRED)


def session_fields(row: Purchase, customer: Customer, stripe_price: str) -> dict[str, Any]:
    """Only from what the purchase holds: the same one asks the same."""
    marks = {"site": site(), "purchase": str(row.uuid), "user": str(row.user_id), "kind": row.kind}
    fields: dict[str, Any] = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "customer": customer.stripe_id,
        "client_reference_id": str(row.uuid),
        "line_items": [{"price": stripe_price, "quantity": row.quantity}],
        "success_url": return_url(row),
        "cancel_url": settings.SITE_URL + reverse("billing:give", args=[row.community.slug]),
        "expires_at": int(row.expires_at.timestamp()),
        "metadata": marks,
        "payment_intent_data": {"metadata": marks},
        "invoice_creation": {"enabled": True},
    }
    if settings.BILLING_AUTOMATIC_TAX:
        fields |= {"automatic_tax": {"enabled": True}, "customer_update": {"address": "auto", "name": "auto"}}
    return fields


def return_url(row: Purchase) -> str:
    return settings.SITE_URL + reverse("billing:given", args=[row.community.slug]) + "?s={CHECKOUT_SESSION_ID}"


def settle_purchase(row: Purchase, session: Object) -> None:
    """What Stripe says of the session: paid is handed over once, expired is over. Records purchase.paid once."""
    rows = Purchase.objects.filter(pk=row.pk)
    rows.filter(session_id__isnull=True).update(session_id=session["id"])
    if session["status"] == "expired":
        expire_purchase(row)
    if session["status"] != "complete" or session["payment_status"] == "unpaid":
        return
    invoice = id_of(session.get("invoice"))
    bill = gateway.retrieve_invoice(invoice) if invoice else {}
    now = when(gateway.now())
    tax = int((session.get("total_details") or {}).get("amount_tax") or 0)
    with transaction.atomic():
        paid = rows.filter(paid_at__isnull=True).update(
            status=Status.PAID,
            paid_at=now,
            total=int(session["amount_total"]),
            tax=tax,
            net=int(session["amount_total"]) - tax,
            payment_intent=id_of(session.get("payment_intent")),
            invoice_id=invoice,
            number=str(bill.get("number") or ""),
            brand_share=share_at(row.community_id, now),
        )
        if paid:
            done = Purchase.objects.select_related("price").get(pk=row.pk)
            purchase_line("purchase.paid", done, done.total, done.net, now, key=f"purchase.paid:{done.uuid}")
            _hand_over(done)
        else:  # the bill may be written a moment later than the payment
            rows.filter(invoice_id="").update(invoice_id=invoice, number=str(bill.get("number") or ""))
    if row.kind == Kind.SEATS:
        hand_out(row.price.tier)


def _hand_over(row: Purchase) -> None:
    ref, tier = ref_of(row), row.price.tier_id
    if row.kind == Kind.GIFT:
        words = {"message": row.message, "opens_on": row.opens_on}
        make_gift(tier_id=tier, months=row.months, giver_id=row.user_id, ref=ref, **words)  # type: ignore[arg-type]
    else:
        make_pool(tier_id=tier, months=row.months, seats=row.seats, giver_id=row.user_id, ref=ref)


def ref_of(row: Purchase) -> str:
    return f"purchase:{row.pk}"


def purchase_line(verb: str, row: Purchase, amount: int, net: int | None, at: dt.datetime, *, key: str) -> None:
    about: dict[str, Any] = {"kind": "purchase", "object_id": row.pk, "currency": row.currency, "occurred_at": at}
    record(verb, community=row.community_id, actor=row.user_id, amount=amount, before=0, after=net, key=key, **about)
