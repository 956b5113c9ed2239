"""The billing portal: its configurations and the sessions that open it."""

from __future__ import annotations

from typing import Any

from memberships.standin.calls.listing import check_metadata, equal, merge_metadata, paged
from memberships.standin.faults import Invalid
from memberships.standin.world import World

Doc = dict[str, Any]
REASONS = ["too_expensive", "missing_features", "switched_service", "unused", "other"]


def create_configuration(world: World, params: Doc) -> Doc:
    configuration = {
        "id": world.id("bpc", 24),
        "object": "billing_portal.configuration",
        "active": True,
        "application": None,
        "business_profile": profile(params),
        "created": world.now(),
        "default_return_url": params.get("default_return_url") or None,
        "features": features(world, params["features"], {}),
        "is_default": False,
        "livemode": False,
        "login_page": {"enabled": False, "url": None},
        "metadata": check_metadata(params.get("metadata")),
        "name": params.get("name") or None,
        "updated": world.now(),
    }
    world.add("billing_portal.configuration", configuration)
    world.tell("billing_portal.configuration.created", configuration)
    return configuration


def update_configuration(world: World, params: Doc, name: str) -> Doc:
    configuration = world.get("billing_portal.configuration", name, in_path=True)
    merge_metadata(configuration, params)
    configuration["active"] = params.get("active", configuration["active"])
    for field in ("default_return_url", "name"):
        if field in params:
            configuration[field] = params[field] or None
    if "business_profile" in params:
        configuration["business_profile"] |= params["business_profile"]
    if "features" in params:
        configuration["features"] = features(world, params["features"], configuration["features"])
    configuration["updated"] = world.now()
    world.tell("billing_portal.configuration.updated", configuration)
    return configuration


def list_configurations(world: World, params: Doc) -> Doc:
    return paged(
        world,
        world.all("billing_portal.configuration"),
        params,
        "/v1/billing_portal/configurations",
        equal(params, "active", "is_default"),
    )


def profile(params: Doc) -> Doc:
    given = params.get("business_profile") or {}
    return {key: given.get(key) or None for key in ("headline", "privacy_policy_url", "terms_of_service_url")}


def features(world: World, asked: Doc, old: Doc) -> Doc:
    """Every feature with all its fields, what is not said as it was or off."""

    def one(name: str, **rest: Any) -> Doc:
        return {
            "enabled": False,
            **rest,
            **old.get(name, {}),
            **{key: it for key, it in asked.get(name, {}).items() if it != ""},
        }

    cancel = one("subscription_cancel", mode="at_period_end", proration_behavior="none")
    why = {"enabled": False, "options": REASONS, **(cancel.get("cancellation_reason") or {})}
    update = one(
        "subscription_update",
        billing_cycle_anchor=None, default_allowed_updates=[], products=[], proration_behavior="none",
        schedule_at_period_end={"conditions": []}, trial_update_behavior="end_trial",
    )  # fmt: skip
    update["schedule_at_period_end"] = {"conditions": update["schedule_at_period_end"].get("conditions") or []}
    update["products"] = [listed(world, row, at) for at, row in enumerate(update["products"] or [])]
    if update["enabled"] and (not update["default_allowed_updates"] or not update["products"]):
        raise Invalid(
            "subscription_update needs products and default_allowed_updates.", param="features[subscription_update]"
        )
    details = one("customer_update", allowed_updates=[])
    details["allowed_updates"] = details["allowed_updates"] or []
    return {
        "customer_update": details,
        "invoice_history": one("invoice_history"),
        "payment_method_update": one("payment_method_update", payment_method_configuration=None),
        "subscription_cancel": {**cancel, "cancellation_reason": why},
        "subscription_update": update,
    }


def listed(world: World, row: Doc, at: int) -> Doc:
    where = f"features[subscription_update][products][{at}]"
    world.live("product", row["product"], param=f"{where}[product]")
    for number, name in enumerate(row["prices"]):
        price = world.get("price", name, param=f"{where}[prices][{number}]")
        if price["product"] != row["product"] or not price["recurring"]:
            raise Invalid("The price must be a recurring one of this product.", param=f"{where}[prices][{number}]")
    kept = {"enabled": False, "maximum": None, "minimum": 1, **(row.get("adjustable_quantity") or {})}
    return {"adjustable_quantity": kept, "prices": list(row["prices"]), "product": row["product"]}


