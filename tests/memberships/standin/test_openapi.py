"""The judge itself: it sees what is wrong, and its list of newer fields is true."""

from typing import Any

import pytest
import stripe

from tests.memberships.openapi import NEWER, document, judge

KINDS = {"subscription": stripe.Subscription, "checkout.session": stripe.checkout.Session}
COUPON = {
    "id": "x",
    "object": "coupon",
    "created": 1,
    "duration": "once",
    "livemode": False,
    "times_redeemed": 0,
    "valid": True,
}
COUPON |= dict.fromkeys(
    ("amount_off", "currency", "duration_in_months", "max_redemptions", "metadata", "name", "redeem_by")
)


def of(kind: str, value: Any) -> list[str]:
    return judge({"$ref": f"#/components/schemas/{kind}"}, value, kind)


def test_a_true_coupon_has_no_fault() -> None:
    assert of("coupon", COUPON) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"valid": None}, "coupon.valid: is null"),
        ({"times_redeemed": "0"}, "coupon.times_redeemed: '0' is no integer"),
        ({"times_redeemed": True}, "coupon.times_redeemed: True is no integer"),
        ({"duration": "always"}, "coupon.duration: 'always' is none of ['forever', 'once', 'repeating']"),
        ({"colour": "red"}, "coupon.colour: unknown"),
        ({"applies_to": {"products": [1]}}, "coupon.applies_to.products[0]: 1 is no string"),
    ],
)
def test_each_kind_of_fault_is_seen(change: dict[str, Any], fault: str) -> None:
    assert of("coupon", {**COUPON, **change}) == [fault]


def test_a_missing_field_is_seen() -> None:
    assert of("coupon", {name: it for name, it in COUPON.items() if name != "livemode"}) == ["coupon.livemode: missing"]


def test_newer_fields_are_in_the_library_and_not_in_the_document() -> None:
    for kind, fields in NEWER.items():
        assert fields <= set(KINDS[kind].__annotations__), kind
        assert not fields & set(document()["schemas"][kind]["properties"]), kind
