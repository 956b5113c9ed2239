"""Does money get through? One finding a step of docs/billing.md, each a sentence with what to do; `manage.py stripe_check` says them.

Reads, and writes only at things that do not exist; but for `Way.probe`, which opens a till and closes it again.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.timesince import timesince

from memberships.billing import errors, gateway
from memberships.billing.inbox import HEARD
from memberships.billing.models import Look, StripeEvent
from memberships.billing.modes import LIVE, OFF, STANDIN
from memberships.billing.portal import FEATURES, MARK
from memberships.billing.webhooks import REFUSED
from memberships.tiers.models import Price, Tier

GOOD, LOOK, BAD = "ok", "look", "BAD"
NOBODY = (
    "hearth_check"  # an id that is nobody's: whoever may write hears that it is not there, whoever may not hears that
)
EARLY, LATE = (
    60,
    gateway.TOLERANCE,
)  # seconds our clock may be off before it is said, and before every message is refused


@dataclass(frozen=True, slots=True)
class Finding:
    """state: GOOD, LOOK (works, but) or BAD (would lose money). said: a sentence with what to do."""

    state: str
    step: str
    said: str


# What a restricted key must be allowed, and a question that finds out.
RIGHTS: dict[str, Callable[[], Any]] = {
    "Products (write)": lambda: gateway.update_product(NOBODY, {"name": NOBODY}),
    "Prices (write)": lambda: gateway.update_price(NOBODY, {"active": False}),
    "Customers (write)": lambda: gateway.update_customer(NOBODY, {"name": NOBODY}),
    "Checkout sessions (write)": lambda: gateway.expire_session(NOBODY),
    "Billing portal (write)": lambda: gateway.create_portal_session(
        {"customer": NOBODY, "return_url": settings.SITE_URL}
    ),
    "Subscriptions (write)": lambda: gateway.update_subscription(NOBODY, {"cancel_at_period_end": False}),
    "Refunds (write)": lambda: gateway.create_refund({"payment_intent": NOBODY}, key=""),
    "Invoices (read)": lambda: gateway.list_invoices({"limit": 1}),
    "Payment intents (read)": lambda: gateway.retrieve_payment(NOBODY),
    "Charges (read)": lambda: gateway.retrieve_charge(NOBODY),
    "Disputes (read)": lambda: gateway.retrieve_dispute(NOBODY),
    "Events (read)": lambda: gateway.list_events({"limit": 1}),
    "Coupons (write)": lambda: gateway.update_coupon(NOBODY, {"name": NOBODY}),
    "Promotion codes (write)": lambda: gateway.update_promotion_code(NOBODY, {"active": False}),
    "Webhook endpoints (write)": lambda: gateway.update_endpoint(NOBODY, {"description": NOBODY}),
}


def findings(*, probe: float = 0) -> Iterator[Finding]:
    """Step by step; where Stripe does not answer at all, it ends. probe: seconds to wait for a message of our own (0: none is sent)."""
    yield key()
    if settings.STRIPE_MODE == OFF:
        return
    try:
        yield from account()
        yield clock()
        yield rights()
        yield from endpoint()
        yield portal()
        yield from catalogue()
        yield delivery(probe)
    except errors.BadKey as problem:
        yield Finding(BAD, "key", f"Stripe does not take the key ({problem}). Make a new one and set STRIPE_API_KEY.")
        return
    except errors.GatewayError as problem:
        yield Finding(BAD, "stripe", f"Stripe does not answer ({problem}). Is this machine on the internet?")
        return
    yield inbox()
    yield looks()


def key() -> Finding:
    mode, begins = settings.STRIPE_MODE, settings.STRIPE_API_KEY.partition("_")[0]
    if mode == OFF:
        return Finding(LOOK, "key", "There is no STRIPE_API_KEY: nothing is sold.")
    if mode == STANDIN:
        return Finding(GOOD, "key", "The stand-in answers: no money moves.")
    words = "live: money moves" if mode == LIVE else "test: no money moves"
    if begins == "rk":
        return Finding(GOOD, "key", f"A restricted key, {words}.")
    return Finding(LOOK, "key", f"A secret key, {words}. It may do everything; a restricted key is enough and safer.")


def account() -> Iterator[Finding]:
    try:
        found = gateway.retrieve_account()
    except errors.BadKey as problem:
        if problem.facts.get("status") != 403:
            raise
        yield Finding(
            LOOK, "account", "The key may not read the account, so its country and currency stay unknown here."
        )
        return
    money = str(found.get("default_currency") or "").lower()
    said = f"{found.get('country')}, {money.upper()}"
    if not found.get("charges_enabled"):
        todo = "Finish its activation in the Stripe dashboard."
        yield Finding(BAD, "account", f"{said}: the account cannot be charged yet. {todo}")
        return
    foreign = sorted(set(sold().values_list("currency", flat=True)) - {money})
    if foreign:
        names = ", ".join(foreign).upper()
        yield Finding(
            LOOK, "account", f"{said}. Prices in {names} are converted by Stripe, for a fee, before they are paid out."
        )
        return
    yield Finding(GOOD, "account", f"{said}, can be charged.")


def clock() -> Finding:
    """Measured against the answer to the question before."""
    off = gateway.skew()
    said = f"This machine's clock is {abs(off)} seconds {'behind' if off > 0 else 'ahead of'} Stripe's"
    if abs(off) > LATE:
        return Finding(
            BAD, "clock", f"{said}: every message of Stripe is refused as too old or too new. Set the clock (NTP)."
        )
    if abs(off) > EARLY:
        return Finding(LOOK, "clock", f"{said}. From {LATE} on every message is refused: set the clock (NTP).")
    return Finding(GOOD, "clock", "Within a minute of Stripe's.")


def rights() -> Finding:
    """By trying each at something that does not exist."""
    lacking = []
    for name, ask in RIGHTS.items():
        try:
            ask()
        except errors.BadKey as problem:
            if problem.facts.get("status") != 403:
                raise
            lacking.append(name)
        except (errors.NotThere, errors.Refused, errors.Conflict):
            pass
    if lacking:
        return Finding(
            BAD, "rights", f"The key may not: {', '.join(lacking)}. Allow it in the Stripe dashboard, API keys."
        )
    return Finding(GOOD, "rights", "The key may do all that is needed.")


def endpoint() -> Iterator[Finding]:
    url = f"{settings.SITE_URL}/stripe/webhook/"
    if settings.STRIPE_MODE == LIVE and urlsplit(url).scheme != "https":
        yield Finding(BAD, "endpoint", f"Stripe sends messages to https only, and SITE_URL is {settings.SITE_URL}.")
    mine = [one for one in gateway.list_endpoints({"limit": 100}).items if same_place(one["url"], url)]
    if not mine:
        yield Finding(
            BAD, "endpoint", f"Stripe does not know where to send messages. manage.py stripe_setup makes {url}."
        )
        return
    if len(mine) > 1:
        yield Finding(
            LOOK,
            "endpoint",
            f"There are {len(mine)} endpoints for {url}: each message comes as often. Delete all but one.",
        )
    one = mine[0]
    wanted, has = set(HEARD), set(one["enabled_events"])
    wrong = []
    if one["status"] != "enabled":
        wrong.append("it is disabled")
    if "*" not in has and wanted - has:
        wrong.append(f"it does not send {', '.join(sorted(wanted - has))}")
    if wrong:
        yield Finding(BAD, "endpoint", f"{one['url']}: {'; '.join(wrong)}. manage.py stripe_setup mends it.")
    elif has - wanted:
        yield Finding(LOOK, "endpoint", f"{one['url']} sends more than is used. manage.py stripe_setup mends it.")
    else:
        yield Finding(GOOD, "endpoint", f"{one['url']}, exactly our {len(wanted)} kinds of message.")
    version = one.get("api_version")
    if version != gateway.API_VERSION and settings.STRIPE_MODE != STANDIN:
        said = f"It speaks {version or 'the version of the account'}, we read {gateway.API_VERSION}."
        yield Finding(
            LOOK, "version", f"{said} What it says is asked anew, so nothing is lost; a new endpoint has the right one."
        )
    else:
        yield Finding(GOOD, "version", f"{gateway.API_VERSION}, here and there.")


def same_place(one: str, other: str) -> bool:
    """The stand-in's endpoint says the machine's number where ours says its name."""
    if settings.STRIPE_MODE == STANDIN:
        one, other = one.replace("//127.0.0.1", "//localhost"), other.replace("//127.0.0.1", "//localhost")
    return one == other


def portal() -> Finding:
    for one in gateway.list_portal_configurations({"limit": 100, "active": True}).items:
        if one["metadata"].get("made_by") == MARK:
            off = [name for name, wanted in FEATURES.items() if one["features"][name]["enabled"] != wanted["enabled"]]
            if off:
                return Finding(
                    LOOK, "portal", f"Otherwise than ours in {', '.join(off)}. manage.py stripe_setup mends it."
                )
            return Finding(GOOD, "portal", "As it should be: cards and receipts there, ending and changing here.")
    return Finding(LOOK, "portal", "Not made yet. manage.py stripe_setup makes it, else the first click does.")


def sold() -> Any:
    return Price.objects.filter(active=True, tier__state=Tier.State.OPEN)


def catalogue() -> Iterator[Finding]:
    prices = list(sold().select_related("tier__community"))
    new, wrong = [one for one in prices if not one.stripe_id], []
    for price in prices:
        if price.stripe_id and (said := otherwise(price)):
            wrong.append(f"{price.tier.community.slug} {price.tier.name}: {said}")
    if wrong:
        yield Finding(BAD, "catalogue", f"{'; '.join(wrong)}. manage.py stripe_setup brings it to Stripe anew.")
    elif new:
        yield Finding(
            LOOK,
            "catalogue",
            f"{len(new)} of {len(prices)} prices are not at Stripe yet: stripe_setup or the first buyer does it.",
        )
    else:
        yield Finding(
            GOOD,
            "catalogue",
            f"{len(prices)} prices, the same here and there." if prices else "Nothing is offered yet.",
        )


def otherwise(price: Price) -> str:
    """What Stripe says of a price that we do not."""
    try:
        found = gateway.retrieve_price(str(price.stripe_id))
    except errors.NotThere:
        return f"the price of {price.amount} {price.currency} is gone at Stripe"
    there = (found["unit_amount"], found["currency"], (found.get("recurring") or {}).get("interval"))
    if there != (price.amount, price.currency, price.interval):
        return f"{price.amount} {price.currency} a {price.interval} here, {' '.join(map(str, there))} at Stripe"
    return "" if found["active"] else f"the price of {price.amount} {price.currency} is archived at Stripe"


def delivery(probe: float) -> Finding:
    """Does a message come through, and is the secret the endpoint's? Only a message can say: the secret cannot be read anywhere."""
    came = StripeEvent.objects.filter(missed=False).order_by("-received_at").first()
    refused = cache.get(REFUSED)
    if refused and (came is None or refused[0] > came.received_at):
        ago = timesince(refused[0])
        todo = "Is STRIPE_WEBHOOK_SECRET the one of this endpoint (and the clock right)?"
        return Finding(BAD, "secret", f"{ago} ago a message was turned away: {refused[1]} {todo}")
    if probe and not _arrives(probe):
        todo = f"Does Hearth run and can Stripe reach {settings.SITE_URL}? Is STRIPE_WEBHOOK_SECRET the one of this endpoint?"
        return Finding(BAD, "secret", f"A message that we asked for did not come within {probe:g} seconds. {todo}")
    if probe:
        return Finding(GOOD, "secret", "A message that we asked for came through, signed with our secret.")
    if came is None:
        return Finding(
            LOOK, "secret", "No message has come yet. manage.py stripe_check --probe asks for one and waits."
        )
    return Finding(
        GOOD,
        "secret",
        f"The last message came {timesince(came.received_at)} ago ({came.type}), signed with our secret.",
    )


