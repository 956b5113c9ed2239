"""Whole minor units: shares of them, the one rate of tax, and how an amount reads on the stand-in's pages."""

from __future__ import annotations

TAX_PERCENT = 20
NO_DECIMALS = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
)
THREE_DECIMALS = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
LEAST = {
    "aed": 200, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50, "gbp": 30,
    "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "pln": 200,
    "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip
MOST = 99_999_999


def part(amount: int, numerator: int, denominator: int) -> int:
    """This share, rounded half away from nothing."""
    sign = -1 if amount < 0 else 1
    return sign * ((abs(amount) * numerator * 2 + denominator) // (denominator * 2))


def tax_on(amount: int, behaviour: str) -> int:
    """The tax beside an amount (`exclusive`) or inside it (`inclusive`)."""
    if behaviour == "inclusive":
        return amount - part(amount, 100, 100 + TAX_PERCENT)
    return part(amount, TAX_PERCENT, 100)


def behaviour_of(price_says: str | None, currency: str) -> str:
    """A price that says nothing follows its currency, as Stripe's own default does."""
    if price_says in ("inclusive", "exclusive"):
        return str(price_says)
    return "exclusive" if currency in ("usd", "cad") else "inclusive"


def least(currency: str) -> int:
    return LEAST.get(currency, 50)


def spread(amount: int, weights: list[int]) -> list[int]:
    """An amount over several lines by their weight, nothing lost and nothing made by rounding."""
    total = sum(weights)
    shares = [amount * weight // total if total else 0 for weight in weights]
    for number in sorted(range(len(weights)), key=lambda at: -(amount * weights[at] % total if total else 0)):
        if sum(shares) == amount or not total:
            break
        shares[number] += 1
    return shares


def show(amount: int, currency: str) -> str:
    places = 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2
    digits = str(abs(amount)).rjust(places + 1, "0")
    whole, rest = (digits[:-places], f".{digits[-places:]}") if places else (digits, "")
    sign = {"eur": "€", "usd": "$", "gbp": "£", "jpy": "¥"}.get(currency, f"{currency.upper()} ")
    return f"{'−' if amount < 0 else ''}{sign}{int(whole):,}{rest}"
