"""Amounts are whole minor units in every currency; what people type and read is theirs, and no float is in between."""

import ast

import pytest
from django.apps import apps
from django.db.models import FloatField
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as some

from config.bootstrap import ROOT
from memberships.tiers.money import (
    LEAST,
    MOST,
    NotAnAmount,
    apportion,
    check_price,
    decimals,
    parse_amount,
    part,
    plain,
    share,
    shares,
    show,
)


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12.5", "eur", 1250),
        ("12,50", "EUR", 1250),
        (" 12 ", "usd", 1200),
        ("0.29", "usd", 29),
        ("1000", "jpy", 1000),
        ("1.5", "kwd", 1500),
        ("1.23", "kwd", 1230),
        ("0.07", "gbp", 7),
        ("5", "isk", 500),
    ],
)
def test_what_is_typed_becomes_minor_units(text: str, currency: str, amount: int) -> None:
    assert parse_amount(text, currency) == amount


@pytest.mark.parametrize(
    ("text", "currency", "why"),
    [
        ("1.234", "eur", "EUR has 2 decimals at most."),
        ("12.0", "jpy", "JPY has no decimals."),
        ("1.2345", "kwd", "KWD has 3 decimals at most."),
        ("1.234", "kwd", "In KWD an amount goes in steps of 0.010."),
        ("5.50", "isk", "In ISK an amount goes in steps of 1.00."),
        ("1,234.50", "eur", "Write the amount in digits, like 12.50."),
        ("-3", "eur", "Write the amount in digits, like 12.50."),
        ("", "jpy", "Write the amount in digits, like 1250."),
        ("1e3", "eur", "Write the amount in digits, like 12.50."),
        ("nan", "eur", "Write the amount in digits, like 12.50."),
        ("٣", "eur", "Write the amount in digits, like 12.50."),
    ],
)
def test_what_is_no_amount_is_refused_with_the_reason(text: str, currency: str, why: str) -> None:
    with pytest.raises(NotAnAmount) as refused:
        parse_amount(text, currency)
    assert str(refused.value) == why


@given(amount=some.integers(0, MOST), currency=some.sampled_from(["eur", "jpy", "usd"]))
def test_what_is_written_plainly_reads_back_the_same(amount: int, currency: str) -> None:
    assert parse_amount(plain(amount, currency), currency) == amount


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (1250, "eur", "€12.50"),
        (123456789, "usd", "$1,234,567.89"),
        (1250, "jpy", "¥1,250"),
        (1250, "kwd", "KWD\u00a01.250"),
        (5, "gbp", "£0.05"),
        (-500, "eur", "−€5.00"),
        (0, "chf", "CHF\u00a00.00"),
    ],
)
def test_people_read_it_with_its_sign_and_separators(amount: int, currency: str, shown: str) -> None:
    with translation.override("en"):
        assert show(amount, currency) == shown


# Where a number that is no whole one is a time: of waiting, of a clock, of a look.
TIMES = {"checking.py", "gateway.py", "inbox.py", "parting.py", "patience.py", "reconcile.py", "stripe_check.py"}


def test_no_float_is_where_an_amount_can_come_by() -> None:
    """Neither the word, nor a number with a point, nor a division that makes one, in all that holds or counts money."""
    found = []
    for file in [*(ROOT / "memberships/tiers").rglob("*.py"), *(ROOT / "memberships/billing").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            divides = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            pointed = isinstance(node, ast.Constant) and isinstance(node.value, float)
            if divides or pointed or (isinstance(node, ast.Name) and node.id == "float"):
                found.append(file.name)
    assert set(found) == TIMES
    fields = [
        field for model in apps.get_models() for field in model._meta.get_fields() if isinstance(field, FloatField)
    ]
    assert fields == []


def test_machines_read_it_without_them() -> None:
    assert [plain(-5, "eur"), plain(123456789, "usd"), plain(7, "jpy"), plain(7, "kwd")] == [
        "-0.05",
        "1234567.89",
        "7",
        "0.007",
    ]


def test_another_language_has_its_own_separators() -> None:
    with translation.override("de"):
        assert show(123456, "eur") == "€1.234,56"


def test_a_price_has_a_least_and_a_most() -> None:
    assert check_price(50, "eur") == 50
    assert check_price(LEAST["huf"], "HUF") == 17500
    with pytest.raises(NotAnAmount, match=r"The least that can be charged is £0\.30\."):
        check_price(29, "gbp")
    with pytest.raises(NotAnAmount, match=r"The most that can be charged is €999,999\.99\."):
        check_price(MOST + 1, "eur")


def test_decimals_follow_the_currency() -> None:
    assert [decimals("EUR"), decimals("jpy"), decimals("KWD")] == [2, 0, 3]


def test_a_share_is_rounded_half_up_on_both_sides_of_nothing() -> None:
    assert [share(1000, 1250), share(999, 1250), share(4, 1250), share(-4, 1250), share(3, 1250)] == [
        125,
        125,
        1,
        -1,
        0,
    ]
    assert part(100, 1, 3) == 33


@given(amount=some.integers(-MOST, MOST), points=some.integers(0, 10_000))
def test_a_refund_undoes_the_share_of_its_payment(amount: int, points: int) -> None:
    assert share(-amount, points) == -share(amount, points)
    assert abs(share(amount, points)) <= abs(amount)


def test_a_total_is_divided_to_the_last_unit_and_shares_add_up():
    assert apportion(100, [1, 1, 1]) == [34, 33, 33]
    assert apportion(-5, [5000, 5000]) == [-3, -2]
    assert apportion(0, [1, 2]) == [0, 0]
    assert shares([5] * 7, 1000) == [1, 1, 1, 1, 0, 0, 0]
    assert shares([], 1000) == []
    assert sum(shares([333, -333, 250], 3333)) == share(250, 3333)
