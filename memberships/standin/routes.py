"""The calls that the stand-in answers: exactly those of `memberships/billing/gateway.py`, which a test holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from memberships.standin.calls import catalogue, customers, money, portal, sessions, subscriptions, telling
from memberships.standin.shapes import opened
from memberships.standin.world import World

Doc = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One call: its method and path, the SDK's name for its parameters, and who answers."""

    method: str
    path: str
    params: str
    answer: Callable[..., Doc]

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{\w+\}", "([^/]+)", self.path))


def reads(kind: str) -> Callable[..., Doc]:
    """Answers with one object as it is."""

    def retrieve(world: World, params: Doc, name: str) -> Doc:
        return opened(world, world.live(kind, name, in_path=True), params.get("expand") or [])

    return retrieve


ROUTES = tuple(
    Route(*row)
    for row in (
        ("POST", "/v1/products", "ProductCreateParams", catalogue.create_product),
        ("GET", "/v1/products/{id}", "ProductRetrieveParams", reads("product")),
        ("POST", "/v1/products/{id}", "ProductUpdateParams", catalogue.update_product),
        ("POST", "/v1/prices", "PriceCreateParams", catalogue.create_price),
        ("GET", "/v1/prices", "PriceListParams", catalogue.list_prices),
        ("GET", "/v1/prices/{price}", "PriceRetrieveParams", reads("price")),
        ("POST", "/v1/prices/{price}", "PriceUpdateParams", catalogue.update_price),
        ("POST", "/v1/coupons", "CouponCreateParams", catalogue.create_coupon),
        ("GET", "/v1/coupons/{coupon}", "CouponRetrieveParams", catalogue.retrieve_coupon),
        ("POST", "/v1/coupons/{coupon}", "CouponUpdateParams", catalogue.update_coupon),
        ("DELETE", "/v1/coupons/{coupon}", "CouponDeleteParams", catalogue.delete_coupon),
        ("POST", "/v1/promotion_codes", "PromotionCodeCreateParams", catalogue.create_code),
        ("GET", "/v1/promotion_codes", "PromotionCodeListParams", catalogue.list_codes),
        ("GET", "/v1/promotion_codes/{code}", "PromotionCodeRetrieveParams", reads("promotion_code")),
        ("POST", "/v1/promotion_codes/{code}", "PromotionCodeUpdateParams", catalogue.update_code),
        ("POST", "/v1/customers", "CustomerCreateParams", customers.make),
        ("GET", "/v1/customers/{customer}", "CustomerRetrieveParams", customers.retrieve),
        ("POST", "/v1/customers/{customer}", "CustomerUpdateParams", customers.update),
        ("POST", "/v1/checkout/sessions", "checkout.SessionCreateParams", sessions.create),
        ("GET", "/v1/checkout/sessions/{session}", "checkout.SessionRetrieveParams", sessions.retrieve),
        ("POST", "/v1/checkout/sessions/{session}/expire", "checkout.SessionExpireParams", sessions.expire),
        ("POST", "/v1/billing_portal/sessions", "billing_portal.SessionCreateParams", portal.create_session),
        (
            "POST",
            "/v1/billing_portal/configurations",
            "billing_portal.ConfigurationCreateParams",
            portal.create_configuration,
        ),
        (
            "GET",
            "/v1/billing_portal/configurations",
            "billing_portal.ConfigurationListParams",
            portal.list_configurations,
        ),
        (
            "POST",
            "/v1/billing_portal/configurations/{it}",
            "billing_portal.ConfigurationUpdateParams",
            portal.update_configuration,
        ),
        ("GET", "/v1/subscriptions", "SubscriptionListParams", subscriptions.list_all),
        ("GET", "/v1/subscriptions/{sub}", "SubscriptionRetrieveParams", subscriptions.retrieve),
        ("POST", "/v1/subscriptions/{sub}", "SubscriptionUpdateParams", subscriptions.update),
        ("DELETE", "/v1/subscriptions/{sub}", "SubscriptionCancelParams", subscriptions.cancel),
        ("POST", "/v1/subscriptions/{sub}/resume", "SubscriptionResumeParams", subscriptions.resume),
        ("POST", "/v1/subscription_schedules", "SubscriptionScheduleCreateParams", subscriptions.create_schedule),
        (
            "GET",
            "/v1/subscription_schedules/{it}",
            "SubscriptionScheduleRetrieveParams",
            subscriptions.retrieve_schedule,
        ),
        ("POST", "/v1/subscription_schedules/{it}", "SubscriptionScheduleUpdateParams", subscriptions.update_schedule),
        (
            "POST",
            "/v1/subscription_schedules/{it}/release",
            "SubscriptionScheduleReleaseParams",
            subscriptions.release_schedule,
        ),
        ("POST", "/v1/invoices/create_preview", "InvoiceCreatePreviewParams", subscriptions.preview),
        ("GET", "/v1/invoices", "InvoiceListParams", money.list_invoices),
        ("GET", "/v1/invoices/{invoice}", "InvoiceRetrieveParams", reads("invoice")),
        ("GET", "/v1/invoice_payments", "InvoicePaymentListParams", money.list_invoice_payments),
        ("GET", "/v1/payment_intents/{intent}", "PaymentIntentRetrieveParams", reads("payment_intent")),
        ("GET", "/v1/charges/{charge}", "ChargeRetrieveParams", reads("charge")),
        ("POST", "/v1/refunds", "RefundCreateParams", money.create_refund),
        ("GET", "/v1/refunds", "RefundListParams", money.list_refunds),
        ("GET", "/v1/refunds/{refund}", "RefundRetrieveParams", reads("refund")),
        ("GET", "/v1/disputes/{dispute}", "DisputeRetrieveParams", reads("dispute")),
        ("GET", "/v1/events", "EventListParams", telling.list_events),
        ("GET", "/v1/events/{id}", "EventRetrieveParams", reads("event")),
        ("POST", "/v1/webhook_endpoints", "WebhookEndpointCreateParams", telling.create_endpoint),
        ("GET", "/v1/webhook_endpoints", "WebhookEndpointListParams", telling.list_endpoints),
        ("POST", "/v1/webhook_endpoints/{endpoint}", "WebhookEndpointUpdateParams", telling.update_endpoint),
        ("GET", "/v1/account", "AccountRetrieveCurrentParams", telling.account),
    )
)


def find(method: str, path: str) -> tuple[Route, list[str]] | None:
    for route in ROUTES:
        if route.method == method and (found := route.pattern.fullmatch(path)):
            return route, list(found.groups())
    return None
