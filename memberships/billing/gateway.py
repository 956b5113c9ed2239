"""The only `import stripe`: every call that Hearth makes, its refusals as our own errors, its objects as plain dicts.

A function that creates takes the idempotency `key` of what it is for: the same key with the same fields is the same
object, however often it is asked. Amounts are minor units. A field that Stripe may leave out is read with `.get`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, NoReturn

import stripe
from django.conf import settings

from memberships.billing import errors, key_standing, letters, patience

API_VERSION = "2026-10-28.endive"
SECONDS = 10
RETRIES = 2
TOLERANCE = 300
Object = dict[str, Any]
Fields = Mapping[str, Any]

# Before the first call: no latency header, no lasting id in somebody's home folder, no line for every request.
stripe.enable_telemetry = False
logging.getLogger("stripe").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a list, newest first; `more` says that it goes on."""

    items: tuple[Object, ...]
    more: bool


# --- the client --------------------------------------------------------------------------------------------------------


class Http(stripe.RequestsClient):
    """Notes how far our clock is from Stripe's: each answer says when it was given. Waits as long as who asks has patience."""

    ahead = 0

    # One client serves all threads; each has its own patience.
    _timeout = property(lambda self: patience.left(SECONDS), lambda self, _seconds: None)

    def _should_retry(self, *what: Any, **options: Any) -> bool:
        return not patience.is_short() and bool(super()._should_retry(*what, **options))

    def request(self, *what: Any, **options: Any) -> Any:
        began = time.time()
        answer = super().request(*what, **options)
        took = time.time() - began
        if said := {name.lower(): value for name, value in answer[2].items()}.get("date"):
            ahead = round(parsedate_to_datetime(said).timestamp() - began - took / 2)
            if took < 2 or abs(ahead - Http.ahead) > took:  # a slow answer tells little, but not nothing
                Http.ahead = ahead
        return answer


def skew() -> int:
    """How many seconds Stripe's clock is ahead of ours, as of the last answer; up to two are the rounding and the way."""
    return Http.ahead if abs(Http.ahead) > 2 else 0


def now() -> int:
    """The time by Stripe's clock: deadlines sent to it are counted from here."""
    return int(time.time()) + skew()


def client() -> stripe.StripeClient:
    if not settings.STRIPE_API_KEY:
        raise errors.Off("There is no STRIPE_API_KEY.")
    base = "" if settings.STRIPE_MODE == "live" else settings.STRIPE_API_BASE
    return build(settings.STRIPE_API_KEY, base, RETRIES)


@lru_cache(maxsize=4)
def build(key: str, base: str, retries: int = RETRIES) -> stripe.StripeClient:
    """One a process: its connections are kept, a thread has its own."""
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": base} if base else None,
        max_network_retries=retries,
        http_client=Http(timeout=SECONDS),
    )


def api() -> Any:
    return client().v1


def translate(error: stripe.StripeError) -> NoReturn:
    """A refusal of the SDK in our words."""
    code, param = str(error.code or ""), str(getattr(error, "param", None) or "")
    facts = {"status": error.http_status, "request": error.request_id}
    said = error.user_message or str(error)
    reason = ""
    kind: type[errors.GatewayError] = errors.Unavailable
    if isinstance(error, stripe.CardError):
        kind = errors.Declined
        details = (error.json_body or {}).get("error", {}) if isinstance(error.json_body, Mapping) else {}
        reason = str(details.get("decline_code") or code)
    elif isinstance(error, stripe.IdempotencyError) or error.http_status == 409 or code == "resource_already_exists":
        kind = errors.Conflict
    elif isinstance(error, stripe.InvalidRequestError):
        kind = errors.NotThere if error.http_status == 404 or code == "resource_missing" else errors.Refused
    elif isinstance(error, (stripe.AuthenticationError, stripe.PermissionError)):
        kind = errors.BadKey
        if error.http_status == 401:
            key_standing.note_refused()
    raise kind(said, code=code, param=param, reason=reason, facts=facts) from None


def ask(call: Callable[..., Any], *where: str, fields: Fields | None = None, key: str = "") -> Object:
    options = {"idempotency_key": key} if key else {}
    try:
        answer = dict(call(*where, dict(fields or {}), options).to_dict(for_json=True))
    except stripe.StripeError as error:
        translate(error)
    key_standing.note_taken()
    return answer


