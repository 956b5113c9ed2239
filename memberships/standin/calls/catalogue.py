"""Products, prices, coupons and promotion codes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from memberships.standin.calls.listing import check_metadata, equal, merge_metadata, paged
from memberships.standin.faults import Invalid
from memberships.standin.ledger.amounts import MOST
from memberships.standin.ledger.discounts import is_valid
from memberships.standin.ledger.periods import longer
from memberships.standin.shapes import blank, opened
from memberships.standin.world import World

Doc = dict[str, Any]
STEPS = {"bhd": 10, "jod": 10, "kwd": 10, "omr": 10, "tnd": 10, "isk": 100, "ugx": 100}
CURRENCIES = frozenset(
    [
        "aed",
        "aud",
        "bgn",
        "bhd",
        "brl",
        "cad",
        "chf",
        "clp",
        "czk",
        "dkk",
        "eur",
        "gbp",
        "hkd",
        "huf",
        "idr",
        "ils",
        "inr",
        "isk",
        "jod",
        "jpy",
        "krw",
        "kwd",
        "mxn",
        "myr",
        "nok",
        "nzd",
        "omr",
        "pen",
        "php",
        "pln",
        "ron",
        "sar",
        "sek",
        "sgd",
        "thb",
        "tnd",
        "try",
        "twd",
        "ugx",
        "usd",
        "vnd",
        "xaf",
        "xof",
        "zar",
    ]
)


def create_product(world: World, params: Doc) -> Doc:
    name = params.get("id") or world.id("prod", 14)
    if world.store.find("product", name):
        raise Invalid("Product already exists.", param="id", code="resource_already_exists")
    if not params["name"].strip():
        raise Invalid("You passed an empty string for 'name'.", param="name", code="parameter_invalid_empty")
    product = blank(
        "product",
        id=name,
        object="product",
        active=params.get("active", True),
        created=world.now(),
        description=params.get("description"),
        images=params.get("images", []),
        livemode=False,
        marketing_features=params.get("marketing_features", []),
        metadata=check_metadata(params.get("metadata")),
        name=params["name"],
        statement_descriptor=params.get("statement_descriptor"),
        tax_code=params.get("tax_code"),
        updated=world.now(),
    )
    world.add("product", product)
    world.tell("product.created", product)
    return product


def update_product(world: World, params: Doc, name: str) -> Doc:
    product = world.live("product", name, in_path=True)
    merge_metadata(product, params)
    for field in ("active", "name", "description", "images", "marketing_features", "tax_code", "default_price"):
        if field in params:
            product[field] = params[field] if params[field] != "" else None
    product["updated"] = world.now()
    world.tell("product.updated", product)
    return product


def delete_product(world: World, name: str) -> None:
    """Only one without prices; the console and the dashboard do it, no call of ours."""
    product = world.live("product", name)
    if any(price["product"] == name for price in world.all("price")):
        raise Invalid("This product cannot be deleted because it has one or more user-created prices.", param="id")
    product |= {"deleted": True, "active": False}
    world.tell("product.deleted", product)


def create_price(world: World, params: Doc) -> Doc:
    currency = params["currency"]
    if currency not in CURRENCIES:
        raise Invalid(f"Invalid currency: {currency}.", param="currency")
    if "product" not in params:
        raise Invalid("You must pass a product.", param="product", code="parameter_missing")
    world.live("product", params["product"], param="product")
    amount = params.get("unit_amount")
    if amount is None:
        raise Invalid("You must pass unit_amount.", param="unit_amount", code="parameter_missing")
    if not 0 <= amount <= MOST:
        raise Invalid(f"Invalid integer: must be between 0 and {MOST}.", param="unit_amount")
    if amount % STEPS.get(currency, 1):
        raise Invalid(f"Amounts in {currency} are multiples of {STEPS[currency]}.", param="unit_amount")
    every = params.get("recurring")
    if every:
        every = {"interval": every["interval"], "interval_count": every.get("interval_count", 1), "meter": None}
        every["usage_type"] = "licensed"
        if every["interval_count"] < 1 or longer(every, {"interval": "year", "interval_count": 3}) > 0:
            raise Invalid("The billing interval is three years at most.", param="recurring[interval_count]")
    price = blank(
        "price",
        id=world.id("price", 24),
        object="price",
        active=params.get("active", True),
        billing_scheme="per_unit",
        created=world.now(),
        currency=currency,
        livemode=False,
        lookup_key=None,
        metadata=check_metadata(params.get("metadata")),
        nickname=params.get("nickname"),
        product=params["product"],
        recurring=every,
        tax_behavior=params.get("tax_behavior", "unspecified"),
        type="recurring" if every else "one_time",
        unit_amount=amount,
        unit_amount_decimal=str(amount),
    )
    name_price(world, price, params)
    world.add("price", price)
    world.tell("price.created", price)
    return price


def name_price(world: World, price: Doc, params: Doc) -> None:
    """A lookup key belongs to one price; it moves only where that is asked for."""
    key = params.get("lookup_key")
    if key is None:
        return
    for other in world.mine("price", lookup_key=key):
        if other["id"] == price["id"]:
            continue
        if not params.get("transfer_lookup_key"):
            said = f"A price (`{other['id']}`) already uses that lookup key."
            raise Invalid(said, param="lookup_key", code="resource_already_exists")
        other["lookup_key"] = None
    price["lookup_key"] = key or None


def update_price(world: World, params: Doc, name: str) -> Doc:
    price = world.get("price", name, in_path=True)
    merge_metadata(price, params)
    if "tax_behavior" in params and params["tax_behavior"] != price["tax_behavior"]:
        if price["tax_behavior"] != "unspecified":
            raise Invalid("The tax behavior of a price cannot be changed once it is set.", param="tax_behavior")
        price["tax_behavior"] = params["tax_behavior"]
    for field in ("active", "nickname"):
        if field in params:
            price[field] = params[field]
    name_price(world, price, params)
    world.tell("price.updated", price)
    return price


def list_prices(world: World, params: Doc) -> Doc:
    keys = params.get("lookup_keys")
    same = equal(params, "active", "currency", "product", "type")
    return paged(
        world, world.all("price"), params, "/v1/prices", lambda it: same(it) and (not keys or it["lookup_key"] in keys)
    )


def create_coupon(world: World, params: Doc) -> Doc:
    name = params.get("id") or world.id("", 8)[1:]
    if (old := world.store.find("coupon", name)) and not old.get("deleted"):
        raise Invalid("Coupon already exists.", param="id", code="resource_already_exists")
    percent, amount = params.get("percent_off"), params.get("amount_off")
    if (percent is None) == (amount is None):
        raise Invalid("Pass exactly one of percent_off and amount_off.", param="percent_off")
    if percent is not None and not 0 < percent <= 100:
        raise Invalid("Invalid percent_off: must be above 0 and 100 at most.", param="percent_off")
    if amount is not None and (amount < 1 or "currency" not in params):
        raise Invalid("You must pass a currency and a positive amount_off.", param="currency")
    duration = params.get("duration", "once")
    if (duration == "repeating") != ("duration_in_months" in params):
        raise Invalid(
            "duration_in_months goes with the duration repeating, and only with it.", param="duration_in_months"
        )
    if params.get("redeem_by", 1 << 40) <= world.now():
        raise Invalid("redeem_by must be in the future.", param="redeem_by")
    coupon = blank(
        "coupon",
        id=name,
        object="coupon",
        amount_off=amount,
        created=world.now(),
        currency=params.get("currency") if amount is not None else None,
        duration=duration,
        duration_in_months=params.get("duration_in_months"),
        livemode=False,
        max_redemptions=params.get("max_redemptions"),
        metadata=check_metadata(params.get("metadata")),
        name=params.get("name"),
        percent_off=number(percent),
        redeem_by=params.get("redeem_by"),
        times_redeemed=0,
        valid=True,
        _={},
    )
    if "applies_to" in params:
        coupon["applies_to"] = {"products": params["applies_to"]["products"]}
    if old:
        world.store.drop("coupon", name)
    world.add("coupon", coupon)
    world.tell("coupon.created", coupon)
    return coupon


def number(percent: Decimal | None) -> float | int | None:
    if percent is None:
        return None
    return int(percent) if percent == int(percent) else float(percent)


def retrieve_coupon(world: World, params: Doc, name: str) -> Doc:
    coupon = world.live("coupon", name, in_path=True)
    coupon["valid"] = is_valid(world, coupon)
    return opened(world, coupon, params.get("expand") or [])


def update_coupon(world: World, params: Doc, name: str) -> Doc:
    coupon = world.live("coupon", name, in_path=True)
    merge_metadata(coupon, params)
    coupon["name"] = params.get("name", coupon["name"])
    world.tell("coupon.updated", coupon)
    return coupon


def delete_coupon(world: World, _params: Doc, name: str) -> Doc:
    """It takes nothing off any more for new ones; who has it keeps it."""
    coupon = world.live("coupon", name, in_path=True)
    coupon |= {"deleted": True, "valid": False}
    world.tell("coupon.deleted", coupon)
    return {"id": name, "object": "coupon", "deleted": True}


def create_code(world: World, params: Doc) -> Doc:
    promotion = params.get("promotion") or {}
    if "coupon" not in promotion:
        raise Invalid("You must pass promotion[coupon].", param="promotion[coupon]", code="parameter_missing")
    coupon = world.live("coupon", promotion["coupon"], param="promotion[coupon]")
    typed = params.get("code") or world.id("", 8)[1:].upper()
    if not typed.replace("-", "").isalnum():
        raise Invalid("A promotion code is made of letters, digits and dashes.", param="code")
    if any(it["active"] and it["code"].lower() == typed.lower() for it in world.all("promotion_code")):
        raise Invalid("An active promotion code with this code already exists.", param="code")
    if params.get("expires_at", 1 << 40) <= world.now():
        raise Invalid("expires_at must be in the future.", param="expires_at")
    if not is_valid(world, coupon):
        raise Invalid("The coupon is not valid any more.", param="promotion[coupon]")
    if "customer" in params:
        world.live("customer", params["customer"], param="customer")
    rules = params.get("restrictions") or {}
    code = blank(
        "promotion_code",
        id=world.id("promo", 24),
        object="promotion_code",
        active=params.get("active", True),
        code=typed,
        created=world.now(),
        customer=params.get("customer"),
        expires_at=params.get("expires_at"),
        livemode=False,
        max_redemptions=params.get("max_redemptions"),
        metadata=check_metadata(params.get("metadata")),
        promotion={"coupon": coupon["id"], "type": "coupon"},
        restrictions={
            "first_time_transaction": rules.get("first_time_transaction", False),
            "minimum_amount": rules.get("minimum_amount"),
            "minimum_amount_currency": rules.get("minimum_amount_currency"),
        },
        times_redeemed=0,
    )
    world.add("promotion_code", code)
    world.tell("promotion_code.created", code)
    return code


def update_code(world: World, params: Doc, name: str) -> Doc:
    code = world.get("promotion_code", name, in_path=True)
    merge_metadata(code, params)
    if params.get("active") and not is_valid(world, world.get("coupon", code["promotion"]["coupon"])):
        raise Invalid("The coupon behind it is not valid any more.", param="active")
    code["active"] = params.get("active", code["active"])
    world.tell("promotion_code.updated", code)
    return code


def list_codes(world: World, params: Doc) -> Doc:
    same = equal(params, "active", "code", "customer")
    coupon = params.get("coupon")
    keep = lambda it: same(it) and coupon in (None, it["promotion"]["coupon"])  # noqa: E731
    return paged(world, world.all("promotion_code"), params, "/v1/promotion_codes", keep)
