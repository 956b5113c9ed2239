"""Going to the till: one open attempt a person and community, however often and from wherever they click."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.activity.actions import record
from memberships.billing import errors, gateway
from memberships.billing.catalogue import push_coupon, push_price, revive_price, site
from memberships.billing.codes import after, check_code, wrong
from memberships.billing.coming_in import hold_place
from memberships.billing.customers import ensure_customer
from memberships.billing.models import Attempt, Coupon, Customer, Subscription
from memberships.billing.offering import close_attempt, hold_use
from memberships.billing.selling import is_sold, trial_of
from memberships.billing.sync import settle_attempt, sync_session
from memberships.tiers.models import Price

OPEN_FOR = dt.timedelta(minutes=31)  # the least that Stripe takes is thirty
TURNS = 4


class Pays(Exception):
    """They pay for something here already: it is changed, not bought beside."""


@dataclass(frozen=True, slots=True)
class Till:
    """Where the browser goes: Stripe's page, or our page of an attempt that turned out to be paid."""

    url: str
    paid: bool = False


def begin_checkout(user: Any, *, price: Price, code: str = "") -> Till:
    """The page to pay on. Records checkout.begun for each new attempt.

    The open attempt is used again; one at another price, or with another code, is closed at Stripe first. Pays where a
    subscription runs. ValidationError where it is not sold (any more), at `code` where the code does not hold: nothing is begun
    then. GatewayError where Stripe does not answer: the attempt stays open without a session, and asking again goes on with it.
    """
    if not is_sold(price):
        raise ValidationError(_("This is not offered any more. Have a look at what is."))
    for _turn in range(TURNS):
        if pays(user, price.tier.community_id):
            raise Pays
        coupon = check_code(price, code, user=user) if code.strip() else None
        attempt = Attempt.objects.filter(
            user=user, community=price.tier.community_id, status=Attempt.Status.OPEN
        ).first() or _new_attempt(user, price, coupon)
        if attempt is None:  # another click made one this very moment
            continue
        same = (attempt.price_id, attempt.coupon_id) == (price.pk, coupon.pk if coupon else None)
        found = _session_of(attempt) if same else _leave(attempt)
        if found is not None:
            return found
    raise errors.Unavailable("The attempts of this person do not come to rest.")


def pays(user: Any, community_id: int) -> bool:
    return Subscription.objects.filter(user=user, community=community_id, status__in=Subscription.RUNNING).exists()


def _new_attempt(user: Any, price: Price, coupon: Coupon | None) -> Attempt | None:
    expires = dt.datetime.fromtimestamp(gateway.now(), dt.UTC) + OPEN_FOR
    try:
        with transaction.atomic():
            hold_place(user, price.tier.community)
            if coupon is not None and not hold_use(coupon):
                raise wrong(_("This code was used as often as it may be."))
            row = Attempt.objects.create(
                user=user,
                community_id=price.tier.community_id,
                price=price,
                coupon=coupon,
                trial_days=trial_of(user, price),
                expires_at=expires,
            )
            about: dict[str, Any] = {
                "kind": "tier",
                "object_id": price.tier_id,
                "amount": price.amount,
                "currency": price.currency,
                "before": price.amount,
                "after": after(coupon, price) if coupon else price.amount,
            }
            key = f"checkout.begun:{row.uuid}"
            record("checkout.begun", community=price.tier.community_id, actor=user, key=key, **about)
    except IntegrityError:
        return None
    return row


def _session_of(attempt: Attempt) -> Till | None:
    """The attempt's page; None where this attempt has come to its end and another one is to be made."""
    if attempt.session_id is None:
        return _open(attempt)
    try:
        session = gateway.retrieve_session(attempt.session_id)
    except errors.NotThere:  # of another mode, or of an account that is not ours any more
        close_attempt(attempt, Attempt.Status.ABANDONED)
        return None
    return _read(attempt, session)


def _read(attempt: Attempt, session: gateway.Object) -> Till | None:
    if session["status"] == "open":
        return Till(str(session["url"]))
    if session["status"] == "complete":
        sync_session(session["id"])
        return Till(return_url(attempt).replace("{CHECKOUT_SESSION_ID}", session["id"]), paid=True)
    settle_attempt(attempt, session)
    return None