def page(call: Callable[..., Any], fields: Fields) -> Page:
    answer = ask(call, fields=fields)
    return Page(tuple(answer["data"]), bool(answer["has_more"]))


def each(call: Callable[..., Any], fields: Fields) -> Iterator[Object]:
    """All of a list, a hundred at a time."""
    try:
        for one in call({"limit": 100, **fields}).auto_paging_iter():
            yield one.to_dict(for_json=True)
    except stripe.StripeError as error:
        translate(error)


# --- catalogue ---------------------------------------------------------------------------------------------------------


def create_product(fields: Fields, *, key: str) -> Object:
    return ask(api().products.create, fields=fields, key=key)


def retrieve_product(product: str) -> Object:
    return ask(api().products.retrieve, product)


def update_product(product: str, fields: Fields) -> Object:
    return ask(api().products.update, product, fields=fields)


def create_price(fields: Fields, *, key: str) -> Object:
    return ask(api().prices.create, fields=fields, key=key)


def retrieve_price(price: str) -> Object:
    return ask(api().prices.retrieve, price)


def update_price(price: str, fields: Fields) -> Object:
    """A price does not change its amount: what can change is whether it is sold, its name and its notes."""
    return ask(api().prices.update, price, fields=fields)


def list_prices(fields: Fields) -> Page:
    return page(api().prices.list, fields)


def create_coupon(fields: Fields, *, key: str) -> Object:
    return ask(api().coupons.create, fields=fields, key=key)


def retrieve_coupon(coupon: str) -> Object:
    return ask(api().coupons.retrieve, coupon)


def update_coupon(coupon: str, fields: Fields) -> Object:
    return ask(api().coupons.update, coupon, fields=fields)


def delete_coupon(coupon: str) -> Object:
    return ask(api().coupons.delete, coupon)


def create_promotion_code(fields: Fields, *, key: str) -> Object:
    return ask(api().promotion_codes.create, fields=fields, key=key)


def retrieve_promotion_code(code: str) -> Object:
    return ask(api().promotion_codes.retrieve, code)


def update_promotion_code(code: str, fields: Fields) -> Object:
    return ask(api().promotion_codes.update, code, fields=fields)


def list_promotion_codes(fields: Fields) -> Page:
    return page(api().promotion_codes.list, fields)


# --- people ------------------------------------------------------------------------------------------------------------


def create_customer(fields: Fields, *, key: str) -> Object:
    return ask(api().customers.create, fields=fields, key=key)


def retrieve_customer(customer: str) -> Object:
    """One that was deleted comes back with nothing but its id and `deleted`."""
    return ask(api().customers.retrieve, customer)


def update_customer(customer: str, fields: Fields) -> Object:
    return ask(api().customers.update, customer, fields=fields)


def create_session(fields: Fields, *, key: str) -> Object:
    return ask(api().checkout.sessions.create, fields=fields, key=key)


def retrieve_session(session: str, *, expand: Sequence[str] = ()) -> Object:
    return ask(api().checkout.sessions.retrieve, session, fields={"expand": list(expand)} if expand else {})


def expire_session(session: str) -> Object:
    """Refused (`Refused`) once it is complete or expired: read it again then."""
    return ask(api().checkout.sessions.expire, session)


def create_portal_session(fields: Fields) -> Object:
    """Lives for minutes and makes nothing: each click has its own, without a key."""
    return ask(api().billing_portal.sessions.create, fields=fields)


def create_portal_configuration(fields: Fields, *, key: str) -> Object:
    return ask(api().billing_portal.configurations.create, fields=fields, key=key)


def update_portal_configuration(configuration: str, fields: Fields) -> Object:
    return ask(api().billing_portal.configurations.update, configuration, fields=fields)


def list_portal_configurations(fields: Fields) -> Page:
    return page(api().billing_portal.configurations.list, fields)


# --- subscriptions -----------------------------------------------------------------------------------------------------


def retrieve_subscription(subscription: str, *, expand: Sequence[str] = ()) -> Object:
    return ask(api().subscriptions.retrieve, subscription, fields={"expand": list(expand)} if expand else {})


def list_subscriptions(fields: Fields) -> Page:
    return page(api().subscriptions.list, fields)


def each_subscription(fields: Fields) -> Iterator[Object]:
    return each(api().subscriptions.list, fields)