def _arrives(seconds: float) -> bool:
    """A till is opened at one of our prices and shut at once: Stripe says so in a message."""
    price = sold().exclude(stripe_id=None).first()
    if price is None:
        return False
    fields = {
        "mode": "subscription", "ui_mode": "hosted_page", "line_items": [{"price": price.stripe_id, "quantity": 1}],
        "success_url": settings.SITE_URL, "expires_at": gateway.now() + 31 * 60, "metadata": {"made_by": NOBODY},
    }  # fmt: skip
    session = gateway.create_session(fields, key=f"probe:{time.time_ns()}")["id"]
    gateway.expire_session(session)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if StripeEvent.objects.filter(subject=session, missed=False).exists():
            return True
        time.sleep(0.2)
    return False


def inbox() -> Finding:
    """Is what came worked off?"""
    dead = StripeEvent.objects.filter(status=StripeEvent.Status.DEAD).count()
    old = timezone.now() - dt.timedelta(minutes=10)
    waiting = StripeEvent.objects.filter(status=StripeEvent.Status.NEW, received_at__lt=old, next_at__lt=old).count()
    if dead:
        return Finding(
            BAD,
            "inbox",
            f"{dead} messages were given up. Look at them in the admin (Stripe events) and try them again.",
        )
    if waiting:
        return Finding(BAD, "inbox", f"{waiting} messages wait for more than ten minutes. Does the worker run?")
    return Finding(GOOD, "inbox", "All that came is worked off.")


def looks() -> Finding:
    """Does anybody look for what did not come?"""
    last = Look.objects.filter(kind=Look.Kind.MESSAGES, error="").order_by("-began_at").first()
    if last is None or last.began_at < timezone.now() - dt.timedelta(hours=2):
        when = f"was {timesince(last.began_at)} ago" if last else "is still to come"
        return Finding(
            LOOK,
            "looks",
            f"The last look for lost messages {when}. Does beat run? manage.py stripe_reconcile looks now.",
        )
    compared = Look.objects.filter(kind=Look.Kind.SUBSCRIPTIONS).order_by("-began_at").first()
    drift = compared.wrong if compared else 0
    lost = f"The last look, {timesince(last.began_at)} ago, found {last.wrong} lost messages"
    return Finding(GOOD, "looks", f"{lost}; {drift} subscriptions stood otherwise when they were last compared.")