def create_session(world: World, params: Doc) -> Doc:
    if "customer" not in params:
        raise Invalid("Missing required param: customer.", param="customer", code="parameter_missing")
    world.live("customer", params["customer"], param="customer")
    if "configuration" not in params:
        said = (
            "No configuration provided and your test mode default configuration has not been created. Provide a "
            "configuration or create your default by saving your customer portal settings."
        )
        raise Invalid(said, param="configuration")
    configuration = world.get("billing_portal.configuration", params["configuration"], param="configuration")
    if not configuration["active"]:
        raise Invalid("The configuration is inactive.", param="configuration")
    if not (params.get("return_url") or configuration["default_return_url"]):
        raise Invalid("You must pass a return_url.", param="return_url", code="parameter_missing")
    flow = check_flow(world, params, configuration)
    name = world.id("bps", 24)
    return world.add(
        "billing_portal.session",
        {
            "id": name,
            "object": "billing_portal.session",
            "configuration": configuration["id"],
            "created": world.now(),
            "customer": params["customer"],
            "customer_account": None,
            "flow": flow,
            "livemode": False,
            "locale": params.get("locale"),
            "on_behalf_of": None,
            "return_url": params.get("return_url") or configuration["default_return_url"],
            "url": f"{world.base}/p/session/{name}",
        },
    )


def check_flow(world: World, params: Doc, configuration: Doc) -> Doc | None:
    asked = params.get("flow_data")
    if not asked:
        return None
    kind = asked["type"]
    feature = "subscription_update" if kind == "subscription_update_confirm" else kind
    if not configuration["features"][feature]["enabled"]:
        raise Invalid(f"The {feature} feature is disabled in this configuration.", param="flow_data[type]")
    flow: Doc = dict.fromkeys(("subscription_cancel", "subscription_update", "subscription_update_confirm")) | {
        "type": kind
    }
    end = asked.get("after_completion") or {"type": "portal_homepage"}
    flow["after_completion"] = {
        "hosted_confirmation": {"custom_message": None, **(end.get("hosted_confirmation") or {})}
        if end["type"] == "hosted_confirmation"
        else None,
        "redirect": end.get("redirect"),
        "type": end["type"],
    }
    if kind == "payment_method_update":
        return flow
    inner = asked.get(kind)
    if not inner:
        raise Invalid(
            f"Missing required param: flow_data[{kind}].", param=f"flow_data[{kind}]", code="parameter_missing"
        )
    where = f"flow_data[{kind}]"
    sub = world.get("subscription", inner["subscription"], param=f"{where}[subscription]")
    if sub["customer"] != params["customer"]:
        raise Invalid("The subscription belongs to another customer.", param=f"{where}[subscription]")
    check_changeable(sub, kind, where)
    flow[kind] = {"subscription": sub["id"]}
    if kind == "subscription_cancel":
        flow[kind]["retention"] = None
    if kind == "subscription_update_confirm":
        flow[kind] |= {"discounts": None, "items": check_items(world, sub, inner["items"], configuration, where)}
    return flow


def check_changeable(sub: Doc, kind: str, where: str) -> None:
    if sub["status"] not in ("active", "trialing", "past_due"):
        raise Invalid(f"This subscription is {sub['status']} and cannot be changed.", param=f"{where}[subscription]")
    if kind == "subscription_cancel" and sub["cancel_at"]:
        raise Invalid("This subscription is already set to be canceled.", param=f"{where}[subscription]")
    if kind != "subscription_cancel" and sub["schedule"]:
        raise Invalid(
            "This subscription cannot be updated because it is managed by a schedule.", param=f"{where}[subscription]"
        )


def check_items(world: World, sub: Doc, items: list[Doc], configuration: Doc, where: str) -> list[Doc]:
    sold = {name for row in configuration["features"]["subscription_update"]["products"] for name in row["prices"]}
    held = {item["id"]: item for item in sub["items"]["data"]}
    if len(items) != 1:
        raise Invalid("Only subscriptions with a single item can be updated in the portal.", param=f"{where}[items]")
    row = items[0]
    if row["id"] not in held:
        raise Invalid(
            f"No such subscription item: '{row['id']}'", param=f"{where}[items][0][id]", code="resource_missing"
        )
    price = world.get("price", row.get("price", held[row["id"]]["price"]), param=f"{where}[items][0][price]")
    if price["id"] not in sold or not price["active"]:
        raise Invalid("The price is not among the products of this configuration.", param=f"{where}[items][0][price]")
    if price["id"] == held[row["id"]]["price"]:
        raise Invalid("The subscription has this price already.", param=f"{where}[items][0][price]")
    return [{"id": row["id"], "price": price["id"], "quantity": row.get("quantity", held[row["id"]]["quantity"])}]