def _open(attempt: Attempt) -> Till | None:
    """Asks Stripe for the session, outside of any transaction; asked twice with one attempt it is the same session."""
    customer = ensure_customer(attempt.user, attempt.price.currency)
    if attempt.coupon is not None:
        push_coupon(attempt.coupon)
    fields = session_fields(attempt, customer, push_price(attempt.price))
    key = f"checkout:{attempt.uuid}"
    try:
        session = gateway.create_session(fields, key=key)
    except errors.NotThere as gone:
        _mend(attempt, customer, gone)
        return None
    except errors.Refused as no:
        if no.param == "expires_at":  # it waited too long, or the clocks had not been compared yet
            close_attempt(attempt, Attempt.Status.ABANDONED)
            return None
        if no.param.startswith("line_items"):  # put away in the dashboard, but sold here
            revive_price(attempt.price)
            close_attempt(attempt, Attempt.Status.ABANDONED)
            return None
        raise
    settle_attempt(attempt, session)
    return _read(attempt, session)


def _mend(attempt: Attempt, customer: Customer, gone: errors.NotThere) -> None:
    """What we hold of Stripe is of another mode, or was deleted there: it is made anew with the next attempt."""
    if gone.param.startswith("customer"):
        Customer.objects.filter(pk=customer.pk).update(deleted_at=timezone.now())
    elif gone.param.startswith("discounts") and attempt.coupon is not None:
        push_coupon(attempt.coupon, anew=True)
    else:
        push_price(attempt.price, anew=True)
    close_attempt(attempt, Attempt.Status.ABANDONED)


def session_fields(attempt: Attempt, customer: Customer, stripe_price: str) -> dict[str, Any]:
    """Only from what the attempt holds: the same attempt asks the same."""
    marks = {
        "site": site(),
        "attempt": str(attempt.uuid),
        "user": str(attempt.user_id),
        "price": str(attempt.price_id),
    }
    data: dict[str, Any] = {"metadata": marks, "billing_mode": {"type": "flexible"}}
    if attempt.trial_days:
        data["trial_period_days"] = attempt.trial_days
        data["trial_settings"] = {"end_behavior": {"missing_payment_method": "cancel"}}
    fields: dict[str, Any] = {
        "mode": "subscription",
        "ui_mode": "hosted_page",
        "customer": customer.stripe_id,
        "client_reference_id": str(attempt.uuid),
        "line_items": [{"price": stripe_price, "quantity": 1}],
        "success_url": return_url(attempt),
        "cancel_url": settings.SITE_URL + reverse("tiers:staircase", args=[attempt.community.slug]),
        "expires_at": int(attempt.expires_at.timestamp()),
        "metadata": marks,
        "subscription_data": data,
        "payment_method_collection": "always",
    }
    if (coupon := attempt.coupon) is not None:
        fields["discounts"] = [{"promotion_code": coupon.promotion_id}]
        if coupon.lasts == Coupon.Lasts.FOREVER and not after(coupon, attempt.price):
            fields["payment_method_collection"] = "if_required"  # nothing is ever taken, so no card is asked for
    if settings.BILLING_AUTOMATIC_TAX:
        fields |= {"automatic_tax": {"enabled": True}, "customer_update": {"address": "auto", "name": "auto"}}
    return fields


def return_url(attempt: Attempt) -> str:
    return settings.SITE_URL + reverse("billing:paid", args=[attempt.community.slug]) + "?s={CHECKOUT_SESSION_ID}"


def _leave(attempt: Attempt) -> Till | None:
    """Closes an attempt at another price; where it was paid meanwhile, that stands."""
    if attempt.session_id is None:
        # Stripe may hold a session that we never heard of: asked with the same key it is the same one, and is closed.
        opened = _open(attempt)
        attempt = Attempt.objects.get(pk=attempt.pk)
        if attempt.session_id is None or attempt.status != Attempt.Status.OPEN:
            return opened if opened is not None and opened.paid else None
    try:
        gateway.expire_session(attempt.session_id)
    except (errors.Refused, errors.NotThere):
        found = _session_of(attempt)
        return found if found is not None and found.paid else None
    close_attempt(attempt, Attempt.Status.ABANDONED)
    return None
