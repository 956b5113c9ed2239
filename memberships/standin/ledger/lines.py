"""The lines of an invoice: what a period costs, what a change in the middle of one gives back and adds, their totals."""

from __future__ import annotations

from typing import Any

from memberships.standin.ledger.amounts import behaviour_of, part, tax_on
from memberships.standin.ledger.discounts import take_off
from memberships.standin.ledger.periods import moment
from memberships.standin.world import World

Doc = dict[str, Any]


def line_for(world: World, price: Doc, quantity: int, start: int, end: int, **more: Any) -> Doc:
    """A whole period of one price; `more` overrides."""
    product = world.get("product", price["product"])
    return {
        "amount": price["unit_amount"] * quantity,
        "price": price["id"],
        "product": product["id"],
        "quantity": quantity,
        "start": start,
        "end": end,
        "item": None,
        "proration": False,
        "discountable": True,
        "behaviour": behaviour_of(price["tax_behavior"], price["currency"]),
        "description": f"{quantity} × {product['name']} (at {rate(price)})",
        "credited": None,
        **more,
    }


def rate(price: Doc) -> str:
    from memberships.standin.ledger.amounts import show

    every = price["recurring"]
    each = f" / {every['interval'] if every['interval_count'] == 1 else every}" if every else ""
    return f"{show(price['unit_amount'], price['currency'])}{each}"


def period_lines(world: World, items: list[Doc], start: int, end: int, *, free: bool = False) -> list[Doc]:
    lines = []
    for item in items:
        price = world.get("price", item["price"])
        more: Doc = {"item": item["id"]}
        if free:
            name = world.get("product", price["product"])["name"]
            more |= {"amount": 0, "description": f"Trial period for {name}"}
        lines.append(line_for(world, price, item["quantity"], start, end, **more))
    return lines


def credit_line(world: World, item: Doc, at: int) -> Doc | None:
    """What is unused of what this item was billed for: after its discount, of the very line that was charged."""
    billed = item["_"].get("billed")
    if not billed or billed["end"] <= at or billed["amount"] == 0:
        return None
    start = max(at, billed["start"])
    price = world.get("price", item["price"])
    amount = -part(billed["amount"], billed["end"] - start, billed["end"] - billed["start"])
    name = world.get("product", price["product"])["name"]
    return line_for(
        world, price, item["quantity"], start, billed["end"],
        amount=amount, item=item["id"], proration=True, discountable=False, description=f"Unused time on {name} after {day(at)}",
        credited={"invoice": billed["invoice"], "line": billed["line"]},
    )  # fmt: skip


def remaining_line(world: World, item: Doc, at: int, start: int, end: int) -> Doc:
    """The rest of a period at a new price."""
    price = world.get("price", item["price"])
    whole = price["unit_amount"] * item["quantity"]
    name = world.get("product", price["product"])["name"]
    return line_for(
        world, price, item["quantity"], at, end,
        amount=part(whole, end - at, end - start), item=item["id"], proration=True,
        description=f"Remaining time on {name} after {day(at)}",
    )  # fmt: skip


def day(at: int) -> str:
    return f"{moment(at):%d %b %Y}"


def price_lines(world: World, lines: list[Doc], coupons: list[tuple[str, Doc]], *, taxed: bool) -> None:
    """Write discounts and tax onto the lines."""
    take_off(world, lines, coupons)
    for line in lines:
        line["net"] = line["amount"] - sum(amount for _name, amount in line["off"])
        line["tax"] = tax_on(line["net"], line["behaviour"]) if taxed else 0


def totals(lines: list[Doc]) -> Doc:
    """Sums of priced lines."""
    off: dict[str, int] = {}
    for line in lines:
        for name, amount in line["off"]:
            off[name] = off.get(name, 0) + amount
    inside = sum(line["tax"] for line in lines if line["behaviour"] == "inclusive")
    beside = sum(line["tax"] for line in lines if line["behaviour"] == "exclusive")
    subtotal, net = sum(line["amount"] for line in lines), sum(line["net"] for line in lines)
    return {
        "subtotal": subtotal,
        "off": off,
        "tax": inside + beside,
        "inside": inside,
        "beside": beside,
        "total": net + beside,
        "without_tax": net - inside,
    }


def shown_line(
    world: World, line: Doc, *, invoice: str, currency: str, sub: str | None, taxed: bool, metadata: Doc
) -> Doc:
    """A priced line as Stripe shows it."""
    credited = line["credited"]
    details = {
        "invoice_item": world.id("ii", 24) if line["proration"] else None,
        "proration": line["proration"],
        "proration_details": {
            "credited_items": {"invoice": credited["invoice"], "invoice_line_items": [credited["line"]]}
            if credited
            else None
        },
        "subscription": sub,
        "subscription_item": line["item"],
    }
    parent = {"type": "subscription_item_details", "subscription_item_details": details, "invoice_item_details": None}
    return {
        "id": world.id("il", 24),
        "object": "line_item",
        "amount": line["amount"],
        "currency": currency,
        "description": line["description"],
        "discount_amounts": [{"amount": amount, "discount": name} for name, amount in line["off"]],
        "discountable": line["discountable"],
        "discounts": [name for name, _amount in line["off"]],
        "invoice": invoice,
        "livemode": False,
        "metadata": metadata,
        "parent": parent if sub else None,
        "period": {"start": line["start"], "end": line["end"]},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": line["price"], "product": line["product"]},
            "type": "price_details",
            "unit_amount_decimal": str(world.get("price", line["price"])["unit_amount"]),
        },
        "quantity": line["quantity"],
        "quantity_decimal": str(line["quantity"]),
        "subscription": sub,
        "subtotal": line["amount"],
        "taxes": [tax_row(line["tax"], line["behaviour"], line["net"])] if taxed else [],
    }


def tax_row(amount: int, behaviour: str, net: int) -> Doc:
    return {
        "amount": amount,
        "tax_behavior": behaviour,
        "tax_rate_details": {"tax_rate": "txr_standin"},
        "taxability_reason": "standard_rated",
        "taxable_amount": net - amount if behaviour == "inclusive" else net,
        "type": "tax_rate_details",
    }
