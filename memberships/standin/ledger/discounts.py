"""Coupons and promotion codes: whether one may be used, what it takes off each line, and how long it lasts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from memberships.standin.faults import Invalid
from memberships.standin.ledger.amounts import part, spread
from memberships.standin.ledger.periods import add_months
from memberships.standin.shapes import blank
from memberships.standin.world import World

Doc = dict[str, Any]


def is_valid(world: World, coupon: Doc) -> bool:
    """Still to be redeemed; it goes on where it was redeemed before."""
    spent = coupon["max_redemptions"] is not None and coupon["times_redeemed"] >= coupon["max_redemptions"]
    return not coupon.get("deleted") and not spent and (coupon["redeem_by"] or 1 << 40) > world.now()


def check_coupon(world: World, coupon: Doc, currency: str, *, param: str) -> None:
    if not is_valid(world, coupon):
        raise Invalid(f"Coupon {coupon['id']} is not valid: it has expired or was redeemed as often as it may.", param=param,
                      code="coupon_expired")  # fmt: skip
    if coupon["currency"] and coupon["currency"] != currency:
        raise Invalid(f"This coupon is for {coupon['currency']}, not for {currency}.", param=param)


def check_code(world: World, code: Doc, *, customer: str | None, currency: str, subtotal: int, param: str) -> Doc:
    """The coupon behind a promotion code, or why it may not be used here."""
    coupon = world.get("coupon", code["promotion"]["coupon"])
    spent = code["max_redemptions"] is not None and code["times_redeemed"] >= code["max_redemptions"]
    if not code["active"] or spent or (code["expires_at"] or 1 << 40) <= world.now() or not is_valid(world, coupon):
        raise Invalid("This promotion code is not valid anymore.", param=param, code="promotion_code_expired")
    if code["customer"] and code["customer"] != customer:
        raise Invalid("This promotion code belongs to somebody else.", param=param)
    rules = code["restrictions"]
    if rules["first_time_transaction"] and customer and has_paid(world, customer):
        raise Invalid("This promotion code is for a first order.", param=param)
    if rules["minimum_amount"] and (rules["minimum_amount_currency"] != currency or subtotal < rules["minimum_amount"]):
        raise Invalid("This order is too small for the promotion code.", param=param)
    check_coupon(world, coupon, currency, param=param)
    return coupon


def has_paid(world: World, customer: str) -> bool:
    return any(pay["customer"] == customer and pay["status"] == "succeeded" for pay in world.all("payment_intent"))


def redeem(world: World, *, coupon: str, code: str | None, **where: Any) -> Doc:
    """One use of a coupon, counted; the discount that stands for it."""
    used = world.get("coupon", coupon)
    check_coupon(world, used, used["currency"] or "", param="discounts")
    used["times_redeemed"] += 1
    used["valid"] = is_valid(world, used)
    if code:
        promotion = world.get("promotion_code", code)
        promotion["times_redeemed"] += 1
        limit = promotion["max_redemptions"]
        promotion["active"] = promotion["active"] and (limit is None or promotion["times_redeemed"] < limit)
    end = add_months(world.now(), used["duration_in_months"]) if used["duration"] == "repeating" else None
    return world.add(
        "discount",
        blank(
            "discount",
            id=world.id("di"),
            object="discount",
            source={"type": "coupon", "coupon": coupon},
            promotion_code=code,
            start=world.now(),
            **{"end": end, **where},
        ),
    )


def take_off(world: World, lines: list[Doc], coupons: list[tuple[str, Doc]]) -> None:
    """Write onto each line what each discount takes off it; never more than there is."""
    for line in lines:
        line["off"] = []
    for name, coupon in coupons:
        products = (coupon.get("applies_to") or {}).get("products")
        open_lines = [
            line
            for line in lines
            if line["discountable"] and line["amount"] > 0 and (not products or line["product"] in products)
        ]
        left = [line["amount"] - sum(amount for _name, amount in line["off"]) for line in open_lines]
        if coupon["percent_off"] is not None:
            points = int(Decimal(str(coupon["percent_off"])) * 100)
            taken = [part(amount, points, 10_000) for amount in left]
        else:
            taken = spread(min(coupon["amount_off"], sum(left)), left)
        for line, amount in zip(open_lines, taken, strict=True):
            line["off"].append((name, amount))


def live_discounts(world: World, sub: Doc) -> list[tuple[str, Doc]]:
    """The subscription's discounts that the next invoice feels."""
    found = []
    for name in sub["discounts"]:
        discount = world.get("discount", name)
        if discount["end"] is None or discount["end"] > world.now():
            found.append((name, world.get("coupon", discount["source"]["coupon"])))
    return found


def wear_off(world: World, sub: Doc, invoice: Doc) -> None:
    """A discount for once is spent by the first invoice that it took something off."""
    felt = {row["discount"] for row in invoice["total_discount_amounts"] or [] if row["amount"]}
    for name in list(sub["discounts"]):
        discount = world.get("discount", name)
        once = world.get("coupon", discount["source"]["coupon"])["duration"] == "once"
        if (once and name in felt) or (discount["end"] or 1 << 40) <= world.now():
            sub["discounts"].remove(name)
            world.tell("customer.discount.deleted", discount, kind="discount")
