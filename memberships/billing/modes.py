"""Which Stripe this installation speaks to, worked out and checked once from the environment. Loads no Django."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

OFF, STANDIN, TEST, LIVE = MODES = ("off", "standin", "test", "live")
STANDIN_KEY, STANDIN_SECRET = "sk_test_standin_demo", "whsec_demo"
PREFIXES = {
    "sk_test_standin": STANDIN,
    "sk_test_": TEST,
    "rk_test_": TEST,
    "sk_live_": LIVE,
    "rk_live_": LIVE,
}


class Misconfigured(ValueError):
    """A setting that cannot be; its text is the sentence for the operator and never holds a key."""


@dataclass(frozen=True, slots=True)
class Stripe:
    mode: str
    key: str = field(default="", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    base: str = ""


def settle(
    *, demo: bool, port: int, mode: str = "", key: str = "", secrets: Sequence[str] = (), base: str = ""
) -> Stripe:
    """What the four variables mean together; in a demo that names no key it is the stand-in one port up."""
    secrets = tuple(filter(None, (secret.strip() for secret in secrets)))
    if mode not in ("", *MODES):
        raise Misconfigured("STRIPE_MODE is off, standin, test or live.")
    if mode == OFF:
        return Stripe(OFF)
    if not key and demo and mode in ("", STANDIN):
        return Stripe(STANDIN, STANDIN_KEY, secrets or (STANDIN_SECRET,), base or f"http://127.0.0.1:{port + 1}")
    if not key:
        if mode or secrets:
            raise Misconfigured("STRIPE_API_KEY is missing.")
        return Stripe(OFF)
    meant = mode_of(key)
    if mode and mode != meant:
        raise Misconfigured(f"STRIPE_MODE says {mode}, but STRIPE_API_KEY is a key for {meant}.")
    check(meant, demo=demo, secrets=secrets, base=base)
    return Stripe(meant, key, secrets, base or (f"http://127.0.0.1:{port + 1}" if meant == STANDIN else ""))


def pages_of(stripe: Stripe, others: Sequence[str]) -> list[str]:
    """The sites that a form may lead to: Stripe's pages, the stand-in's, and names of one's own for them."""
    if stripe.mode == STANDIN:
        return [stripe.base, stripe.base.replace("//127.0.0.1", "//localhost"), *others]
    return ["https://checkout.stripe.com", "https://billing.stripe.com", *others] if stripe.mode in (TEST, LIVE) else []


def mode_of(key: str) -> str:
    for prefix, mode in PREFIXES.items():
        if key.startswith(prefix):
            return mode
    raise Misconfigured(
        "STRIPE_API_KEY is no secret or restricted key: they begin with sk_test_, rk_test_, sk_live_ or rk_live_."
    )


def check(mode: str, *, demo: bool, secrets: Sequence[str], base: str) -> None:
    if mode == LIVE and demo:
        raise Misconfigured("The demo never moves money: it does not start with a live STRIPE_API_KEY.")
    if mode == LIVE and base:
        raise Misconfigured("STRIPE_API_BASE is for tests; with a live key it stays empty.")
    if mode == STANDIN and not demo:
        raise Misconfigured("The stand-in is for the demo; a real installation needs a key of its own Stripe account.")
    if not secrets:
        raise Misconfigured(
            "STRIPE_WEBHOOK_SECRET is missing: without it nobody could tell a real message from a forged one."
        )
    if any(not secret.startswith("whsec_") for secret in secrets):
        raise Misconfigured("STRIPE_WEBHOOK_SECRET begins with whsec_.")
    if len(secrets) > 2:
        raise Misconfigured("STRIPE_WEBHOOK_SECRETS holds two secrets at most, the new one and the old one.")


def basis_points(text: str) -> int:
    """`12.5` percent as 1250 hundredths of one."""
    whole, _dot, rest = text.strip().partition(".")
    if (
        not (whole + rest).isdecimal()
        or len(rest) > 2
        or (found := int(whole or 0) * 100 + int(rest.ljust(2, "0"))) > 10_000
    ):
        raise Misconfigured("BRAND_SHARE is a percentage from 0 to 100, with two decimals at most.")
    return found