def update_subscription(subscription: str, fields: Fields, *, key: str = "") -> Object:
    return ask(api().subscriptions.update, subscription, fields=fields, key=key)


def cancel_subscription(subscription: str, fields: Fields | None = None, *, key: str = "") -> Object:
    """At once. At the end of the period: `update_subscription(…, {"cancel_at_period_end": True})`."""
    return ask(api().subscriptions.cancel, subscription, fields=fields, key=key)


def resume_subscription(subscription: str, fields: Fields | None = None, *, key: str = "") -> Object:
    """One that is paused: it is billed from now on."""
    return ask(api().subscriptions.resume, subscription, fields=fields, key=key)


def create_schedule(fields: Fields, *, key: str) -> Object:
    return ask(api().subscription_schedules.create, fields=fields, key=key)


def retrieve_schedule(schedule: str) -> Object:
    return ask(api().subscription_schedules.retrieve, schedule)


def update_schedule(schedule: str, fields: Fields, *, key: str = "") -> Object:
    return ask(api().subscription_schedules.update, schedule, fields=fields, key=key)


def release_schedule(schedule: str) -> Object:
    """The subscription goes on as it is now; what was planned is dropped."""
    return ask(api().subscription_schedules.release, schedule)


# --- money that moved --------------------------------------------------------------------------------------------------


def preview_invoice(fields: Fields) -> Object:
    """What a change would cost; with the same `proration_date` the change then costs exactly that."""
    return ask(api().invoices.create_preview, fields=fields)


def retrieve_invoice(invoice: str, *, expand: Sequence[str] = ()) -> Object:
    return ask(api().invoices.retrieve, invoice, fields={"expand": list(expand)} if expand else {})


def list_invoices(fields: Fields) -> Page:
    return page(api().invoices.list, fields)


def each_invoice(fields: Fields) -> Iterator[Object]:
    return each(api().invoices.list, fields)


def list_invoice_payments(invoice: str) -> Page:
    """Which payment intents an invoice was paid with: `["payment"]["payment_intent"]`."""
    return page(api().invoice_payments.list, {"invoice": invoice})


def retrieve_payment(payment_intent: str, *, expand: Sequence[str] = ()) -> Object:
    return ask(api().payment_intents.retrieve, payment_intent, fields={"expand": list(expand)} if expand else {})


def retrieve_charge(charge: str) -> Object:
    return ask(api().charges.retrieve, charge)


def create_refund(fields: Fields, *, key: str) -> Object:
    return ask(api().refunds.create, fields=fields, key=key)


def retrieve_refund(refund: str) -> Object:
    return ask(api().refunds.retrieve, refund)


def list_refunds(fields: Fields) -> Page:
    return page(api().refunds.list, fields)


def retrieve_dispute(dispute: str) -> Object:
    return ask(api().disputes.retrieve, dispute)


# --- what Stripe tells -------------------------------------------------------------------------------------------------


def retrieve_event(event: str) -> Object:
    return ask(api().events.retrieve, event)


def list_events(fields: Fields) -> Page:
    return page(api().events.list, fields)


def each_event(fields: Fields) -> Iterator[Object]:
    """Readable for thirty days, newest first."""
    return each(api().events.list, fields)


def create_endpoint(fields: Fields, *, key: str) -> Object:
    """Its `secret` is in this one answer and never again. It speaks the version that we read."""
    return ask(api().webhook_endpoints.create, fields={"api_version": API_VERSION, **fields}, key=key)


def list_endpoints(fields: Fields) -> Page:
    return page(api().webhook_endpoints.list, fields)


def update_endpoint(endpoint: str, fields: Fields) -> Object:
    return ask(api().webhook_endpoints.update, endpoint, fields=fields)


def retrieve_account() -> Object:
    """Ours: whose key it is, in which country and currency, and whether it may be charged."""
    return ask(api().accounts.retrieve_current)


def verify(body: bytes, header: str, secrets: Sequence[str]) -> Object:
    """The event in a message, if Stripe signed these very bytes with one of our secrets in the last five minutes.

    Two secrets while one is replaced by the other. An empty one never matches.
    """
    text = letters.text_of(body)
    said = "There is no secret to check it with."
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(text, header, secret, TOLERANCE)
            break
        except stripe.SignatureVerificationError as error:
            said = str(error).splitlines()[0]
    else:
        raise errors.Forged(said)
    return letters.event_in(text)
