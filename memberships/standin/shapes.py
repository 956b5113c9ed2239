"""What an object looks like from outside: the fields that are null until something is known, and what `expand` opens."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from memberships.standin.faults import Invalid

if TYPE_CHECKING:
    from memberships.standin.world import World

Doc = dict[str, Any]
NULLS = {
    "product": "default_price description package_dimensions shippable statement_descriptor tax_code unit_label url",
    "price": "custom_unit_amount lookup_key nickname recurring tiers_mode transform_quantity",
    "customer": "address currency default_source description discount email name phone shipping test_clock",
    "checkout.session": "adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types "
    "billing_address_collection cancel_url client_reference_id client_secret collected_information consent "
    "consent_collection currency_conversion customer customer_account customer_creation customer_details "
    "customer_email integration_identifier invoice invoice_creation locale managed_payments origin_context "
    "payment_intent payment_link payment_method_collection payment_method_configuration_details permissions "
    "recovered_from saved_payment_method_options setup_intent shipping_address_collection shipping_cost "
    "submit_type subscription success_url url wallet_options",
    "subscription": "application application_fee_percent billing_cycle_anchor_config billing_thresholds cancel_at "
    "canceled_at customer_account days_until_due default_payment_method default_source description ended_at "
    "latest_invoice managed_payments next_pending_invoice_item_invoice on_behalf_of pause_collection "
    "pending_invoice_item_interval pending_setup_intent pending_update schedule status_details test_clock transfer_data trial_end "
    "trial_settings trial_start",
    "invoice": "account_tax_ids application automatically_finalizes_at custom_fields customer_account customer_address "
    "customer_email customer_name customer_phone customer_shipping default_payment_method default_source description "
    "due_date effective_at ending_balance footer from_invoice hosted_invoice_url invoice_pdf last_finalization_error "
    "latest_revision next_payment_attempt number on_behalf_of receipt_number rendering shipping_cost shipping_details "
    "statement_descriptor test_clock webhooks_delivered_at",
    "subscription_schedule": "application canceled_at completed_at customer_account released_at released_subscription "
    "test_clock",
    "phase": "application_fee_percent billing_cycle_anchor billing_thresholds collection_method default_payment_method "
    "default_tax_rates description invoice_settings on_behalf_of transfer_data trial_end",
    "payment_intent": "application application_fee_amount canceled_at cancellation_reason customer customer_account "
    "description last_payment_error latest_charge next_action on_behalf_of payment_method processing receipt_email review "
    "setup_future_usage shipping statement_descriptor statement_descriptor_suffix transfer_data transfer_group",
    "charge": "application application_fee application_fee_amount balance_transaction customer description "
    "failure_balance_transaction failure_code failure_message on_behalf_of receipt_email receipt_number review shipping "
    "source_transfer statement_descriptor statement_descriptor_suffix transfer_data transfer_group",
    "refund": "balance_transaction reason receipt_number source_transfer_reversal transfer_reversal",
    "coupon": "amount_off currency duration_in_months max_redemptions name percent_off redeem_by",
    "promotion_code": "customer customer_account expires_at max_redemptions",
    "discount": "checkout_session customer customer_account end invoice invoice_item promotion_code subscription "
    "subscription_item",
    "payment_method": "customer customer_account",
    "webhook_endpoint": "application description",
}
# What a short id can be opened into, by the name of its field.
OPENS = {
    "customer": "customer", "product": "product", "price": "price", "coupon": "coupon", "subscription": "subscription",
    "latest_invoice": "invoice", "invoice": "invoice", "payment_intent": "payment_intent", "charge": "charge",
    "latest_charge": "charge", "payment_method": "payment_method", "default_payment_method": "payment_method",
    "discounts": "discount", "discount": "discount", "promotion_code": "promotion_code",
    "schedule": "subscription_schedule", "configuration": "billing_portal.configuration",
}  # fmt: skip
# What is left out unless it is asked for.
HIDDEN = {
    ("checkout.session", "line_items"),
    ("invoice", "payments"),
    ("charge", "refunds"),
    ("customer", "subscriptions"),
    ("coupon", "applies_to"),
}


def blank(kind: str, **fields: Any) -> Doc:
    return {**dict.fromkeys(NULLS.get(kind, "").split()), **fields}


def as_list(items: list[Any], url: str, *, more: bool = False) -> Doc:
    return {"object": "list", "data": items, "has_more": more, "url": url}


def render(world: World, value: Any, *, whole: bool = False) -> Any:
    """A copy for outside: without `_`, prices as they are today, and without what has to be asked for."""
    if isinstance(value, list):
        return [render(world, each, whole=whole) for each in value]
    if not isinstance(value, dict):
        return copy.copy(value)
    kind = value["object"] if isinstance(value.get("object"), str) else None
    shown = {
        name: render(world, it, whole=whole)
        for name, it in value.items()
        if name != "_" and (whole or (kind, name) not in HIDDEN)
    }
    if kind in ("subscription_item", "item") and isinstance(shown.get("price"), str):
        shown["price"] = render(world, world.get("price", shown["price"]))
    return shown


def opened(world: World, doc: Doc, paths: list[str]) -> Doc:
    shown = dict(render(world, doc))
    for path in paths:
        steps = path.split(".")
        if len(steps) > 4:
            raise Invalid("You cannot expand more than 4 levels of a property.", param="expand")
        shown = open_path(world, shown, steps, path)
    return shown


def open_path(world: World, value: Any, steps: list[str], path: str) -> Any:
    if isinstance(value, list):
        return [open_path(world, each, steps, path) for each in value]
    if value is None:
        return None
    if not steps:
        return value
    name, rest = steps[0], steps[1:]
    if not isinstance(value, dict):
        raise Invalid(f"This property cannot be expanded ({path}).", param="expand")
    if (value.get("object"), name) in HIDDEN and name not in value:
        value = {**value, name: hidden(world, value, name)}
    if name not in value:
        raise Invalid(f"This property cannot be expanded ({path}).", param="expand")
    return {**value, name: open_path(world, look_up(world, value[name], name, path), rest, path)}


def look_up(world: World, value: Any, name: str, path: str) -> Any:
    if isinstance(value, list):
        return [look_up(world, each, name, path) for each in value]
    if not isinstance(value, str):
        if isinstance(value, dict) or value is None:
            return value
        raise Invalid(f"This property cannot be expanded ({path}).", param="expand")
    if name not in OPENS:
        raise Invalid(f"This property cannot be expanded ({path}).", param="expand")
    return render(world, world.get(OPENS[name], value))


def hidden(world: World, value: Doc, name: str) -> Any:
    kind, me = value["object"], value["id"]
    if name == "subscriptions":
        live = [sub for sub in world.all("subscription") if sub["customer"] == me and sub["status"] != "canceled"]
        return as_list([render(world, sub) for sub in reversed(live)], f"/v1/customers/{me}/subscriptions")
    if name == "payments":
        paid = [one for one in world.all("invoice_payment") if one["invoice"] == me]
        return as_list([render(world, one) for one in reversed(paid)], "/v1/invoice_payments")
    if name == "refunds":
        back = [one for one in world.all("refund") if one["charge"] == me]
        return as_list([render(world, one) for one in reversed(back)], f"/v1/charges/{me}/refunds")
    return render(world, world.get(kind, me)[name])
