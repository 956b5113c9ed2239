"""What an amount is: a whole number of a currency's smallest unit. Reading and writing it, shares of it; never a float."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

# https://docs.stripe.com/currencies: how many decimals an amount has where it is not two.
NO_DECIMALS = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
)
THREE_DECIMALS = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
# Amounts that Stripe accepts only as multiples: the last of three decimals is 0, and two old currencies lost theirs.
STEPS = {**dict.fromkeys(THREE_DECIMALS, 10), "isk": 100, "ugx": 100}
# The least that can be charged at all, in minor units; another currency has the worth of about half a dollar.
LEAST = {
    "aed": 200, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50, "gbp": 30,
    "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "pln": 200,
    "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip
MOST = 99_999_999
SIGNS = {
    "eur": "€",
    "usd": "$",
    "gbp": "£",
    "jpy": "¥",
    "inr": "₹",
    "brl": "R$",
    "cad": "CA$",
    "aud": "A$",
    "nzd": "NZ$",
}
NUMBER = re.compile(r"(?P<whole>\d{1,12})(?:[.,](?P<part>\d{1,6}))?", re.ASCII)


class NotAnAmount(ValueError):
    """What somebody typed is no amount of this currency; the text says why, for the one who typed it."""


def decimals(currency: str) -> int:
    currency = currency.lower()
    return 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


def parse_amount(text: str, currency: str) -> int:
    """`12.5`, `12,50` or `12` as minor units. No thousands separators: `1.234` could be either, so it is neither."""
    places = decimals(currency)
    found = NUMBER.fullmatch(text.strip())
    if not found:
        raise NotAnAmount(_("Write the amount in digits, like %(example)s.") % {"example": plain(1250, currency)})
    part = found["part"] or ""
    if len(part) > places:
        raise NotAnAmount(
            _("%(currency)s has no decimals.") % {"currency": currency.upper()}
            if places == 0
            else _("%(currency)s has %(places)s decimals at most.") % {"currency": currency.upper(), "places": places}
        )
    amount = int(found["whole"] + part.ljust(places, "0"))
    step = STEPS.get(currency.lower(), 1)
    if amount % step:
        raise NotAnAmount(
            _("In %(currency)s an amount goes in steps of %(step)s.")
            % {"currency": currency.upper(), "step": plain(step, currency)}
        )
    return amount


def check_price(amount: int, currency: str) -> int:
    """An amount that can be charged, or the reason why not."""
    least = LEAST.get(currency.lower(), 50)
    if amount < least:
        raise NotAnAmount(_("The least that can be charged is %(amount)s.") % {"amount": show(least, currency)})
    if amount > MOST:
        raise NotAnAmount(_("The most that can be charged is %(amount)s.") % {"amount": show(MOST, currency)})
    return amount


def plain(amount: int, currency: str) -> str:
    """`1250` of euros as `12.50`: for fields, files and machines, the same in every language."""
    places = decimals(currency)
    sign, digits = ("-" if amount < 0 else ""), str(abs(amount)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def show(amount: int, currency: str) -> str:
    """`1250` of euros as `€12.50`: for people, with the separators of their language."""
    number = number_format(
        Decimal(plain(abs(amount), currency)), decimals(currency), use_l10n=True, force_grouping=True
    )
    minus = "−" if amount < 0 else ""
    sign = SIGNS.get(currency.lower())
    return f"{minus}{sign}{number}" if sign else f"{minus}{currency.upper()}\N{NO-BREAK SPACE}{number}"


def part(amount: int, numerator: int, denominator: int) -> int:
    """This share of an amount, rounded half away from nothing, so that a refund's share undoes exactly its payment's."""
    sign = -1 if amount < 0 else 1
    return sign * ((abs(amount) * numerator * 2 + denominator) // (denominator * 2))


def share(amount: int, basis_points: int) -> int:
    """This share in hundredths of a percent: `share(1000, 1250)` is 125."""
    return part(amount, basis_points, 10_000)


def percent(basis_points: int) -> str:
    """`1250` as `12.5`."""
    return f"{basis_points // 100}.{basis_points % 100:02d}".rstrip("0").rstrip(".")


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """The total by these weights, in whole units that add up to it: whoever lost most by rounding down gets the next one."""
    whole, sign = sum(weights), -1 if total < 0 else 1
    exact = [abs(total) * weight for weight in weights]
    parts = [one // whole for one in exact]
    losers = sorted(range(len(parts)), key=lambda at: (-(exact[at] % whole), at))
    for at in losers[: abs(total) - sum(parts)]:
        parts[at] += 1
    return [sign * one for one in parts]


def shares(amounts: Sequence[int], basis_points: int) -> list[int]:
    """This share of each amount, so that together they are exactly the share of all: no line's rounding adds up to money."""
    exact = [amount * basis_points for amount in amounts]
    parts = [one // 10_000 for one in exact]
    losers = sorted(range(len(parts)), key=lambda at: (-(exact[at] % 10_000), at))
    for at in losers[: share(sum(amounts), basis_points) - sum(parts)]:
        parts[at] += 1
    return parts
